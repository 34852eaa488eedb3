"""Feeds, the sitemap and calendars made from objects, without a site."""

from __future__ import annotations

from datetime import datetime

from lxml import etree
from markupsafe import Markup

from axtra.content.pages import Feed
from axtra.site import feeds
from infolettre.core.dates import ZONE
from support.sample_library import ARTICLE, FACTS, NOON, event, news

URL = "https://www.axtra.ca"
ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_links_of_a_body_become_absolute() -> None:
    html = Markup(
        '<a href="/a/">a</a><img src="/i.png"><a href="#n">n</a><a href="https://x/">x</a>'
    )
    assert feeds.absolute(html, URL, "/m/") == (
        f'<a href="{URL}/a/">a</a><img src="{URL}/i.png"><a href="{URL}/m/#n">n</a>'
        '<a href="https://x/">x</a>'
    )


def test_a_text_that_mentions_an_address_is_left_alone() -> None:
    html = "<code>href=&#34;/a/&#34;</code>"
    assert feeds.absolute(html, URL, "/m/") == html


def test_an_entry_has_its_authors_its_date_and_its_whole_body() -> None:
    feed = Feed("/flux/x.xml", "X & Y", "/x/", (ARTICLE,))
    root = etree.fromstring(feeds.atom(feed, FACTS, URL, lambda _: '<p><a href="/b/">b</a></p>'))
    entry = root.find(f"{ATOM}entry")
    assert root.findtext(f"{ATOM}title") == "X & Y"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Une personne"
    assert entry.findtext(f"{ATOM}published") == "2020-06-01T12:00:00-04:00"
    assert entry.findtext(f"{ATOM}content") == f'<p><a href="{URL}/b/">b</a></p>'


def test_a_feed_is_dated_by_its_newest_entry() -> None:
    older = news("vieille", datetime(2019, 1, 1, tzinfo=ZONE))
    feed = Feed("/flux/x.xml", "X", "/x/", (news("neuve"), older))
    root = etree.fromstring(feeds.atom(feed, FACTS, URL, lambda _: ""))
    assert root.findtext(f"{ATOM}updated") == NOON.isoformat()


def test_a_feed_without_entries_is_still_valid() -> None:
    root = etree.fromstring(feeds.atom(Feed("/f.xml", "F", "/", ()), FACTS, URL, lambda _: ""))
    assert root.findtext(f"{ATOM}updated")
    assert root.find(f"{ATOM}entry") is None


def test_the_sitemap_escapes_addresses_and_gives_dates() -> None:
    data = feeds.sitemap([("/a/?b&c", NOON), ("/d/", None)], URL)
    root = etree.fromstring(data)
    texts = [element.text for element in root.iter() if element.text and element.text.strip()]
    assert texts == [f"{URL}/a/?b&c", "2020-06-01", f"{URL}/d/"]


def test_a_calendar_event_ends_the_day_after_its_last_day() -> None:
    data = feeds.calendar(
        [event(datetime(2020, 2, 28, tzinfo=ZONE), datetime(2020, 2, 29, tzinfo=ZONE))], URL
    ).decode()
    assert "DTSTART;VALUE=DATE:20200228\r\nDTEND;VALUE=DATE:20200301\r\n" in data


def test_a_long_line_folds_at_75_bytes_without_splitting_a_character() -> None:
    folded = feeds.fold("DESCRIPTION:" + "é" * 200)
    lines = folded.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "".join([lines[0], *(line[1:] for line in lines[1:])]) == "DESCRIPTION:" + "é" * 200
    assert all(line.startswith(" ") for line in lines[1:])
