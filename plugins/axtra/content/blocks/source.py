"""A body as typed: its lines, and the blocks that it opens and closes.

`pymdownx.blocks` fails in silence (an unknown name, a bad option, a missing end leave the slashes
in the text) and forgets lines, so the source is scanned first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from axtra.content.frontmatter import Value, compose_options
from axtra.content.schema import BLOCKS
from axtra.core.diagnostics import Notes, did_you_mean

_OPENING = re.compile(r" {0,3}(/{3,}) *([\w-]+) *(?:\| *(.*?) *)?")
_CLOSING = re.compile(r" {0,3}(/{3,}) *")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_OPTION = re.compile(r" {4,}\S.*")
_BARE_OPTION = re.compile(r"([a-z-]+):(?: .*)?")


@dataclass(slots=True)
class Opening:
    """A block that is opened: its name, its argument, its line, the number of its slashes."""

    name: str
    argument: str
    line: int
    length: int
    options: Mapping[str, Value] = field(default_factory=dict)
    has_body: bool = False


@dataclass(frozen=True)
class Typed:
    """The Markdown of a body, with the lines of its file."""

    body: str
    first_line: int

    @cached_property
    def lines(self) -> list[tuple[int, str, bool]]:
        """List the lines: number, text, whether the line is code."""
        lines, fence = list[tuple[int, str, bool]](), ""
        for number, line in enumerate(self.body.split("\n"), self.first_line):
            found = _FENCE.match(line)
            lines.append((number, line, bool(fence or found)))
            if fence:
                if found and found[1].startswith(fence) and not line.strip(" `~"):
                    fence = ""
            elif found:
                fence = found[1]
        return lines

    def find(self, *needles: str) -> int | None:
        """Give the first line, out of code, that holds one of some texts."""
        for needle in needles:
            for number, line, code in self.lines:
                if needle and needle in line and not code:
                    return number
        return None

    def first_fence(self) -> int | None:
        """Give the line on which the first code starts."""
        return next((number for number, _, code in self.lines if code), None)

    def search(self, pattern: str) -> int | None:
        """Give the first line, out of code, that matches a pattern."""
        compiled = re.compile(pattern, re.IGNORECASE)
        found = (n for n, line, code in self.lines if not code and compiled.search(line))
        return next(found, None)


def scan(source: Typed, notes: Notes) -> Iterator[Opening]:
    """Walk the blocks of a source in the order in which Markdown will create them."""
    stack: list[Opening] = []
    for index, (number, line, code) in enumerate(source.lines):
        if code:
            continue
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
            opening.options = _options(opening, source.lines[index + 1 :], notes)
            stack.append(opening)
            yield opening
        elif stack and line.strip():
            stack[-1].has_body = True
    for opening in stack:
        notes.error(
            "bloc-ouvert",
            opening.line,
            f"le bloc « {opening.name} » n’est pas fermé",
            f"Ajoutez une ligne « {'/' * opening.length} » à la fin du bloc.",
        )


def _close(stack: list[Opening], length: int, line: int, notes: Notes) -> None:
    if stack and stack[-1].length == length:
        stack.pop()
        return
    inside = f" dans « {stack[-1].name} »" if stack else ""
    notes.error(
        "bloc-sans-debut",
        line,
        f"cette ligne ferme un bloc qui n’est pas ouvert{inside}",
        "Effacez-la, ou mettez le même nombre de barres obliques à l’ouverture et à la fermeture.",
    )


def _options(
    opening: Opening, following: list[tuple[int, str, bool]], notes: Notes
) -> Mapping[str, Value]:
    typed: list[str] = []
    for _, line, _ in following:
        if not _OPTION.fullmatch(line):
            bare = _BARE_OPTION.fullmatch(line.strip())
            if bare and BLOCKS[opening.name].option(bare[1]):
                notes.error(
                    "option-sans-retrait",
                    opening.line + len(typed) + 1,
                    f"l’option « {bare[1]} » du bloc « {opening.name} » n’est pas en retrait",
                    f"Mettez quatre espaces devant :      {line.strip()}",
                )
            break
        typed.append(line[4:])
    if not typed:
        return {}
    return compose_options("\n".join(typed), opening.line + 1, notes)
