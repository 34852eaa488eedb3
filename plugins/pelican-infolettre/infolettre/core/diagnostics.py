"""What the project says to an editor: one problem, its place, its cause and its remedy."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NotRequired, Self, TypedDict

from infolettre.words import _, is_french, say

NBSP = "\u00a0"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PICTURES = {chr(code): chr(0x2400 + code) for code in range(0x20)}


class Severity(StrEnum):
    """How much a problem weighs: an error stops the build, a warning is counted."""

    ERROR = "erreur"
    WARNING = "avertissement"


class Record(TypedDict):
    """A diagnostic as JSON; `statut` is there for an error of an unfinished text only."""

    fichier: str
    ligne: int | None
    regle: str
    gravite: str
    probleme: str
    remede: str
    statut: NotRequired[str]
    reparation: NotRequired[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters of one line of a file, and what replaces them.

    Attributes:
        line: counts from 1; 0 until it is known.
        column: where they start, from 0, in the line as it is read: without byte-order mark, its
            accents composed. None means wherever `old` is a whole address.
        old: what must stand there; nothing where something is only put in.
        new: what is written instead; a line feed in it is a line end of the file.
    """

    line: int
    column: int | None
    old: str
    new: str

    @classmethod
    def of(cls, line: int, typed: str, mended: str) -> Self:
        """Return the edit that makes one line another, as short as it can be."""
        start = _alike(typed, mended)
        end = _alike(typed[start:][::-1], mended[start:][::-1])
        return cls(line, start, typed[start : len(typed) - end], mended[start : len(mended) - end])


def _alike(first: str, second: str) -> int:
    """Count the characters at the start that are the same in both."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))


@dataclass(frozen=True, slots=True)
class Repair:
    """How a problem is mended without anybody having to choose.

    Attributes:
        edits: what changes in the file.
        name: the new name of the file, relative to the project’s root, when that is the remedy.
        effect: what readers will see otherwise; empty when they will see the same.
    """

    edits: tuple[Edit, ...] = ()
    name: str = ""
    effect: str = ""

    def at(self, line: int) -> Repair:
        """Return the repair with its edits on a line, where they have none yet."""
        edits = (edit if edit.line else replace(edit, line=line) for edit in self.edits)
        return replace(self, edits=tuple(edits))

    def record(self) -> dict[str, Any]:
        """Return the JSON form."""
        edits = [
            {"ligne": edit.line, "colonne": edit.column, "ancien": edit.old, "nouveau": edit.new}
            for edit in self.edits
        ]
        return {"modifications": edits, "nom": self.name or None, "effet": self.effect or None}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem in one file.

    `file` is relative to the project's root, with forward slashes; `line` counts from 1 and is
    None when the problem has no line; `rule` is an anchor of the editors' guide; `unfinished` says,
    of a text that is not published, what it is: « brouillon », « à venir ». Its errors stop nothing
    but that text. `repair` is there when the remedy is known exactly.
    """

    file: str
    line: int | None
    rule: str
    problem: str
    remedy: str
    severity: Severity = Severity.ERROR
    unfinished: str = ""
    repair: Repair | None = None

    @property
    def stops(self) -> bool:
        """Tell whether nothing is built, sent or published while this problem is there."""
        return self.severity is Severity.ERROR and not self.unfinished

    @property
    def order(self) -> tuple[str, int, str, str]:
        """Return the sort key: file, line, rule, text."""
        return (self.file, self.line or 0, self.rule, self.problem)

    def record(self) -> Record:
        """Return the JSON form."""
        record = Record(
            fichier=self.file,
            ligne=self.line,
            regle=self.rule,
            gravite=(Severity.ERROR if self.stops else Severity.WARNING).value,
            probleme=self.problem,
            remede=self.remedy,
        )
        if self.repair:
            record["reparation"] = self.repair.record()
        if self.severity is Severity.ERROR and self.unfinished:
            record["statut"] = self.unfinished
        return record

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        mark = f"{self.unfinished} : " if self.unfinished else ""
        if self.severity is Severity.WARNING:
            mark = _("avertissement : ")
        lines = [shown(f"{place} : {mark}{self.problem}")]
        lines += [f"    → {shown(line)}" for line in self.remedy.splitlines() or [""]]
        lines[-1] = f"{lines[-1]:<79} [{self.rule}]"
        return "\n".join(lines)


