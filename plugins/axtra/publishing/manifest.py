"""What a site is made of: for each file, its hash, what a host sends with it, and its links."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from html import unescape
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urljoin, urlsplit

from axtra.content.pages import JSON_FEED
from axtra.publishing.carriers import FileHeaders
from axtra.site import file_of, fingerprint, hosting, search_index

HOME = "index.html"
NOT_SERVED = frozenset({hosting.HEADERS_FILE, hosting.NGINX_FILE, hosting.REDIRECTS_FILE})
_LISTS = frozenset(
    {"sitemap.xml", "robots.txt", *NOT_SERVED, *map(file_of, (JSON_FEED, search_index.ENTRY))}
)
_LINK = re.compile(r"""\s(?:href|src|poster|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_SOURCES = re.compile(r"""\ssrcset\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ANCHOR = re.compile(r"""\sid\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
WELL_KNOWN = ".well-known/"  # begins what RFC 8615 places there, which hosts may answer themselves
_VERSION = 16  # characters of the name of a version


class FileNature(Enum):
    """What a file is to a reader."""

    PAGE = "page"
    REDIRECT = "redirection"
    IMAGE = "image"
    LIST = "liste"  # what lists pages: feeds, sitemap, index of the search
    FILE = "fichier"


_PLAIN = FileHeaders()


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the site.

    Attributes:
        digest: the SHA-256 of its bytes; empty where they are not known.
        headers: what a host sends with it.
        fingerprint: that of a page, which it also holds; empty for any other file.
        anchors: the ids of a page.
        links: the files that a page leads to, each with « # » and an anchor if it has one.
    """

    digest: str
    headers: FileHeaders = _PLAIN
    fingerprint: str = ""
    anchors: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()

    def same(self, other: FileEntry | None) -> bool:
        """Return whether the bytes and what a host sends with them are known to be the same."""
        known = other is not None and bool(self.digest)
        return known and (self.digest, self.headers) == (other.digest, other.headers)  # type: ignore[union-attr]


Manifest: TypeAlias = Mapping[str, FileEntry]


def read_output(output: Path, siteurl: str) -> dict[str, FileEntry]:
    """Return the manifest of a built site; its headers are those of its `_headers`.

    Args:
        output: the folder of the built site.
        siteurl: the address of the site, without a final slash.
    """
    rules = HeaderRules((output / hosting.HEADERS_FILE).read_text("utf-8"))
    moved = _moved((output / hosting.REDIRECTS_FILE).read_text("utf-8"))
    return {
        name: _entry(name, (output / name).read_bytes(), siteurl, rules, moved.get(name, ""))
        for name in _names(output)
    }


def version_of(manifest: Manifest) -> str:
    """Return the name of a version: a hash of what it shows."""
    whole = hashlib.sha256()
    for name, entry in sorted(manifest.items()):
        headers = entry.headers
        line = [name, entry.digest, headers.type, headers.cache, headers.redirect]
        whole.update(json.dumps(line).encode())
    return whole.hexdigest()[:_VERSION]


def nature_of(name: str, entry: FileEntry) -> FileNature:
    """Return what a file is to a reader."""
    if entry.headers.redirect:
        return FileNature.REDIRECT
    if name.endswith(".html"):
        return FileNature.PAGE
    if name in _LISTS or name.startswith("flux/"):
        return FileNature.LIST
    return FileNature.IMAGE if entry.headers.type.startswith("image/") else FileNature.FILE


def of_the_site(name: str) -> bool:
    """Tell whether a file is of a site: no part of its name begins with a dot, save RFC 8615's."""
    return not any(part.startswith(".") for part in name.removeprefix(WELL_KNOWN).split("/"))


def address_of(name: str) -> str:
    """Return the address of a file, from the site's root."""
    return f"/{name.removesuffix('index.html')}" if _is_index(name) else f"/{name}"


def file_at(address: str, files: Iterable[str]) -> str:
    """Return the file that answers an address of the site; empty when none does."""
    known = files if isinstance(files, Mapping | set | frozenset) else set(files)
    path = unquote(urlsplit(address).path)
    places = (file_of(path), file_of(f"{path}/"))
    return next((name for name in places if name in known), "")


def links_of(name: str, page: str, siteurl: str) -> frozenset[str]:
    """Return the files of the site that a page leads to or shows, each with its anchor if any."""
    base = siteurl + address_of(name)
    found = set[str]()
    for address in _addresses(page):
        try:
            parts = urlsplit(urljoin(base, address))
        except ValueError:  # words that only look like an address
            continue
        if f"{parts.scheme}://{parts.netloc}" != siteurl:
            continue
        file = file_of(unquote(parts.path) or "/")
        found.add(f"{file}#{unquote(parts.fragment)}" if parts.fragment else file)
    return frozenset(found)


def anchors_of(page: str) -> frozenset[str]:
    """Return the ids of a page."""
    return frozenset(unescape(_first(match)) for match in _ANCHOR.finditer(page))


class HeaderRules:
    """The rules of `_headers`: which headers a host sends with each address."""

    def __init__(self, text: str) -> None:
        self._rules: list[tuple[re.Pattern[str], dict[str, str]]] = []
        for line in text.splitlines():
            if line.startswith(" "):
                name, _, value = line.strip().partition(": ")
                self._rules[-1][1][name] = value
            elif line:
                self._rules.append((re.compile(hosting.expression(line)), {}))

    def at(self, address: str) -> dict[str, str]:
        """Return the headers of an address."""
        matching = (headers for pattern, headers in self._rules if pattern.match(address))
        return {name: value for headers in matching for name, value in headers.items()}


def as_json(manifest: Manifest) -> dict[str, Any]:
    """Return a manifest as plain values; of its links, those with an anchor."""
    return {name: _packed(entry) for name, entry in manifest.items()}


def from_json(given: Mapping[str, Any]) -> dict[str, FileEntry]:
    """Return the manifest of such values.

    Raises:
        KeyError, TypeError, AttributeError, ValueError: they are not such values.
    """
    return {_sound(name): _unpacked(values) for name, values in given.items()}


def merged(first: FileEntry, second: FileEntry | None) -> FileEntry:
    """Return what is known of a file that has the bytes of one entry or of the other."""
    if second is None:
        return replace(first, digest="")
    return FileEntry(
        "",
        anchors=first.anchors & second.anchors,
        links=first.links | second.links,
        headers=FileHeaders(redirect=first.headers.redirect or second.headers.redirect),
    )


def _packed(entry: FileEntry) -> dict[str, Any]:
    headers = entry.headers
    values = {
        "sha256": entry.digest,
        "type": headers.type,
        "cache": headers.cache,
        "vers": headers.redirect,
        "empreinte": entry.fingerprint,
        "ancres": sorted(entry.anchors),
        "liens": sorted(link for link in entry.links if "#" in link),
    }
    return {key: value for key, value in values.items() if value}


def _unpacked(values: Mapping[str, Any]) -> FileEntry:
    def text(key: str) -> str:
        value = values.get(key, "")
        if not isinstance(value, str):
            raise TypeError(key)
        return value

    return FileEntry(
        text("sha256"),
        FileHeaders(text("type"), text("cache"), text("vers")),
        text("empreinte"),
        frozenset(map(str, values.get("ancres", ()))),
        frozenset(map(str, values.get("liens", ()))),
    )


def _sound(name: str) -> str:
    """Return the name of a file, unless it leads out of the place."""
    if not name or "" in name.split("/") or not of_the_site(name) or "\\" in name:
        raise ValueError(name)
    return name


def _names(output: Path) -> Iterator[str]:
    """Yield the files of the site."""
    for path in sorted(output.rglob("*")):
        name = path.relative_to(output).as_posix()
        if of_the_site(name) and path.is_file():
            yield name


def _entry(name: str, data: bytes, siteurl: str, rules: HeaderRules, redirect: str) -> FileEntry:
    cache = rules.at(address_of(name)).get("Cache-Control", "")
    headers = FileHeaders(hosting.content_type(name), cache, redirect)
    digest = hashlib.sha256(data).hexdigest()
    if not name.endswith(".html"):
        return FileEntry(digest, headers)
    page = data.decode("utf-8", "replace")
    links = links_of(name, page, siteurl)
    return FileEntry(digest, headers, fingerprint.read(page), anchors_of(page), links)


def _moved(text: str) -> dict[str, str]:
    """Return where each file of `_redirects` leads."""
    rows = (line.split() for line in text.splitlines())
    return {file_of(unquote(row[0])): row[1] for row in rows if row}


def _addresses(page: str) -> Iterator[str]:
    for match in _LINK.finditer(page):
        yield unescape(_first(match))
    for match in _SOURCES.finditer(page):
        for source in unescape(_first(match)).split(","):
            yield from source.split()[:1]


def _first(match: re.Match[str]) -> str:
    return next((group for group in match.groups() if group is not None), "")


def _is_index(name: str) -> bool:
    return name == HOME or name.endswith("/index.html")
