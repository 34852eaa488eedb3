"""The table of pages and feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from library_samples import ARTICLE, NOON, NUMERO, library, news

from axtra import pages
from axtra.model import Subject, Text
from axtra.schema import KINDS


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


def test_what_is_related_to_an_article_is_neither_its_numero_nor_of_its_numero() -> None:
    subjects = (Subject("essai", Text.of("essai")),)
    issue = replace(NUMERO, subjects=subjects)
    first = replace(ARTICLE, numero=issue, subjects=subjects)
    second = replace(first, slug="second")
    other = replace(news("ailleurs"), subjects=subjects)
    assert library(issue, first, second, other).related(first) == (other,)
