"""The tags of a page, followed once: what they open and close, and where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from types import MappingProxyType

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


class Reading(HTMLParser):
    """What one reading of the tags shows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.misplaced: list[str] = []
        self.doubled: list[tuple[str, str]] = []
        self.seen: Counter[str] = Counter()
        self.after = ""
        self._closed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        self._inspect(tag, attrs)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over an element closed where it opens."""
        self._inspect(tag, attrs)

    def _inspect(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        if tag == "a" and "a" in self.open:
            self.faults.append("un lien est ouvert dans un autre lien")
        above = self.open[-1] if self.open else ""
        if tag in _PARENTS and above not in _PARENTS[tag]:
            self.misplaced.append(f"<{tag}> est dans <{above or 'rien'}>")
        elif above in _CHILDREN and tag not in _CHILDREN[above]:
            self.misplaced.append(f"<{tag}> est directement dans <{above}>")
        if len(attrs) > 1:
            names = Counter(name for name, _ in attrs)
            self.doubled.extend((tag, name) for name, times in names.items() if times > 1)

    def handle_endtag(self, tag: str) -> None:
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

    def handle_data(self, data: str) -> None:
        """Note what comes after the page, and what a table has no cell for."""
        if not data.strip():
            return
        if self._closed and not self.after:
            self.after = data.strip()[:40]
        if self.open and self.open[-1] in {*_ROWS, "tr"}:
            self.misplaced.append(f"un texte est directement dans <{self.open[-1]}>")


def read(html: str) -> Reading:
    """Follow the tags of a page."""
    reader = Reading()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # so does the library refuse some « <![ »
        reader.faults.append("une déclaration <![…]> ne se lit pas")
    return reader
