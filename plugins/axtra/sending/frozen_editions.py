"""The ledger's editions: what was frozen, tested, approved, confirmed, paused, and for whom."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Self

from axtra.core.pasted_commands import quoted
from axtra.sending.ledger_decisions import Decisions
from axtra.sending.ledger_records import (
    Decision,
    FrozenEdition,
    FrozenRecipient,
    Landed,
    Reservation,
    Terms,
    choices,
)
from axtra.sending.personal_codes import PersonalCodes
from axtra.subscribers import Excluded, Keys, Recipient, folded
from axtra.subscribers.database import open_base, read, written
from axtra.subscribers.journal.journal_file import Journal, journal_of
from axtra.subscribers.signed_tokens import new_id
from axtra.subscribers.storage.base import Base, Book
from infolettre.core.refusals import Refusal

BOOK = Book(
    "envois.sqlite3",
    "axtra.sending",
    (
        "schema.sql",
        "lineage.sql",
        "brakes.sql",
        "scheduled.sql",
        "authors.sql",
        "leases.sql",
        "approved.sql",
        "derived.sql",
        "journals.sql",
    ),
    (
        "freezes",
        "recipients",
        "tests",
        "approvals",
        "pauses",
        "authors",
        "brakes",
        "scheduled",
        "vouched",
        "senders",
        "lineage",
        "journals",
    ),
    numbered=("freezes",),
)
_STARTED = "('a_envoyer', 'en_vol', 'differe')"
_PLACE = (
    "edition", "folded", "freeze", "address", "first_name", "person", "message_id", "link",
    "envelope", "state", "reason",
)  # fmt: skip
# Whoever has this edition, or may have it, keeps their place.
_KEEP = (
    f"ON CONFLICT (edition, folded) DO UPDATE SET"
    f" {', '.join(f'{name} = excluded.{name}' for name in _PLACE[2:])}"
    " WHERE recipients.state = 'exclu'"
)


class BusyError(Refusal):
    """Another process is sending, or an edition is on its way."""


class Editions(Decisions):
    """The editions of one data folder; `Ledger` adds what becomes of each message."""

    def __init__(
        self,
        base: Base,
        keys: Keys,
        journal: Journal,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(base, keys, journal)
        self.clock = clock
        self.me = Reservation(new_id())
        self._alive = ExitStack()  # holds what tells that a run lives
        self.landed: list[Landed] = []
        """What became of messages while the base did not answer."""

    def reconnect(self) -> None:
        """Connect again to a base that was lost; what a run held there is no longer held."""
        self._alive.close()
        super().reconnect()

    @classmethod
    def open(
        cls,
        folder: Path,
        clock: Callable[[], float] = time.time,
        address: str | None = None,
    ) -> Self:
        """Open the ledger of a data folder; make it when it is missing.

        Args:
            folder: the data folder.
            clock: gives the present, in seconds since 1970.
            address: of the base, as `open_base` takes it.

        Raises:
            FolderError: the folder or the file cannot serve.
        """
        base = open_base(folder, BOOK, address)
        try:
            return cls(base, Keys.open(folder), journal_of(folder, os.environ), clock)
        except BaseException:
            base.close()
            raise

    def freeze(
        self,
        edition: str,
        liste: str,
        content: str,
        template: bytes,
        terms: Terms,
        inputs: Mapping[str, str],
        recipients: Iterable[Recipient | FrozenRecipient | Excluded],
        excluded: Iterable[Excluded],
        moment: datetime,
        *,
        joining: bool = False,
        who: str = "",
    ) -> FrozenEdition:
        """Freeze an edition for a list; what was frozen and never left gives way.

        Args:
            edition: its name.
            liste: the list.
            content: the hash of all that its readers get in common.
            template: the message, its personal values still to be put in.
            terms: what else its messages say.
            inputs: the hash of each file that it was made from.
            recipients: those who may be written to, and others who may not among them; who got
                this edition already keeps their state. What a message holds of a person besides
                is kept only where it is given.
            excluded: those who may not.
            moment: now.
            joining: these people join those whom it left for already, whose bytes stay.
            who: the account of who freezes it, "" without accounts.

        Raises:
            BusyError: the edition is on its way, or everyone got it.
            FolderError: the disk refuses.
        """
        with self.together() as db:
            if not joining:
                self._clear(edition)
            (freeze,) = db.execute(
                "INSERT INTO freezes"
                " (edition, list, hash, template, terms, inputs, frozen, recipients)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 0) RETURNING id",
                (
                    edition,
                    liste,
                    content,
                    template,
                    json.dumps(asdict(terms) | {"key": self.keys.newest}),
                    json.dumps(inputs),
                    written(moment),
                ),
            ).fetchone()
            if who:
                db.execute("INSERT INTO authors VALUES (?, ?)", (freeze, who))
            rows = (_row(edition, freeze, entry) for entry in chain(recipients, excluded))
            db.pour("recipients", _PLACE, rows, _KEEP)
            (entered,) = db.execute(
                "SELECT COUNT(*) FROM recipients"
                " WHERE edition = ? AND freeze = ? AND state = 'a_envoyer'",
                (edition, freeze),
            ).fetchone()
            if not entered:
                seen = f"Voyez :  axtra abonnes lister --liste {quoted(liste)}"
                if self.leaving(edition):
                    seen += f"\net :  axtra envoi bilan {edition}"
                raise BusyError(
                    f"« {edition} » n’a plus personne à qui aller sur la liste « {liste} » : "
                    "chaque personne l’a déjà reçue, ou ne peut pas la recevoir.",
                    seen,
                )
            db.execute("UPDATE freezes SET recipients = ? WHERE id = ?", (entered, freeze))
        frozen = self.frozen(edition)
        assert frozen is not None  # noqa: S101 - it was just written
        return frozen

    def codes(self, freezes: Iterable[int]) -> dict[int, PersonalCodes]:
        """Return how each of some freezes names its messages and people.

        Raises:
            FolderError: the key that signed the links of one is not here.
        """
        made: dict[int, PersonalCodes] = {}
        for freeze in set(freezes):
            edition, liste, content, terms = self._db.execute(
                "SELECT edition, list, hash, terms FROM freezes WHERE id = ?", (freeze,)
            ).fetchone()
            known = Terms(**json.loads(terms))
            keys = self.keys.as_of(known.key)
            made[freeze] = PersonalCodes(edition, liste, content, known.domain, keys)
        return made

    def _clear(self, edition: str) -> None:
        """Delete what was frozen and never left."""
        started = self._db.execute(
            f"SELECT COUNT(*) FROM recipients WHERE edition = ? AND state IN {_STARTED}"  # noqa: S608
            " AND freeze IN (SELECT id FROM freezes WHERE departed IS NOT NULL)",
            (edition,),
        ).fetchone()[0]
        if started:
            raise BusyError(
                f"l’envoi de « {edition} » est commencé : ses octets ne changent plus.",
                choices(edition)
                if self.decision(edition) is Decision.OPEN
                else f"Finissez-le d’abord :  axtra envoi reprendre {edition}",
            )
        never = "SELECT id FROM freezes WHERE edition = ? AND departed IS NULL"
        self._db.execute(f"DELETE FROM recipients WHERE freeze IN ({never})", (edition,))  # noqa: S608
        for table in ("authors", "approvals"):  # the number of what is deleted may serve again
            self._db.execute(f"DELETE FROM {table} WHERE freeze IN ({never})", (edition,))  # noqa: S608
        self._db.execute("DELETE FROM freezes WHERE edition = ? AND departed IS NULL", (edition,))
        self._db.execute("DELETE FROM pauses WHERE edition = ?", (edition,))

    def frozen(self, edition: str) -> FrozenEdition | None:
        """Return what was frozen last for an edition."""
        freezes = self._frozen("edition = ? ORDER BY id DESC LIMIT 1", edition)
        return freezes[0] if freezes else None

    def leaving(self, edition: str) -> dict[int, FrozenEdition]:
        """Return what left, or is leaving, for an edition, by the number of each freeze."""
        freezes = self._frozen("edition = ? AND departed IS NOT NULL", edition)
        return {frozen.id: frozen for frozen in freezes}

    def departed(self) -> list[FrozenEdition]:
        """Return what left, or is leaving, for every edition."""
        return self._frozen("departed IS NOT NULL")

    def _frozen(self, where: str, *values: str) -> list[FrozenEdition]:
        rows = self._db.execute(
            "SELECT id, edition, list, hash, template, terms, inputs, frozen, recipients,"  # noqa: S608
            " confirmed, departed, COALESCE((SELECT who FROM authors WHERE freeze = id), '')"
            f" FROM freezes WHERE {where}",
            values,
        ).fetchall()
        return [
            FrozenEdition(
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
                who,
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
                who,
            ) in rows
        ]

    # --- what must be true before an edition leaves ----------------------------------------------

    def note_test(self, frozen: FrozenEdition, moment: datetime) -> None:
        """Note that a test of these very bytes was accepted by a server.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = (frozen.edition, frozen.hash, written(moment))
            db.execute("INSERT INTO tests VALUES (?, ?, ?)", row)

    def tested(self, frozen: FrozenEdition) -> bool:
        """Tell whether a test of these very bytes was sent."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM tests WHERE edition = ? AND hash = ?",
            (frozen.edition, frozen.hash),
        ).fetchone()
        return bool(row[0])

    def confirm(self, frozen: FrozenEdition, moment: datetime) -> None:
        """Note that a person typed the list and the number.

        Raises:
            FolderError: the disk refuses.
        """
        self._stamp("confirmed", frozen, moment)

    def depart(self, frozen: FrozenEdition, moment: datetime) -> None:
        """Note that everything was checked: from now on these bytes leave, whatever changes.

        Raises:
            FolderError: the disk refuses.
        """
        self._stamp("departed", frozen, moment)

    def _stamp(self, column: str, frozen: FrozenEdition, moment: datetime) -> None:
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


def _row(
    edition: str, freeze: int, entry: Recipient | FrozenRecipient | Excluded
) -> tuple[str | int, ...]:
    """Return the row of somebody in a freeze."""
    state, reason = "a_envoyer", ""
    match entry:
        case Recipient():
            known = (entry.first_name, entry.id, "", "", "")
        case FrozenRecipient():
            known = (entry.first_name, entry.person, entry.message_id, entry.link, entry.envelope)
        case Excluded():
            known, state, reason = ("", "", "", "", ""), "exclu", entry.reason
    return (edition, folded(entry.address), freeze, entry.address, *known, state, reason)
