"""Connections to the door: so many at once, and so much time for each request.

uvicorn waits for ever for the end of a request, and beyond its own limit refuses everybody. Here
the connection that gives way is the one that has waited longest without having asked for anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

try:
    import resource
except ImportError:  # on Windows
    resource = None  # type: ignore[assignment]

MOST = 512  # connections at once
BURST = 256  # connections accepted at once, before those that give way are closed
_OTHERS = 192  # files that the register, the mails and the threads open
_HEAD = 10.0  # seconds for the head of a request, since the connection or the answer before it
_ANSWER = 60.0  # seconds for what follows: its body, the register, and the answer


class BoundedProtocol(H11Protocol):
    """HTTP on one connection of a limited number, for a limited time.

    `most` is that number; `say` hears that it was reached.
    """

    most: int
    say: Callable[[str], object]
    _timer: asyncio.TimerHandle | None = None
    _late = False  # the head of a request came, and its answer is awaited
    since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, and drop one when there are too many."""
        super().connection_made(transport)
        self.since = self.loop.time()
        self._expect(_HEAD)
        if len(self.connections) > self.most:
            self._make_room()

    def on_response_complete(self) -> None:
        """Wait for another request."""
        self._late = False
        self._expect(_HEAD)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def _expect(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        if self._late or self.is_idle:
            self.transport.abort()
        else:
            self._late = True
            self._expect(_ANSWER)

    @property
    def is_idle(self) -> bool:
        """Return whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _make_room(self) -> None:
        """Drop the oldest connection that has not yet sent a whole request."""
        unfinished = [
            other
            for other in self.connections - {self}
            if isinstance(other, BoundedProtocol) and (other.is_idle or other.cycle.more_body)
        ]
        if unfinished:
            oldest = min(unfinished, key=lambda other: other.since)
            self.connections.discard(oldest)  # before the event loop tells that it is lost
            oldest.transport.abort()
        self.say(f"plus de {self.most} connexions à la fois : les plus anciennes sont coupées\n")


def protocol(most: int, say: Callable[[str], object]) -> type[BoundedProtocol]:
    """Return the protocol of a server.

    Args:
        most: connections at once; when all ask for something, more of them are refused by uvicorn.
        say: hears that connections are dropped.
    """
    members: dict[str, Any] = {"most": most, "say": staticmethod(say)}
    return type("DoorProtocol", (BoundedProtocol,), members)


def capacity() -> int:
    """Return how many connections the system lets this process hold at once.

    The process raises its own limit of open files when it may.
    """
    if resource is None:
        return MOST
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + BURST + _OTHERS
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MOST
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    except (OSError, ValueError):  # a sandbox forbids it
        allowed = soft
    return max(16, allowed - BURST - _OTHERS)
