"""The order of the tags of a page: what each opens or closes, and where it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import unescape
from types import MappingProxyType
from typing import NamedTuple

from infolettre.text.html.elements import VOID
from infolettre.text.html.tokeniser import BrokenDeclaration, EndTag, StartTag, tokenise
from infolettre.words import _, say

_VOID = VOID | {"o:allowpng"}
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
# In these, what looks like a tag may be text; all versions of Python agree about the first two.
_RAW = frozenset({"style", "title"})
_OTHER_RAW = frozenset(["script", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"])
_PLAIN = re.compile(
    r"""(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9:]*)"""
    r"""(?P<attributes>(?:[ \t\r\n]+[a-zA-Z][a-zA-Z0-9:-]*="[^"]*")*)[ \t\r\n]*(?P<closed>/)?"""
)
_ATTRIBUTE = re.compile(r"""([a-zA-Z0-9:-]+)="[^"]*\"""")


class TagOrder:
    """What reading the tags of a page in order reveals."""

    def __init__(self) -> None:
        self.line = 1  # of the last tag read; a fault is noted with its line
        self.open: list[str] = []
        self.opened: list[int] = []  # the line of each open tag
        self.faults: list[tuple[str, int]] = []
        self.misplaced: list[tuple[str, int]] = []
        self.doubled: list[tuple[str, str, int]] = []
        self.counts: Counter[str] = Counter()
        self.after = ""
        self.plain = False  # whether each « < » opens a tag that all software reads alike
        self._closed = False

    def open_tag(self, tag: str, doubled: Iterable[str], line: int, *, closed: bool) -> None:
        """Note a start tag and its doubled attributes; `closed` when it ends itself (`<br />`)."""
        self.line = line
        self.counts[tag] += 1
        if tag == "a" and "a" in self.open:
            self.faults.append((_("un lien est ouvert dans un autre lien"), line))
        above = self.open[-1] if self.open else ""
        if tag in _PARENTS and above not in _PARENTS[tag]:
            self.misplaced.append((say("<{}> est dans <{}>", tag, above or _("rien")), line))
        elif above in _CHILDREN and tag not in _CHILDREN[above]:
            self.misplaced.append((say("<{}> est directement dans <{}>", tag, above), line))
        self.doubled.extend((tag, name, line) for name in doubled)
        if not closed and tag not in _VOID:
            self.open.append(tag)
            self.opened.append(line)

    def close_tag(self, tag: str, line: int) -> None:
        """Note an end tag; it also closes the tags inside that need none."""
        self.line = line
        self._closed = self._closed or tag == "html"
        while self.open and self.open[-1] != tag and self.open[-1] in LOOSE and tag in self.open:
            self._pop()
        if self.open and self.open[-1] == tag:
            self._pop()
        elif tag in self.open:
            fault = say("</{}> est fermée avant <{}>", tag, self.open[-1])
            self.faults.append((fault, self.opened[-1]))
            while self._pop() != tag:
                pass
        elif tag not in _VOID:
            self.faults.append((say("</{}> ferme une balise qui n’est pas ouverte", tag), line))

    def _pop(self) -> str:
        self.opened.pop()
        return self.open.pop()

    def add_text(self, data: str) -> None:
        """Note a text, when it comes after the page or in a table outside any cell."""
        if not data.strip():
            return
        if self._closed and not self.after:
            self.after = data.strip()[:40]
        if self.open and self.open[-1] in {*_ROWS, "tr"}:
            problem = say("un texte est directement dans <{}>", self.open[-1])
            self.misplaced.append((problem, self.line))


class _Tag(NamedTuple):
    """A tag written so plainly that all software reads it alike."""

    name: str
    ends: bool
    closed: bool
    doubled: tuple[str, ...]


def read(html: str) -> TagOrder:
    """Follow the tags of a page."""
    return read_plain(html) or read_any(html)


def read_any(html: str) -> TagOrder:
    """Follow tags however they are written, as Python's own parser does."""
    order = TagOrder()
    for token in tokenise(html):
        match token:
            case str():
                order.add_text(token)
            case StartTag(name, attributes, closed, line):
                doubled = _repeated(key for key, _ in attributes)
                order.open_tag(name, doubled, line, closed=closed)
            case EndTag(name, line):
                order.close_tag(name, line)
            case BrokenDeclaration():
                order.faults.append((_("une déclaration <![…]> ne se lit pas"), order.line))
    return order


def read_plain(html: str) -> TagOrder | None:
    """Follow tags that are all plainly written, in a quarter of the time; None for other pages."""
    order, raw = TagOrder(), ""
    before, *parts = html.split("<")
    if before.strip():
        return None
    after = before.count("\n") + 1
    for number, part in enumerate(parts):
        written, closed, words = part.partition(">")
        line, after = after, after + part.count("\n")
        if closed and number == 0 and written.upper() == "!DOCTYPE HTML":
            continue
        tag = _plain_tag(written) if closed else None
        if tag is None or (raw and not (tag.ends and tag.name == raw)):
            return None
        if tag.ends:
            order.close_tag(tag.name, line)
        else:
            order.open_tag(tag.name, tag.doubled, line, closed=tag.closed)
        raw = tag.name if tag.name in _RAW and not tag.ends else ""
        if words and not words.isspace():
            order.add_text(words if raw == "style" else unescape(words))
    order.plain = True
    return None if raw else order


@lru_cache(maxsize=4096)
def _plain_tag(written: str) -> _Tag | None:
    match = _PLAIN.fullmatch(written)
    if match is None or (match["end"] and written != f"/{match['name']}"):
        return None
    name = match["name"].lower()
    if name in _OTHER_RAW or (name in _RAW and match["closed"]):
        return None
    names = _ATTRIBUTE.findall(match["attributes"])
    return _Tag(name, bool(match["end"]), bool(match["closed"]), _repeated(map(str.lower, names)))


def _repeated(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name, times in Counter(names).items() if times > 1)
