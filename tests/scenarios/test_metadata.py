"""The metadata of the sample site follows the standards, and the checkers detect faults."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from lxml import etree
from lxml.html import HtmlElement

from support import metadata_standards
from support.fixture_types import Sample

SITEURL = "https://www.axtra.ca"
CITED = "magazine/2019-03/jeunes-et-stages/index.html"


def _pages(sample: Sample) -> dict[str, HtmlElement]:
    return {name: page for name, page in sample.crawl.pages.items() if "courriel" not in name}


def _graph(page: HtmlElement) -> list[dict[str, Any]]:
    (script,) = page.xpath("//script/text()")
    return list(json.loads(script)["@graph"])


def _metas(page: HtmlElement, attribute: str) -> list[tuple[str, str]]:
    return [
        (meta.get(attribute), meta.get("content")) for meta in page.xpath(f"//meta[@{attribute}]")
    ]


def test_every_page_but_the_404_has_valid_schema_org_data(sample: Sample) -> None:
    faults, kinds = [], Counter[str]()
    for name, page in _pages(sample).items():
        if name == "404.html":
            continue
        graph = _graph(page)
        kinds.update(str(thing["@type"]) for thing in graph)
        faults += [
            f"{name}{fault}"
            for thing in graph
            for fault in metadata_standards.schema_org_faults(thing)
        ]
    assert faults == []
    assert {
        "Article", "NewsArticle", "Report", "Event", "PublicationIssue", "CollectionPage",
        "ProfilePage", "WebPage", "WebSite", "Organization", "BreadcrumbList", "Periodical",
    } <= kinds.keys()  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        ({"@type": "Blog"}, "unknown class"),
        ({"@type": "Person", "name": "A", "headline": "x"}, "not a property"),
        ({"@type": "Person"}, "no name"),
        (
            {"@type": "Event", "name": "A", "startDate": "hier", "organizer": {"@id": "#"}},
            "startDate",
        ),
        ({"@type": "Organization", "name": "A", "url": "/a/"}, "url"),
        (
            {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"@type": "ListItem", "position": 2, "name": "A", "item": "https://a/"}
                ],
            },
            "positions",
        ),
    ],
)
def test_the_schema_org_checker_detects_faults(broken: dict[str, Any], fault: str) -> None:
    assert any(fault in reported for reported in metadata_standards.schema_org_faults(broken))


def test_an_article_has_the_metadata_that_scholars_need(sample: Sample) -> None:
    names = Counter(name for name, _ in _metas(sample.crawl.pages[CITED], "name"))
    for required in (
        "citation_title", "citation_publication_date", "citation_journal_title",
        "citation_volume", "citation_issue", "citation_language", "citation_public_url",
    ):  # fmt: skip
        assert names[required] == 1, required
    assert names["citation_author"] >= 1
    assert names["citation_keywords"] >= 2


def test_every_page_has_the_metadata_for_sharing(sample: Sample) -> None:
    for name, page in _pages(sample).items():
        properties = dict(_metas(page, "property"))
        for needed in ("og:title", "og:type", "og:url", "og:site_name", "og:locale"):
            assert properties.get(needed), f"{name}: {needed}"
        assert properties["og:url"] == page.xpath("string(//link[@rel='canonical']/@href)"), name
        assert metadata_standards.absolute(properties["og:url"]), name
        picture = properties["og:image"].removeprefix(f"{SITEURL}/")
        assert picture in sample.crawl.files
        assert picture.endswith((".png", ".jpg"))
        assert properties["og:image:alt"]
        assert dict(_metas(page, "name"))["twitter:card"].startswith("summary"), name


def test_every_page_has_its_own_title_and_a_description(sample: Sample) -> None:
    pages = _pages(sample)
    titles = Counter(page.findtext("head/title") for page in pages.values())
    assert [title for title, times in titles.items() if times > 1] == []
    without = [
        name
        for name, page in pages.items()
        if name != "404.html" and not page.xpath("string(//meta[@name='description']/@content)")
    ]
    assert without == []


def test_every_feed_follows_its_standard(sample: Sample) -> None:
    feeds = sorted((sample.output / "flux").rglob("*.xml"))
    assert len(feeds) >= 12
    for path in feeds:
        address = f"{SITEURL}/{path.relative_to(sample.output).as_posix()}"
        assert list(metadata_standards.atom_faults(path.read_bytes(), address)) == [], path


def test_the_json_feed_matches_the_atom_feed(sample: Sample) -> None:
    feed = json.loads((sample.output / "flux/site.json").read_bytes())
    assert list(metadata_standards.json_feed_faults(feed)) == []
    atom = etree.parse(sample.output / "flux/site.xml")
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert [item["id"] for item in feed["items"]] == atom.xpath(
        "//a:entry/a:id/text()", namespaces=space
    )
    assert [item["content_html"] for item in feed["items"]] == [
        str(text) for text in atom.xpath("//a:entry/a:content/text()", namespaces=space)
    ]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("version",), "https://jsonfeed.org/version/2", "version"),
        (("title",), "", "title or items"),
        (("titre",), "Un fil", "unknown key titre"),
        (("feed_url",), "/flux/site.json", "feed_url"),
        (("items", 0, "id"), 12, "ids"),
        (("items", 0, "content_html"), "", "12: no content"),
        (("items", 0, "date_published"), "le 27 mars 2019", "12: date_published"),
        (("items", 0, "contenu"), "Un texte", "12: unknown key contenu"),
        (("items", 0, "authors"), [{"nom": "Une personne"}], "12: empty author"),
    ],
)
def test_the_json_feed_checker_detects_faults(
    path: tuple[str | int, ...], value: object, fault: str
) -> None:
    item = {"id": "12", "content_html": "<p>Un texte</p>", "authors": [{"name": "Une personne"}]}
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1", "title": "Un fil", "items": [item]
    }  # fmt: skip
    assert list(metadata_standards.json_feed_faults(feed)) == []
    place: Any = feed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert list(metadata_standards.json_feed_faults(feed)) == [fault]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"<updated>", b"<updated>hier", "updated"),
        (b'rel="self"', b'rel="next"', "self"),
        (b"<id>https://", b"<id>", "id is no IRI"),
    ],
)
def test_the_atom_checker_detects_faults(
    sample: Sample, old: bytes, new: bytes, fault: str
) -> None:
    data = (sample.output / "flux/site.xml").read_bytes().replace(old, new)
    assert any(
        fault in reported
        for reported in metadata_standards.atom_faults(data, f"{SITEURL}/flux/site.xml")
    )


def test_the_sitemap_follows_its_protocol(sample: Sample) -> None:
    data = (sample.output / "sitemap.xml").read_bytes()
    assert list(metadata_standards.sitemap_faults(data, SITEURL)) == []
    assert list(
        metadata_standards.sitemap_faults(data.replace(b"https://www", b"http://www"), SITEURL)
    )


def test_every_event_has_a_valid_calendar_file(sample: Sample) -> None:
    every = sample.output / "evenements" / "agenda.ics"
    calendars = sorted({*(sample.output / "evenements").glob("*.ics")} - {every})
    events = list((sample.output / "evenements").glob("*/index.html"))
    assert len(calendars) == len(events) == every.read_bytes().count(b"BEGIN:VEVENT")
    for path in calendars:
        assert list(metadata_standards.calendar_faults(path.read_bytes())) == [], path
    broken = calendars[0].read_bytes().replace(b"DTSTAMP:", b"DTSTAMP:2019")
    assert list(metadata_standards.calendar_faults(broken))


def test_the_page_of_feeds_lists_every_feed(sample: Sample) -> None:
    listed = set(sample.crawl.pages["flux/index.html"].xpath("//main//a/@href"))
    files = {f"/{name}" for name in sample.crawl.files if name.startswith("flux/")}
    assert {name for name in files if not name.endswith(".html")} <= listed


def test_every_article_page_offers_its_reference_files(sample: Sample) -> None:
    for name, page in _pages(sample).items():
        if page.xpath("//*[@id='axe_citer']"):
            links = page.xpath("//section[@aria-labelledby='axe_citer']//a[@download]/@href")
            assert [link.rpartition(".")[2] for link in links] == ["bib", "ris"]
            stem = name.removesuffix("/index.html")
            assert [link.lstrip("/") for link in links] == [f"{stem}.bib", f"{stem}.ris"]
