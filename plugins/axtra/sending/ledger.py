"""The ledger: who gets what, and how far each message is; durable before it acts.

At every moment the seven states of an edition sum to its candidates.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import datetime

from axtra.sending.ledger_records import (
    Approval,
    FrozenEdition,
    MessageState,
    PersonalMessage,
    Removal,
    ReportLine,
    UncertainMessage,
)
from axtra.sending.reservations import Reservations, sole_sender
from axtra.subscribers import folded
from axtra.subscribers.database import written

__all__ = ["Ledger", "sole_sender"]


class Ledger(Reservations):
    """What was sent, from one data folder or from a base that several machines share."""

    # --- addresses that a server says do not exist -----------------------------------------------

    def removals(self, edition: str, *kinds: Removal) -> list[tuple[str, str]]:
        """List the addresses of an edition that are to be suppressed or were, with why."""
        marks = ", ".join("?" * len(kinds))
        return self._db.execute(
            "SELECT address, reason FROM recipients WHERE edition = ?"  # noqa: S608
            f" AND removal IN ({marks}) ORDER BY folded",
            (edition, *kinds),
        ).fetchall()

    def turn(
        self, edition: str, before: Removal, after: Removal, address: str | None = None
    ) -> None:
        """Note what became of the suppressions of an edition that were in some state.

        Those that are dropped are to be sent again, after all the others. With an address, only
        that one turns.

        Raises:
            FolderError: the disk refuses.
        """
        again = after is Removal.DROPPED
        with self.together() as db:
            db.execute(
                "UPDATE recipients SET removal = ?, strikes = strikes + ?,"
                " state = CASE WHEN ? AND state = 'refuse' THEN 'a_envoyer' ELSE state END"
                " WHERE edition = ? AND removal = ? AND folded = COALESCE(?, folded)",
                (after, int(again), again, edition, before, address and folded(address)),
            )

    def last_claim(self) -> float:
        """Return the moment of the last message that left, all editions together."""
        row = self._db.execute("SELECT COALESCE(MAX(claimed), 0) FROM recipients").fetchone()
        return float(row[0])

    def last_sent(self) -> str:
        """Return the edition whose message left last; "" when none ever did."""
        row = self._db.execute(
            "SELECT edition FROM recipients WHERE claimed > 0 ORDER BY claimed DESC LIMIT 1"
        ).fetchone()
        return str(row[0]) if row else ""

    def flying(self) -> int:
        """Count the messages in flight, all editions together."""
        row = self._db.execute("SELECT COUNT(*) FROM recipients WHERE state = 'en_vol'")
        return int(row.fetchone()[0])

    def accepted_since(self, moment: float) -> int:
        """Count the messages that a server took since a moment, all editions together."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM recipients WHERE state = 'accepte' AND settled > ?", (moment,)
        ).fetchone()
        return int(row[0])

    def nth_accepted_since(self, moment: float, number: int) -> float | None:
        """Return the moment of the n-th message that a server took since a moment."""
        row = self._db.execute(
            "SELECT settled FROM recipients WHERE state = 'accepte' AND settled > ?"
            " ORDER BY settled LIMIT 1 OFFSET ?",
            (moment, number - 1),
        ).fetchone()
        return float(row[0]) if row else None

    # --- the report ------------------------------------------------------------------------------

    def counts(self, edition: str) -> dict[MessageState, int]:
        """Count the candidates of an edition by state; all seven are there."""
        rows = self._db.execute(
            "SELECT state, COUNT(*) FROM recipients WHERE edition = ? GROUP BY state", (edition,)
        )
        numbers = {MessageState(state): int(number) for state, number in rows}
        return {state: numbers.get(state, 0) for state in MessageState}

    def lines(self, edition: str) -> list[ReportLine]:
        """List every candidate of an edition, by address."""
        rows = self._db.execute(
            "SELECT address, state, reason, settled, not_before, removal FROM recipients"
            " WHERE edition = ? ORDER BY folded",
            (edition,),
        )
        return [ReportLine(row[0], MessageState(row[1]), *row[2:]) for row in rows]

    def candidates(self, edition: str) -> frozenset[str]:
        """Return the ids and the folded addresses of the candidates of an edition."""
        rows = self._db.execute(
            "SELECT person, folded FROM recipients WHERE edition = ?", (edition,)
        )
        return frozenset(name for row in rows for name in row if name)

    def doubts(self) -> list[UncertainMessage]:
        """List every message whose fate is unknown, of all editions."""
        rows = self._db.execute(
            "SELECT edition, folded, message_id, claimed, settled,"  # noqa: S608
            f" lease > {self._db.CLOCK}, freeze, person FROM recipients"
            " WHERE state = 'incertain' ORDER BY edition, folded"
        ).fetchall()
        codes = self.codes(row[-2] for row in rows if not row[2])
        return [
            UncertainMessage(edition, key, identifier or codes[freeze].message_id(person), *moments)
            for edition, key, identifier, *moments, freeze, person in rows
        ]

    def resolve(self, doubt: UncertainMessage, state: MessageState, reason: str) -> None:
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

    def reached(self, frozen: FrozenEdition) -> bool:
        """Tell whether a server took a message of these bytes, for anyone but a test."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM recipients WHERE freeze = ? AND state = 'accepte'", (frozen.id,)
        ).fetchone()
        return bool(row[0])

    def reached_people(self, edition: str) -> frozenset[str]:
        """Return who has, or may have, an edition: folded addresses, and people by their ids."""
        rows = self._db.execute(
            "SELECT folded, person FROM recipients WHERE edition = ?"
            " AND state IN ('accepte', 'incertain')",
            (edition,),
        )
        return frozenset(name for row in rows for name in row)

    def accepted_ids(self, editions: Iterable[str]) -> Generator[str]:
        """Yield the identifiers of all that servers accepted of some editions; in a transaction."""
        for edition in editions:
            freezes = self._db.execute(
                "SELECT DISTINCT freeze FROM recipients WHERE edition = ?", (edition,)
            ).fetchall()
            codes = self.codes(row[0] for row in freezes)
            for known, freeze, person in self._db.each(
                "SELECT message_id, freeze, person FROM recipients"
                " WHERE edition = ? AND state = 'accepte'",
                (edition,),
            ):
                yield known or codes[freeze].message_id(person)

    def sizes(self) -> dict[str, int]:
        """Count those whom each edition was for."""
        return dict(
            self._db.execute(
                "SELECT edition, COUNT(*) FROM recipients WHERE state <> 'exclu' GROUP BY edition"
            )
        )

    def messages_to(self, address: str, mark: str) -> list[PersonalMessage]:
        """List what is held of a person in every edition, the oldest freeze first.

        Args:
            address: theirs.
            mark: the register's keyed hash of it, which stands for who was erased.
        """
        rows = self._db.execute(
            "SELECT r.edition, f.list, r.address, r.first_name, r.state, r.reason, r.attempts,"
            " r.claimed, r.settled FROM recipients r JOIN freezes f ON f.id = r.freeze"
            " WHERE r.folded IN (?, ?) ORDER BY f.id",
            (folded(address), self.erased_name(mark)),
        )
        return [PersonalMessage(*row) for row in rows]

    def approve(self, frozen: FrozenEdition, who: str, account: str, moment: datetime) -> None:
        """Note who approved what was frozen, for whom it was frozen; `account` is theirs, or "".

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = (frozen.edition, frozen.hash, who, written(moment), frozen.id, account)
            db.execute(
                "INSERT INTO approvals (edition, hash, who, moment, freeze, account)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def approvals(self, frozen: FrozenEdition) -> tuple[Approval, ...]:
        """Return who approved this very freezing, the first one first."""
        rows = self._db.execute(
            "SELECT who, account FROM approvals WHERE freeze = ? AND hash = ?"
            " GROUP BY who, account ORDER BY MIN(moment)",
            (frozen.id, frozen.hash),
        )
        return tuple(Approval(*row) for row in rows)

    def signed_by(self, address: str) -> list[tuple[str, str, str]]:
        """List the acts of an account.

        Shape: an edition, what was done of it in French, and how they signed, "" for nothing.

        Args:
            address: of the account.
        """
        rows = self._db.execute(
            "SELECT f.edition, 'gelée', '' FROM authors a JOIN freezes f ON f.id = a.freeze"
            " WHERE a.who = ? UNION SELECT edition, 'approuvée', who FROM approvals"
            " WHERE account = ? ORDER BY 1, 2",
            (folded(address), folded(address)),
        )
        return [(edition, act, signed) for edition, act, signed in rows]

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
        with self.together():
            known = self._erase(folded(address), mark)
            self._acts.note("efface", mark)
        self.scrub()
        return bool(known)
