"""How often a visitor may ask: counted in the base by keyed marks, forgotten after an hour."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
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
    neighbourhoods to reach `total`. `clock` returns seconds, the same in every process that serves.
    A visitor's address is never kept, only its keyed mark, in the base that these processes share.
    """

    clock: Callable[[], float]
    each: int = 10
    near: int = 40
    total: int = 300
    window: float = WINDOW

    def ask(self, register: Register, visitor: str) -> Verdict:
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
