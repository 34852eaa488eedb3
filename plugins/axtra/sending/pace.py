"""How fast to go, and when to stop by oneself."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Self

from axtra.sending.ledger import Ledger
from axtra.sending.replies import Fate
from axtra.sending.settings import Settings

DAY = 86_400.0  # seconds
_IN_A_ROW, _WINDOW, _HALF = 5, 40, 0.5
_LATER_IN_A_ROW = 50


@dataclass(slots=True)
class Pace:
    """The limits of a server: messages evenly spread over a minute, and so many in 24 hours.

    `every` is in seconds, `next` on the monotonic clock; `quota` is None without a limit.
    """

    every: float
    quota: int | None
    next: float

    @classmethod
    def of(cls, ledger: Ledger, settings: Settings, moment: float) -> Self:
        """Start from what was sent before: a resumed run respects the same limits.

        Args:
            ledger: what was sent.
            settings: the limits.
            moment: now, on the monotonic clock.
        """
        every = 60 / settings.per_minute if settings.per_minute else 0.0
        now = ledger.clock()
        last = ledger.last_claim()
        quota = None
        if settings.per_day:
            quota = max(0, settings.per_day - ledger.accepted_since(now - DAY))
        return cls(every, quota, moment + max(0.0, min(every, last + every - now)))

    def take(self, moment: float) -> None:
        """Count one message."""
        self.next = max(moment, self.next + self.every)
        if self.quota is not None:
            self.quota -= 1


@dataclass(slots=True)
class Breaker:
    """Opens when a server refuses what we are rather than whom we write to."""

    policy: int = 0  # in a row
    later: int = 0  # in a row
    recent: deque[bool] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def note(self, fate: Fate) -> None:
        """Take an answer into account."""
        refused = fate is Fate.POLICY
        self.policy = self.policy + 1 if refused else 0
        self.later = self.later + 1 if fate is Fate.LATER else 0
        self.recent.append(refused)

    @property
    def refused(self) -> bool:
        """Tell whether the server refuses us."""
        many = len(self.recent) == _WINDOW and sum(self.recent) > _WINDOW * _HALF
        return self.policy >= _IN_A_ROW or many

    @property
    def slowed(self) -> bool:
        """Tell whether the server wants nothing for now."""
        return self.later >= _LATER_IN_A_ROW
