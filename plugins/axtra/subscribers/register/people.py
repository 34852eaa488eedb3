"""The people of the register, to read: who is on a list, since when they agree, who may not be.

Everyone who ever was on a list stays on it here, with the reason why they get nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from axtra.core.refusals import WrongUsage
from axtra.subscribers.addresses import folded
from axtra.subscribers.database import connect, read
from axtra.subscribers.journal.journal_file import journal_of
from axtra.subscribers.journal.register_replay import SubscribersBook
from axtra.subscribers.register.consent import Basis, Consent
from axtra.subscribers.signed_tokens import Keys

_LIST = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_LIST = 40


class ListError(WrongUsage):
    """A list does not exist, or its name cannot be used."""


class Reason(StrEnum):
    """Why an address is not written to, whatever the list."""

    UNSUBSCRIBED = "desabonnement"
    ADDRESS = "adresse-inexistante"
    COMPLAINT = "plainte"
    ERASED = "effacement"


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
class ExpiringConsent:
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
class HistoryEvent:
    """One line of a person's history."""

    moment: datetime
    event: str
    liste: str
    detail: str


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """What someone asked for and has yet to confirm."""

    id: str
    lists: tuple[str, ...]
    done: bool


class People(SubscribersBook):
    """The people of one data folder; `Register` changes what is known of them."""

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the register of a data folder; make both when they are missing.

        Raises:
            FolderError: the folder or the file cannot serve.
        """
        connection = connect(folder)
        try:
            # Read here, so that whoever opens a register tells the same journal who leaves it.
            return cls(connection, Keys.open(folder), journal_of(folder, os.environ))
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

    def expiring(self, liste: str, moment: datetime, days: int = 60) -> tuple[ExpiringConsent, ...]:
        """List the consents of a list that end within some days, the nearest first."""
        limit = moment + timedelta(days=days)
        found = [
            ExpiringConsent(one.person.address, one.consent.expires)
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

    def written_to(self) -> int:
        """Count the people who are on a list."""
        found = self._db.execute("SELECT COUNT(DISTINCT person) FROM subscriptions WHERE active")
        return int(found.fetchone()[0])

    def lists_of(self, person: str) -> tuple[str, ...]:
        """Name the lists that a person is on."""
        rows = self._db.execute(
            "SELECT list FROM subscriptions WHERE person = ? AND active ORDER BY list", (person,)
        )
        return tuple(row[0] for row in rows)

    def history(self, person: str) -> tuple[HistoryEvent, ...]:
        """Give all that happened to a person, the oldest first."""
        rows = self._db.execute(
            "SELECT moment, event, list, detail FROM facts WHERE person = ? ORDER BY moment, rowid",
            (person,),
        )
        return tuple(HistoryEvent(read(moment), *rest) for moment, *rest in rows)

    def pending(self, identity: str) -> PendingRequest | None:
        """Find what was asked for under an id."""
        row = self._db.execute(
            "SELECT id, lists, person FROM pending WHERE id = ?", (identity,)
        ).fetchone()
        return PendingRequest(row[0], tuple(row[1].split()), bool(row[2])) if row else None

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
            f"« {liste} » ne peut pas nommer une liste",
            "Écrivez des minuscules sans accent, des chiffres et des traits d’union, "
            "par exemple : membres",
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
