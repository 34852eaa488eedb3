"""How often a visitor may ask: counted by keyed marks, in memory or in the base of the register.

What is counted is forgotten after an hour.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from axtra.subscribers import Register

WINDOW = 3600.0  # seconds
# Prefixes in bits by which visitors are counted, narrow then wide: whoever has an IPv6 address has
# at least a /64 of them, and a provider gives one customer up to a /48.
_PREFIXES = {4: (32, 24), 6: (64, 48)}


class Verdict(Enum):
    """Whether a request may be served."""

    SERVED = auto()
    TOO_MANY = auto()  # from this visitor, or from its neighbours
    FULL = auto()  # from everyone together


@dataclass(slots=True)
class Limits:
    """Counts requests over a sliding window of so many seconds, an hour by default.

    `each` is for one visitor, `near` for a neighbourhood, `total` for everyone; it takes many
    neighbourhoods to reach `total`. `clock` returns seconds that never go back. A visitor's address
    is never kept, only its hash under a random key, drawn when the service starts.
    """

    clock: Callable[[], float]
    each: int = 10
    near: int = 40
    total: int = 300
    window: float = WINDOW
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _seen: dict[bytes, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, visitor: str) -> Verdict:
        """Return whether a request may be served, and count it if so."""
        now = self.clock()
        bounds = zip(_places(visitor), (self.each, self.near, self.total), strict=True)
        with self._lock:
            self._forget(now)
            counts = [(self._seen.setdefault(self._hash(at), deque()), most) for at, most in bounds]
            *mine, everyone = [len(moments) >= most for moments, most in counts]
            if any(mine) or everyone:
                return Verdict.TOO_MANY if any(mine) else Verdict.FULL
            for moments, _ in counts:
                moments.append(now)
        return Verdict.SERVED

    def _hash(self, place: str) -> bytes:
        return hmac.new(self._key, place.encode(), hashlib.sha256).digest()

    def _forget(self, now: float) -> None:
        for who, moments in list(self._seen.items()):
            while moments and moments[0] <= now - self.window:
                moments.popleft()
            if not moments:
                del self._seen[who]


@dataclass(slots=True)
class SharedLimits(Limits):
    """The same, counted in the base of the register by every process that serves.

    `clock` returns the same seconds in each of them. The marks are keyed as those of the register.
    """

    def ask_of(self, register: Register, visitor: str) -> Verdict:
        """Return whether a request may be served, and count it if so.

        Raises:
            FolderError: the disk refuses.
        """
        limits = (self.each, self.near, self.total)
        bounds = list(zip(_places(visitor), limits, strict=True))
        reached = register.admit(bounds, self.clock(), self.window)
        if reached is None:
            return Verdict.SERVED
        return Verdict.FULL if reached == len(bounds) - 1 else Verdict.TOO_MANY


def _places(visitor: str) -> tuple[str, str, str]:
    """Return the names under which a visitor, its neighbourhood and everyone are counted."""
    try:
        address = ipaddress.ip_address(visitor)
    except ValueError:
        return f"? {visitor}", "?", ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    narrow, wide = (
        f"{bits} {int(address) >> address.max_prefixlen - bits}"
        for bits in _PREFIXES[address.version]
    )
    return narrow, wide, ""
