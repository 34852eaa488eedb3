"""The ledger: who gets what, and how far each message is; durable before it acts.

At every moment the seven states of an edition sum to its candidates. One process sends at a time:
it holds an operating system's lock, which dies with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from axtra.sending.frozen_editions import BusyError, Editions
from axtra.sending.records import Doubt, Frozen, Line, Seat, State, Waiting
from axtra.subscribers import FolderError, folded

LOCK = "envois.verrou"
_LONGEST_REASON = 300


class Ledger(Editions):
    """What was sent, from one data folder."""

    @contextmanager
    def alone(self, patience: float = 0) -> Iterator[int]:
        """Be the only one who sends; whatever a dead sender left in flight becomes unsure.

        Args:
            patience: how long to wait for another, in seconds.

        Yields:
            How many messages just became unsure.

        Raises:
            BusyError: another process sends.
            FolderError: the disk refuses.
        """
        lock = FileLock(self._folder / LOCK, mode=0o600)
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            raise BusyError(
                "un autre envoi est en cours sur cette machine.\n"
                "    → Attendez qu’il finisse, ou arrêtez-le :  axtra envoi pause EDITION"
            ) from None
        except OSError as error:
            raise FolderError(
                f"« {self._folder / LOCK} » ne peut pas être écrit ({error.strerror})."
            ) from None
        try:
            yield self._doubt_orphans()
        finally:
            lock.release()

    def _doubt_orphans(self) -> int:
        with self.together() as db:
            return db.execute(
                "UPDATE recipients SET state = 'incertain', reason = ?, settled = ?"
                " WHERE state = 'en_vol'",
                ("l’envoi s’est interrompu pendant ce message", self.clock()),
            ).rowcount

    # --- sending ---------------------------------------------------------------------------------

    def waiting(self, edition: str) -> list[Waiting]:
        """List what is still to be sent of all that left.

        In the order of identifiers drawn by hash: domains are mixed, and no server gets a burst.
        """
        left = "edition = ? AND freeze IN (SELECT id FROM freezes WHERE departed IS NOT NULL)"
        return self._waiting(left, edition)

    def seated(self, frozen: Frozen) -> list[Waiting]:
        """List what is still to be sent of a frozen edition, whether it left or not."""
        return self._waiting("freeze = ?", frozen.id)

    def _waiting(self, where: str, value: str | int) -> list[Waiting]:
        rows = self._db.execute(
            "SELECT address, first_name, person, message_id, link, envelope, edition, freeze,"  # noqa: S608
            f" attempts, strikes, not_before FROM recipients WHERE {where}"
            " AND state IN ('a_envoyer', 'differe') ORDER BY message_id",
            (value,),
        )
        return [Waiting(Seat(*row[:6]), *row[6:]) for row in rows]

    def claim(self, one: Waiting) -> bool:
        """Take a message, before the server hears of it.

        Returns:
            Whether it was still to be sent.

        Raises:
            FolderError: the disk refuses; nothing may be sent.
        """
        with self.together() as db:
            return bool(
                db.execute(
                    "UPDATE recipients SET state = 'en_vol', claimed = ?"
                    " WHERE edition = ? AND folded = ? AND state IN ('a_envoyer', 'differe')",
                    (self.clock(), one.edition, one.folded),
                ).rowcount
            )

    def settle(
        self,
        one: Waiting,
        state: State,
        reason: str = "",
        *,
        attempts: int = 0,
        strikes: int = 0,
        not_before: float = 0,
    ) -> None:
        """Note what became of a message.

        Args:
            one: the message.
            state: its state from now on.
            reason: what the server said, or what happened.
            attempts: how many times it was tried, when it is to be tried again.
            strikes: how many times it was refused for a reason that is about us.
            not_before: when to try it again.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            db.execute(
                "UPDATE recipients SET state = ?, reason = ?, attempts = ?, strikes = ?,"
                " not_before = ?, settled = ? WHERE edition = ? AND folded = ?",
                (
                    state,
                    reason[:_LONGEST_REASON],
                    attempts or one.attempts,
                    strikes or one.strikes,
                    not_before,
                    self.clock(),
                    one.edition,
                    one.folded,
                ),
            )

    def last_claim(self) -> float:
        """Give the moment of the last message that left, all editions together."""
        row = self._db.execute("SELECT COALESCE(MAX(claimed), 0) FROM recipients").fetchone()
        return float(row[0])

    def accepted_since(self, moment: float) -> int:
        """Count the messages that a server took since a moment, all editions together."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM recipients WHERE state = 'accepte' AND settled > ?", (moment,)
        ).fetchone()
        return int(row[0])

    def nth_accepted_since(self, moment: float, number: int) -> float | None:
        """Give the moment of the n-th message that a server took since a moment."""
        row = self._db.execute(
            "SELECT settled FROM recipients WHERE state = 'accepte' AND settled > ?"
            " ORDER BY settled LIMIT 1 OFFSET ?",
            (moment, number - 1),
        ).fetchone()
        return float(row[0]) if row else None

    # --- the report ------------------------------------------------------------------------------

    def counts(self, edition: str) -> dict[State, int]:
        """Count the candidates of an edition by state; all seven are there."""
        rows = self._db.execute(
            "SELECT state, COUNT(*) FROM recipients WHERE edition = ? GROUP BY state", (edition,)
        )
        found = {State(state): int(number) for state, number in rows}
        return {state: found.get(state, 0) for state in State}

    def lines(self, edition: str) -> list[Line]:
        """List every candidate of an edition, by address."""
        rows = self._db.execute(
            "SELECT address, state, reason, settled, not_before FROM recipients"
            " WHERE edition = ? ORDER BY folded",
            (edition,),
        )
        return [Line(row[0], State(row[1]), *row[2:]) for row in rows]

    def doubts(self) -> list[Doubt]:
        """List every message whose fate is unknown, of all editions."""
        rows = self._db.execute(
            "SELECT edition, folded, message_id, claimed, settled FROM recipients"
            " WHERE state = 'incertain' ORDER BY edition, folded"
        )
        return [Doubt(*row) for row in rows]

    def resolve(self, doubt: Doubt, state: State, reason: str) -> None:
        """End a doubt.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            db.execute(
                "UPDATE recipients SET state = ?, reason = ?, settled = ?"
                " WHERE edition = ? AND folded = ? AND state = 'incertain'",
                (state, reason, self.clock(), doubt.edition, doubt.folded),
            )

    def reached(self, frozen: Frozen) -> bool:
        """Tell whether a server took a message of these bytes, for anyone but a test."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM recipients WHERE freeze = ? AND state = 'accepte'", (frozen.id,)
        ).fetchone()
        return bool(row[0])

    def accepted_ids(self, editions: Iterable[str]) -> frozenset[str]:
        """Give the identifiers of all that servers took of some editions."""
        found: set[str] = set()
        for edition in editions:
            rows = self._db.execute(
                "SELECT message_id FROM recipients WHERE edition = ? AND state = 'accepte'",
                (edition,),
            )
            found.update(row[0] for row in rows)
        return frozenset(found)

    def erase(self, address: str, mark: str) -> bool:
        """Erase a person from every edition; a keyed mark stands where they were.

        Args:
            address: theirs.
            mark: the register's keyed hash of it, from which nobody finds the address.

        Returns:
            Whether the ledger knew them.

        Raises:
            FolderError: the disk refuses.
        """
        name = f"efface-{mark[:32]}"
        with self.together() as db:
            known = db.execute(
                "UPDATE recipients SET folded = ?, address = ?, first_name = '', person = '',"
                " link = '', envelope = '', reason = '', state = CASE WHEN state IN"
                " ('a_envoyer', 'differe') THEN 'exclu' ELSE state END,"
                " message_id = 'efface-' || freeze || ? WHERE folded = ?",
                (name, name, mark, folded(address)),
            ).rowcount
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return bool(known)
