"""Marks: each block that Markdown makes is known as the very one that was typed.

Before conversion, every opening, every closing, and whatever looks like one wherever it stands,
gets a mark of its own. Afterwards, each mark is accounted for: a block was made of it where the
scan saw one, or it stands in code; anything else is an error at its line, and nothing is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from axtra.content.blocks import containers
from axtra.content.blocks.containers import Line
from axtra.content.blocks.source import Opening, Typed
from axtra.content.schema import BLOCKS
from infolettre.core.diagnostics import Notes

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
_CODE = re.compile(r"<(pre><code|code)\b.*?</code>", re.DOTALL)


class LineMark(Protocol):
    """Marks a line of a body with its number; `fenced` when it is code."""

    def __call__(self, number: int, line: str, *, fenced: bool) -> str: ...  # noqa: D102


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

    def meant(self, tag: str) -> bool:
        """Tell whether it was meant to be the code in which it is; what is set back was not."""
        return (self.fenced and tag != "") or (self.ticked and tag == "code")


@dataclass(slots=True)
class Marks:
    """The marks of one document.

    Attributes:
        key: the hash of the document, so that nobody can type a mark.
        openings: the blocks of the scan, by rank.
        made: the ranks of those that Markdown made where they belong.
        closed: the ranks of those that it closed.
        containers: how many marks of lists and quotations it has not read yet.
    """

    key: str
    openings: tuple[Opening, ...] = ()
    made: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    containers: int = 0
    _strays: dict[int, _Stray] = field(default_factory=dict)
    _starts: dict[int, int] = field(default_factory=dict)  # lines to ranks

    def __post_init__(self) -> None:
        self._starts = {opening.line: rank for rank, opening in enumerate(self.openings)}

    def put(
        self, body: str, source: Typed, mark: LineMark | None = None, *, contained: bool = True
    ) -> str:
        """Return the body with its marks; options, which the scan has read, are left out.

        Args:
            body: Markdown.
            source: the same, as typed.
            mark: what marks each line, if anything.
            contained: give lists and quotations as `containers` finds them.
        """
        if "//" not in body and mark is None and not containers.needed(body):
            return body
        options = {line for opening in self.openings for line in opening.option_lines}
        for at, typed, _ in source.lines if options else ():
            if at in options:
                self._strayed(at, typed, fenced=False)
        written = list[str]()
        for part in self._parts(body, source):
            if isinstance(part, str):
                written.append(part)
                continue
            for number, text, fenced in containers.rewritten(part, self.key) if contained else part:
                if number is None:
                    self.containers += containers.MARK.match(text) is not None
                    written.append(text)
                else:
                    line = self._strayed(number, text, fenced=fenced)
                    written.append(mark(number, line, fenced=fenced) if mark else line)
        return "\n".join(written)

    def prose(self, source: Typed) -> Iterator[list[Line]]:
        """Yield the lines between those that open and close blocks, as typed."""
        return (part for part in self._parts(source.body, source) if not isinstance(part, str))

    def _parts(self, body: str, source: Typed) -> Iterator[str | list[Line]]:
        """Yield the marked lines that open and close blocks, and the lines between them."""
        ends = {opening.end: rank for rank, opening in enumerate(self.openings)}
        options = {line for opening in self.openings for line in opening.option_lines}
        between = list[Line]()
        for (number, _, code), line in zip(source.lines, body.split("\n"), strict=True):
            if (rank := self._starts.get(number)) is not None:
                opening = self.openings[rank]
                yield between
                yield f"{'/' * opening.length} {opening.name} | {self._mark(rank)}"
                between = []
            elif (rank := ends.get(number)) is not None:
                yield between
                yield f"{'/' * self.openings[rank].length} {self._mark(rank)}"
                between = []
            elif number not in options:
                between.append(Line(number, line, code and number < source.open_fence))
        yield between

    def _strayed(self, number: int, line: str, *, fenced: bool) -> str:
        def put(found: re.Match[str]) -> str:
            name = _NAME.match(line, found.end())
            rank = len(self.openings) + len(self._strays)
            self._strays[rank] = _Stray(
                number, name[1] if name else "", fenced, "`" in line[: found.end()]
            )
            return found[0] + self._mark(rank)

        return _STRAY.sub(put, line) if "//" in line else line

    def _mark(self, rank: int) -> str:
        return f"axtra{self.key}x{rank}x"

    def rank(self, mark: str) -> int | None:
        """Return the rank of the opening that has a mark and of which no block is made yet."""
        rank = next(self._ranks(mark), len(self.openings))
        return rank if rank < len(self.openings) and rank not in self.made else None

    def place(self, rank: int) -> str:
        """Name the block in which an opening stands; an empty name where it stands in none."""
        within = self.openings[rank].within
        return self.name(self._starts[within.line]) if within else ""

    def name(self, rank: int) -> str:
        """Name the block of an opening, as its placeholder does."""
        return f"{self.key}-{rank}"

    def _ranks(self, text: str) -> Iterator[int]:
        return (int(found[2]) for found in _MARK.finditer(text) if found[1] == self.key)

    def settle(self, html: str, notes: Notes) -> str:
        """Take the marks out of what Markdown made, and note what became of no block."""
        refuse = _Refusal(notes)
        if self._strays:
            tags = {rank: code[1] for code in _CODE.finditer(html) for rank in self._ranks(code[0])}
            bare = {*self._ranks(_CODE.sub("", html))}
            for rank, stray in self._strays.items():
                if rank in bare or not stray.meant(tags.get(rank, "")):
                    refuse(stray.line, stray.name)
        for rank, opening in enumerate(self.openings):
            if rank not in self.made & self.closed:
                refuse(opening.line, opening.name)
        return _MARK.sub("", html) if f"axtra{self.key}x" in html else html


class _Refusal:
    """Notes what is no block, once a line; what would only close one, if nothing else is noted."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._said = {problem.line for problem in notes.found if problem.rule.startswith("bloc-")}

    def __call__(self, line: int, name: str) -> None:
        if line in self._said or (self._said and not name):
            return
        self._said.add(line)
        what = f"le bloc « {name} » ne se lit pas" if name else "ces barres ne se lisent pas"
        self._notes.error(
            "bloc-illisible",
            line,
            f"{what} à cet endroit",
            "Placez-le à la marge, entre deux lignes vides, hors de toute liste, citation ou note.",
        )
