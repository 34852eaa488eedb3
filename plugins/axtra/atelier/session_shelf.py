"""What a session needs again from one request to the next: in memory only, for an hour.

A list that somebody imports, and the answers to forms that name people, are kept here: what names
a person is never in an address, and the browser's « back » still works.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_LIFE = 3_600.0  # seconds


@dataclass(frozen=True, slots=True)
class _Kept:
    thing: Any
    session: str
    until: float


class SessionShelf:
    """Things by the random token that an address or a form carries; a token serves one session.

    Args:
        most: how many things are kept; the oldest gives way.
        clock: returns seconds.
    """

    def __init__(self, most: int = 60, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def keep(self, session: str, thing: object) -> str:
        """Keep a thing, and return its token."""
        token, now = secrets.token_urlsafe(16), self._clock()
        with self._lock:
            self._kept = {key: kept for key, kept in self._kept.items() if kept.until > now}
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[token] = _Kept(thing, session, now + _LIFE)
        return token

    def clear(self, kind: type) -> None:
        """Forget every thing of a kind."""
        with self._lock:
            self._kept = {
                key: kept for key, kept in self._kept.items() if not isinstance(kept.thing, kind)
            }

    def find(self, session: str, token: str) -> Any:  # noqa: ANN401 - whoever kept it knows
        """Return a thing of a session, or None when it is kept no longer."""
        kept = self._kept.get(token)
        if kept is None or kept.session != session or kept.until <= self._clock():
            return None
        return kept.thing
