"""The register: every change is one durable transaction, and leaves its trace in the history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from axtra.subscribers.addresses import folded
from axtra.subscribers.consent import Basis, Consent
from axtra.subscribers.database import read, written
from axtra.subscribers.people import People, Reason, checked_list
from axtra.subscribers.signed_tokens import new_id

PENDING_DAYS = 7  # how long a confirmation link works, and what it holds is kept
_BETWEEN_MAILS = timedelta(minutes=10)  # to one address, whoever fills in the form
_MAILS_A_DAY = 3


class Outcome(StrEnum):
    """What adding a person to a list did."""

    ADDED = "ajoutee"
    KEPT = "deja-abonnee"
    LEFT = "desabonnee"
    SUPPRESSED = "retiree"


class Register(People):
    """The subscribers of one data folder, to change."""

    def suppress(self, address: str, reason: Reason, moment: datetime) -> None:
        """Never write to an address again; it may be one that the register does not know.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            added = db.execute(
                "INSERT INTO suppressions VALUES (?, ?, ?) ON CONFLICT (mark) DO NOTHING",
                (self._mark(address), reason.value, written(moment)),
            ).rowcount
            person = self.find(address)
            if added and person:
                self._note(person.id, moment, "retrait", "", reason.value)

    def add(
        self,
        liste: str,
        address: str,
        consent: Consent,
        moment: datetime,
        *,
        first_name: str = "",
        last_name: str = "",
    ) -> Outcome:
        """Put a person on a list; who left it, or must not be written to, stays so.

        For who is already on it, a new consent is kept beside the others. `address` is in its
        normal form.

        Raises:
            ListError: the list has a name that cannot be used.
            FolderError: the disk refuses.
        """
        with self.together() as db:
            if self.is_suppressed(address):
                return Outcome.SUPPRESSED
            person = self._enter(address, first_name, last_name, moment)
            self._open_list(liste)
            row = db.execute(
                "SELECT active FROM subscriptions WHERE person = ? AND list = ?", (person, liste)
            ).fetchone()
            if row and not row[0]:
                return Outcome.LEFT
            self._consent(person, liste, consent, moment)
            if row:
                return Outcome.KEPT
            self._activate(person, liste, moment, consent.source)
            return Outcome.ADDED

    def unsubscribe(self, person: str, liste: str, moment: datetime, how: str) -> bool:
        """Take a person off a list; done twice, it changes nothing.

        Returns:
            Whether the person was on it.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            left = db.execute(
                "UPDATE subscriptions SET active = 0, since = ?"
                " WHERE person = ? AND list = ? AND active",
                (written(moment), person, liste),
            ).rowcount
            if left:
                self._note(person, moment, "désabonnement", liste, how)
        return bool(left)

    def choose(
        self, person: str, chosen: Sequence[str], offered: Sequence[str], moment: datetime, how: str
    ) -> None:
        """Do what a person asks of us on a page of their own: these lists, and not the others.

        It is an express consent; it lifts a former withdrawal, not a bounce nor a complaint.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            known = self.person(person)
            if known is None:
                return
            for liste in set(self.lists_of(person)) - set(chosen):
                self.unsubscribe(person, liste, moment, how)
            for liste in sorted(set(chosen) & set(offered) - set(self.lists_of(person))):
                self._open_list(liste)
                self._consent(person, liste, Consent(Basis.EXPRESS, moment, how, how), moment)
                self._activate(person, liste, moment, how)
            if self.lists_of(person):
                db.execute(
                    "DELETE FROM suppressions WHERE mark = ? AND reason = ?",
                    (self._mark(known.address), Reason.UNSUBSCRIBED.value),
                )

    def erase(self, address: str, moment: datetime) -> bool:
        """Erase a person; only the keyed mark that prevents a new import stays.

        Returns:
            Whether the register held anything about that address.

        Raises:
            FolderError: the disk refuses.
        """
        mark = self._mark(address)
        with self.together() as db:
            held = db.execute("DELETE FROM people WHERE folded = ?", (folded(address),)).rowcount
            held += db.execute("DELETE FROM pending WHERE mark = ?", (mark,)).rowcount
            db.execute(
                "INSERT OR REPLACE INTO suppressions VALUES (?, ?, ?)",
                (mark, Reason.ERASED.value, written(moment)),
            )
        # The write-ahead log still holds the former pages until it is emptied.
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return bool(held)

    # --- double opt-in ---------------------------------------------------------------------------

    def ask(
        self, address: str, first_name: str, lists: Sequence[str], moment: datetime
    ) -> str | None:
        """Note that someone asks to subscribe an address.

        Returns:
            The id to confirm with, or None when that address was written to often enough.

        Raises:
            FolderError: the disk refuses.
        """
        mark = self._mark(address)
        with self.together() as db:
            self._forget_pending(moment)
            asked = [
                read(row[0])
                for row in db.execute("SELECT asked FROM pending WHERE mark = ?", (mark,))
            ]
            recent = [one for one in asked if moment - one < timedelta(days=1)]
            if len(recent) >= _MAILS_A_DAY or any(moment - one < _BETWEEN_MAILS for one in recent):
                return None
            identity = new_id()
            db.execute(
                "INSERT INTO pending VALUES (?, ?, ?, ?, ?, ?, '')",
                (identity, mark, address, first_name, " ".join(lists), written(moment)),
            )
        return identity

    def withdraw(self, pending: str) -> None:
        """Forget a request whose mail could not be sent, so that it may be made again at once.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            db.execute("DELETE FROM pending WHERE id = ?", (pending,))

    def confirm(self, identity: str, moment: datetime) -> str | None:
        """Subscribe who asked for it; confirming twice changes nothing.

        The person proved that they read this address: a former suppression ends.

        Returns:
            The id of the person, or None when nothing is known under that id.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = db.execute(
                "SELECT mark, address, first_name, lists, asked, person FROM pending WHERE id = ?",
                (identity,),
            ).fetchone()
            if row is None:
                return None
            mark, address, first_name, lists, asked, done = row
            if done:
                return str(done)
            db.execute("DELETE FROM suppressions WHERE mark = ?", (mark,))
            person = self._enter(address, first_name, "", moment)
            proof = f"demandé par formulaire le {asked}, confirmé par courriel"
            for liste in lists.split():
                self._open_list(liste)
                consent = Consent(Basis.EXPRESS, moment, "formulaire du site", proof)
                self._consent(person, liste, consent, moment)
                if liste not in self.lists_of(person):
                    self._activate(person, liste, moment, "formulaire confirmé")
            db.execute(
                "UPDATE pending SET address = '', first_name = '', person = ? WHERE id = ?",
                (person, identity),
            )
        return person

    # --- bounces ---------------------------------------------------------------------------------

    def note_bounce(
        self, person: str, edition: str, nature: str, status: str, moment: datetime
    ) -> bool:
        """Note what came back; the same thing read twice is noted once.

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

    # --- within ----------------------------------------------------------------------------------

    def _enter(self, address: str, first_name: str, last_name: str, moment: datetime) -> str:
        """Find or make a person; a name that was given replaces an empty one only."""
        self._db.execute(
            "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (folded) DO UPDATE SET"
            " first_name = CASE first_name WHEN '' THEN excluded.first_name ELSE first_name END,"
            " last_name = CASE last_name WHEN '' THEN excluded.last_name ELSE last_name END",
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
        self._db.execute(
            "INSERT INTO subscriptions VALUES (?, ?, 1, ?)"
            " ON CONFLICT DO UPDATE SET active = 1, since = excluded.since",
            (person, liste, written(moment)),
        )
        self._note(person, moment, "abonnement", liste, how)

    def _note(self, person: str, moment: datetime, event: str, liste: str, detail: str) -> None:
        self._db.execute(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?)",
            (person, written(moment), event, liste, detail),
        )

    def _forget_pending(self, moment: datetime) -> None:
        self._db.execute(
            "DELETE FROM pending WHERE asked < ?",
            (written(moment - timedelta(days=PENDING_DAYS)),),
        )
