"""The table of pages and feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from axtra.content import pages
from axtra.content.model import News, Subject, Text
from axtra.content.schema import KINDS
from axtra.core import dates
from support.sample_library import ARTICLE, NOON, NUMERO, author, library, news


def test_an_empty_library_still_has_its_home_its_listings_and_its_404() -> None:
    urls = [page.url for page in pages.pages(library())]
    listings = [kind.listing for kind in KINDS.values() if kind.listing]
    ours = ["/rubriques/", "/rubriques/regards/", "/flux/", "/sujets/"]
    assert urls == ["/", "/404.html", "/recherche/", *listings, *ours]


def test_every_address_is_written_once() -> None:
    urls = [page.url for page in pages.pages(library(NUMERO, ARTICLE, news("une"), news("deux")))]
    assert len(urls) == len(set(urls))
    assert {"/magazine/2020-05/", "/magazine/2020-05/premier/", "/nouvelles/deux/"} <= set(urls)


def test_a_rubrique_lists_its_articles() -> None:
    page = next(
        page for page in pages.pages(library(NUMERO, ARTICLE)) if page.url == "/rubriques/regards/"
    )
    assert page.variables["items"] == (ARTICLE,)


def test_a_feed_gives_the_newest_first_and_at_most_twenty() -> None:
    many = [news(f"n-{number}", NOON - timedelta(days=number)) for number in range(30)]
    feeds = {feed.url: feed for feed in pages.feeds(library(*reversed(many)))}
    assert list(feeds["/flux/nouvelles.xml"].items) == many[:20]
    assert feeds["/flux/site.xml"].items == feeds["/flux/nouvelles.xml"].items
    assert feeds["/flux/rubriques/regards.xml"].items == ()


def test_a_text_in_winter_time_and_one_in_summer_time_keep_their_order() -> None:
    winter = news("hiver", datetime(2020, 1, 15, 9, tzinfo=NOON.tzinfo))
    summer = news("ete", datetime(2020, 7, 15, 9, tzinfo=NOON.tzinfo))
    feed = next(feed for feed in pages.feeds(library(winter, summer)) if "site" in feed.url)
    assert feed.items == (summer, winter)


def test_a_numero_says_its_season() -> None:
    def season(month: int) -> str:
        return replace(NUMERO, date=datetime(2020, month, 20, tzinfo=NOON.tzinfo)).season

    assert [season(month) for month in (2, 3, 8, 11)] == [
        "Hiver 2020", "Printemps 2020", "Été 2020", "Automne 2020",
    ]  # fmt: skip
    assert season(12) == "Hiver 2020-2021"


SIZES = (0, 1, 23, 24, 47, 48, 49, 71, 72, 73, 95, 96, 130)


def _written(count: int) -> tuple[News, ...]:
    """Write a piece of news a day, newest first."""
    return tuple(news(f"n-{n}", NOON - timedelta(days=200 - n)) for n in reversed(range(count)))


def _news_pages(items: tuple[News, ...]) -> dict[str, dict[str, Any]]:
    found = pages.pages(library(*items))
    return {
        page.url: {"template": page.template, **page.variables}
        for page in found
        if page.url.startswith("/nouvelles/") and "leaf" in page.variables
    }


@pytest.mark.parametrize("size", SIZES)
def test_a_list_shows_each_of_its_items_once_newest_first(size: int) -> None:
    items = _written(size)
    found = _news_pages(items)
    order = ["/nouvelles/", *(f"/nouvelles/page/{n}/" for n in range(len(found) - 1, 0, -1))]
    assert [one for url in order for one in found[url]["items"]] == list(items)
    newest, *others = (len(found[url]["items"]) for url in order)
    assert newest == size if not others else 24 <= newest < 48
    assert set(others) <= {24}


@pytest.mark.parametrize("size", SIZES)
def test_each_page_of_a_list_leads_to_the_next_and_back(size: int) -> None:
    found = _news_pages(_written(size))
    order = [*(f"/nouvelles/page/{n}/" for n in range(1, len(found))), "/nouvelles/"]
    for older, newer in pairwise(order):
        assert found[older]["newer"].url == newer
        assert found[newer]["older"].url == older
    assert found[order[0]]["older"] is None
    assert found["/nouvelles/"]["newer"] is None
    assert {url for _, url in found["/nouvelles/"]["years"]} <= set(order[:-1])


@pytest.mark.parametrize("size", SIZES)
def test_what_appears_changes_the_address_of_the_list_and_no_other(size: int) -> None:
    new = _written(size + 1)
    before, after = _news_pages(new[1:]), _news_pages(new)  # of the same items
    changed = [url for url, page in after.items() if before.get(url) != page]
    assert before.keys() <= after.keys()
    if len(after) == len(before):
        assert changed == ["/nouvelles/"]
    else:  # once in a while: a new page, to which the one before it leads
        count = len(before)
        last = [f"/nouvelles/page/{n}/" for n in (count - 1, count) if n]
        assert changed == [*last, "/nouvelles/"]


def test_a_numbered_page_says_which_months_it_holds() -> None:
    def span(*months: int) -> str:
        first, last = (date(2014 + (month - 1) // 12, (month - 1) % 12 + 1, 3) for month in months)
        return dates.months(first, last).replace("\u00a0", " ")

    assert span(3, 3) == "mars 2014"
    assert span(3, 6) == "de mars à juin 2014"
    assert span(4, 15) == "d’avril 2014 à mars 2015"
    leaf = _news_pages(_written(50))["/nouvelles/page/1/"]["leaf"]
    assert leaf.title == "De novembre à décembre\u00a02019"
    assert pages.Leaf("/x/", 2).title == "Page\u00a02"


def test_a_year_leads_to_the_page_on_which_it_begins() -> None:
    years = _news_pages(_written(130))["/nouvelles/"]["years"]
    assert years == ((2020, "/nouvelles/page/4/"), (2019, "/nouvelles/page/2/"))


def test_what_a_person_signed_and_what_bears_a_subject_are_cut_the_same_way() -> None:
    person, subject = author("Une personne"), Subject("essai", Text.of("essai"))
    items = [replace(one, authors=(person,), subjects=(subject,)) for one in _written(50)]
    found = {page.url: page for page in pages.pages(library(person, *items))}
    for url in (person.url, "/sujets/essai/"):
        assert found[url].variables["items"] == tuple(items[:26])
        assert found[url].variables["total"] == 50
        assert found[f"{url}page/1/"].variables["items"] == tuple(items[26:])


def test_what_is_related_came_before_and_a_new_text_takes_no_place_among_it() -> None:
    subjects = (Subject("essai", Text.of("essai")),)
    items = [replace(one, subjects=subjects) for one in _written(6)]
    for known in (items[1:], items):
        content = library(*known)
        assert content.related(items[1]) == tuple(items[2:5])
        assert content.related(items[4]) == (items[5], items[3], items[2])  # completed by newer
        assert content.related(items[5]) == (items[4], items[3], items[2])


def test_what_is_related_to_an_article_is_neither_its_numero_nor_of_its_numero() -> None:
    subjects = (Subject("essai", Text.of("essai")),)
    issue = replace(NUMERO, subjects=subjects)
    first = replace(ARTICLE, numero=issue, subjects=subjects)
    second = replace(first, slug="second")
    other = replace(news("ailleurs"), subjects=subjects)
    assert library(issue, first, second, other).related(first) == (other,)
