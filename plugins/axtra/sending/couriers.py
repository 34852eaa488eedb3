"""Threads that hold one connection each: they do what they are told, and say what happened.

They know nothing of the ledger: whoever sends them a message has claimed it first.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeAlias

from axtra.sending.replies import Reply
from axtra.sending.settings import Server
from axtra.sending.wire import Connection, LostError, StopError, UnreachableError


@dataclass(frozen=True, slots=True)
class Job:
    """One message to deliver."""

    sender: str
    recipient: str
    data: bytes
    until: float = float("inf")
    """On `awake`: after it, the message may be another's, and is not sent."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A connection is open."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No connection for now; `text` says why, in French."""

    text: str


@dataclass(frozen=True, slots=True)
class Hopeless:
    """No connection with these settings; `text` says why, in French."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The server answered; `open` tells whether the connection still is."""

    reply: Reply
    open: bool


@dataclass(frozen=True, slots=True)
class Silent:
    """No answer that can be believed; `sent` tells whether the server may have the message."""

    said: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Late:
    """The message was not sent: this process was stopped for too long."""


@dataclass(frozen=True, slots=True)
class Crashed:
    """Something of ours broke; the message on its way, if there is one, is unsure."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Woken:
    """Nothing happened to a connection: whoever waits should look at the time and at signals."""


News: TypeAlias = Ready | Unreachable | Hopeless | Answered | Silent | Late | Crashed | Woken
Wire: TypeAlias = "SimpleQueue[tuple[Courier | None, News]]"


def awake() -> float:
    """Return seconds of a clock that goes on while this process, or its machine, is asleep."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Courier(threading.Thread):
    """One connection. `connect`, `deliver` and `leave` return at once; news come by the queue."""

    def __init__(self, server: Server, name: str, news: Wire) -> None:
        super().__init__(daemon=True)
        self.failures = 0
        self._server, self._name, self._news = server, name, news
        self._orders: SimpleQueue[Job | str] = SimpleQueue()
        self._connection: Connection | None = None

    def connect(self) -> None:
        """Open a connection."""
        self._orders.put("connect")

    def deliver(self, job: Job) -> None:
        """Deliver a message."""
        self._orders.put(job)

    def leave(self) -> None:
        """Close the connection and end."""
        self._orders.put("leave")

    def run(self) -> None:
        """Obey until told to leave."""
        while (order := self._orders.get()) != "leave":
            try:
                news = self._deliver(order) if isinstance(order, Job) else self._connect()
            except Exception as error:  # noqa: BLE001 - whoever waits for news would wait for ever
                news = Crashed(error)
            self._news.put((self, news))
        if self._connection:
            self._connection.quit()

    def _connect(self) -> News:
        try:
            self._connection = Connection.open(self._server, self._name)
        except StopError as error:
            return Hopeless(str(error))
        except UnreachableError as error:
            return Unreachable(str(error))
        return Ready()

    def _deliver(self, job: Job) -> News:
        assert self._connection is not None  # noqa: S101 - whoever orders saw « Ready »
        if awake() > job.until:
            return Late()
        try:
            reply = self._connection.deliver(job.sender, job.recipient, job.data)
        except LostError as error:
            return Silent(error.said, error.sent)
        return Answered(reply, self._connection.alive)
