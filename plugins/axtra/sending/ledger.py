"""The ledger: who gets what, and how far each message is; durable before it acts.

At every moment the seven states of an edition sum to its candidates. One process sends at a time:
it holds an operating system's lock, which dies with it.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from axtra.sending.records import Doubt, Frozen, Line, Seat, State, Terms, Waiting
from axtra.subscribers import Excluded, FolderError, folded
from axtra.subscribers.store import Book, OpenBook, connect, read, written

BOOK = Book("envois.sqlite3", "axtra.sending")
LOCK = "envois.verrou"
_LONGEST_REASON = 300
_STARTED = "('a_envoyer', 'en_vol', 'differe')"


class BusyError(Exception):
    """Another process is sending, or an edition is on its way; the message is in French."""


class Ledger(OpenBook):
    """What was sent, from one data folder."""

    def __init__(
        self, connection: sqlite3.Connection, folder: Path, clock: Callable[[], float]
    ) -> None:
        super().__init__(connection)
        self._folder = folder
        self.clock = clock

    @classmethod
    def open(cls, folder: Path, clock: Callable[[], float] = time.time) -> Ledger:
        """Open the ledger of a data folder; make it when it is missing.

        Args:
            folder: the data folder.
            clock: gives the present, in seconds since 1970.

        Raises:
            FolderError: the folder or the file cannot serve.
        """
        return cls(connect(folder, BOOK), folder, clock)

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

    # --- freezing --------------------------------------------------------------------------------

    def freeze(
        self,
        edition: str,
        liste: str,
        content: str,
        template: bytes,
        terms: Terms,
        inputs: Mapping[str, str],
        seats: Iterable[Seat],
        excluded: Iterable[Excluded],
        moment: datetime,
    ) -> Frozen:
        """Freeze an edition for a list; what was frozen and never left gives way.

        Args:
            edition: its name.
            liste: the list.
            content: the hash of all that its readers get in common.
            template: the message, its personal values still to be put in.
            terms: what else its messages say.
            inputs: the hash of each file that it was made from.
            seats: those who may be written to; who got this edition already keeps their state.
            excluded: those who may not.
            moment: now.

        Raises:
            BusyError: the edition is on its way, or everyone got it.
            FolderError: the disk refuses.
        """
        with self.together() as db:
            self._clear(edition)
            cursor = db.execute(
                "INSERT INTO freezes"
                " (edition, list, hash, template, terms, inputs, frozen, recipients)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                (
                    edition,
                    liste,
                    content,
                    template,
                    json.dumps(asdict(terms)),
                    json.dumps(inputs),
                    written(moment),
                ),
            )
            freeze = cursor.lastrowid
            enter = (
                "INSERT INTO recipients (edition, folded, freeze, address, first_name, person,"
                " message_id, link, envelope, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
                " ?, ?) ON CONFLICT (edition, folded) DO UPDATE SET freeze = excluded.freeze,"
                " address = excluded.address, first_name = excluded.first_name,"
                " person = excluded.person, message_id = excluded.message_id,"
                " link = excluded.link, envelope = excluded.envelope, state = excluded.state,"
                " reason = excluded.reason WHERE state = 'exclu'"
            )
            entered = 0
            for seat in seats:
                personal = (seat.address, seat.first_name, seat.person, seat.message_id)
                row = (edition, folded(seat.address), freeze, *personal, seat.link, seat.envelope)
                entered += db.execute(enter, (*row, State.TO_SEND, "")).rowcount
            for one in excluded:
                nobody = ("", "", f"exclu-{freeze}-{folded(one.address)}", "", "")
                row = (edition, folded(one.address), freeze, one.address, *nobody)
                db.execute(enter, (*row, State.EXCLUDED, one.reason))
            if not entered:
                raise BusyError(
                    f"« {edition} » n’a plus personne à qui aller sur la liste « {liste} » : "
                    "chaque personne l’a déjà reçue, ou ne peut pas la recevoir.\n"
                    f"    → Voyez :  axtra envoi bilan {edition}   "
                    f"et  axtra abonnes lister --liste {liste}"
                )
            db.execute("UPDATE freezes SET recipients = ? WHERE id = ?", (entered, freeze))
        found = self.frozen(edition)
        assert found is not None  # noqa: S101 - it was just written
        return found

    def _clear(self, edition: str) -> None:
        """Make place for a new freeze."""
        started = self._db.execute(
            f"SELECT COUNT(*) FROM recipients WHERE edition = ? AND state IN {_STARTED}"  # noqa: S608
            " AND freeze IN (SELECT id FROM freezes WHERE departed IS NOT NULL)",
            (edition,),
        ).fetchone()[0]
        if started:
            raise BusyError(
                f"l’envoi de « {edition} » est commencé : ses octets ne changent plus.\n"
                f"    → Finissez-le d’abord :  axtra envoi reprendre {edition}"
            )
        never = "SELECT id FROM freezes WHERE edition = ? AND departed IS NULL"
        self._db.execute(f"DELETE FROM recipients WHERE freeze IN ({never})", (edition,))  # noqa: S608
        self._db.execute("DELETE FROM freezes WHERE edition = ? AND departed IS NULL", (edition,))
        self._db.execute("DELETE FROM pauses WHERE edition = ?", (edition,))

    def frozen(self, edition: str) -> Frozen | None:
        """Give what was frozen last for an edition."""
        found = self._frozen("edition = ? ORDER BY id DESC LIMIT 1", edition)
        return found[0] if found else None

    def leaving(self, edition: str) -> dict[int, Frozen]:
        """Give all that left, or is leaving, for an edition: one freeze a list."""
        found = self._frozen("edition = ? AND departed IS NOT NULL", edition)
        return {one.id: one for one in found}

    def _frozen(self, where: str, value: str) -> list[Frozen]:
        rows = self._db.execute(
            "SELECT id, edition, list, hash, template, terms, inputs, frozen, recipients,"  # noqa: S608
            f" confirmed, departed FROM freezes WHERE {where}",
            (value,),
        ).fetchall()
        return [
            Frozen(
                identity,
                edition,
                liste,
                content,
                template,
                Terms(**json.loads(terms)),
                json.loads(inputs),
                read(moment),
                recipients,
                read(confirmed) if confirmed else None,
                read(departed) if departed else None,
            )
            for (
                identity,
                edition,
                liste,
                content,
                template,
                terms,
                inputs,
                moment,
                recipients,
                confirmed,
                departed,
            ) in rows
        ]

    # --- what must be true before an edition leaves ----------------------------------------------

    def note_test(self, frozen: Frozen, moment: datetime) -> None:
        """Note that a test of these very bytes was accepted by a server.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = (frozen.edition, frozen.hash, written(moment))
            db.execute("INSERT INTO tests VALUES (?, ?, ?)", row)

    def tested(self, frozen: Frozen) -> bool:
        """Tell whether a test of these very bytes was sent."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM tests WHERE edition = ? AND hash = ?",
            (frozen.edition, frozen.hash),
        ).fetchone()
        return bool(row[0])

    def approve(self, frozen: Frozen, who: str, moment: datetime) -> None:
        """Note who approved these very bytes.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = (frozen.edition, frozen.hash, who, written(moment))
            db.execute("INSERT INTO approvals VALUES (?, ?, ?, ?)", row)

    def approvals(self, frozen: Frozen) -> tuple[str, ...]:
        """Name those who approved these very bytes."""
        rows = self._db.execute(
            "SELECT DISTINCT who FROM approvals WHERE edition = ? AND hash = ? ORDER BY moment",
            (frozen.edition, frozen.hash),
        )
        return tuple(row[0] for row in rows)

    def confirm(self, frozen: Frozen, moment: datetime) -> None:
        """Note that a person typed the list and the number.

        Raises:
            FolderError: the disk refuses.
        """
        self._stamp("confirmed", frozen, moment)

    def depart(self, frozen: Frozen, moment: datetime) -> None:
        """Note that everything was checked: from now on these bytes leave, whatever changes.

        Raises:
            FolderError: the disk refuses.
        """
        self._stamp("departed", frozen, moment)

    def _stamp(self, column: str, frozen: Frozen, moment: datetime) -> None:
        with self.together() as db:
            db.execute(
                f"UPDATE freezes SET {column} = COALESCE({column}, ?) WHERE id = ?",  # noqa: S608
                (written(moment), frozen.id),
            )

    def pause(self, edition: str, moment: datetime) -> None:
        """Ask whoever sends an edition to stop after the message in flight.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = (edition, written(moment))
            db.execute("INSERT INTO pauses VALUES (?, ?) ON CONFLICT DO NOTHING", row)

    def unpause(self, edition: str) -> None:
        """Forget a pause.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            db.execute("DELETE FROM pauses WHERE edition = ?", (edition,))

    def paused(self, edition: str) -> bool:
        """Tell whether a pause was asked for."""
        row = self._db.execute("SELECT COUNT(*) FROM pauses WHERE edition = ?", (edition,))
        return bool(row.fetchone()[0])

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
