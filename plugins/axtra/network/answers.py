"""Taking what centres answer: the date of a true sheet, the corrections of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from axtra.content.loading import Folders, Reading
from axtra.content.model import Centre, Library
from axtra.core.diagnostics import Diagnostic, Severity
from axtra.core.pasted_commands import quoted
from axtra.core.refusals import DiagnosedRefusal, Refusal
from axtra.core.whole_files import write_whole
from axtra.network import sheets
from axtra.network.sheet_requests import RequestState, SheetRequest, SheetRequests

Write = Callable[[str, bytes], object]


@dataclass(frozen=True, slots=True)
class Answers:
    """What puts the answers of centres in their sheets.

    `write` receives the name of a file, relative to the project's root, and its bytes; by default,
    the file is replaced.
    """

    root: Path
    library: Library
    requests: SheetRequests
    clock: Callable[[], datetime]
    write: Write | None = None

    def centre(self, answer: SheetRequest) -> Centre | None:
        """Return the sheet of an answer, if it is still there."""
        return sheets.find(self.library, answer.centre)

    def is_plain(self, answer: SheetRequest) -> bool:
        """Return whether an answer needs nobody: a sheet confirmed, that says what it said."""
        centre = self.centre(answer)
        return (
            answer.state is RequestState.CONFIRMED
            and centre is not None
            and sheets.same_sheet(answer, sheets.file_of(self.root, centre).read_bytes())
        )

    def take(self, answer: SheetRequest) -> str:
        """Write an answer in its sheet, and settle it.

        Returns:
            The name of the file.

        Raises:
            Refusal: the sheet is no longer there, or cannot be read.
            DiagnosedRefusal: with the corrections it would have errors; nothing is written.
        """
        centre = self.centre(answer)
        if centre is None or answer.answered is None:
            raise Refusal(
                f"la fiche de « {answer.centre} » n’existe plus.",
                f"axtra centres reponses --ecarter {quoted(answer.centre)}",
            )
        path = sheets.file_of(self.root, centre)
        data = sheets.verified(path.read_bytes(), answer.answered.date(), answer.changes)
        found = self._faults(centre.source, data)
        if found:
            raise DiagnosedRefusal(found, f"la fiche de « {centre.title.plain} » n’a pas changé.")
        if self.write:
            self.write(centre.source, data)
        else:
            write_whole(path, data)
        self.requests.settle(answer.id, self.clock())
        return centre.source

    def _faults(self, name: str, data: bytes) -> list[Diagnostic]:
        """List what would be wrong in a sheet, in the place of its file."""
        folders = Folders(self.root, instead={name: data})
        reading = Reading(folders, moment=self.clock())
        return [
            replace(problem, unfinished="")  # it is about to be the file
            for problem in reading.found
            if problem.file == name and problem.severity is Severity.ERROR
        ]
