"""The list of pages and feeds that a library makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from axtra.content import pages
from axtra.content.model import DIRECTORY, News, Subject, Text
from axtra.content.schema import KINDS
from axtra.core import dates
from support.sample_library import ARTICLE, NOON, NUMERO, author, library, news


def test_an_empty_library_has_a_home_page_listings_and_a_404() -> None:
    urls = [page.url for page in pages.pages(library())]
    listings = [kind.listing for kind in KINDS.values() if kind.listing]
    listings.remove(DIRECTORY)  # a site without a centre has no directory
    ours = ["/rubriques/", "/rubriques/regards/", "/flux/", "/sujets/"]
    assert urls == ["/", "/404.html", "/recherche/", *listings, *ours]


def test_every_address_is_unique() -> None:
    urls = [page.url for page in pages.pages(library(NUMERO, ARTICLE, news("une"), news("deux")))]
    assert len(urls) == len(set(urls))
    assert {"/magazine/2020-05/", "/magazine/2020-05/premier/", "/nouvelles/deux/"} <= set(urls)


def test_a_rubrique_lists_its_articles() -> None:
    page = next(
        page for page in pages.pages(library(NUMERO, ARTICLE)) if page.url == "/rubriques/regards/"
    )
    assert page.variables["items"] == (ARTICLE,)


def test_a_feed_holds_the_twenty_newest_items_newest_first() -> None:
    many = [news(f"n-{number}", NOON - timedelta(days=number)) for number in range(30)]
    feeds = {feed.url: feed for feed in pages.feeds(library(*reversed(many)))}
    assert list(feeds["/flux/nouvelles.xml"].items) == many[:20]
    assert feeds["/flux/site.xml"].items == feeds["/flux/nouvelles.xml"].items
    assert feeds["/flux/rubriques/regards.xml"].items == ()


def test_texts_are_ordered_across_the_change_to_daylight_saving_time() -> None:
    winter = news("hiver", datetime(2020, 1, 15, 9, tzinfo=NOON.tzinfo))
    summer = news("ete", datetime(2020, 7, 15, 9, tzinfo=NOON.tzinfo))
    feed = next(feed for feed in pages.feeds(library(winter, summer)) if "site" in feed.url)
    assert feed.items == (summer, winter)


def test_a_numero_knows_its_season() -> None:
    def season(month: int) -> str:
        return replace(NUMERO, date=datetime(2020, month, 20, tzinfo=NOON.tzinfo)).season

    assert [season(month) for month in (2, 3, 8, 11)] == [
        "Hiver 2020", "Printemps 2020", "Été 2020", "Automne 2020",
    ]  # fmt: skip
    assert season(12) == "Hiver 2020-2021"


SIZES = (0, 1, 23, 24, 47, 48, 49, 71, 72, 73, 95, 96, 130)


def _daily_news(count: int) -> tuple[News, ...]:
    """Make one piece of news per day, newest first."""
    return tuple(news(f"n-{n}", NOON - timedelta(days=200 - n)) for n in reversed(range(count)))


def _news_pages(items: tuple[News, ...]) -> dict[str, dict[str, Any]]:
    return {
        page.url: {"template": page.template, **page.variables}
        for page in pages.pages(library(*items))
        if page.url.startswith("/nouvelles/") and "leaf" in page.variables
    }


@pytest.mark.parametrize("size", SIZES)
def test_a_list_shows_each_item_once_newest_first(size: int) -> None:
    items = _daily_news(size)
    listing = _news_pages(items)
    order = ["/nouvelles/", *(f"/nouvelles/page/{n}/" for n in range(len(listing) - 1, 0, -1))]
    assert [item for url in order for item in listing[url]["items"]] == list(items)
    newest, *others = (len(listing[url]["items"]) for url in order)
    assert newest == size if not others else 24 <= newest < 48
    assert set(others) <= {24}


@pytest.mark.parametrize("size", SIZES)
def test_each_page_of_a_list_links_to_its_neighbours(size: int) -> None:
    listing = _news_pages(_daily_news(size))
    order = [*(f"/nouvelles/page/{n}/" for n in range(1, len(listing))), "/nouvelles/"]
    for older, newer in pairwise(order):
        assert listing[older]["newer"].url == newer
        assert listing[newer]["older"].url == older
    assert listing[order[0]]["older"] is None
    assert listing["/nouvelles/"]["newer"] is None
    assert {url for _, url in listing["/nouvelles/"]["years"]} <= set(order[:-1])


@pytest.mark.parametrize("size", SIZES)
def test_a_new_item_changes_only_the_first_page_of_its_list(size: int) -> None:
    new = _daily_news(size + 1)
    before, after = _news_pages(new[1:]), _news_pages(new)  # with the same items, save the newest
    changed = [url for url, page in after.items() if before.get(url) != page]
    assert before.keys() <= after.keys()
    if len(after) == len(before):
        assert changed == ["/nouvelles/"]
    else:  # the list now needs another page, to which the previous page links
        count = len(before)
        last = [f"/nouvelles/page/{n}/" for n in (count - 1, count) if n]
        assert changed == [*last, "/nouvelles/"]


def test_a_numbered_page_is_titled_by_its_months() -> None:
    def span(*months: int) -> str:
        first, last = (date(2014 + (month - 1) // 12, (month - 1) % 12 + 1, 3) for month in months)
        return dates.months(first, last).replace("\u00a0", " ")

    assert span(3, 3) == "mars 2014"
    assert span(3, 6) == "de mars à juin 2014"
    assert span(4, 15) == "d’avril 2014 à mars 2015"
    leaf = _news_pages(_daily_news(50))["/nouvelles/page/1/"]["leaf"]
    assert leaf.title == "De novembre à décembre\u00a02019"
    assert pages.Leaf("/x/", 2).title == "Page\u00a02"


def test_a_year_links_to_the_page_on_which_it_begins() -> None:
    years = _news_pages(_daily_news(130))["/nouvelles/"]["years"]
    assert years == ((2020, "/nouvelles/page/4/"), (2019, "/nouvelles/page/2/"))


def test_lists_by_author_and_by_subject_are_paginated_alike() -> None:
    person, subject = author("Une personne"), Subject("essai", Text.of("essai"))
    items = [replace(item, authors=(person,), subjects=(subject,)) for item in _daily_news(50)]
    by_url = {page.url: page for page in pages.pages(library(person, *items))}
    for url in (person.url, "/sujets/essai/"):
        assert by_url[url].variables["items"] == tuple(items[:26])
        assert by_url[url].variables["total"] == 50
        assert by_url[f"{url}page/1/"].variables["items"] == tuple(items[26:])


def test_related_texts_are_older_and_do_not_change_when_a_text_is_added() -> None:
    subjects = (Subject("essai", Text.of("essai")),)
    items = [replace(item, subjects=subjects) for item in _daily_news(6)]
    for known in (items[1:], items):
        content = library(*known)
        assert content.related(items[1]) == tuple(items[2:5])
        assert content.related(items[4]) == (
            items[5],
            items[3],
            items[2],
        )  # too few older texts: newer ones follow
        assert content.related(items[5]) == (items[4], items[3], items[2])


def test_texts_related_to_an_article_come_from_outside_its_numero() -> None:
    subjects = (Subject("essai", Text.of("essai")),)
    issue = replace(NUMERO, subjects=subjects)
    first = replace(ARTICLE, numero=issue, subjects=subjects)
    second = replace(first, slug="second")
    other = replace(news("ailleurs"), subjects=subjects)
    assert library(issue, first, second, other).related(first) == (other,)
