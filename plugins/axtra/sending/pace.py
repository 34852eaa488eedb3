"""How fast to go, and when to stop by oneself."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Self

from axtra.sending.ledger import Ledger
from axtra.sending.replies import Fate
from axtra.sending.settings import Settings
from axtra.sending.shared_rate import SharedRate

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

    def take(self, moment: float) -> bool:
        """Count one message; return whether it may leave."""
        self.next = max(moment, self.next + self.every)
        if self.quota is not None:
            self.quota -= 1
        return True


@dataclass(slots=True)
class SharedPace(Pace):
    """The limits of a server that several senders share: each message takes a token of a row.

    `next` and `quota` are what this sender last learned of them.
    """

    tokens: SharedRate | None = None

    @classmethod
    def of(cls, ledger: Ledger, settings: Settings, moment: float) -> Self:
        """Start from what all senders sent before."""
        pace = cls(
            60 / settings.per_minute if settings.per_minute else 0.0,
            None,
            moment,
            SharedRate(ledger),
        )
        if settings.per_day:
            pace.quota = pace.tokens.refill(settings.per_day) if pace.tokens else None
        return pace

    def take(self, moment: float) -> bool:
        """Take a token for one message; return whether there was one."""
        assert self.tokens  # noqa: S101 - `of` makes them
        if self.every and (wait := self.tokens.wait("minute", self.every)):
            self.next = moment + wait
            return False
        if self.quota is not None:
            self.quota = self.tokens.spend()
            return self.quota >= 0
        return True


@dataclass(slots=True)
class HostPace:
    """So many messages a minute to one receiving host; `every` is in seconds, 0 without a limit."""

    every: float
    tokens: SharedRate | None
    _next: dict[str, float] = field(default_factory=dict)

    def wait(self, address: str, moment: float) -> float:
        """Count a message to the host of an address, or return the seconds that it must wait."""
        host = address.rpartition("@")[2].lower()
        if not self.every:
            return 0.0
        if (due := self._next.get(host, 0.0)) > moment:
            return due - moment
        wait = self.tokens.wait(f"@{host}", self.every) if self.tokens else 0.0
        self._next[host] = moment + (wait or self.every)
        return wait


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
