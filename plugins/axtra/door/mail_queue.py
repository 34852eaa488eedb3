"""The background sender of the mails queued in the register, which tries until they leave.

No web request waits for the mail server, whose answers may take minutes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from axtra.door.confirmation_mail import Fault, Post, PostError
from axtra.door.middleware import describe
from axtra.subscribers import ClaimedRequest, FolderError, Pool, Register
from axtra.subscribers.storage.base import HeldError

LOCK = "confirmations"
_THREADS = 3  # a slow server holds up only one of them; Exchange accepts no more connections
_GLANCE = 2.0  # seconds between two checks for mails that other processes or the clock made due
_GRACE = 5.0  # seconds left to the mails in flight when the service stops
_PAUSE = 10.0  # seconds after an error

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends the mails queued in a register.

    `compose` returns the mail of a request, `sender` is its envelope sender; `clock` returns the
    current moment; `say` receives each line of the journal.
    """

    pool: Pool
    post: Post
    sender: str
    compose: Callable[[ClaimedRequest, datetime], bytes]
    clock: Callable[[], datetime]
    say: Callable[[str], object]
    _news: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _stopped: threading.Event = field(default_factory=threading.Event)

    def wake(self) -> None:
        """Announce that a mail was queued."""
        self._news.release()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Send in the background during a block.

        A mail whose server has not answered at the end of the block is unsure: the next sender
        sends it again.
        """
        leader = threading.Thread(target=self._lead, name="courriels", daemon=True)
        leader.start()
        try:
            yield
        finally:
            self._stopped.set()
            self._news.release(_THREADS)
            leader.join(_GRACE)

    def _lead(self) -> None:
        """Send while holding a lock that dies with this process: one sends, of all that serve."""
        while not self._stopped.is_set():
            try:
                with self.pool.lent() as register:
                    while not self._stopped.is_set():
                        with suppress(HeldError), register.base.hold(LOCK, _GLANCE):
                            self._send_all(register)
            except FolderError as error:
                self.say(f"courriels de confirmation : {describe(error)}\n")
                self._stopped.wait(_PAUSE)

    def _send_all(self, register: Register) -> None:
        """Send until the service stops, or the lock is lost with the base that keeps it."""
        self._insist(Register.release_mails)
        lost = threading.Event()
        threads = [
            threading.Thread(
                target=self._work, args=(lost,), name=f"courriels-{index}", daemon=True
            )
            for index in range(_THREADS)
        ]
        for thread in threads:
            thread.start()
        try:
            while not self._stopped.wait(_GLANCE):
                register.lists()
        finally:
            lost.set()
            for thread in threads:
                thread.join()

    def _work(self, lost: threading.Event) -> None:
        while not (self._stopped.is_set() or lost.is_set()):
            try:
                request = self.pool.do(lambda register: register.claim_mail(self.clock()))
                if request is None:
                    self._news.acquire(timeout=_GLANCE)
                else:
                    self._send(request)
            except Exception as error:  # noqa: BLE001 - the thread goes on
                self.say(f"courriels de confirmation : {describe(error)}\n")
                self._stopped.wait(_PAUSE)

    def _send(self, request: ClaimedRequest) -> None:
        try:
            self.post.send(self.sender, request.address, self.compose(request, self.clock()))
        except PostError as error:
            again, why = self._failed(request, error.fault), str(error)
        except Exception as error:  # noqa: BLE001 - its message may quote an address
            again, why = self._failed(request, Fault.MOMENT), describe(error)
        else:
            self._insist(lambda register: register.mail_left(request))
            return
        self.say(f"courriel de confirmation : {why}{'' if again else ' (abandonné)'}\n")

    def _failed(self, request: ClaimedRequest, fault: Fault) -> bool:
        """Record why a mail did not leave, and return whether it will be tried again."""
        if fault is Fault.ADDRESS:
            self._insist(lambda register: register.withdraw(request.id))
            return False
        unsure = fault is Fault.UNSURE
        return bool(
            self._insist(
                lambda register: register.mail_failed(request, self.clock(), unsure=unsure)
            )
        )

    def _insist(self, work: Callable[[Register], T]) -> T | None:
        """Record what happened, however long the register is locked.

        What could not be recorded before the service stopped is unsure.
        """
        while True:
            try:
                return self.pool.do(work)
            except FolderError as error:
                self.say(f"courriels de confirmation : {describe(error)}\n")
                if self._stopped.wait(_PAUSE):
                    return None
