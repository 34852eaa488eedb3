"""What a person at a terminal sees of a build: a bar, and what is being made."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from axtra.core.diagnostics import NBSP

if TYPE_CHECKING:
    from rich.progress import Progress

_EVERY = 0.1  # seconds between two drawings
_WIDTH = 24  # characters


class BuildProgress:
    """Draws the progress of a build; on a stream that is not a terminal, it draws nothing.

    The bar has no thread of its own: a process with threads cannot be copied, and a build works in
    copies of its process.
    """

    def __init__(self, stream: TextIO) -> None:
        self._next = time.monotonic() + _EVERY  # a quicker build needs no bar
        self._bar = _bar(stream) if stream.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the bar, if it was drawn."""
        if self._bar and self._bar.live.is_started:
            self._bar.stop()

    def __call__(self, rank: int, count: int, name: str) -> None:
        """Draw that a job begins."""
        now = time.monotonic()
        if self._bar is None or now < self._next:
            return
        self._next = now + _EVERY
        self._bar.start()
        self._bar.update(
            self._bar.task_ids[0], completed=rank, total=count, description=name, refresh=True
        )


def _bar(stream: TextIO) -> Progress:
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for it
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    bar = Progress(
        BarColumn(_WIDTH),
        TextColumn(f"{{task.percentage:3.0f}}{NBSP}%"),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        console=Console(file=stream),
        auto_refresh=False,
        transient=True,
    )
    bar.add_task("")
    return bar
