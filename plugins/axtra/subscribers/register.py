"""The register: every change is one durable transaction, and leaves its trace in the history."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from axtra.subscribers.addresses import folded
from axtra.subscribers.consent import Basis, Consent
from axtra.subscribers.store import OpenBook, connect, read, written
from axtra.subscribers.tokens import Keys, new_id

_LIST = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_LIST = 40
PENDING_DAYS = 7  # how long a confirmation link works, and what it holds is kept
_BETWEEN_MAILS = timedelta(minutes=10)  # to one address, whoever fills in the form
_MAILS_A_DAY = 3


class ListError(ValueError):
    """The name of a list cannot be used; the message is in French."""


class Reason(StrEnum):
    """Why an address is not written to, whatever the list."""

    UNSUBSCRIBED = "desabonnement"
    ADDRESS = "adresse-inexistante"
    COMPLAINT = "plainte"
    ERASED = "effacement"


class Outcome(StrEnum):
    """What adding a person to a list did."""

    ADDED = "ajoutee"
    KEPT = "deja-abonnee"
    LEFT = "desabonnee"
    SUPPRESSED = "retiree"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person to whom an edition may be sent."""

    id: str
    address: str
    first_name: str


@dataclass(frozen=True, slots=True)
class Excluded:
    """A person of the list to whom it may not; `reason` is in French."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Expiring:
    """A consent that ends soon, with nothing to take its place."""

    address: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the register."""

    id: str
    address: str
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """A person, a list, and the consent that holds the longest, if there is any."""

    person: Person
    liste: str
    active: bool
    suppressed: Reason | None
    consent: Consent | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a person's history."""

    moment: datetime
    event: str
    liste: str
    detail: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What someone asked for and has yet to confirm."""

    id: str
    lists: tuple[str, ...]
    done: bool


class Register(OpenBook):
    """The subscribers of one data folder."""

    def __init__(self, connection: sqlite3.Connection, keys: Keys) -> None:
        super().__init__(connection)
        self.keys = keys

    @classmethod
    def open(cls, folder: Path) -> Register:
        """Open the register of a data folder; make both when they are missing.

        Raises:
            FolderError: the folder or the file cannot serve.
        """
        connection = connect(folder)
        try:
            return cls(connection, Keys.open(folder))
        except BaseException:
            connection.close()
            raise

    # --- what sending asks -----------------------------------------------------------------------

    def recipients(
        self, liste: str, moment: datetime
    ) -> tuple[tuple[Recipient, ...], tuple[Excluded, ...]]:
        """Part the people of a list into those who may be written to, and the others, with why.

        Both are sorted by address, and together they are everyone who ever was on the list.
        """
        to_send: list[Recipient] = []
        excluded: list[Excluded] = []
        for one in self.subscriptions(liste):
            why = _refusal(one, moment)
            if why:
                excluded.append(Excluded(one.person.address, why))
            else:
                person = one.person
                to_send.append(Recipient(person.id, person.address, person.first_name))
        return tuple(to_send), tuple(excluded)

    def is_suppressed(self, address: str) -> bool:
        """Tell whether an address must not be written to, whatever the list."""
        return self.suppression(address) is not None

    def suppression(self, address: str) -> Reason | None:
        """Give why an address must not be written to, if it must not."""
        row = self._db.execute(
            "SELECT reason FROM suppressions WHERE mark = ?", (self._mark(address),)
        ).fetchone()
        return Reason(row[0]) if row else None

    def refusal(self, person: str, liste: str, moment: datetime) -> str:
        """Say why a person may not be written to now; nothing when they may."""
        found = list(self._subscriptions("s.list = ? AND p.id = ?", (liste, person)))
        return _refusal(found[0], moment) if found else "la personne n’est plus au registre"

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

    def expiring(self, liste: str, moment: datetime, days: int = 60) -> tuple[Expiring, ...]:
        """List the consents of a list that end within some days, the nearest first."""
        limit = moment + timedelta(days=days)
        found = [
            Expiring(one.person.address, one.consent.expires)
            for one in self.subscriptions(liste)
            if one.consent and one.consent.expires and not _refusal(one, moment)
            if one.consent.expires <= limit
        ]
        return tuple(sorted(found, key=lambda one: (one.expires, one.address)))

    # --- reading ---------------------------------------------------------------------------------

    def lists(self) -> tuple[str, ...]:
        """Name every list, in order."""
        return tuple(row[0] for row in self._db.execute("SELECT slug FROM lists ORDER BY slug"))

    def find(self, address: str) -> Person | None:
        """Find a person by address, whatever its case."""
        return self._person("folded = ?", folded(address))

    def person(self, identity: str) -> Person | None:
        """Find a person by id."""
        return self._person("id = ?", identity)

    def subscriptions(self, liste: str | None = None) -> tuple[Subscription, ...]:
        """Give everyone of a list, or of all lists, sorted by address, then by list."""
        if liste is None:
            return tuple(self._subscriptions("1", ()))
        return tuple(self._subscriptions("s.list = ?", (liste,)))

    def lists_of(self, person: str) -> tuple[str, ...]:
        """Name the lists that a person is on."""
        rows = self._db.execute(
            "SELECT list FROM subscriptions WHERE person = ? AND active ORDER BY list", (person,)
        )
        return tuple(row[0] for row in rows)

    def history(self, person: str) -> tuple[Fact, ...]:
        """Give all that happened to a person, the oldest first."""
        rows = self._db.execute(
            "SELECT moment, event, list, detail FROM facts WHERE person = ? ORDER BY moment, rowid",
            (person,),
        )
        return tuple(Fact(read(moment), *rest) for moment, *rest in rows)

    # --- changing --------------------------------------------------------------------------------

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

    def pending(self, identity: str) -> Pending | None:
        """Find what was asked for under an id."""
        row = self._db.execute(
            "SELECT id, lists, person FROM pending WHERE id = ?", (identity,)
        ).fetchone()
        return Pending(row[0], tuple(row[1].split()), bool(row[2])) if row else None

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

    def soft_bounces(self, person: str, nature: str) -> int:
        """Count the editions that came back to a person with a given nature."""
        row = self._db.execute(
            "SELECT COUNT(DISTINCT edition) FROM bounces WHERE person = ? AND nature = ?",
            (person, nature),
        ).fetchone()
        return int(row[0])

    # --- within ----------------------------------------------------------------------------------

    def _mark(self, address: str) -> str:
        return self.keys.mark(folded(address))

    def _person(self, where: str, value: str) -> Person | None:
        row = self._db.execute(
            f"SELECT id, address, first_name, last_name FROM people WHERE {where}",  # noqa: S608
            (value,),
        ).fetchone()
        return Person(*row) if row else None

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

    def _subscriptions(self, where: str, values: tuple[str, ...]) -> Iterator[Subscription]:
        """Join people, lists and the consent that ends last; NULL, no end, comes after all."""
        rows = self._db.execute(
            "SELECT p.id, p.address, p.first_name, p.last_name, p.folded, s.list, s.active,"  # noqa: S608
            " c.basis, c.given, c.source, c.proof"
            " FROM subscriptions s JOIN people p ON p.id = s.person"
            " LEFT JOIN consents c ON (c.person, c.list, c.basis, c.given) ="
            " (SELECT b.person, b.list, b.basis, b.given FROM consents b"
            "  WHERE b.person = s.person AND b.list = s.list"
            "  ORDER BY b.expires IS NULL DESC, b.expires DESC, b.given LIMIT 1)"
            f" WHERE {where} ORDER BY p.folded, s.list",
            values,
        ).fetchall()
        for *person, key, liste, active, basis, given, source, proof in rows:
            why = self.suppression(key)
            consent = Consent(Basis(basis), read(given), source, proof) if basis else None
            yield Subscription(Person(*person), liste, bool(active), why, consent)


def checked_list(liste: str) -> str:
    """Give the name of a list back when it can be used.

    Raises:
        ListError: it cannot.
    """
    if not _LIST.fullmatch(liste) or len(liste) > _LONGEST_LIST:
        raise ListError(
            f"« {liste} » ne peut pas nommer une liste.\n"
            "    → Écrivez des minuscules sans accent, des chiffres et des traits d’union, "
            "par exemple : membres"
        )
    return liste


def _refusal(one: Subscription, moment: datetime) -> str:
    """Say why a person may not be written to now; nothing when they may."""
    if one.suppressed:
        return _WHY[one.suppressed]
    if not one.active:
        return "désabonnement de cette liste"
    if one.consent is None or one.consent.given > moment:
        return "aucun consentement"
    if one.consent.expires and one.consent.expires <= moment:
        return "consentement tacite expiré"
    return ""


_WHY = {
    Reason.UNSUBSCRIBED: "désabonnement de toutes les listes",
    Reason.ADDRESS: "l’adresse n’existe plus",
    Reason.COMPLAINT: "la personne s’est plainte",
    Reason.ERASED: "la personne a demandé d’être effacée",
}
