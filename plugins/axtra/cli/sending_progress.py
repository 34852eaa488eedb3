"""How far a run is: a bar on a terminal, a line from time to time elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

from axtra.cli.progress_bar import ProgressBar
from infolettre.core.diagnostics import NBSP, thousands

if TYPE_CHECKING:
    from axtra.sending.run_context import Progress

_BETWEEN_DRAWINGS, _BETWEEN_LINES = 0.2, 15.0  # seconds
_MINUTE, _HOUR = 60, 3_600  # seconds


class Meter(ProgressBar):
    """Shows how far a run is."""

    def __init__(self, stream: TextIO, per_minute: int) -> None:
        super().__init__(stream)
        self._limit = per_minute
        self._last = 0.0 if self.visible else time.monotonic()

    def show(self, progress: Progress) -> None:
        """Show the progress, unless it was shown a moment ago."""
        now = time.monotonic()
        if now - self._last < (_BETWEEN_DRAWINGS if self.visible else _BETWEEN_LINES):
            return
        self._last = now
        said = self._said(progress)
        if self.visible:
            self.draw(progress.done, progress.total, said)
        else:
            self.stream.write(f"{said}\n")
            self.stream.flush()

    def _said(self, progress: Progress) -> str:
        said = f"{thousands(progress.done)} / {thousands(progress.total)}"
        if not progress.per_minute:
            return said
        rest = progress.total - progress.done
        pace = min(progress.per_minute, self._limit) if self._limit else progress.per_minute
        return f"{said}, {thousands(round(pace))} par minute, reste {duration(rest / pace * 60)}"


def duration(seconds: float) -> str:
    """Write « 40 s », « 12 min », « 1 h 05 »."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole}{NBSP}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}{NBSP}min"
    return f"{whole // _HOUR}{NBSP}h{NBSP}{whole % _HOUR // _MINUTE:02d}"
