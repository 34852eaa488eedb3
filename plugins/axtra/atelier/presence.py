"""Who else has a text open: each browser that opens or types is remembered for some minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

_LONG = timedelta(minutes=5)


class Presence:
    """The browsers at each text.

    Args:
        clock: returns the present.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], tuple[str, datetime]] = {}

    def note(self, name: str, browser: str, person: str) -> tuple[tuple[str, datetime], ...]:
        """Note that a browser is at a text; return who else is, and when they were last seen."""
        now = self._clock()
        with self._lock:
            self._seen = {at: seen for at, seen in self._seen.items() if seen[1] > now - _LONG}
            self._seen[name, browser] = (person, now)
            return tuple(
                seen
                for (text, other), seen in self._seen.items()
                if text == name and other != browser
            )
