"""What a person at a terminal sees of a build: a bar, and what is being made."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from axtra.core.diagnostics import NBSP

_EVERY = 0.1  # seconds between two drawings
_WIDTH = 24  # signs
_CLEAR = "\r\x1b[K"


class Bar:
    """Hears of jobs and draws a bar; on a stream that is no terminal, it draws nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._next = time.monotonic() + _EVERY  # what is quicker needs no bar

    def __call__(self, rank: int, count: int, name: str) -> None:
        """Draw that a job begins."""
        now = time.monotonic()
        if not self._live or now < self._next:
            return
        self._next = now + _EVERY
        full = _WIDTH * rank // max(count, 1)
        share = f"{100 * rank // max(count, 1):3}{NBSP}%"
        line = f"{'█' * full}{'░' * (_WIDTH - full)} {share}  {name}"
        self._stream.write(_CLEAR + line[: shutil.get_terminal_size().columns - 1])
        self._stream.flush()

    def clear(self, last: str = "") -> None:
        """Leave the line as it was, and say what came of it."""
        if self._live:
            self._stream.write(f"{_CLEAR}{last}\n" if last else _CLEAR)
            self._stream.flush()
