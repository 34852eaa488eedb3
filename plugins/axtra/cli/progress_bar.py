"""A progress bar on a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from infolettre.core.diagnostics import NBSP

if TYPE_CHECKING:
    from rich.progress import Progress

_WIDTH = 24  # characters


class ProgressBar:
    """Draws a bar on a terminal, and nothing on another stream.

    It has no thread of its own: a process with threads cannot be copied, and a build works in
    copies of its process.
    """

    def __init__(
        self, stream: TextIO, *, percentage: bool = False, transient: bool = False
    ) -> None:
        """Open a bar.

        Args:
            stream: where to draw.
            percentage: whether to write the percentage beside the bar.
            transient: whether to remove the bar at the end.
        """
        self.stream = stream
        self._bar = _open(stream, percentage, transient) if stream.isatty() else None

    @property
    def visible(self) -> bool:
        """Return whether the stream is a terminal."""
        return self._bar is not None

    def draw(self, done: int, total: int, words: str) -> None:
        """Draw the bar, with words on its right."""
        if self._bar:
            self._bar.start()
            self._bar.update(
                self._bar.task_ids[0], completed=done, total=total, description=words, refresh=True
            )

    def close(self) -> None:
        """Leave the line of the bar and show the cursor again."""
        if self._bar and self._bar.live.is_started:
            self._bar.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _open(stream: TextIO, percentage: bool, transient: bool) -> Progress:  # noqa: FBT001
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for it
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    share = [TextColumn(f"{{task.percentage:3.0f}}{NBSP}%")] if percentage else []
    words = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True))
    console = Console(file=stream)
    bar = Progress(
        BarColumn(_WIDTH), *share, words, console=console, auto_refresh=False, transient=transient
    )
    bar.add_task("")
    return bar
