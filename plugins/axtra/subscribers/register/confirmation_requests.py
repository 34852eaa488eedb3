"""Requests made by the form, and the queue of the mails by which people confirm them.

A mail is claimed before it is sent: only one of two senders gets it, and a mail that a crash
interrupts is known to be unsure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from axtra.subscribers.addresses import mailbox
from axtra.subscribers.database import read, written
from axtra.subscribers.register.people import People
from axtra.subscribers.signed_tokens import new_id

PENDING_DAYS = 7  # how long a confirmation link works, and what it holds is kept
_BETWEEN_MAILS = timedelta(minutes=10)  # to one mailbox, whoever fills in the form
_MAILS_A_DAY = 3
_LATER = (1, 2, 5, 15, 30, 60, 120, 240, 480, 480)  # minutes before each new attempt: a day


@dataclass(frozen=True, slots=True)
class ClaimedRequest:
    """A request whose mail was claimed; `attempts` includes this attempt.

    `side` tells which of two addresses is asked about a change from one to the other.
    """

    id: str
    address: str
    first_name: str
    lists: tuple[str, ...]
    asked: datetime
    attempts: int
    side: str = ""


@dataclass(frozen=True, slots=True)
class PurgedRequests:
    """How many requests were forgotten: those that nobody confirmed, and traces of the others."""

    unconfirmed: int
    confirmed: int


class Requests(People):
    """The pending requests of a data folder."""

    def ask(
        self, address: str, first_name: str, lists: Sequence[str], moment: datetime
    ) -> str | None:
        """Queue the mail by which someone confirms that an address is subscribed.

        While the mail of a former request still waits, it is updated to the last request. A mailbox
        gets so many mails, whatever the tags and dots of its address; a request that was confirmed
        no longer counts, since its mail was welcome.

        Returns:
            The id of the request, or None when no other mail may be sent to that mailbox.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            self._forget(moment)
            if db.execute(
                "UPDATE pending SET first_name = ?, lists = ?"
                " WHERE mark = ? AND mail = 'a_envoyer' AND side = ''",
                (first_name, " ".join(lists), self._mark(address)),
            ).rowcount:
                return None
            return self.queue(address, first_name, lists, moment)

    def queue(
        self,
        address: str,
        first_name: str,
        lists: Sequence[str],
        moment: datetime,
        mover: str = "",
        side: str = "",
    ) -> str | None:
        """Queue a mail that asks for a confirmation, unless its mailbox has had enough of them.

        Returns:
            The id of the request, or None.

        Raises:
            FolderError: the disk refuses.
        """
        mark, box = self._mark(address), self.keys.mark(mailbox(address))
        with self.together() as db:
            asked = [
                read(row[0])
                for row in db.execute(
                    "SELECT asked FROM pending WHERE mailbox = ? AND person = ''", (box,)
                )
            ]
            recent = [former for former in asked if moment - former < timedelta(days=1)]
            if len(recent) >= _MAILS_A_DAY or any(
                moment - former < _BETWEEN_MAILS for former in recent
            ):
                return None
            identity = new_id()
            db.execute(
                "INSERT INTO pending (id, mark, mailbox, address, first_name, lists, asked, mail,"
                " mover, side) VALUES (?, ?, ?, ?, ?, ?, ?, 'a_envoyer', ?, ?)",
                (
                    identity,
                    mark,
                    box,
                    address,
                    first_name,
                    " ".join(lists),
                    written(moment),
                    mover,
                    side,
                ),
            )
        return identity

    def claim_mail(self, moment: datetime) -> ClaimedRequest | None:
        """Claim a mail that is due, before it is sent.

        Raises:
            FolderError: the disk refuses; nothing may be sent.
        """
        due = "FROM pending WHERE mail = 'a_envoyer' AND not_before <= ?"
        now = written(moment)
        if self._db.execute(f"SELECT 1 {due} LIMIT 1", (now,)).fetchone() is None:
            return None  # most often; this waited for no other writer
        with self.together() as db:
            self._forget(moment)
            row = db.execute(
                "UPDATE pending SET mail = 'en_vol', attempts = attempts + 1"  # noqa: S608
                f" WHERE id = (SELECT id {due} ORDER BY not_before, asked LIMIT 1)"
                " RETURNING id, address, first_name, lists, asked, attempts, side",
                (now,),
            ).fetchone()
        if row is None:
            return None
        identity, address, first_name, lists, asked, *rest = row
        return ClaimedRequest(
            identity, address, first_name, tuple(lists.split()), read(asked), *rest
        )

    def mail_left(self, request: ClaimedRequest) -> None:
        """Note that a server accepted a mail.

        Raises:
            FolderError: the disk refuses.
        """
        self._settle(request, "fini", request.attempts, "")

    def mail_failed(
        self, request: ClaimedRequest, moment: datetime, *, unsure: bool = False
    ) -> bool:
        """Queue a mail again, or give it up after a day of attempts.

        Args:
            request: the claimed request.
            moment: now.
            unsure: the mail may have left, so it is tried only once more.

        Returns:
            Whether there will be another attempt.

        Raises:
            FolderError: the disk refuses.
        """
        if request.attempts > len(_LATER):
            self._settle(request, "fini", request.attempts, "")
            return False
        later = moment + timedelta(minutes=_LATER[request.attempts - 1])
        attempts = len(_LATER) if unsure else request.attempts
        self._settle(request, "a_envoyer", attempts, written(later))
        return True

    def _settle(self, request: ClaimedRequest, mail: str, attempts: int, not_before: str) -> None:
        with self.together() as db:
            db.execute(
                "UPDATE pending SET mail = ?, attempts = ?, not_before = ?"
                " WHERE id = ? AND mail = 'en_vol' AND attempts = ?",
                (mail, attempts, not_before, request.id, request.attempts),
            )

    def release_mails(self) -> None:
        """Queue again the mails that an interrupted sender had claimed.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            db.execute(
                "UPDATE pending SET mail = 'a_envoyer', not_before = '' WHERE mail = 'en_vol'"
            )

    def withdraw(self, pending: str) -> None:
        """Delete a request whose mail cannot be sent, so that it may be made again at once.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            db.execute("DELETE FROM pending WHERE id = ?", (pending,))

    def purge(self, moment: datetime) -> PurgedRequests:
        """Forget the requests that are kept no longer, on the disk too.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together():
            purged = self._forget(moment)
        if purged.unconfirmed or purged.confirmed:
            self.scrub()
        return purged

    def _forget(self, moment: datetime) -> PurgedRequests:
        rows = self._db.execute(
            "DELETE FROM pending WHERE asked < ? RETURNING person <> ''",
            (written(moment - timedelta(days=PENDING_DAYS)),),
        ).fetchall()
        confirmed = sum(row[0] for row in rows)
        return PurgedRequests(len(rows) - confirmed, confirmed)
