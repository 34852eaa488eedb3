"""How often a visitor may ask: counted in memory by a keyed hash, forgotten within the hour."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW = 3600.0  # seconds
_EVERYONE = b""


@dataclass(slots=True)
class Limits:
    """Counts requests over a sliding hour.

    `clock` returns seconds that never go back. A visitor's address is never kept, only its hash
    under a random key, drawn when the service starts.
    """

    clock: Callable[[], float]
    each: int = 20
    total: int = 300
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _seen: dict[bytes, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allow(self, visitor: str) -> bool:
        """Return whether a request may be served, and count it if so."""
        who = hmac.new(self._key, visitor.encode(), hashlib.sha256).digest()
        now = self.clock()
        with self._lock:
            self._forget(now)
            mine = self._seen.setdefault(who, deque())
            everyone = self._seen.setdefault(_EVERYONE, deque())
            if len(mine) >= self.each or len(everyone) >= self.total:
                return False
            mine.append(now)
            everyone.append(now)
            return True

    def _forget(self, now: float) -> None:
        for who, moments in list(self._seen.items()):
            while moments and moments[0] <= now - WINDOW:
                moments.popleft()
            if not moments:
                del self._seen[who]
