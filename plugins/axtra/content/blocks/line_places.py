"""Where each thing of a converted body was typed.

A body is converted without marks; only once there is a problem to place is it converted again, with
the number of its line at the start of each line. Without their marks both conversions are the same
text, and a mark that would change anything is left out: a place is known, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from axtra.content.blocks.made_html import HtmlMaker
from axtra.content.blocks.source import Typed
from axtra.content.blocks.tags import CLEANER_OF_PLACES, FLOW_TAGS, LINE, TABULAR_TAGS
from infolettre.core.diagnostics import Notes

_FIRST = 0xF0000  # the marks of lines are characters of a plane that nobody types
_MARK = re.compile("[\U000f0000-\U000ffffd]")
_LAST = 0xFFFD
_NEAR = 4  # lines without mark in the HTML, at most, that are suspected one by one
_ATTRIBUTE = re.compile(rf' {LINE}="([0-9]+)"')
_ANY_MARK = re.compile(rf'[\U000f0000-\U000ffffd]| {LINE}="([0-9]+)"')
_PLACE = re.compile(rf'[\U000f0000-\U000ffffd]| {LINE}="[0-9]+-([0-9]+)"')
# What stands on a line before its words.
_BEFORE = re.compile(r"(?:[\s>|]|[-*+:]\s|[0-9]+[.)]\s|#{1,6}\s*|\[\^[^\]]*\]:)*")
_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")
_RULER = re.compile(r"[-=*_`~|:+\s]*")
_DEFINITION = re.compile(r"\*?\[[^\]]+\]:")
# The end of a link that began on a line before.
_TITLE = re.compile(r"(?:[\"'][^\"'\[\]()<>]*[\"'])?\s*(?:\)|\Z)")
_TAG = re.compile(r"<[a-zA-Z][\w-]*(?=[\s/>]|\Z)")
_INLINE_END = re.compile(r"</(?:a|abbr|b|cite|code|del|em|i|ins|mark|q|small|span|strong|su[bp])>")
_LIST = re.compile(r"\{:?(?=[^{}]*\}\s*\Z)")
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<([a-zA-Z][\w-]*)((?:\"[^\"]*\"|[^<>\"])*)>|[\U000f0000-\U000ffffd]",
    re.DOTALL,
)
# Conversions, at most, to find which marks change something: fewer for a long text.
_LEAST_TRIES, _MOST_TRIES = 8, 64
_CHARACTERS = 300_000


@lru_cache(maxsize=64)
def places_of(source: Typed, *, personal: bool) -> Places:
    """Find the places of a body; `personal` as for its conversion."""
    return Places(source, personal)


@lru_cache(maxsize=1)
def _maker() -> HtmlMaker:
    return HtmlMaker()


def forget() -> None:
    """Forget what a conversion that failed has left."""
    places_of.cache_clear()
    _maker.cache_clear()


@dataclass(frozen=True)
class Places:
    """The lines of the headings, tags and texts of a body, in the order of its HTML."""

    source: Typed
    personal: bool

    def _make(self, lines: Collection[int]) -> tuple[str, list[str]]:
        """Convert with the marks of some lines."""

        def mark(number: int, line: str, *, fenced: bool) -> str:
            line = _MARK.sub("\ue000", line)
            return _marked(number, line, fenced=fenced) if number in lines else line

        made = _maker().make(self.source, Notes(""), personal=self.personal, mark=mark)
        return made.html, [token["name"] for token in made.headings]

    @cached_property
    def _made(self) -> tuple[str, list[str]]:
        plain, _ = self._make(())
        lines = [line for line in self.source.lines if line[0] <= _LAST]
        first = {line[0] for before, line in pairwise([(0, "", False), *lines]) if not before[1]}
        for numbers in ({number for number, _, _ in lines}, first):
            if made := self._unchanged(plain, numbers):
                return made
        return self._make(())

    def _unchanged(self, plain: str, kept: set[int]) -> tuple[str, list[str]] | None:
        """Convert with marks, less those that would change the text; None when they are many."""
        made = self._make(kept)
        tries = max(_LEAST_TRIES, min(_MOST_TRIES, _CHARACTERS // (len(plain) + 1)))
        while (reached := _agreement(plain, made[0])) is not None:
            for dropped in _suspects(made[0], reached, kept):
                tries -= 1
                other = self._make(kept - dropped)
                further = _agreement(plain, other[0])
                if further is None or further > reached:
                    kept, made = kept - dropped, other
                    break
            else:
                return None
            if tries < 0:
                return None
        return made

    @cached_property
    def html(self) -> str:
        """Return the HTML before it is sanitised; each tag has a rank and a line."""
        return "".join(_ranked(self._made[0]))

    @cached_property
    def clean(self) -> str:
        """Return the HTML once sanitised, with the same marks."""
        return CLEANER_OF_PLACES.clean(self.html)

    @cached_property
    def headings(self) -> list[int | None]:
        """List the lines of the headings."""
        marks = (_MARK.search(name) for name in self._made[1])
        return [_number(mark[0]) if mark else None for mark in marks]

    @cached_property
    def links(self) -> list[int | None]:
        """List the lines of the links."""
        return self.matching(self.clean, re.compile(r'<a [^>]*?href="[^"]*"[^>]*>'))

    @cached_property
    def images(self) -> list[int | None]:
        """List the lines of the images."""
        return self.matching(self.clean, re.compile(r"<img [^>]*>"))

    @staticmethod
    def matching(
        text: str, pattern: re.Pattern[str], start: int = 0, end: int | None = None
    ) -> list[int | None]:
        """List the line of whatever matches in a marked text, or in a part of it."""
        marks = [(mark.start(), _number(mark[1] or mark[0])) for mark in _PLACE.finditer(text)]
        lines, at, line = list[int | None](), 0, None
        for match in pattern.finditer(text, start, len(text) if end is None else end):
            known = match.end() if match[0].startswith("<") else match.start() + 1
            while at < len(marks) and marks[at][0] < known:
                line = marks[at][1]
                at += 1
            lines.append(line or None)
        return lines


def _number(mark: str) -> int:
    return int(mark) if mark.isascii() else ord(mark) - _FIRST


def _bare(html: str) -> str:
    return _ATTRIBUTE.sub("", _MARK.sub("", html))


def _agreement(plain: str, marked: str) -> int | None:
    """Return how many characters begin both texts but for marks; None when they are the same."""
    bare = _bare(marked)
    if bare == plain:
        return None
    low, high = 0, min(len(plain), len(bare))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if plain[:middle] == bare[:middle] else (low, middle - 1)
    return low


def _suspects(marked: str, reached: int, kept: set[int]) -> Iterator[set[int]]:
    """Yield which lines to leave without mark when the text is wrong after some characters."""
    around, removed = [0, 0], 0
    for mark in _ANY_MARK.finditer(marked):
        around = [around[1], _number(mark[1] or mark[0])]
        if mark.start() - removed > reached:
            break
        removed += len(mark[0])
    before, after = min(around), max(around)
    between = [number for number in range(before + 1, after) if number in kept]
    for number in (*between[:_NEAR], after, before):
        yield {number}
    yield {*between, before, after}


def _marked(number: int, line: str, *, fenced: bool) -> str:
    """Mark a line where its words begin."""
    mark, attribute = chr(_FIRST + number), f' {LINE}="{number}"'
    if fenced:
        return line if _FENCE.match(line) else mark + line
    before = _BEFORE.match(line)
    start = before.end() if before else 0
    rest = line[start:].replace("<!--", f"<!--{mark}")
    if not rest and "#" in line:
        return line + mark
    if _RULER.fullmatch(rest) and not rest.startswith(("```", "~~~")):
        return line
    if rest.startswith("<!--"):
        return line[:start] + rest
    if match := _TAG.match(rest):
        if ">" not in rest:  # a tag of several lines is known by the next of them
            return line[:start] + rest
        return line[:start] + match[0] + attribute + rest[match.end() :]
    if match := _LIST.match(rest):
        return line[:start] + match[0] + attribute + " " + rest[match.end() :]
    if (
        _DEFINITION.match(rest)
        or _TITLE.match(rest)
        or (rest.startswith("</") and not _INLINE_END.match(rest))
    ):
        return line[:start] + rest
    return line[:start] + mark + rest


def _first_line(piece: str) -> int | None:
    """Return the line on which begins what spans several, from the first mark in it."""
    mark = _MARK.search(piece)
    return _number(mark[0]) - piece.count("\n", 0, mark.start()) if mark else None


def _ranked(html: str) -> Iterator[str]:
    """Return each tag its rank and its line; marks stay in texts only."""
    at, line, told = 0, 0, 0  # where the line was last told
    for rank, piece in enumerate(_PIECE.finditer(html)):
        yield html[at : piece.start()]
        at = piece.end()
        if len(piece[0]) == 1:
            line, told = _number(piece[0]), at
            yield piece[0]
        elif piece[1] is None:  # a comment
            line = _first_line(piece[0]) or line
            yield f"<!--{line}-->{chr(_FIRST + line)}"
        else:
            name, own = piece[1].lower(), _ATTRIBUTE.search(piece[2])
            follows = told and "\n" not in html[told : piece.start()]  # typed on the same line
            inside = name in FLOW_TAGS and not own and not follows
            mark = _MARK.search(html, at) if inside else None
            place = int(own[1]) if own else _first_line(piece[0])
            place = place or (_number(mark[0]) if mark else line)
            yield f'<{piece[1]} {LINE}="{rank}-{place}"{_bare(piece[2])}>'
            if own:
                line, told = place, at
                if name not in TABULAR_TAGS:
                    yield chr(_FIRST + line)
    yield html[at:]
