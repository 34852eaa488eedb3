"""What people ask for by the form, and the queue of the mails by which they confirm it.

A mail is claimed before a server hears of it: of two senders, one has it, and what a crash leaves
in flight is known to be unsure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from axtra.subscribers.database import read, written
from axtra.subscribers.register.people import People
from axtra.subscribers.signed_tokens import new_id

PENDING_DAYS = 7  # how long a confirmation link works, and what it holds is kept
_BETWEEN_MAILS = timedelta(minutes=10)  # to one address, whoever fills in the form
_MAILS_A_DAY = 3
_LATER = (1, 2, 5, 15, 30, 60, 120, 240, 480, 480)  # minutes before each new attempt: a day


@dataclass(frozen=True, slots=True)
class ClaimedRequest:
    """A request whose mail was claimed; `attempts` counts this one."""

    id: str
    address: str
    first_name: str
    lists: tuple[str, ...]
    asked: datetime
    attempts: int


class Requests(People):
    """The requests of one data folder."""

    def ask(
        self, address: str, first_name: str, lists: Sequence[str], moment: datetime
    ) -> str | None:
        """Note that someone asks to subscribe an address; a mail to confirm it is to be sent.

        While the mail of a former request still waits, it will say what was asked for last.

        Returns:
            The id to confirm with, or None when no other mail is to be sent to that address.

        Raises:
            FolderError: the disk refuses.
        """
        mark = self._mark(address)
        with self.together() as db:
            self._forget(moment)
            if db.execute(
                "UPDATE pending SET first_name = ?, lists = ?"
                " WHERE mark = ? AND mail = 'a_envoyer'",
                (first_name, " ".join(lists), mark),
            ).rowcount:
                return None
            asked = [
                read(row[0])
                for row in db.execute("SELECT asked FROM pending WHERE mark = ?", (mark,))
            ]
            recent = [one for one in asked if moment - one < timedelta(days=1)]
            if len(recent) >= _MAILS_A_DAY or any(moment - one < _BETWEEN_MAILS for one in recent):
                return None
            identity = new_id()
            db.execute(
                "INSERT INTO pending (id, mark, address, first_name, lists, asked, mail)"
                " VALUES (?, ?, ?, ?, ?, ?, 'a_envoyer')",
                (identity, mark, address, first_name, " ".join(lists), written(moment)),
            )
        return identity

    def claim_mail(self, moment: datetime) -> ClaimedRequest | None:
        """Take a mail that is to be sent now, before a server hears of it.

        Raises:
            FolderError: the disk refuses; nothing may be sent.
        """
        due = "FROM pending WHERE mail = 'a_envoyer' AND not_before <= ?"
        now = written(moment)
        if self._db.execute(f"SELECT 1 {due} LIMIT 1", (now,)).fetchone() is None:
            return None  # most often; nobody else's write was waited for
        with self.together() as db:
            self._forget(moment)
            row = db.execute(
                "UPDATE pending SET mail = 'en_vol', attempts = attempts + 1"  # noqa: S608
                f" WHERE id = (SELECT id {due} ORDER BY not_before, asked LIMIT 1)"
                " RETURNING id, address, first_name, lists, asked, attempts",
                (now,),
            ).fetchone()
        if row is None:
            return None
        identity, address, first_name, lists, asked, attempts = row
        return ClaimedRequest(
            identity, address, first_name, tuple(lists.split()), read(asked), attempts
        )

    def mail_left(self, one: ClaimedRequest) -> None:
        """Note that a server took a mail.

        Raises:
            FolderError: the disk refuses.
        """
        self._settle(one, "fini", one.attempts, "")

    def mail_failed(self, one: ClaimedRequest, moment: datetime, *, unsure: bool = False) -> bool:
        """Put a mail back into the queue; after a day of attempts, give it up.

        Args:
            one: the request.
            moment: now.
            unsure: the mail may have left: it is tried once more, and no more.

        Returns:
            Whether there will be another attempt.

        Raises:
            FolderError: the disk refuses.
        """
        if one.attempts > len(_LATER):
            self._settle(one, "fini", one.attempts, "")
            return False
        later = moment + timedelta(minutes=_LATER[one.attempts - 1])
        attempts = len(_LATER) if unsure else one.attempts
        self._settle(one, "a_envoyer", attempts, written(later))
        return True

    def _settle(self, one: ClaimedRequest, mail: str, attempts: int, not_before: str) -> None:
        with self.together() as db:
            db.execute(
                "UPDATE pending SET mail = ?, attempts = ?, not_before = ?"
                " WHERE id = ? AND mail = 'en_vol' AND attempts = ?",
                (mail, attempts, not_before, one.id, one.attempts),
            )

    def release_mails(self) -> None:
        """Put back into the queue what a sender that died left in flight.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            db.execute(
                "UPDATE pending SET mail = 'a_envoyer', not_before = '' WHERE mail = 'en_vol'"
            )

    def withdraw(self, pending: str) -> None:
        """Forget a request whose mail cannot be sent, so that it may be made again at once.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            db.execute("DELETE FROM pending WHERE id = ?", (pending,))

    def _forget(self, moment: datetime) -> None:
        self._db.execute(
            "DELETE FROM pending WHERE asked < ?",
            (written(moment - timedelta(days=PENDING_DAYS)),),
        )
