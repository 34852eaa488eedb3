"""Marks: each block that Markdown makes is known as the very one that was typed.

Before conversion, every opening, every closing, and whatever looks like one wherever it stands,
gets a mark of its own. Afterwards, each mark is accounted for: a block was made of it where the
scan saw one, or it stands in code; anything else is an error at its line, and nothing is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from axtra.blocks.typed import Opening, Typed
from axtra.diagnostics import Notes
from axtra.schema import BLOCKS

MARK = r"axtra[0-9a-f]{12}x[0-9]+x"  # letters and digits, which Markdown leaves as they are
_MARK = re.compile(r"axtra([0-9a-f]{12})x([0-9]+)x")
_NAMES = "|".join(BLOCKS)
# What may stand on a line before what a list, a quotation, a note, a cell or a tag holds.
_HELD = r"(?:[\s>|]|[-*+:]\s|[0-9]+[.)]\s|\[\^[^\]]*\]:|!!!|<!--|</?[a-zA-Z][^<>]*>)*"
_STRAY = re.compile(
    rf"\A{_HELD}(?:/{{3,}}|//(?=\s*(?:{_NAMES})\s*(?:\||\Z)))"
    rf"|(?<![\w:/`\\])/{{3,}}(?=\s*(?:{_NAMES})\b)",
    re.IGNORECASE,
)
_NAME = re.compile(r"\s*([\w-]*)")
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Stray:
    """What looks like an opening or a closing and is none.

    Attributes:
        line: its line.
        name: the name of the block it would open, if any.
        fenced: it stands between fences.
        ticked: it stands after a backtick.
    """

    line: int
    name: str
    fenced: bool
    ticked: bool

    def shown(self, tag: str) -> bool:
        """Tell whether it was meant to be the code that it is; a text set back was not."""
        return tag == "code" if self.ticked and not self.fenced else self.fenced and tag != ""


@dataclass(slots=True)
class Marks:
    """The marks of one document.

    Attributes:
        key: the hash of the document, so that nobody can type a mark.
        openings: the blocks of the scan, by rank.
        made: the ranks of those that Markdown made where they belong.
        closed: the ranks of those that it closed.
    """

    key: str
    openings: tuple[Opening, ...] = ()
    made: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    _strays: dict[int, _Stray] = field(default_factory=dict)

    def put(self, body: str, source: Typed) -> str:
        """Give the body with its marks; options, which the scan has read, are left out."""
        if "//" not in body:
            return body
        starts = {opening.line: rank for rank, opening in enumerate(self.openings)}
        ends = {one.end: rank for rank, one in enumerate(self.openings)}
        options = {line for one in self.openings for line in one.option_lines}
        written = []
        for (number, _, code), line in zip(source.lines, body.split("\n"), strict=True):
            if number in starts:
                opening = self.openings[starts[number]]
                slashes = "/" * opening.length
                written.append(f"{slashes} {opening.name} | {self._mark(starts[number])}")
            elif number in ends:
                opening = self.openings[ends[number]]
                written.append(f"{'/' * opening.length} {self._mark(ends[number])}")
            elif number not in options:
                written.append(self._strayed(number, line, code=code))
        return "\n".join(written)

    def _strayed(self, number: int, line: str, *, code: bool) -> str:
        def put(found: re.Match[str]) -> str:
            name = _NAME.match(line, found.end())
            rank = len(self.openings) + len(self._strays)
            self._strays[rank] = _Stray(
                number, name[1] if name else "", code, "`" in line[: found.end()]
            )
            return found[0] + self._mark(rank)

        return _STRAY.sub(put, line) if "//" in line else line

    def _mark(self, rank: int) -> str:
        return f"axtra{self.key}x{rank}x"

    def rank(self, mark: str) -> int | None:
        """Give the rank of the opening that has a mark and of which no block is made yet."""
        rank = next(self._ranks(mark), len(self.openings))
        return rank if rank < len(self.openings) and rank not in self.made else None

    def place(self, rank: int) -> str:
        """Name the block in which an opening stands; an empty name where it stands in none."""
        within = self.openings[rank].within
        return self.name(self.openings.index(within)) if within else ""

    def name(self, rank: int) -> str:
        """Name the block of an opening, as its placeholder does."""
        return f"{self.key}-{rank}"

    def _ranks(self, text: str) -> Iterator[int]:
        return (int(found[2]) for found in _MARK.finditer(text) if found[1] == self.key)

    def settle(self, html: str, notes: Notes) -> str:
        """Take the marks out of what Markdown made, and note what became of no block."""
        if self._strays:
            tags = {rank: code[1] for code in _CODE.finditer(html) for rank in self._ranks(code[0])}
            bare = {*self._ranks(_CODE.sub("", html))}
            for rank, stray in self._strays.items():
                if rank in bare or not stray.shown(tags.get(rank, "")):
                    self._refuse(stray.line, stray.name, notes)
        for rank, opening in enumerate(self.openings):
            if rank not in self.made & self.closed:
                self._refuse(opening.line, opening.name, notes)
        return _MARK.sub("", html) if f"axtra{self.key}x" in html else html

    @staticmethod
    def _refuse(line: int, name: str, notes: Notes) -> None:
        blamed = [one for one in notes.found if one.rule.startswith("bloc-")]
        if any(one.line == line for one in blamed) or (blamed and not name):
            return  # it is said already, or what it would close is
        what = f"le bloc « {name} » ne se lit pas" if name else "ces barres ne se lisent pas"
        notes.error(
            "bloc-illisible",
            line,
            f"{what} à cet endroit",
            "Placez-le hors des listes, des citations, des tableaux, des notes et du HTML, sans "
            "retrait, avec une ligne vide avant et après.",
        )