@dataclass(slots=True)
class Notes:
    """Collects what is found in one file, so that one run says everything."""

    file: str
    found: list[Diagnostic] = field(default_factory=list)

    def error(
        self, rule: str, line: int | None, problem: str, remedy: str, repair: Repair | None = None
    ) -> None:
        """Note what must be mended before anything is published."""
        self.found.append(Diagnostic(self.file, line, rule, problem, remedy, repair=repair))

    def place(self, since: int, line: Callable[[], int | None]) -> None:
        """Set the line of the problems noted after the first ones that have none."""
        for rank in range(since, len(self.found)):
            found = self.found[rank]
            if found.line is None:
                at = line()
                repair = found.repair.at(at) if found.repair and at else None
                self.found[rank] = replace(found, line=at, repair=repair)

    def warning(
        self, rule: str, line: int | None, problem: str, remedy: str, repair: Repair | None = None
    ) -> None:
        """Note what should be looked at."""
        self.found.append(
            Diagnostic(
                self.file, line, rule, problem, remedy, severity=Severity.WARNING, repair=repair
            )
        )


def shown(text: str) -> str:
    """Return a text on one line, with a picture of each control character: « ␊ » for a new line.

    A file name may hold any: it could end a line, or give orders to the terminal.
    """
    return _CONTROL.sub(lambda found: _PICTURES.get(found[0], "\ufffd"), text)


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort by place; two mistakes on the same line stay two."""
    return sorted(diagnostics, key=lambda diagnostic: diagnostic.order)


def errors(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Keep what stops a build: the errors, but for those of unfinished texts."""
    return [diagnostic for diagnostic in diagnostics if diagnostic.stops]


def faulty_files(diagnostics: Iterable[Diagnostic]) -> set[str]:
    """Name the files that have an error, unfinished texts included."""
    return {found.file for found in diagnostics if found.severity is Severity.ERROR}


def asked_of(files: Collection[str], diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the same problems; those of these files, finished or not, stop what is asked."""
    return [
        replace(found, unfinished="") if found.file in files else found for found in diagnostics
    ]


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """Write a JSON list, `[]` when there is nothing to say."""
    return json.dumps(
        [diagnostic.record() for diagnostic in diagnostics], ensure_ascii=False, indent=2
    )


def as_text(diagnostics: Sequence[Diagnostic]) -> str:
    """Write every diagnostic, then the count; one line when there is nothing to say."""
    return "\n\n".join([*map(str, diagnostics), summary(diagnostics)])


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Count errors and warnings in one sentence; errors of unfinished texts are apart."""
    wrong = len(errors(diagnostics))
    warned = sum(found.severity is Severity.WARNING for found in diagnostics)
    said = f"{count(wrong, 'erreur')}, {count(warned, 'avertissement')}"
    apart = len(diagnostics) - wrong - warned
    if not apart:
        return said
    return say("{}, {} de textes inachevés", said, count(apart, "erreur"))


def count(number: int, noun: str) -> str:
    """Write a number and its noun; in French, zero and one take the singular."""
    plural = number > 1 if is_french() else number != 1
    return f"{thousands(number)} {_(noun)}{'s' if plural else ''}"


def thousands(number: int) -> str:
    """Group digits by three with a no-break space."""
    return f"{number:,}".replace(",", NBSP)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word, or list what is known."""
    names = sorted(set(known))
    near = difflib.get_close_matches(word.casefold(), [name.casefold() for name in names], n=1)
    if near:
        nearest = next(name for name in names if name.casefold() == near[0])
        return say("Vouliez-vous dire « {} » ?", nearest)
    return (
        say("Choix possibles : {}.", ", ".join(names))
        if names
        else _("Il n’y en a aucun pour le moment.")
    )
