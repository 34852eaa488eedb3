"""Checks every address of a built site, from its files only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

SITEURL = "https://www.axtra.ca"
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
_ATTRIBUTES = ("href", "src", "poster", "data", "action", "background")
_ADDRESS_METAS = ("og:image", "og:url", "twitter:image")


class CrawledSite:
    """An output folder, its pages, and the addresses in them."""

    def __init__(self, output: Path) -> None:
        self.output = output

    @cached_property
    def files(self) -> frozenset[str]:
        """Return every file, relative to the output."""
        return frozenset(
            path.relative_to(self.output).as_posix()
            for path in self.output.rglob("*")
            if path.is_file()
        )

    @cached_property
    def pages(self) -> dict[str, html.HtmlElement]:
        """Parse every HTML file, those of the mails included."""
        return {
            name: html.document_fromstring((self.output / name).read_bytes())
            for name in sorted(self.files)
            if name.endswith(".html")
        }

    @cached_property
    def anchors(self) -> dict[str, frozenset[str]]:
        """Return the ids of each page."""
        return {name: frozenset(page.xpath("//@id")) for name, page in self.pages.items()}

    def repeated_ids(self) -> list[str]:
        """List « page#id » for each id that a page repeats."""
        return [
            f"{name}#{identifier}"
            for name, page in self.pages.items()
            for identifier, times in Counter(page.xpath("//@id")).items()
            if times > 1
        ]

    def broken(self) -> list[str]:
        """List « file → address » for each address of this site that leads nowhere."""
        return sorted(
            {
                f"{name} → {address}"
                for name, address in self.addresses()
                if not self._leads(name, address)
            }
        )

    def foreign_requests(self) -> list[str]:
        """List what a browser would fetch from another host to show a page."""
        return [
            f"{name} → {address}"
            for name, page in self.pages.items()
            for address in _fetched(page)
            if urlsplit(urljoin(f"{SITEURL}/", address)).netloc
            not in {"", urlsplit(SITEURL).netloc}
        ]

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Yield each file with every address in it."""
        for name, page in self.pages.items():
            for address in _addresses(page):
                yield name, address
        for name in sorted(self.files):
            if name.endswith(".css"):
                text = (self.output / name).read_text(encoding="utf-8")
                yield from ((name, address) for address in _CSS_URL.findall(text))
            elif name.endswith(".xml"):
                for address in _of_feed(self.output / name):
                    yield name, address

    def _leads(self, name: str, address: str) -> bool:
        base = f"{SITEURL}/{name.removesuffix('index.html')}"
        parts = urlsplit(urljoin(base, address))
        if parts.scheme in {"mailto", "tel", "data"}:
            return True
        if f"{parts.scheme}://{parts.netloc}" != SITEURL:
            return parts.scheme in {"http", "https"}
        path = unquote(parts.path).removeprefix("/")
        file = f"{path}index.html" if path.endswith("/") or not path else path
        if file not in self.files:
            return False
        return not parts.fragment or unquote(parts.fragment) in self.anchors.get(file, ())


def _fetched(page: html.HtmlElement) -> Iterator[str]:
    yield from page.xpath("//img/@src | //script/@src | //iframe/@src | //source/@src")
    yield from page.xpath("//link[not(@rel='canonical' or @rel='alternate' or @rel='me')]/@href")
    for sources in page.xpath("//@srcset"):
        yield from (source.split()[0] for source in sources.split(","))
    for style in page.xpath("//@style | //style/text()"):
        yield from _CSS_URL.findall(style)


def _addresses(page: html.HtmlElement) -> Iterator[str]:
    for attribute in _ATTRIBUTES:
        yield from page.xpath(f"//@{attribute}")
    yield from (address for address in _fetched(page) if not address.startswith("data:"))
    for meta in page.xpath("//meta[@property or @name]"):
        if (meta.get("property") or meta.get("name")) in _ADDRESS_METAS:
            yield meta.get("content")


def _of_feed(path: Path) -> Iterator[str]:
    tree = etree.parse(path)
    yield from tree.xpath("//@href")
    yield from tree.xpath("//*[local-name()='loc']/text()")
    for content in tree.xpath("//*[local-name()='content']/text()"):
        if content.strip():
            yield from _addresses(html.fragment_fromstring(content, create_parent="div"))
