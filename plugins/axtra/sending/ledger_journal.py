"""What the ledger tells the journal, and what becomes of an edition that it no longer remembers.

Nobody gets an edition twice: whoever may have got it from a ledger that was lost is unsure.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from axtra.subscribers.database import read, written
from axtra.subscribers.journal.generations import JournaledBook, Mismatch
from axtra.subscribers.journal.journal_file import JournalLine
from infolettre.core.dates import ZONE

LOST = "la sauvegarde restaurée ne dit pas si ce message est parti"
_EVERY = 1.0  # seconds between two lines that say how far a run is
_ERASED = "efface-"


class LedgerBook(JournaledBook):
    """The ledger as a book whose departures and erasures are in the journal."""

    KIND = "envois"
    _told = float("-inf")

    # --- what the journal is told ----------------------------------------------------------------

    def set_out(self, edition: str) -> None:
        """Tell the journal that an edition leaves, before any of its messages does.

        Every copy of the ledger that was made before is of the past from now on.

        Raises:
            FolderError: the disk refuses; nothing may be sent.
        """
        with self.together() as db:
            self.advance()
            for (liste,) in db.execute(
                "SELECT DISTINCT list FROM freezes WHERE edition = ? AND departed IS NOT NULL",
                (edition,),
            ):
                self._acts.note("depart", edition, liste)

    def tell_progress(self, edition: str, *, last: bool = False) -> None:
        """Tell the journal how many messages leave, once a second: an older copy knows of fewer.

        Raises:
            FolderError: the disk refuses.
        """
        now = time.monotonic()
        if last or now - self._told >= _EVERY:
            self._told = now
            self._tell(self._row().number, [("avance", edition, self.claims())])

    def claims(self) -> int:
        """Count how many times a message was about to leave, all editions together."""
        row = self._db.execute(
            "SELECT claims + (SELECT COALESCE(SUM(claims), 0) FROM senders) FROM lineage"
        ).fetchone()
        return int(row[0])

    # --- what it tells ---------------------------------------------------------------------------

    def _knows_less(self, lines: Sequence[JournalLine]) -> bool:
        told = [int(line.values[1]) for line in lines if line.act == "avance"]
        return bool(told) and max(told) > self.claims()

    def _replay(self, lines: Sequence[JournalLine]) -> Counter[str]:
        marks = {str(line.values[0]) for line in lines if line.act == "efface"}
        done: Counter[str] = Counter()
        if marks:
            rows = self._db.execute(
                "SELECT folded FROM recipients UNION SELECT who FROM authors"
                " UNION SELECT account FROM approvals"
            ).fetchall()
            for (address,) in rows:
                if (mark := self.keys.mark(address)) in marks:
                    done["effacement"] += self._erase(address, mark)
        return done

    @staticmethod
    def erased_name(mark: str) -> str:
        """Return what stands in the place of an erased address; `mark` is its keyed hash."""
        return f"{_ERASED}{mark[:32]}"

    def _erase(self, address: str, mark: str) -> int:
        """Put a keyed mark in the place of a folded address, in every edition.

        Whoever froze or approved a letter keeps a name of their own: nobody else becomes them.
        """
        name = self.erased_name(mark)
        self._db.execute("UPDATE authors SET who = ? WHERE who = ?", (name, address))
        literally = re.sub(r"[%_^]", r"^\g<0>", address)
        self._db.execute(
            "UPDATE approvals SET who = ?, account = ? WHERE account = ? OR who LIKE ? ESCAPE '^'",
            (name, name, address, f"%({literally})"),  # how an account signs
        )
        return self._db.execute(
            "UPDATE recipients SET folded = ?, address = ?, first_name = '', person = '',"
            " link = '', envelope = '', reason = '', removal = '', state = CASE WHEN state IN"
            " ('a_envoyer', 'differe') THEN 'exclu' ELSE state END,"
            " message_id = 'efface-' || freeze || ? WHERE folded = ?",
            (name, name, mark, address),
        ).rowcount

    # --- editions that this copy does not remember -----------------------------------------------

    def forgotten(self, edition: str) -> dict[str, tuple[datetime, bool]]:
        """Map the lists for which the journal says that an edition left, unknown to this ledger.

        Shape: each list to the moment of the departure, and whether it is certain.
        """
        rows = self._db.execute(
            "SELECT list FROM freezes WHERE edition = ? AND departed IS NOT NULL", (edition,)
        )
        known = {row[0] for row in rows}
        return {
            str(line.values[1]): (read(line.moment), line.act == "depart")
            for line in self._mine(self.journal.read())
            if line.act in {"depart", "doute"}
            if line.values[0] == edition and line.values[1] not in known
        }

    def last_departure(self, edition: str) -> datetime | None:
        """Return when the journal says that an edition last began to leave, from any ledger."""
        moments = [
            read(line.moment)
            for line in self._mine(self.journal.read())
            if line.act == "depart" and line.values[0] == edition
        ]
        return max(moments, default=None)

    def reach(self, edition: str, liste: str) -> int:
        """Count those of a list whom an edition reached, or may have reached, from this ledger."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM recipients r JOIN freezes f ON f.id = r.freeze"
            " WHERE r.edition = ? AND f.list = ?"
            " AND (r.claimed > 0 OR r.state IN ('accepte', 'incertain'))",
            (edition, liste),
        )
        return int(row.fetchone()[0])

    def vouch(self, edition: str, moment: datetime) -> None:
        """Note that a person says that nobody received an edition from another ledger.

        Those whom a restore made unsure are to be sent to again; every check will be made anew.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = (edition, written(moment))
            db.execute("INSERT INTO vouched VALUES (?, ?) ON CONFLICT DO NOTHING", row)
            db.execute(
                "UPDATE freezes SET departed = NULL WHERE edition = ? AND NOT EXISTS"
                " (SELECT 1 FROM recipients r WHERE r.freeze = freezes.id AND r.state <> 'exclu'"
                " AND NOT (r.state = 'incertain' AND r.reason = ?))",
                (edition, LOST),
            )
            db.execute(
                "UPDATE recipients SET state = 'a_envoyer', reason = '', claimed = 0"
                " WHERE edition = ? AND state = 'incertain' AND reason = ?",
                (edition, LOST),
            )

    def vouched(self, edition: str) -> bool:
        """Tell whether a person said that nobody had received an edition before."""
        row = self._db.execute("SELECT COUNT(*) FROM vouched WHERE edition = ?", (edition,))
        return bool(row.fetchone()[0])

    def presumed(self) -> dict[str, int]:
        """Count, for each edition, those whom a restore made unsure."""
        return dict(
            self._db.execute(
                "SELECT edition, COUNT(*) FROM recipients WHERE state = 'incertain' AND reason = ?"
                " GROUP BY edition ORDER BY edition",
                (LOST,),
            ).fetchall()
        )

    def presume_gone(self, edition: str, moment: datetime) -> int:
        """Note that an edition left without this ledger: everyone still waiting for it is unsure.

        The log of the relay can tell: a message keeps its identifier, and cannot have left before
        it was frozen.

        Returns:
            How many are unsure now.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            waiting = db.execute(
                "SELECT DISTINCT f.id, f.frozen FROM recipients r JOIN freezes f ON f.id = r.freeze"
                " WHERE r.edition = ? AND r.state IN ('a_envoyer', 'differe')",
                (edition,),
            ).fetchall()
            db.execute(
                "UPDATE freezes SET departed = COALESCE(departed, ?) WHERE edition = ?",
                (written(moment), edition),
            )
            return sum(
                db.execute(
                    "UPDATE recipients SET state = 'incertain', reason = ?, settled = ?,"
                    " claimed = CASE claimed WHEN 0 THEN ? ELSE claimed END"
                    " WHERE edition = ? AND freeze = ? AND state IN ('a_envoyer', 'differe')",
                    (LOST, moment.timestamp(), read(frozen).timestamp(), edition, freeze),
                ).rowcount
                for freeze, frozen in waiting
            )

    def _take_over(self, was: Mismatch, lines: Sequence[JournalLine]) -> None:
        """Make unsure whoever the other copy may have written to.

        Without a journal, that is everyone whom an edition on its way has still to reach; and what
        is frozen may have left: a person will have to say. The same goes for a base that is shared:
        the journals of other machines may know more than ours.
        """
        number, claims = self._row().number, self.claims()
        gone = {
            str(line.values[0])
            for line in lines
            if (line.act == "depart" and line.number > number)
            or (line.act == "avance" and int(line.values[1]) > claims)
        }
        if was is not Mismatch.PAST or self._db.is_shared:
            rows = self._db.execute("SELECT edition, list, departed FROM freezes").fetchall()
            gone |= {edition for edition, _, departed in rows if departed}
            for edition, liste, departed in rows:
                if not departed:
                    self._acts.note("doute", edition, liste)
        told = [int(line.values[1]) for line in lines if line.act == "avance"]
        self._db.execute("DELETE FROM senders")
        self._db.execute("UPDATE lineage SET claims = ?", (max([claims, *told]),))
        now = datetime.now(ZONE)
        for edition in sorted(gone):
            self.replayed["incertain"] += self.presume_gone(edition, now)
