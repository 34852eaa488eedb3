"""The machine-readable side of the site: Atom feeds, sitemap, robots, calendar files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from html import escape
from typing import Any, TypeAlias

from feedgenerator import Atom1Feed

from axtra.content.model import Body, Event, Facts, Item, html_text
from axtra.content.pages import JSON_FEED, Feed
from axtra.content.template_filters import enumeres
from axtra.pictures import data_figures, photographs

Writer: TypeAlias = Callable[[Feed, Facts, str, Callable[[Body], str]], bytes]

_ROOTED = re.compile(r'(\s(?:href|src)=")/')
_ANCHOR = re.compile(r'(\shref=")#')
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'


class _StillFeed(Atom1Feed):  # type: ignore[misc]
    """An Atom feed whose date is that of its entries: stock writes the hour of the build."""

    def latest_post_date(self) -> datetime:
        dates = [item.get("updateddate") or item["pubdate"] for item in self.items]
        return max(dates, default=datetime(2019, 1, 1, tzinfo=UTC))

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        language: str = item["language"]
        return {} if language.startswith("fr") else {"xml:lang": language}


def absolute(html: str, siteurl: str, url: str) -> str:
    """Make the addresses of the body at `url` absolute, for readers outside the site."""
    plain = data_figures.without_sheet(
        str(html)
    )  # a substitution in Markup would escape its own quotes
    return _ANCHOR.sub(rf"\1{siteurl}{url}#", _ROOTED.sub(rf"\1{siteurl}/", plain))


def atom(feed: Feed, facts: Facts, siteurl: str, render: Callable[[Body], str]) -> bytes:
    """Return a feed; `render` gives the HTML of a body as the site shows it.

    Source: RFC 4287.
    """
    document = _StillFeed(
        title=feed.title,
        link=f"{siteurl}{feed.page}",
        feed_url=f"{siteurl}{feed.url}",
        feed_guid=f"{siteurl}{feed.url}",
        description=facts.description,
        subtitle=facts.tagline,
        author_name=facts.name,
        author_link=f"{siteurl}/",
        language="fr-CA",
    )
    for item in feed.items:
        moment = item.date or item.updated
        document.add_item(
            title=item.title.plain,
            link=f"{siteurl}{item.url}",
            unique_id=f"{siteurl}{item.url}",
            description=escape(_lead(item), quote=False),
            content=absolute(render(item.body), siteurl, item.url),
            categories=[subject.name.plain for subject in item.subjects],
            author_name=", ".join(a.title.plain for a in getattr(item, "authors", ())) or None,
            pubdate=moment,
            updateddate=item.updated,
            language=item.language,
        )
    return str(document.writeString("utf-8")).encode()


def json_feed(feed: Feed, facts: Facts, siteurl: str, render: Callable[[Body], str]) -> bytes:
    """Return a feed as JSON; `render` gives the HTML of a body as the site shows it.

    Source: jsonfeed.org, version 1.1.
    """
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": facts.description,
        "home_page_url": f"{siteurl}{feed.page}",
        "feed_url": f"{siteurl}{JSON_FEED}",
        "icon": f"{siteurl}/favicon.svg",
        "language": "fr-CA",
        "authors": [{"name": facts.name, "url": f"{siteurl}/"}],
        "items": [_json_item(item, siteurl, render) for item in feed.items],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _lead(item: Item) -> str:
    """Return the description of an item; what was paid for says so first."""
    paid = f"Contenu commandité, payé par {html_text(enumeres(item.partners))}. "
    return f"{paid if item.sponsored and item.partners else ''}{item.lead}"


def _json_item(item: Item, siteurl: str, render: Callable[[Body], str]) -> dict[str, Any]:
    url = f"{siteurl}{item.url}"
    entry: dict[str, Any] = {
        "id": url,
        "url": url,
        "title": item.title.plain,
        "summary": _lead(item),
        "content_html": absolute(render(item.body), siteurl, item.url),
        "language": item.language,
    }
    if item.image:
        entry["image"] = f"{siteurl}{photographs.fallback(item.image)}"
    if moment := item.date or item.updated:
        entry["date_published"] = moment.isoformat()
    if item.modified and item.updated:
        entry["date_modified"] = item.updated.isoformat()
    if authors := getattr(item, "authors", ()):
        entry["authors"] = [
            {"name": author.title.plain}
            | ({"url": f"{siteurl}{author.url}"} if author.shown else {})
            for author in authors
        ]
    if item.subjects:
        entry["tags"] = [subject.name.plain for subject in item.subjects]
    return entry


def sitemap(pages: Iterable[tuple[str, datetime | None]], siteurl: str) -> bytes:
    """List addresses and the day of their last change.

    Source: sitemaps.org, protocol 0.9.
    """
    rows = "".join(
        f"<url><loc>{escape(siteurl + url)}</loc>"
        + (f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else "")
        + "</url>\n"
        for url, changed in pages
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'{_XML}<urlset xmlns="{space}">\n{rows}</urlset>\n'.encode()


def robots(siteurl: str) -> bytes:
    """Let every robot in, and show it the map.

    Source: RFC 9309.
    """
    return f"User-agent: *\nAllow: /\n\nSitemap: {siteurl}/sitemap.xml\n".encode()


def calendar(events: Iterable[Event], siteurl: str, name: str = "") -> bytes:
    """Return events as an iCalendar file; with a name, as a calendar to subscribe to.

    Source: RFC 5545: lines of at most 75 bytes, CRLF; the end of whole days is exclusive. RFC 7986
    for the name, with the property that programs read before it.
    """
    named = [f"NAME:{escaped_value(name)}", f"X-WR-CALNAME:{escaped_value(name)}"] if name else []
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//AXTRA//AXE//FR", *named]
    for event in events:
        changed = event.updated or event.start
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.slug}@{siteurl.partition('://')[2]}",
            f"DTSTAMP:{_utc(changed)}",
            *([f"LAST-MODIFIED:{_utc(changed)}"] if event.modified or event.date else []),
            f"SEQUENCE:{_revision(event)}",
            *_when(event),
            f"SUMMARY:{escaped_value(event.title.plain)}",
            *([f"LOCATION:{escaped_value(event.place.plain)}"] if event.place else []),
            *([f"DESCRIPTION:{escaped_value(event.summary.plain)}"] if event.summary else []),
            f"URL:{siteurl}{event.url}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines).encode()


def _when(event: Event) -> list[str]:
    start, end = event.start, event.closing
    if event.all_day:
        last = [f"DTEND;VALUE=DATE:{end:%Y%m%d}"] if end else []
        return [f"DTSTART;VALUE=DATE:{start:%Y%m%d}", *last]
    return [f"DTSTART:{_utc(start)}", *([f"DTEND:{_utc(end)}"] if end else [])]


def _revision(event: Event) -> int:
    """Number a revision, so that calendars take the newest: 0, then minutes since 1970."""
    return int(event.modified.timestamp() // 60) if event.modified else 0


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped_value(text: str) -> str:
    """Write a text as the value of a line of iCalendar or of vCard."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def fold(line: str) -> str:
    """Fold a line at 75 bytes, never within a character."""
    folded, room = "", 75
    for character in line:
        size = len(character.encode())
        if size > room:
            folded, room = f"{folded}\r\n ", 74
        folded += character
        room -= size
    return folded
