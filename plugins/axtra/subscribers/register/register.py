"""The register: every change is a durable transaction, noted in the person's history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from axtra.subscribers.addresses import folded
from axtra.subscribers.database import written
from axtra.subscribers.register import late_departures
from axtra.subscribers.register.address_changes import AddressChanges
from axtra.subscribers.register.consent import Basis, Consent
from axtra.subscribers.register.notices import Notices
from axtra.subscribers.register.people import CONFIRMED, checked_list
from axtra.subscribers.register.personal_records import PersonalRecords
from axtra.subscribers.register.records import Reason
from axtra.subscribers.register.visits import Visits
from axtra.subscribers.signed_tokens import new_id


class AddOutcome(StrEnum):
    """What adding a person to a list did."""

    ADDED = "ajoutee"
    KEPT = "deja-abonnee"
    LEFT = "desabonnee"
    SUPPRESSED = "retiree"


class Register(AddressChanges, PersonalRecords, Visits, Notices):
    """The subscribers of a data folder, and all the changes made to them."""

    @classmethod
    def open(cls, folder: Path, address: str | None = None) -> Self:
        """Open the register of a data folder, and write to it who left while it was locked.

        Raises:
            FolderError: the folder or the file cannot be used.
        """
        register = super().open(folder, address)
        try:
            late_departures.settle(register, folder)
        except BaseException:
            register.close()
            raise
        return register

    def add(
        self,
        liste: str,
        address: str,
        consent: Consent,
        moment: datetime,
        *,
        first_name: str = "",
        last_name: str = "",
    ) -> AddOutcome:
        """Add a person to a list, unless they left it or must not be written to.

        If the person is already subscribed, record the new consent alongside the existing consents.
        `address` is in its normal form.

        Raises:
            ListError: the list has a name that cannot be used.
            FolderError: the disk refuses.
        """
        with self.together() as db:
            if self.is_suppressed(address):
                return AddOutcome.SUPPRESSED
            if self._departed(address, liste):
                return AddOutcome.LEFT
            person = self._enter(address, first_name, last_name, moment)
            self._open_list(liste)
            row = db.execute(
                "SELECT active FROM subscriptions WHERE person = ? AND list = ?", (person, liste)
            ).fetchone()
            if row and not row[0]:
                return AddOutcome.LEFT
            self._consent(person, liste, consent, moment)
            if row:
                return AddOutcome.KEPT
            self._activate(person, liste, moment, consent.source)
            return AddOutcome.ADDED

    def unsubscribe(self, person: str, liste: str, moment: datetime, how: str) -> bool:
        """Remove a person from a list; done twice, it changes nothing more.

        Returns:
            Whether the person was on it.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            left = db.execute(
                "UPDATE subscriptions SET active = 0, since = ?"
                " WHERE person = ? AND list = ? AND active = 1",
                (written(moment), person, liste),
            ).rowcount
            if left:
                self._note(person, moment, "désabonnement", liste, how)
        return bool(left)

    def keep_off(self, liste: str, address: str, moment: datetime, how: str) -> bool:
        """Remove someone from a list, and let no import add them to it again.

        For an unknown address, only the keyed mark of a suppression is kept.

        Returns:
            Whether the person was on the list.

        Raises:
            ListError: the list has a name that cannot be used.
            FolderError: the disk refuses.
        """
        with self.together() as db:
            person = self.find(address)
            if person is None:
                self.suppress(address, Reason.UNSUBSCRIBED, moment)
                return False
            self._open_list(liste)
            db.execute(
                "INSERT INTO subscriptions VALUES (?, ?, 0, ?) ON CONFLICT DO NOTHING",
                (person.id, liste, written(moment)),
            )
            return self.unsubscribe(person.id, liste, moment, how)

    def keep_only(self, person: str, kept: Sequence[str], moment: datetime, how: str) -> None:
        """Remove a person from all lists but some; nobody is added to a list.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together():
            for liste in set(self.lists_of(person)) - set(kept):
                self.unsubscribe(person, liste, moment, how)

    def erase(self, address: str, moment: datetime) -> bool:
        """Erase a person, and keep only the keyed mark that prevents a new import.

        Returns:
            Whether the register held anything about that address.

        Raises:
            FolderError: the disk refuses.
        """
        mark = self._mark(address)
        with self.together() as db:
            db.execute(
                "DELETE FROM pending WHERE mover = (SELECT id FROM people WHERE folded = ?)",
                (folded(address),),
            )
            held = db.execute("DELETE FROM people WHERE folded = ?", (folded(address),)).rowcount
            held += db.execute("DELETE FROM pending WHERE mark = ?", (mark,)).rowcount
            db.execute(
                "INSERT INTO suppressions (mark, reason, since) VALUES (?, ?, ?)"
                " ON CONFLICT (mark) DO UPDATE SET reason = excluded.reason,"
                " since = excluded.since, edition = excluded.edition, detail = excluded.detail",
                (mark, Reason.ERASED.value, written(moment)),
            )
        self.scrub()
        return bool(held)

    # --- double opt-in ----------------------------------------------------------------------------

    def confirm(self, identity: str, moment: datetime) -> str | None:
        """Subscribe the person who made a request; confirming twice changes nothing more.

        The person proved that they read this address, so former suppressions and proposals end.

        Returns:
            The id of the person, or None when nothing is known under that id.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = db.execute(
                "SELECT mark, address, first_name, lists, asked, person, mover FROM pending"
                " WHERE id = ?",
                (identity,),
            ).fetchone()
            if row is None:
                return None
            mark, address, first_name, lists, asked, done, mover = row
            if done:
                return str(done)
            if mover:
                return self.confirm_change(identity, moment)
            db.execute("DELETE FROM suppressions WHERE mark = ?", (mark,))
            person = self._enter(address, first_name, "", moment)
            db.execute("DELETE FROM proposals WHERE person = ?", (person,))
            proof = f"demandé par formulaire le {asked}, confirmé par courriel"
            for liste in lists.split():
                self._open_list(liste)
                consent = Consent(Basis.EXPRESS, moment, "formulaire du site", proof)
                self._consent(person, liste, consent, moment)
                if liste not in self.lists_of(person):
                    self._activate(person, liste, moment, CONFIRMED)
            db.execute(
                "UPDATE pending SET address = '', first_name = '', person = ?, mail = 'fini'"
                " WHERE id = ?",
                (person, identity),
            )
        return person

    # --- bounces ----------------------------------------------------------------------------------

    def note_bounce(
        self, person: str, edition: str, nature: str, status: str, moment: datetime
    ) -> bool:
        """Note a bounce; the same bounce read twice is noted once.

        Returns:
            Whether it is new, and about someone whom the register knows.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            if self.person(person) is None:
                return False
            added = db.execute(
                "INSERT INTO bounces VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (person, edition, nature, status, written(moment)),
            ).rowcount
            if added:
                self._note(person, moment, "retour", "", f"{nature} {status}".strip())
        return bool(added)

    # --- private ----------------------------------------------------------------------------------

    def _enter(self, address: str, first_name: str, last_name: str, moment: datetime) -> str:
        """Return the id of a person, added if need be; a name only replaces an empty name."""
        self._db.execute(
            "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (folded) DO UPDATE SET"
            " first_name = COALESCE(NULLIF(people.first_name, ''), excluded.first_name),"
            " last_name = COALESCE(NULLIF(people.last_name, ''), excluded.last_name)",
            (new_id(), address, folded(address), first_name, last_name, written(moment)),
        )
        row = self._db.execute("SELECT id FROM people WHERE folded = ?", (folded(address),))
        return str(row.fetchone()[0])

    def _open_list(self, liste: str) -> None:
        self._db.execute(
            "INSERT INTO lists VALUES (?) ON CONFLICT DO NOTHING", (checked_list(liste),)
        )

    def _consent(self, person: str, liste: str, consent: Consent, moment: datetime) -> None:
        ends = consent.expires
        added = self._db.execute(
            "INSERT INTO consents VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                person,
                liste,
                consent.basis.value,
                written(consent.given),
                written(ends) if ends else None,
                consent.source,
                consent.proof,
            ),
        ).rowcount
        if added:
            self._note(person, moment, f"consentement {consent.basis.value}", liste, consent.proof)

    def _activate(self, person: str, liste: str, moment: datetime, how: str) -> None:
        self._forget_departure(person, liste)
        self._db.execute(
            "INSERT INTO subscriptions VALUES (?, ?, 1, ?)"
            " ON CONFLICT (person, list) DO UPDATE SET active = 1, since = excluded.since",
            (person, liste, written(moment)),
        )
        self._note(person, moment, "abonnement", liste, how)
