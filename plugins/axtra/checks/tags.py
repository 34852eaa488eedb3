"""The tags of a page, followed once: what they open and close, and where they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from types import MappingProxyType
from typing import NamedTuple

_VOID = frozenset(
    [
        *["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"],
        *["track", "wbr", "o:allowpng"],
    ]
)
LOOSE = frozenset({"option", "html", "body", "head"})
_ROWS = frozenset({"table", "thead", "tbody", "tfoot"})
_PARENTS: Mapping[str, frozenset[str]] = MappingProxyType({
    "td": frozenset({"tr"}), "th": frozenset({"tr"}), "tr": _ROWS,
    "li": frozenset({"ul", "ol"}), "dt": frozenset({"dl"}), "dd": frozenset({"dl"}),
})  # fmt: skip
_CHILDREN: Mapping[str, frozenset[str]] = MappingProxyType({
    **dict.fromkeys(_ROWS, _ROWS - {"table"} | {"tr", "caption", "colgroup", "col"}),
    "tr": frozenset({"td", "th"}),
    "ul": frozenset({"li"}), "ol": frozenset({"li"}),
})  # fmt: skip
# What looks like a tag may be words in these; Python's versions agree about the first two.
_RAW = frozenset({"style", "title"})
_OTHER_RAW = frozenset(["script", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"])
_PLAIN = re.compile(
    r"""(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9:]*)"""
    r"""(?P<attributes>(?:[ \t\r\n]+[a-zA-Z][a-zA-Z0-9:-]*="[^"]*")*)[ \t\r\n]*(?P<alone>/)?"""
)
_ATTRIBUTE = re.compile(r"""([a-zA-Z0-9:-]+)="[^"]*\"""")


class Reading:
    """What one reading of the tags shows."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.faults: list[str] = []
        self.misplaced: list[str] = []
        self.doubled: list[tuple[str, str]] = []
        self.seen: Counter[str] = Counter()
        self.after = ""
        self.plain = False  # whether each « < » opens a tag that all readers read alike
        self._closed = False

    def enter(self, tag: str, doubled: Iterable[str], *, alone: bool) -> None:
        """Note a tag and its doubled attributes; open it, unless it is closed where it opens."""
        self.seen[tag] += 1
        if tag == "a" and "a" in self.open:
            self.faults.append("un lien est ouvert dans un autre lien")
        above = self.open[-1] if self.open else ""
        if tag in _PARENTS and above not in _PARENTS[tag]:
            self.misplaced.append(f"<{tag}> est dans <{above or 'rien'}>")
        elif above in _CHILDREN and tag not in _CHILDREN[above]:
            self.misplaced.append(f"<{tag}> est directement dans <{above}>")
        self.doubled.extend((tag, name) for name in doubled)
        if not alone and tag not in _VOID:
            self.open.append(tag)

    def leave(self, tag: str) -> None:
        """Close a tag, and those that may stay open."""
        self._closed = self._closed or tag == "html"
        while self.open and self.open[-1] != tag and self.open[-1] in LOOSE and tag in self.open:
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag in self.open:
            self.faults.append(f"</{tag}> est fermée avant <{self.open[-1]}>")
            while self.open.pop() != tag:
                pass
        elif tag not in _VOID:
            self.faults.append(f"</{tag}> ferme une balise qui n’est pas ouverte")

    def hear(self, data: str) -> None:
        """Note what comes after the page, and what a table has no cell for."""
        if not data.strip():
            return
        if self._closed and not self.after:
            self.after = data.strip()[:40]
        if self.open and self.open[-1] in {*_ROWS, "tr"}:
            self.misplaced.append(f"un texte est directement dans <{self.open[-1]}>")


class _Parser(HTMLParser):
    """A reader of whatever is written."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(convert_charrefs=True)
        self._reading = reading

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._reading.enter(tag, _twice(name for name, _ in attrs), alone=False)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._reading.enter(tag, _twice(name for name, _ in attrs), alone=True)

    def handle_endtag(self, tag: str) -> None:
        self._reading.leave(tag)

    def handle_data(self, data: str) -> None:
        self._reading.hear(data)


class _Tag(NamedTuple):
    """A tag that all readers of HTML read alike."""

    name: str
    ends: bool
    alone: bool
    doubled: tuple[str, ...]


def read(html: str) -> Reading:
    """Follow the tags of a page."""
    return read_plain(html) or read_any(html)


def read_any(html: str) -> Reading:
    """Follow tags however they are written, as Python's own reader does."""
    reading = Reading()
    parser = _Parser(reading)
    try:
        parser.feed(html)
        parser.close()
    except AssertionError:  # so does the library refuse some « <![ »
        reading.faults.append("une déclaration <![…]> ne se lit pas")
    return reading


def read_plain(html: str) -> Reading | None:
    """Follow tags that are all plainly written, in a quarter of the time; give up on others."""
    reading, raw = Reading(), ""
    before, *parts = html.split("<")
    if before.strip():
        return None
    for number, part in enumerate(parts):
        written, closed, words = part.partition(">")
        if closed and number == 0 and written.upper() == "!DOCTYPE HTML":
            continue
        tag = _plain_tag(written) if closed else None
        if tag is None or (raw and not (tag.ends and tag.name == raw)):
            return None
        if tag.ends:
            reading.leave(tag.name)
        else:
            reading.enter(tag.name, tag.doubled, alone=tag.alone)
        raw = tag.name if tag.name in _RAW and not tag.ends else ""
        if words and not words.isspace():
            reading.hear(words if raw == "style" else unescape(words))
    reading.plain = True
    return None if raw else reading


@lru_cache(maxsize=4096)
def _plain_tag(written: str) -> _Tag | None:
    found = _PLAIN.fullmatch(written)
    if found is None or (found["end"] and written != f"/{found['name']}"):
        return None
    name = found["name"].lower()
    if name in _OTHER_RAW or (name in _RAW and found["alone"]):
        return None
    names = _ATTRIBUTE.findall(found["attributes"])
    return _Tag(name, bool(found["end"]), bool(found["alone"]), _twice(map(str.lower, names)))


def _twice(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name, times in Counter(names).items() if times > 1)
