"""The background sender: it takes the mails that wait in the register, and tries until they leave.

No request waits for the mail server, whose answers may take minutes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from filelock import FileLock, Timeout

from axtra.door.confirmation_mail import Fault, Post, PostError
from axtra.door.middleware import describe
from axtra.subscribers import ClaimedRequest, FolderError, Pool, Register

LOCK = "confirmations.verrou"
_THREADS = 3  # a mail that its server keeps waiting holds up only one; Exchange takes no more
_GLANCE = 2.0  # seconds between two looks at what other processes, or the clock, made due
_GRACE = 5.0  # seconds left to the mails in flight when the service stops
_PAUSE = 10.0  # seconds after something broke

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends what waits in a register.

    `compose` writes the mail of a request, `sender` is its envelope sender; `clock` gives the
    present moment; `say` writes a line to the journal.
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
        """Tell that a mail is waiting."""
        self._news.release()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Send during a block.

        A mail in flight at its end, when its server answers too late, is unsure: whoever sends
        next sends it again.
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
        """Send alone: the lock of a process that dies is let go by the system."""
        lock = FileLock(self.pool.folder / LOCK, mode=0o600)
        while not self._stopped.is_set():
            try:
                with lock.acquire(timeout=0):
                    self._insist(Register.release_mails)
                    threads = [
                        threading.Thread(target=self._work, name=f"courriels-{index}", daemon=True)
                        for index in range(_THREADS)
                    ]
                    for one in threads:
                        one.start()
                    for one in threads:
                        one.join()
            except Timeout:
                self._stopped.wait(_GLANCE)
            except OSError as error:
                self.say(f"courriels de confirmation : {describe(error)}\n")
                self._stopped.wait(_PAUSE)

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                one = self.pool.do(lambda register: register.claim_mail(self.clock()))
                if one is None:
                    self._news.acquire(timeout=_GLANCE)
                else:
                    self._send(one)
            except Exception as error:  # noqa: BLE001 - the thread goes on
                self.say(f"courriels de confirmation : {describe(error)}\n")
                self._stopped.wait(_PAUSE)

    def _send(self, one: ClaimedRequest) -> None:
        try:
            self.post.send(self.sender, one.address, self.compose(one, self.clock()))
        except PostError as error:
            again, why = self._failed(one, error.fault), str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, its message stays here
            again, why = self._failed(one, Fault.MOMENT), describe(error)
        else:
            self._insist(lambda register: register.mail_left(one))
            return
        self.say(f"courriel de confirmation : {why}{'' if again else ' (abandonné)'}\n")

    def _failed(self, one: ClaimedRequest, fault: Fault) -> bool:
        """Note what became of a mail; tell whether it will be tried again."""
        if fault is Fault.ADDRESS:
            self._insist(lambda register: register.withdraw(one.id))
            return False
        unsure = fault is Fault.UNSURE
        return bool(
            self._insist(lambda register: register.mail_failed(one, self.clock(), unsure=unsure))
        )

    def _insist(self, work: Callable[[Register], T]) -> T | None:
        """Note what happened, however long the register is locked.

        What could not be noted before the service stopped is unsure.
        """
        while True:
            try:
                return self.pool.do(work)
            except FolderError as error:
                self.say(f"courriels de confirmation : {describe(error)}\n")
                if self._stopped.wait(_PAUSE):
                    return None
