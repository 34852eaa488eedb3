"""A journal in which a line that repeats is said once a minute: no attack fills the disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_SILENCE = 60.0  # seconds
_KINDS = 100  # different lines that are remembered


@dataclass(slots=True)
class SparingJournal:
    """Passes lines on to `say`, and tells how often each was held back; `clock` gives seconds."""

    say: Callable[[str], object]
    clock: Callable[[], float] = time.monotonic
    _said: dict[str, tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, line: str) -> None:
        """Say a line that ends with its end of line, unless it was just said."""
        now = self.clock()
        with self._lock:
            since, held = self._said.get(line, (float("-inf"), 0))
            if now - since < _SILENCE:
                self._said[line] = since, held + 1
                return
            if len(self._said) >= _KINDS:
                self._said.clear()
            self._said[line] = now, 0
        self.say(f"{line[:-1]} (et {held} fois depuis)\n" if held else line)
