"""A body as typed: its lines, and the blocks that it opens and closes.

`pymdownx.blocks` fails in silence (an unknown name, a bad option, a missing end leave the slashes
in the text) and forgets lines, so the source is scanned first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

from axtra.content.frontmatter import Value, compose_options
from axtra.content.schema import BLOCKS
from infolettre.core.diagnostics import Notes, did_you_mean

_TAB = 4  # columns, as in Markdown
_OPENING = re.compile(r" {0,3}(/{3,}) *([\w-]+) *(?:\| *(.*?) *)?")
_CLOSING = re.compile(r" {0,3}(/{3,}) *")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_OPTION = re.compile(r" {4,}\S.*")
_BARE_OPTION = re.compile(r"([a-z-]+)[ \u00a0]?:.*", re.IGNORECASE)


@dataclass(slots=True)
class Opening:
    """A block that is opened: its name, its argument, its line, the number of its slashes.

    Attributes:
        within: the block in which it stands.
        options: what its options say.
        option_lines: the lines of the file that they take.
        end: the line that closes it, 0 where none does.
    """

    name: str
    argument: str
    line: int
    length: int
    within: Opening | None = None
    options: Mapping[str, Value] = field(default_factory=dict)
    option_lines: range = range(0)
    end: int = 0


@dataclass(frozen=True)
class Typed:
    """The Markdown of a body, with the lines of its file."""

    body: str
    first_line: int

    @property
    def lines(self) -> list[tuple[int, str, bool]]:
        """List the lines: number, text, whether the line is code."""
        return self._read[0]

    @property
    def open_fence(self) -> float:
        """Return the line of a fence that nothing closes; infinity where each one is closed."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[list[tuple[int, str, bool]], float]:
        lines, fence, opened = list[tuple[int, str, bool]](), "", 0
        for number, line in enumerate(self.body.split("\n"), self.first_line):
            found = _FENCE.match(line)
            lines.append((number, line, bool(fence or found)))
            if fence:
                if found and found[1].startswith(fence) and not line.strip(" `~"):
                    fence = ""
            elif found:
                fence, opened = found[1], number
        return lines, opened if fence else inf


def scan(source: Typed, notes: Notes) -> Iterator[Opening]:
    """Walk the blocks of a source, outer before inner; each is whole once the walk has ended."""
    stack: list[Opening] = []
    for index, (number, typed, code) in enumerate(source.lines):
        if code:
            continue
        line = typed.expandtabs(_TAB)
        if closing := _CLOSING.fullmatch(line):
            _close(stack, len(closing[1]), number, notes)
        elif found := _OPENING.fullmatch(line):
            opening = Opening(found[2].lower(), found[3] or "", number, len(found[1]))
            if opening.name not in BLOCKS:
                problem = f"le bloc « {found[2]} » n’existe pas"
                notes.error("bloc-inconnu", number, problem, did_you_mean(found[2], BLOCKS))
                stack.append(opening)
                continue
            if stack and len(found[1]) >= stack[-1].length:
                notes.error(
                    "bloc-imbrique",
                    number,
                    f"le bloc « {opening.name} » est dans un bloc qui a autant de barres obliques",
                    f"Ouvrez et fermez « {stack[-1].name} » (ligne {stack[-1].line}) "
                    f"avec {'/' * (len(found[1]) + 1)}.",
                )
            opening.within = next(
                (opened for opened in reversed(stack) if opened.name in BLOCKS), None
            )
            _read_options(opening, source.lines[index + 1 :], notes)
            stack.append(opening)
            yield opening
    for opening in stack:
        notes.error(
            "bloc-ouvert",
            opening.line,
            f"le bloc « {opening.name} » n’est pas fermé",
            f"Ajoutez une ligne « {'/' * opening.length} » à la fin du bloc.",
        )


def _close(stack: list[Opening], length: int, line: int, notes: Notes) -> None:
    if stack and stack[-1].length == length:
        stack.pop().end = line
        return
    inside = f" dans « {stack[-1].name} »" if stack else ""
    notes.error(
        "bloc-sans-debut",
        line,
        f"cette ligne ferme un bloc qui n’est pas ouvert{inside}",
        "Effacez-la, ou mettez le même nombre de barres obliques à l’ouverture et à la fermeture.",
    )


def _read_options(opening: Opening, following: list[tuple[int, str, bool]], notes: Notes) -> None:
    """Read the options below an opening, and say which lines only look like options."""
    typed: list[str] = []
    for number, line, code in following:
        option = _OPTION.fullmatch(line.expandtabs(_TAB))
        if not option or code or number != opening.line + len(typed) + 1:
            bare = _BARE_OPTION.fullmatch(line.strip())
            if bare and BLOCKS[opening.name].option(bare[1].lower()):
                notes.error(
                    "option-sans-retrait",
                    number,
                    f"l’option « {bare[1]} » du bloc « {opening.name} » n’est pas en retrait "
                    "juste sous lui",
                    f"Mettez-la sous le nom du bloc, quatre espaces devant :      {line.strip()}",
                )
            if line.strip():
                break
            continue
        typed.append(option[0])
    opening.option_lines = range(opening.line + 1, opening.line + 1 + len(typed))
    if typed:
        opening.options = compose_options("\n".join(typed), opening.line + 1, notes)
