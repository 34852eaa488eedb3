"""How far a run is: a bar on a terminal, a line from time to time elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

from axtra.core.diagnostics import NBSP, thousands

if TYPE_CHECKING:
    from axtra.sending.run_context import Progress

_BAR = 24  # signs
_BETWEEN_DRAWINGS, _BETWEEN_LINES = 0.2, 15.0  # seconds
_MINUTE, _HOUR = 60, 3_600  # seconds


class Meter:
    """Shows how far a run is."""

    def __init__(self, stream: TextIO, per_minute: int) -> None:
        self._stream = stream
        self._limit = per_minute
        self._terminal = stream.isatty()
        self._last = 0.0 if self._terminal else time.monotonic()
        self._drawn = False

    def show(self, progress: Progress) -> None:
        """Show the progress, when the last time is far enough."""
        now = time.monotonic()
        if now - self._last < (_BETWEEN_DRAWINGS if self._terminal else _BETWEEN_LINES):
            return
        self._last = now
        said = self._said(progress)
        if self._terminal:
            full = round(_BAR * progress.done / progress.total) if progress.total else _BAR
            self._stream.write(f"\r\033[K{'█' * full}{'░' * (_BAR - full)} {said}")
            self._drawn = True
        else:
            self._stream.write(f"{said}\n")
        self._stream.flush()

    def end(self) -> None:
        """Leave the line of the bar."""
        if self._drawn:
            self._stream.write("\n")

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
