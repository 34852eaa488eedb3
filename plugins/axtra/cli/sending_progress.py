"""How far a run is: a bar on a terminal, a line from time to time elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from axtra.core.diagnostics import NBSP, thousands

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from axtra.sending.run_context import Progress

_WIDTH = 24  # characters
_BETWEEN_DRAWINGS, _BETWEEN_LINES = 0.2, 15.0  # seconds
_MINUTE, _HOUR = 60, 3_600  # seconds


class Meter:
    """Shows how far a run is."""

    def __init__(self, stream: TextIO, per_minute: int) -> None:
        self._stream = stream
        self._limit = per_minute
        self._bar = _bar(stream) if stream.isatty() else None
        self._last = 0.0 if self._bar else time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the line of the bar, if it was drawn."""
        if self._bar and self._bar.live.is_started:
            self._bar.stop()

    def show(self, progress: Progress) -> None:
        """Show the progress, unless it was shown a moment ago."""
        now = time.monotonic()
        if now - self._last < (_BETWEEN_DRAWINGS if self._bar else _BETWEEN_LINES):
            return
        self._last = now
        said = self._said(progress)
        if self._bar:
            self._bar.start()
            self._bar.update(
                self._bar.task_ids[0],
                completed=progress.done,
                total=progress.total,
                description=said,
                refresh=True,
            )
        else:
            self._stream.write(f"{said}\n")
            self._stream.flush()

    def _said(self, progress: Progress) -> str:
        said = f"{thousands(progress.done)} / {thousands(progress.total)}"
        if not progress.per_minute:
            return said
        rest = progress.total - progress.done
        pace = min(progress.per_minute, self._limit) if self._limit else progress.per_minute
        return f"{said}, {thousands(round(pace))} par minute, reste {duration(rest / pace * 60)}"


def _bar(stream: TextIO) -> Bar:
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for it
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

    words = TextColumn("{task.description}", markup=False)
    bar = Progress(BarColumn(_WIDTH), words, console=Console(file=stream), auto_refresh=False)
    bar.add_task("")
    return bar


def duration(seconds: float) -> str:
    """Write « 40 s », « 12 min », « 1 h 05 »."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole}{NBSP}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}{NBSP}min"
    return f"{whole // _HOUR}{NBSP}h{NBSP}{whole % _HOUR // _MINUTE:02d}"
