"""What people decided: when an edition leaves, and what becomes of refused addresses."""

from __future__ import annotations

from datetime import datetime

from axtra.sending.ledger_journal import LedgerBook
from axtra.sending.ledger_records import Decision, FrozenEdition, ScheduledDeparture
from axtra.subscribers.database import read, written


class Decisions(LedgerBook):
    """What people decided of the editions of one data folder."""

    # --- editions that leave without anybody at the keyboard -------------------------------------

    def schedule(self, frozen: FrozenEdition, moment: datetime) -> None:
        """Note that these very bytes leave at a moment, in place of any other moment.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = (frozen.edition, written(moment), frozen.liste, frozen.recipients, frozen.hash)
            db.execute(
                "INSERT INTO scheduled VALUES (?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (edition)"
                " DO UPDATE SET moment = excluded.moment, list = excluded.list,"
                " recipients = excluded.recipients, hash = excluded.hash,"
                " frozen = excluded.frozen, announced = NULL",
                (*row, written(frozen.moment)),
            )

    def unschedule(self, edition: str) -> bool:
        """Forget when an edition leaves; return whether that was known.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            done = db.execute("DELETE FROM scheduled WHERE edition = ?", (edition,))
            return bool(done.rowcount)

    def scheduled(self) -> list[ScheduledDeparture]:
        """List the editions that leave at a moment, the next one first."""
        rows = self._db.execute(
            "SELECT edition, moment, list, recipients, hash, frozen, announced IS NOT NULL"
            " FROM scheduled ORDER BY moment, edition"
        )
        return [
            ScheduledDeparture(
                edition, read(moment), liste, recipients, content, read(frozen), bool(announced)
            )
            for edition, moment, liste, recipients, content, frozen, announced in rows
        ]

    def note_announced(self, edition: str, moment: datetime) -> None:
        """Note that the publisher was told that an edition is about to leave.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = (written(moment), edition)
            db.execute("UPDATE scheduled SET announced = ? WHERE edition = ?", row)

    # --- what a person decides when too many addresses are refused ----------------------------

    def decide(self, edition: str, decision: Decision, moment: datetime) -> None:
        """Note that a run stopped for a person to decide, or what they decided.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = (edition, decision, written(moment))
            db.execute(
                "INSERT INTO brakes VALUES (?, ?, ?) ON CONFLICT (edition)"
                " DO UPDATE SET decision = excluded.decision, moment = excluded.moment",
                row,
            )

    def decision(self, edition: str) -> Decision | None:
        """Return what a person decided, if a run ever stopped for that."""
        row = self._db.execute(
            "SELECT decision FROM brakes WHERE edition = ?", (edition,)
        ).fetchone()
        return Decision(row[0]) if row else None
