"""Who sends what: messages reserved for a while, claimed, and settled; durable before it acts.

In a file, one process sends at a time: it holds an operating system's lock, which dies with it. In
a base that is shared, several do: each reserves messages for a while, and holds them no more once
that while has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from axtra.sending.frozen_editions import BusyError, Editions
from axtra.sending.ledger_records import (
    FrozenEdition,
    FrozenRecipient,
    MessageState,
    PendingMessage,
    Removal,
    Reservation,
)
from axtra.subscribers.signed_tokens import new_id
from axtra.subscribers.storage.base import Base, HeldError
from axtra.subscribers.storage.sqlite import hold_file

LOCK = "envois"
_LONGEST_REASON = 300
_WAITING = "state IN ('a_envoyer', 'differe')"
_LEFT = "freeze IN (SELECT id FROM freezes WHERE departed IS NOT NULL)"
_ORDER = "ORDER BY strikes, folded"
_COLUMNS = (
    "address, first_name, person, message_id, link, envelope, edition, freeze, attempts, strikes,"
    " not_before, removal"
)
_MESSAGE_ID, _EDITION, _FREEZE = 3, 6, 7  # their places among these columns


@contextmanager
def sole_sender(folder: Path, patience: float = 0) -> Iterator[None]:
    """Hold the lock of those who send from the files of a data folder.

    Raises:
        BusyError: another process sends.
        FolderError: the disk refuses.
    """
    with _busy(), hold_file(folder, LOCK, patience):
        yield


@contextmanager
def _busy() -> Iterator[None]:
    try:
        yield
    except HeldError:
        raise BusyError(
            "un autre envoi est en cours.",
            "Attendez qu’il finisse, ou arrêtez-le :  axtra envoi pause EDITION",
        ) from None


class Reservations(Editions):
    """What is to be sent, and who sends it; `Ledger` adds what is asked of it afterwards."""

    @contextmanager
    def alone(self, patience: float = 0, edition: str = "") -> Iterator[int]:
        """Keep any other process from sending; what a dead sender left in flight becomes unsure.

        Args:
            patience: how long to wait for another, in seconds.
            edition: the only one that others must not send meanwhile, where the base tells
                editions apart; all of them by default.

        Yields:
            How many messages just became unsure.

        Raises:
            BusyError: another process sends.
            FolderError: the disk refuses.
        """
        with ExitStack() as held, _busy():
            if self._db.is_shared:
                held.enter_context(self._db.hold("départ", patience))
            held.enter_context(self._db.hold(self._lock(edition), patience))
            yield self._doubt_orphans()

    @contextmanager
    def sending(self, edition: str, patience: float = 0) -> Iterator[None]:
        """Send an edition, together with the other senders of a base that is shared.

        Args:
            edition: its name.
            patience: how long to wait for who is alone, in seconds.

        Raises:
            BusyError: another process sends, or is alone.
            FolderError: the disk refuses.
        """
        with ExitStack() as held, _busy():
            for name in dict.fromkeys((self._lock(""), self._lock(edition))):
                held.enter_context(self._db.hold(name, patience, together=True))
            self._doubt_orphans()
            yield

    @property
    def is_shared(self) -> bool:
        """Return whether several senders may share an edition."""
        return self._db.is_shared

    def is_sending(self, edition: str) -> bool:
        """Return whether a process sends an edition now."""
        try:
            with self._db.hold(self._lock(edition)):
                return False
        except HeldError:
            return True

    def _lock(self, edition: str) -> str:
        return f"{LOCK} {edition}" if edition and self._db.is_shared else LOCK

    def sweep(self) -> int:
        """Make unsure what dead senders left in flight, unless one that lives keeps us from it.

        Returns:
            How many messages just became unsure.

        Raises:
            FolderError: the disk refuses.
        """
        if self._db.is_shared:
            return self._doubt_orphans()
        with suppress(BusyError), self.alone() as orphans:
            return orphans
        return 0

    def _doubt_orphans(self) -> int:
        """Make unsure what is in flight and nobody holds; nobody sends it again."""
        if not self._db.is_shared:
            return self._doubt("")
        others = self._db.execute("SELECT id FROM senders").fetchall()
        done = self._doubt(f" AND lease <= {self._db.CLOCK}")
        for (owner,) in others:
            if owner != self.me.owner:
                with suppress(HeldError), self._db.hold(_sender(owner)), self.together() as db:
                    done += self._doubt(" AND owner = ?", owner)
                    self._free(db, owner, f"owner = ? AND {_WAITING}", [(owner,)])
        return done

    def _doubt(self, whose: str, *values: str) -> int:
        said = ("l’envoi s’est interrompu pendant ce message", self.clock(), *values)
        with self.together(crowd=True) as db:
            return db.execute(
                "UPDATE recipients SET state = 'incertain', reason = ?, settled = ?"  # noqa: S608
                f" WHERE state = 'en_vol'{whose}",
                said,
            ).rowcount

    @staticmethod
    def _free(db: Base, owner: str, where: str, rows: Iterable[Sequence[str]]) -> None:
        """Leave to others what a sender took and did not send, and keep its count."""
        db.executemany(f"UPDATE recipients SET owner = '', lease = 0 WHERE {where}", rows)  # noqa: S608
        db.execute(
            "UPDATE lineage SET claims = claims"
            " + COALESCE((SELECT claims FROM senders WHERE id = ?), 0)",
            (owner,),
        )
        db.execute("DELETE FROM senders WHERE id = ?", (owner,))

    # --- sending ---------------------------------------------------------------------------------

    def waiting(self, edition: str) -> list[PendingMessage]:
        """List what is still to be sent of all that left, in the order in which it is sent."""
        return self._pending(f"edition = ? AND {_LEFT} AND {_WAITING} {_ORDER}", edition)

    def unsent(self, frozen: FrozenEdition) -> list[PendingMessage]:
        """List what is still to be sent of one freeze of an edition, whether it left or not."""
        return self._pending(f"freeze = ? AND {_WAITING} {_ORDER}", frozen.id)

    def _pending(self, where: str, *values: str | float) -> list[PendingMessage]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM recipients WHERE {where}", values)  # noqa: S608
        return self._messages(rows)

    def _messages(self, rows: Iterable[tuple[Any, ...]]) -> list[PendingMessage]:
        """Return messages from rows of `_COLUMNS`, with what is not kept of each person."""
        known = list(rows)
        codes = self.codes(row[_FREEZE] for row in known if not row[_MESSAGE_ID])
        return [
            PendingMessage(
                FrozenRecipient(*row[:_EDITION])
                if row[_MESSAGE_ID]
                else codes[row[_FREEZE]].recipient(*row[:_MESSAGE_ID]),
                *row[_EDITION:],
            )
            for row in known
        ]

    def count_waiting(self, edition: str) -> int:
        """Count what is still to be sent of all that left."""
        row = self._db.execute(
            f"SELECT COUNT(*) FROM recipients WHERE edition = ? AND {_LEFT} AND {_WAITING}",  # noqa: S608
            (edition,),
        ).fetchone()
        return int(row[0])

    def next_due(self, edition: str) -> float | None:
        """Return when something may next be sent, in seconds since 1970; None for nothing.

        What this run held for a later run is left out.
        """
        row = self._db.execute(
            "SELECT MIN(not_before) FROM recipients"  # noqa: S608
            f" WHERE edition = ? AND {_LEFT} AND {_WAITING} AND (state = 'differe' OR owner <> ?)",
            (edition, self.me.owner),
        ).fetchone()
        return None if row[0] is None else float(row[0])

    def begin(self, lease: float) -> None:
        """Begin a run: what it takes is its own for so many seconds, unless it takes it again."""
        self.me = Reservation(new_id(), lease)
        if self._db.is_shared:
            self._alive.enter_context(self._db.hold(_sender(self.me.owner)))
        with self.together(crowd=True) as db:
            db.execute("INSERT INTO senders VALUES (?, 0)", (self.me.owner,))

    def reserve(self, edition: str, most: int) -> list[PendingMessage]:
        """Take the next messages that are due: nobody else sends them until the lease ends.

        In the order of addresses, of which the name comes first: domains are mixed. Those that
        were refused for a reason that is about us come after all the others.

        Args:
            edition: its name.
            most: how many.

        Returns:
            Those that come after the last ones that were taken; none at the end of a round, after
            which it begins anew.

        Raises:
            FolderError: the disk refuses.
        """
        due = (
            f"edition = ? AND {_LEFT} AND {_WAITING} AND not_before <= ?"
            " AND (state = 'differe' OR owner <> ?) AND (strikes, folded) > (?, ?)"
        )
        run = self.me
        values = (edition, self.clock(), run.owner, *run.last)
        if self._db.is_shared:
            with self.together(crowd=True) as db:
                rows = db.execute(
                    f"UPDATE recipients SET owner = ?, lease = {self._db.CLOCK} + ?"  # noqa: S608
                    " WHERE (edition, folded) IN (SELECT edition, folded FROM recipients"
                    f" WHERE {due} AND lease <= {self._db.CLOCK} {_ORDER} LIMIT ?"
                    f" FOR UPDATE SKIP LOCKED) RETURNING {_COLUMNS}",
                    (run.owner, run.lease, *values, most),
                ).fetchall()
            taken = sorted(self._messages(rows), key=lambda message: message.place)
        else:
            taken = self._pending(f"{due} {_ORDER} LIMIT ?", *values, most)
        run.last = taken[-1].place if taken else (0, "")
        return taken

    def renew(self, messages: Iterable[PendingMessage]) -> None:
        """Hold messages for as long again, where the base is shared.

        Raises:
            FolderError: the disk refuses.
        """
        if not self._db.is_shared:
            return
        with self.together(crowd=True) as db:
            db.executemany(
                f"UPDATE recipients SET lease = {self._db.CLOCK} + ?"  # noqa: S608
                f" WHERE edition = ? AND folded = ? AND owner = ? AND lease > {self._db.CLOCK}",
                [
                    (self.me.lease, message.edition, message.folded, self.me.owner)
                    for message in messages
                ],
            )

    def release(self, messages: Iterable[PendingMessage]) -> None:
        """End a run: leave to others what it took and did not send.

        Raises:
            FolderError: the disk refuses.
        """
        owner = self.me.owner
        where = f"edition = ? AND folded = ? AND owner = ? AND {_WAITING}"
        with self.together() as db:
            rows = [(message.edition, message.folded, owner) for message in messages]
            self._free(db, owner, where, rows)
        self._alive.close()

    def claim(self, message: PendingMessage) -> bool:
        """Take a message, before the server hears of it.

        Returns:
            Whether it was still to be sent, and nobody else holds it.

        Raises:
            FolderError: the disk refuses; nothing may be sent.
        """
        run = self.me
        take = (
            "UPDATE recipients SET state = 'en_vol', claimed = ?, owner = ?,"  # noqa: S608
            f" lease = {self._db.CLOCK} + ? WHERE edition = ? AND folded = ? AND {_WAITING}"
            f" AND (owner = ? OR lease <= {self._db.CLOCK})"
        )
        count = (
            "INSERT INTO senders SELECT ?, 1 {} ON CONFLICT (id)"
            " DO UPDATE SET claims = senders.claims + 1"
        )
        lease = run.lease * self._db.is_shared
        values = (
            self.clock(), run.owner, lease, message.edition, message.folded, run.owner
        )  # fmt: skip
        with self.together(crowd=True) as db:
            if self._db.is_shared:  # in one question, to a server that may be far away
                both = f"WITH taken AS ({take} RETURNING 1) {count.format('FROM taken')}"
                return bool(db.execute(both, (*values, run.owner)).rowcount)
            taken = db.execute(take, values).rowcount
            if taken:
                db.execute(count.format("WHERE true"), (run.owner,))
        return bool(taken)

    def settle(
        self,
        message: PendingMessage,
        state: MessageState,
        reason: str = "",
        *,
        attempts: int = 0,
        strikes: int = 0,
        not_before: float = 0,
        removal: Removal | None = None,
        free: bool = False,
    ) -> None:
        """Note what became of a message, unless another sender holds it since.

        Whoever had it in flight may still note it, once it is unsure.

        Args:
            message: which.
            state: its state from now on.
            reason: what the server said, or what happened.
            attempts: how many times it was tried, when it is to be tried again.
            strikes: how many times it was refused for a reason that is about us.
            not_before: when to try it again.
            removal: whether the person is to be suppressed, when that changes.
            free: whether any run may take it, this one too.

        Raises:
            FolderError: the disk refuses.
        """
        mine = (
            f" AND (owner IN (?, '') OR ({_WAITING} AND lease <= {self._db.CLOCK}))"
            if self._db.is_shared
            else " AND ? <> ''"
        )
        with self.together(crowd=True) as db:
            db.execute(
                "UPDATE recipients SET state = ?, reason = ?, attempts = ?, strikes = ?,"  # noqa: S608
                " not_before = ?, settled = ?, removal = ?, lease = 0,"
                " owner = CASE WHEN ? = 1 THEN '' ELSE owner END"
                f" WHERE edition = ? AND folded = ?{mine}",
                (
                    state,
                    reason[:_LONGEST_REASON],
                    attempts or message.attempts,
                    strikes or message.strikes,
                    not_before,
                    self.clock(),
                    message.removal if removal is None else removal,
                    int(free),
                    message.edition,
                    message.folded,
                    self.me.owner,
                ),
            )


def _sender(owner: str) -> str:
    return f"poste {owner}"
