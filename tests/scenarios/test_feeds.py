"""What machines read: feeds, the map, robots, calendars."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from conftest import MakeProject, Sample
from lxml import etree
from sites import DAY, FULL, news, text, tree

from axtra.schema import KINDS

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
TITLE = "Salaire < 20 $ & emploi > 15 $"


def _feeds(output: Path) -> dict[str, etree._Element]:
    return {
        path.relative_to(output / "flux").as_posix(): etree.parse(path).getroot()
        for path in sorted((output / "flux").rglob("*.xml"))
    }


def test_there_is_a_feed_of_the_site_of_each_kind_and_of_each_rubrique(sample: Sample) -> None:
    kinds = {f"{kind.feed}.xml" for kind in KINDS.values() if kind.feed}
    rubriques = {
        f"rubriques/{name}.xml" for name in ("tendances", "projets", "recherches", "chroniques")
    }
    assert _feeds(sample.output).keys() == {"site.xml"} | kinds | rubriques


def test_every_feed_has_what_atom_requires(sample: Sample) -> None:
    for name, feed in _feeds(sample.output).items():
        where = f"flux/{name}"
        assert feed.findtext(f"{ATOM}title"), where
        assert feed.findtext(f"{ATOM}id") == f"https://www.axtra.ca/{where}"
        assert feed.find(f"{ATOM}author") is not None, where
        own = feed.find(f"{ATOM}link[@rel='self']")
        assert own is not None
        assert own.get("href") == feed.findtext(f"{ATOM}id")
        for element in (feed, *feed.iter(f"{ATOM}entry")):
            moment = datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "")
            assert moment.tzinfo is not None
            assert moment < sample.moment
        ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
        assert len(ids) == len(set(ids)), where
        for entry in feed.iter(f"{ATOM}entry"):
            assert entry.findtext(f"{ATOM}title"), where
            assert entry.findtext(f"{ATOM}content"), where


def test_every_address_in_a_feed_is_absolute(sample: Sample) -> None:
    addresses = [one for name, one in sample.crawl.addresses() if name.startswith("flux/")]
    assert len(addresses) > 100
    assert [one for one in addresses if not re.match(r"https://|mailto:|tel:", one)] == []


def test_a_title_with_signs_of_markup_is_whole_in_the_feed(project: MakeProject) -> None:
    site = project({"content/nouvelles/2020/salaire.md": news(f'"{TITLE}"')})
    feed = _feeds(site.build().output)["nouvelles.xml"]
    title = feed.findtext(f"{ATOM}entry/{ATOM}title") or ""
    assert title.replace("\u00a0", " ") == TITLE


def test_a_feed_tells_when_its_texts_changed_not_when_it_was_built(project: MakeProject) -> None:
    site = project({"content/nouvelles/2020/une.md": news(modifie="2020-02-02")})
    site.build()
    first = tree(site.output / "flux")
    site.build(moment=DAY.replace(year=2031))
    assert tree(site.output / "flux") == first
    feed = _feeds(site.output)["nouvelles.xml"]
    assert (feed.findtext(f"{ATOM}updated") or "").startswith("2020-02-02")


def test_the_map_lists_every_page_and_nothing_else(sample: Sample) -> None:
    locs = [
        (one.text or "").removeprefix("https://www.axtra.ca/")
        for one in etree.parse(sample.output / "sitemap.xml").iter(f"{MAP}loc")
    ]
    pages = {
        name.removesuffix("index.html")
        for name in sample.crawl.files
        if name.endswith(".html") and name != "404.html" and not name.endswith("courriel.html")
    }
    assert sorted(locs) == sorted(pages)


def test_robots_are_let_in_and_shown_the_map(sample: Sample) -> None:
    assert (sample.output / "robots.txt").read_text(encoding="utf-8").split("\n") == [
        "User-agent: *",
        "Allow: /",
        "",
        "Sitemap: https://www.axtra.ca/sitemap.xml",
        "",
    ]


EVENTS = {
    "whole days": (
        {"debut": "2020-09-10", "fin": "2020-09-12"},
        ["DTSTART;VALUE=DATE:20200910", "DTEND;VALUE=DATE:20200913"],
    ),
    "hours": (
        {"debut": "2020-09-10 13:00", "fin": "2020-09-10 16:30"},
        ["DTSTART:20200910T170000Z", "DTEND:20200910T203000Z"],
    ),
    "hours in winter": ({"debut": "2020-12-10 13:00"}, ["DTSTART:20201210T180000Z"]),
}


@pytest.mark.parametrize(("keys", "lines"), EVENTS.values(), ids=EVENTS)
def test_an_event_is_a_calendar_file(
    project: MakeProject, keys: dict[str, str], lines: list[str]
) -> None:
    long = "Une journée d’étude, de rencontres et d’échanges; sur l’emploi, la formation et l’été"
    site = project({"content/evenements/e.md": text(titre=f'"{long}"', lieu="Lévis", **keys)})
    data = (site.build().output / "evenements/e.ics").read_bytes()
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    unfolded = data.decode().replace("\r\n ", "").split("\r\n")
    assert set(lines) <= set(unfolded)
    summary = next(line for line in unfolded if line.startswith("SUMMARY:"))
    escaped = long.replace(",", "\\,").replace(";", "\\;")
    assert summary.replace("\u00a0", " ") == f"SUMMARY:{escaped}"


def test_every_calendar_file_of_the_sample_keeps_its_lines_short(sample: Sample) -> None:
    calendars = sorted(sample.output.rglob("*.ics"))
    assert calendars
    for path in calendars:
        assert all(len(line) <= 75 for line in path.read_bytes().split(b"\r\n")), path.name


def test_a_subscriber_sees_the_last_twenty_texts(project: MakeProject) -> None:
    many = {f"content/nouvelles/n-{n}.md": news(f"N {n}", f"2019-01-{n:02}") for n in range(1, 26)}
    feeds = _feeds(project({**FULL, **many}).build().output)
    titles = [one.text for one in feeds["nouvelles.xml"].iterfind(f"{ATOM}entry/{ATOM}title")]
    assert len(titles) == 20
    assert titles[0] == "Une nouvelle"
    assert titles[-1] == "N 7"
