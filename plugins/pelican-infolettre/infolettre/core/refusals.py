"""What cannot be done, said once: the problem, the remedy, and the exit code that follows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import ClassVar

from infolettre.core import diagnostics
from infolettre.core.diagnostics import Diagnostic


class Refusal(Exception):  # noqa: N818 - « refused » is what happened, not an error of ours
    """A command or an act that cannot be carried out; its words are in French.

    Rooms raise it, or a subclass of their own when a caller has to tell one refusal from another.
    Only `cli`, the service and the preview show it, each in its own place.

    Attributes:
        problem: what is wrong, without a capital or a final period.
        remedy: what to do, ready to be pasted when it is a command; a line for each remedy.
        rule: the anchor of the editors' guide that explains it, where there is one.
        place: the file, or « file:line », where there is one.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, problem: str, remedy: str = "", *, rule: str = "", place: str = "") -> None:
        super().__init__(problem, remedy, rule, place)
        self.problem = problem
        self.remedy = remedy
        self.rule = rule
        self.place = place

    def __str__(self) -> str:
        """Return the problem on a line and each remedy below it, as a person reads them."""
        first = f"{self.place} : {self.problem}" if self.place else self.problem
        lines = [diagnostics.shown(line) for line in first.split("\n")]
        lines += [f"    → {diagnostics.shown(line)}" for line in self.remedy.splitlines()]
        if self.rule:
            lines[-1] = f"{lines[-1]:<79} [{self.rule}]"
        return "\n".join(lines)

    def as_json(self) -> str:
        """Return the refusal as one JSON object, with the keys of a diagnostic."""
        record = {
            "fichier": self.place or None,
            "regle": self.rule or None,
            "gravite": "erreur",
            "probleme": self.problem,
            "remede": self.remedy or None,
        }
        return json.dumps(record, ensure_ascii=False, indent=2)


class WrongUsage(Refusal):
    """The command is typed wrongly, or names what does not exist."""

    exit_code = 2


class DiagnosedRefusal(Refusal):
    """Files have errors, and nothing is done until they are mended.

    Attributes:
        diagnostics: every error.
        problem: what is not done because of them; empty when that goes without saying.
    """

    def __init__(self, found: Iterable[Diagnostic], problem: str = "") -> None:
        super().__init__(problem)
        self.diagnostics = diagnostics.errors(found)

    def __str__(self) -> str:
        """Return every error, then their count."""
        return diagnostics.as_text(self.diagnostics)

    def as_json(self) -> str:
        """Return the errors as a JSON list."""
        return diagnostics.as_json(self.diagnostics)
