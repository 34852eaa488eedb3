"""The table of pages and feeds."""

from __future__ import annotations

from datetime import datetime, timedelta

from library_samples import ARTICLE, NOON, NUMERO, library, news

from axtra import pages
from axtra.schema import KINDS


def test_an_empty_library_still_has_its_home_its_listings_and_its_404() -> None:
    urls = [page.url for page in pages.pages(library())]
    listings = [kind.listing for kind in KINDS.values() if kind.listing]
    ours = ["/rubriques/", "/rubriques/regards/", "/flux/", "/sujets/"]
    assert urls == ["/", "/404.html", *listings, *ours]


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
