"""What a person at a terminal sees of a build: a bar, and what is being made."""

from __future__ import annotations

import time
from typing import TextIO

from axtra.cli.progress_bar import ProgressBar

_EVERY = 0.1  # seconds between two drawings


class BuildProgress(ProgressBar):
    """Draws the progress of a build on a terminal."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream, percentage=True, transient=True)
        self._next = time.monotonic() + _EVERY  # a quicker build needs no bar

    def __call__(self, rank: int, count: int, name: str) -> None:
        """Draw that a job begins."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            self.draw(rank, count, name)
