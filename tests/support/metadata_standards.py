"""The requirements of metadata standards: each function yields the faults of a document.

Sources: schema.org 29 (domains and ranges of the properties in use); Google Search Central
(what Article, BreadcrumbList and Event must have); ogp.me; RFC 4287 (Atom); jsonfeed.org 1.1;
sitemaps.org 0.9; RFC 5545 (iCalendar); RFC 3339 (moments).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

Thing = Mapping[str, Any]

# A class of schema.org: its parent, and its own properties with the kind of value of each.
# text, url, moment, number, duration, bool, language, or names of classes.
_CREATIVE = {
    "headline": "text", "inLanguage": "language", "datePublished": "moment",
    "dateModified": "moment", "author": "Person Organization",
    "publisher": "Organization Person", "keywords": "text", "wordCount": "number",
    "timeRequired": "duration", "isAccessibleForFree": "bool", "isPartOf": "CreativeWork url",
    "hasPart": "CreativeWork", "encoding": "MediaObject", "license": "url", "abstract": "text",
    "alternativeHeadline": "text", "copyrightHolder": "Organization Person",
    "sponsor": "Organization Person", "about": "Thing", "associatedMedia": "MediaObject",
    "translationOfWork": "CreativeWork", "workTranslation": "CreativeWork",
}  # fmt: skip
CLASSES: Mapping[str, tuple[str | None, Mapping[str, str]]] = {
    "Thing": (
        None,
        {
            "name": "text", "alternateName": "text", "description": "text", "url": "url",
            "image": "url", "sameAs": "url",
        },
    ),
    "CreativeWork": ("Thing", _CREATIVE),
    "Article": ("CreativeWork", {"articleSection": "text", "wordCount": "number"}),
    "NewsArticle": ("Article", {}),
    "Report": ("Article", {}),
    "Periodical": ("CreativeWork", {"issn": "text"}),
    "PublicationVolume": ("CreativeWork", {"volumeNumber": "text"}),
    "AudioObject": ("MediaObject", {}),
    "PublicationIssue": ("CreativeWork", {"issueNumber": "text"}),
    "MediaObject": (
        "CreativeWork", {"contentUrl": "url", "encodingFormat": "text", "contentSize": "text"},
    ),
    "WebSite": ("CreativeWork", {}),
    "WebPage": ("CreativeWork", {}),
    "CollectionPage": ("WebPage", {}),
    "ProfilePage": ("WebPage", {"mainEntity": "Thing"}),
    "BreadcrumbList": ("Thing", {"itemListElement": "ListItem"}),
    "ListItem": ("Thing", {"position": "number", "item": "url"}),
    "Person": (
        "Thing",
        {
            "familyName": "text", "givenName": "text", "jobTitle": "text",
            "affiliation": "Organization",
        },
    ),
    "Organization": (
        "Thing",
        {
            "legalName": "text", "logo": "url", "email": "text", "telephone": "text",
            "address": "text", "parentOrganization": "Organization",
        },
    ),
    "EmploymentAgency": (
        "Organization",
        {
            "address": "PostalAddress", "geo": "GeoCoordinates", "areaServed": "AdministrativeArea",
            "knowsLanguage": "text", "knowsAbout": "text", "keywords": "text",
            "openingHoursSpecification": "OpeningHoursSpecification", "memberOf": "Organization",
        },
    ),
    "PostalAddress": (
        "Thing",
        {
            "streetAddress": "text", "addressLocality": "text", "addressRegion": "text",
            "postalCode": "text", "addressCountry": "text",
        },
    ),
    "GeoCoordinates": ("Thing", {"latitude": "degrees", "longitude": "degrees"}),
    "OpeningHoursSpecification": ("Thing", {"dayOfWeek": "url", "opens": "text", "closes": "text"}),
    "AdministrativeArea": ("Thing", {}),
    "Place": ("Thing", {"address": "text"}),
    "Event": (
        "Thing",
        {
            "startDate": "moment", "endDate": "moment", "eventStatus": "url",
            "location": "Place", "organizer": "Organization Person", "inLanguage": "language",
        },
    ),
}  # fmt: skip
NEEDED: Mapping[str, frozenset[str]] = {
    "Article": frozenset({"headline", "author", "datePublished", "publisher", "inLanguage"}),
    "NewsArticle": frozenset({"headline", "author", "datePublished", "publisher", "inLanguage"}),
    "Report": frozenset({"headline", "author", "datePublished", "publisher", "inLanguage"}),
    "PublicationIssue": frozenset({"name", "issueNumber", "datePublished"}),
    "Periodical": frozenset({"name", "url"}),
    "Event": frozenset({"name", "startDate", "organizer"}),
    "EmploymentAgency": frozenset({"name", "url", "memberOf"}),
    "Organization": frozenset({"name"}),
    "Person": frozenset({"name"}),
    "ListItem": frozenset({"position", "name", "item"}),
    "BreadcrumbList": frozenset({"itemListElement"}),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_DURATION = re.compile(r"PT\d+M")


def _moment(value: object) -> bool:
    try:
        text = str(value)
        if "T" in text:
            return datetime.fromisoformat(text).tzinfo is not None
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def absolute(value: object) -> bool:
    """Return whether a value is an absolute https address."""
    parts = urlsplit(str(value))
    return parts.scheme == "https" and bool(parts.netloc)


def _ancestors(name: str) -> Iterator[str]:
    known: str | None = name
    while known:
        yield known
        known = CLASSES[known][0]


def _fits(value: object, kind: str) -> bool:
    match kind:
        case "text":
            return isinstance(value, str) and bool(value.strip())
        case "url":
            return isinstance(value, str) and absolute(value)
        case "moment":
            return _moment(value)
        case "number":
            return isinstance(value, int) and value > 0
        case "degrees":
            return isinstance(value, float)
        case "duration":
            return isinstance(value, str) and bool(_DURATION.fullmatch(value))
        case "bool":
            return isinstance(value, bool)
        case "language":
            return isinstance(value, str) and bool(_LANGUAGE.fullmatch(value))
    if not isinstance(value, Mapping):
        return False
    return set(value) == {"@id"} or kind in _ancestors(str(value.get("@type")))


def schema_org_faults(thing: Thing, where: str = "", *, top: bool = True) -> Iterator[str]:
    """Yield what schema.org and Google refuse in a thing."""
    name = str(thing.get("@type"))
    where = f"{where}/{name}"
    if set(thing) == {"@id"}:
        return
    if name not in CLASSES:
        yield f"{where}: unknown class"
        return
    known: dict[str, str] = {}
    for ancestor in _ancestors(name):
        known = {**CLASSES[ancestor][1], **known}
    nested = name in {"Article", "PublicationIssue"} and not top
    for needed in () if nested else NEEDED.get(name, ()):
        if needed not in thing:
            yield f"{where}: no {needed}"
    for key, value in thing.items():
        if key == "@type" or (key == "@id" and absolute(value)):
            continue
        if key not in known:
            yield f"{where}: {key} is not a property"
            continue
        for part in value if isinstance(value, list) else [value]:
            if not any(_fits(part, kind) for kind in known[key].split()):
                yield f"{where}: {key} cannot be {part!r}"
            if isinstance(part, Mapping):
                yield from schema_org_faults(part, f"{where}/{key}", top=False)
    if name == "BreadcrumbList":
        positions = [step["position"] for step in thing["itemListElement"]]
        if positions != list(range(1, len(positions) + 1)):
            yield f"{where}: positions {positions}"


_ATOM = "{http://www.w3.org/2005/Atom}"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def atom_faults(data: bytes, address: str) -> Iterator[str]:
    """Yield what RFC 4287 refuses in a feed served at an address."""
    root = etree.fromstring(data)
    if root.tag != f"{_ATOM}feed":
        yield f"root is {root.tag}"
    yield from _atom_common(root, "feed")
    links = {
        link.get("rel", "alternate"): link.get("href") for link in root.findall(f"{_ATOM}link")
    }
    if links.get("self") != address:
        yield f"self is {links.get('self')}"
    entries = root.findall(f"{_ATOM}entry")
    ids = [entry.findtext(f"{_ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        yield "two entries share an id"
    owned = root.find(f"{_ATOM}author") is not None
    for entry, name in zip(entries, ids, strict=True):
        yield from _atom_common(entry, str(name))
        if not owned and entry.find(f"{_ATOM}author") is None:
            yield f"{name}: no author"
        alternates = [
            link for link in entry.findall(f"{_ATOM}link")
            if link.get("rel", "alternate") == "alternate"
        ]  # fmt: skip
        content = entry.find(f"{_ATOM}content")
        if content is None and not alternates:
            yield f"{name}: neither content nor link"
        if content is not None and content.get("type") == "html" and len(content):
            yield f"{name}: html content has child elements"
        if len(entry.findall(f"{_ATOM}summary")) > 1 or len(alternates) > 1:
            yield f"{name}: two summaries or links"
        for link in alternates:
            if not absolute(link.get("href")):
                yield f"{name}: link {link.get('href')}"


def _atom_common(node: Any, name: str) -> Iterator[str]:
    for tag in ("id", "title", "updated"):
        elements = node.findall(f"{_ATOM}{tag}")
        if len(elements) != 1 or not (elements[0].text or "").strip():
            yield f"{name}: {len(elements)} {tag}"
    if not absolute(node.findtext(f"{_ATOM}id")):
        yield f"{name}: id is no IRI"
    for tag in ("updated", "published"):
        for moment in node.findall(f"{_ATOM}{tag}"):
            if not _RFC3339.fullmatch(moment.text or ""):
                yield f"{name}: {tag} {moment.text}"
    for author in node.findall(f"{_ATOM}author"):
        if not (author.findtext(f"{_ATOM}name") or "").strip():
            yield f"{name}: author without name"


_FEED_KEYS = frozenset(
    {
        "version", "title", "home_page_url", "feed_url", "description", "user_comment",
        "next_url", "icon", "favicon", "authors", "language", "expired", "hubs", "items",
    }
)  # fmt: skip
_ITEM_KEYS = frozenset(
    {
        "id", "url", "external_url", "title", "content_html", "content_text", "summary",
        "image", "banner_image", "date_published", "date_modified", "authors", "tags",
        "language", "attachments",
    }
)  # fmt: skip


def json_feed_faults(feed: Thing) -> Iterator[str]:
    """Yield what JSON Feed 1.1 refuses."""
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield "version"
    if not feed.get("title") or not isinstance(feed.get("items"), list):
        yield "title or items"
    for key in feed.keys() - _FEED_KEYS:
        yield f"unknown key {key}"
    for key in ("home_page_url", "feed_url", "icon"):
        if key in feed and not absolute(feed[key]):
            yield key
    ids = [item.get("id") for item in feed["items"]]
    if len(set(ids)) != len(ids) or not all(isinstance(name, str) and name for name in ids):
        yield "ids"
    for item in feed["items"]:
        for key in item.keys() - _ITEM_KEYS:
            yield f"{item['id']}: unknown key {key}"
        if not (item.get("content_html") or item.get("content_text")):
            yield f"{item['id']}: no content"
        for key in ("date_published", "date_modified"):
            if key in item and not _RFC3339.fullmatch(item[key]):
                yield f"{item['id']}: {key}"
        for author in item.get("authors", ()):
            if not author.keys() & {"name", "url", "avatar"}:
                yield f"{item['id']}: empty author"


def sitemap_faults(data: bytes, siteurl: str) -> Iterator[str]:
    """Yield what the sitemap protocol refuses."""
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = etree.fromstring(data)
    if root.tag != f"{space}urlset" or len(data) > 50 * 1024 * 1024 or len(root) > 50_000:
        yield "root or size"
    for row in root:
        tags = [child.tag.removeprefix(space) for child in row]
        if row.tag != f"{space}url" or tags not in (["loc"], ["loc", "lastmod"]):
            yield f"row {tags}"
        address = row.findtext(f"{space}loc") or ""
        if not address.startswith(f"{siteurl}/") or len(address) >= 2048:
            yield address
        changed = row.findtext(f"{space}lastmod")
        if changed is not None and not _moment(changed):
            yield changed


_CONTENT_LINE = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[^;:\"]+)*):(.*)")
_UTC = re.compile(r"\d{8}T\d{6}Z")


def calendar_faults(data: bytes) -> Iterator[str]:
    """Yield what RFC 5545 refuses in a calendar with a single event."""
    if not data.endswith(b"\r\n") or b"\n" in data.replace(b"\r\n", b""):
        yield "lines do not end with CRLF"
    if any(len(line) > 75 for line in data.split(b"\r\n")):
        yield "a line is longer than 75 octets"
    lines = data.decode().replace("\r\n ", "").rstrip("\r\n").split("\r\n")
    matches = [_CONTENT_LINE.fullmatch(line) for line in lines]
    if None in matches:
        yield f"no content line: {lines[matches.index(None)]}"
        return
    rows = [(match[1], match[2], match[3]) for match in matches if match]
    names = [name for name, _, _ in rows]
    if [rows[0], rows[-1]] != [("BEGIN", "", "VCALENDAR"), ("END", "", "VCALENDAR")]:
        yield "not a calendar"
    for required in ("VERSION", "PRODID", "UID", "DTSTAMP", "DTSTART", "SUMMARY"):
        if names.count(required) != 1:
            yield f"{names.count(required)} {required}"
    for name, parameters, value in rows:
        if name.startswith("DT"):
            day = parameters == ";VALUE=DATE"
            if not (re.fullmatch(r"\d{8}", value) if day else _UTC.fullmatch(value)):
                yield f"{name}{parameters}:{value}"
        if name in {"SUMMARY", "LOCATION", "DESCRIPTION"} and re.search(r"(?<!\\)[,;]", value):
            yield f"{name} is not escaped"
