"""Reading the register: who is on a list, by which consent, and who must not be written to.

Everyone who was ever on a list is still read, with the reason why they receive nothing.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Self

from axtra.subscribers.addresses import folded
from axtra.subscribers.database import SUBSCRIBERS, open_base, read, written
from axtra.subscribers.journal.journal_file import journal_of
from axtra.subscribers.journal.register_replay import SubscribersBook
from axtra.subscribers.register.consent import Basis, Consent
from axtra.subscribers.register.records import (
    WHY_SUPPRESSED,
    Excluded,
    ExpiringConsent,
    HistoryEvent,
    PendingRequest,
    Person,
    Reason,
    Recipient,
    Subscription,
    Tally,
    refusal_of,
)
from axtra.subscribers.signed_tokens import Keys
from infolettre.core.refusals import WrongUsage

_LIST = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_LIST = 40
# The consent that ends last comes first; one without end is NULL.
_LONGEST = "ORDER BY c.expires IS NULL DESC, c.expires DESC, c.given"
_UNKNOWN = "la personne n’est plus au registre"
_SLICE, _MARKS = 2_000, 500  # people read, and marks asked about, at a time
CONFIRMED = "formulaire confirmé"  # how somebody joined a list


class ListError(WrongUsage):
    """A list does not exist, or its name cannot be used."""


class People(SubscribersBook):
    """The people of a data folder, read-only; `Register` changes them."""

    @classmethod
    def open(cls, folder: Path, address: str | None = None) -> Self:
        """Open the register of a data folder, and create both when they are missing.

        Args:
            folder: the data folder.
            address: of the base, as `open_base` takes it.

        Raises:
            FolderError: the folder or the file cannot be used.
        """
        base = open_base(folder, SUBSCRIBERS, address)
        try:
            # Read here, so that every process that opens a register writes to the same journal.
            return cls(base, Keys.open(folder), journal_of(folder, os.environ))
        except BaseException:
            base.close()
            raise

    # --- for sending ------------------------------------------------------------------------------

    def recipients(
        self, liste: str, moment: datetime
    ) -> tuple[tuple[Recipient, ...], tuple[Excluded, ...]]:
        """Return the people of a list who may be written to, and the others with the reason.

        Both are sorted by address; together they are everyone who was ever on the list.
        """
        candidates = list(self.candidates(liste, moment))
        return (
            tuple(person for person in candidates if isinstance(person, Recipient)),
            tuple(person for person in candidates if isinstance(person, Excluded)),
        )

    def candidates(self, liste: str, moment: datetime) -> Iterator[Recipient | Excluded]:
        """Yield everyone who was ever on a list, by address, as whom to write to or not.

        They are read in slices: memory does not grow with the list.
        """
        for row, reason, consent in self._rows("s.list = ?", (liste,)):
            person, address, first_name, *_, active = row
            if why := refusal_of(reason, active, consent, moment):
                yield Excluded(address, why)
            else:
                yield Recipient(person, address, first_name)

    def is_suppressed(self, address: str) -> bool:
        """Return whether an address must not be written to, whatever the list."""
        return self.suppression(address) is not None

    def suppression(self, address: str) -> Reason | None:
        """Return why an address must not be written to, or None when it may be."""
        row = self._db.execute(
            "SELECT reason FROM suppressions WHERE mark = ?", (self._mark(address),)
        ).fetchone()
        return Reason(row[0]) if row else None

    def refusal(self, person: str, liste: str, moment: datetime, address: str = "") -> str:
        """Return why a person may not be written to now, or nothing when they may.

        Args:
            person: whom.
            liste: the list.
            moment: now.
            address: where, when it may no longer be their address.
        """
        row = self._db.execute(
            "SELECT p.folded, s.active, c.basis, c.given, c.source, c.proof,"  # noqa: S608
            " (SELECT reason FROM suppressions WHERE mark = ?)"
            " FROM people p LEFT JOIN subscriptions s ON s.person = p.id AND s.list = ?"
            " LEFT JOIN consents c ON c.person = s.person AND c.list = s.list"
            f" WHERE p.id = ? {_LONGEST} LIMIT 1",
            (self._mark(address) if address else "", liste, person),
        ).fetchone()
        if row is None:
            moved = address and self.suppression(address) is Reason.MOVED
            return WHY_SUPPRESSED[Reason.MOVED] if moved else _UNKNOWN
        key, active, *consent, reason = row
        if reason != Reason.MOVED and key != folded(address):
            reason = self.suppression(key)
        if active is None and not reason:
            return _UNKNOWN
        known = Reason(reason) if reason else None
        return refusal_of(known, bool(active), _consent(*consent), moment)

    def newcomers(self, liste: str, since: datetime, moment: datetime) -> tuple[Recipient, ...]:
        """Return the people who joined a list by confirming it since a moment, the first first."""
        rows = self._db.execute(
            "SELECT p.id, p.address, p.first_name FROM facts f JOIN people p ON p.id = f.person"
            " WHERE f.event = 'abonnement' AND f.detail = ? AND f.list = ? AND f.moment >= ?"
            " GROUP BY p.id ORDER BY MIN(f.moment), p.id",
            (CONFIRMED, liste, written(since)),
        )
        return tuple(Recipient(*row) for row in rows if not self.refusal(row[0], liste, moment))

    def expiring(self, liste: str, moment: datetime, days: int = 60) -> tuple[ExpiringConsent, ...]:
        """Return the consents of a list that end within some days, the nearest first."""
        limit = moment + timedelta(days=days)
        expiring = [
            ExpiringConsent(subscription.person.address, subscription.consent.expires)
            for subscription in self.subscriptions(liste)
            if subscription.consent
            and subscription.consent.expires
            and not subscription.refusal(moment)
            if subscription.consent.expires <= limit
        ]
        return tuple(sorted(expiring, key=lambda consent: (consent.expires, consent.address)))

    # --- reading ----------------------------------------------------------------------------------

    def tally(self, liste: str, moment: datetime, days: int) -> Tally:
        """Count the people of a list, and the consents that end within some days."""
        limit = moment + timedelta(days=days)
        subscriptions = self.subscriptions(liste)
        receive = [held for held in subscriptions if not held.refusal(moment)]
        ends = [held.consent.expires for held in receive if held.consent]
        ending = sum(1 for end in ends if end and end <= limit)
        return Tally(len(receive), len(subscriptions) - len(receive), ending)

    def lists(self) -> tuple[str, ...]:
        """Return the names of all lists, in order."""
        return tuple(row[0] for row in self._db.execute("SELECT slug FROM lists ORDER BY slug"))

    def find(self, address: str) -> Person | None:
        """Return the person at an address, whatever its case, or None."""
        return self._person("folded = ?", folded(address))

    def search(self, typed: str, most: int) -> tuple[Person, ...]:
        """Return people whose address or name holds each word typed, whatever its accents.

        They are sorted by address; no more than so many are returned.
        """
        wanted = _bare(typed).split()
        rows = self._db.execute(
            "SELECT id, address, first_name, last_name FROM people ORDER BY folded"
        )
        found = (
            Person(*row) for row in rows if all(word in _bare(" ".join(row[1:])) for word in wanted)
        )
        return tuple(islice(found, most)) if wanted else ()

    def person(self, identity: str) -> Person | None:
        """Return the person with an id, or None."""
        return self._person("id = ?", identity)

    def subscriptions(self, liste: str | None = None) -> tuple[Subscription, ...]:
        """Return the subscriptions of a list, or of all lists, sorted by address, then by list."""
        if liste is None:
            return tuple(self._subscriptions("1 = 1", ()))
        return tuple(self._subscriptions("s.list = ?", (liste,)))

    def written_to(self) -> int:
        """Return how many people are on some list."""
        row = self._db.execute("SELECT COUNT(DISTINCT person) FROM subscriptions WHERE active = 1")
        return int(row.fetchone()[0])

    def lists_of(self, person: str) -> tuple[str, ...]:
        """Return the names of the lists that a person is on."""
        rows = self._db.execute(
            "SELECT list FROM subscriptions WHERE person = ? AND active = 1 ORDER BY list",
            (person,),
        )
        return tuple(row[0] for row in rows)

    def history(self, person: str) -> tuple[HistoryEvent, ...]:
        """Return the history of a person, the oldest event first."""
        rows = self._db.execute(
            "SELECT moment, event, list, detail FROM facts WHERE person = ? ORDER BY moment, rowid",
            (person,),
        )
        return tuple(HistoryEvent(read(moment), *rest) for moment, *rest in rows)

    def pending(self, identity: str) -> PendingRequest | None:
        """Return the request with an id, or None."""
        row = self._db.execute(
            "SELECT id, lists, person <> '', mover <> '' FROM pending WHERE id = ?", (identity,)
        ).fetchone()
        if row is None:
            return None
        return PendingRequest(row[0], tuple(row[1].split()), bool(row[2]), bool(row[3]))

    def soft_bounces(self, person: str, nature: str) -> int:
        """Return how many editions came back from a person with a given nature."""
        row = self._db.execute(
            "SELECT COUNT(DISTINCT edition) FROM bounces WHERE person = ? AND nature = ?",
            (person, nature),
        ).fetchone()
        return int(row[0])

    # --- private ----------------------------------------------------------------------------------

    def _mark(self, address: str) -> str:
        return self.keys.mark(folded(address))

    def _person(self, where: str, value: str) -> Person | None:
        row = self._db.execute(
            f"SELECT id, address, first_name, last_name FROM people WHERE {where}",  # noqa: S608
            (value,),
        ).fetchone()
        return Person(*row) if row else None

    def _subscriptions(self, where: str, values: tuple[str, ...]) -> Iterator[Subscription]:
        """Yield people and their lists as they are read, with the consent that ends last."""
        for (*person, _, liste, active), reason, consent in self._rows(where, values):
            yield Subscription(Person(*person), liste, bool(active), reason, consent)

    def _rows(
        self, where: str, values: tuple[str, ...]
    ) -> Iterator[tuple[tuple[Any, ...], Reason | None, Consent | None]]:
        """Yield who is, or was, on a list, by address, and why they may be written to or not.

        Shape: the id, the address, both names, the folded address, the list, whether they are on
        it; then why the address is suppressed; then the consent that ends last.
        """
        with self._db.transaction(crowd=True) if self._db.is_shared else nullcontext():
            # SQLite reads a cross join in the order in which it is written: nothing is sorted.
            rows = self._db.each(
                "SELECT p.id, p.address, p.first_name, p.last_name, p.folded, s.list, s.active"  # noqa: S608
                " FROM people p CROSS JOIN subscriptions s"
                f" WHERE s.person = p.id AND {where} ORDER BY p.folded, s.list",
                values,
            )
            while some := list(islice(rows, _SLICE)):
                reasons = self._reasons([row[4] for row in some])
                consents = self._consents_of(list({row[0] for row in some}))
                for row in some:
                    yield row, reasons.get(row[4]), consents.get((row[0], row[5]))

    def _consents_of(self, people: list[str]) -> dict[tuple[str, str], Consent]:
        """Map people and lists to the consent that ends last."""
        found: dict[tuple[str, str], Consent] = {}
        for some in _parts(people):
            rows = self._db.execute(
                "SELECT c.person, c.list, c.basis, c.given, c.source, c.proof FROM consents c"  # noqa: S608
                f" WHERE c.person IN ({', '.join('?' * len(some))}) {_LONGEST}",
                some,
            )
            for person, liste, *consent in rows:
                if (person, liste) not in found and (known := _consent(*consent)):
                    found[person, liste] = known
        return found

    def _reasons(self, addresses: Sequence[str]) -> dict[str, Reason]:
        """Map those of some folded addresses that must not be written to, to why."""
        if not addresses or not self._db.execute("SELECT 1 FROM suppressions LIMIT 1").fetchone():
            return {}
        marks = {self.keys.mark(address): address for address in addresses}
        found: dict[str, Reason] = {}
        for some in _parts(list(marks)):
            held = ", ".join("?" * len(some))
            rows = self._db.execute(
                f"SELECT mark, reason FROM suppressions WHERE mark IN ({held})",  # noqa: S608
                some,
            )
            found |= {marks[mark]: Reason(reason) for mark, reason in rows}
        return found


def _parts(names: list[str]) -> Iterator[list[str]]:
    """Yield names in parts that a statement can hold."""
    for start in range(0, len(names), _MARKS):
        yield names[start : start + _MARKS]


def _consent(basis: str | None, given: str, source: str, proof: str) -> Consent | None:
    return Consent(Basis(basis), read(given), source, proof) if basis else None


def _bare(text: str) -> str:
    """Return a text without its capitals and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def checked_list(liste: str) -> str:
    """Return the name of a list unchanged, when it can be used.

    Raises:
        ListError: it cannot be used.
    """
    if not _LIST.fullmatch(liste) or len(liste) > _LONGEST_LIST:
        raise ListError(
            f"« {liste} » ne peut pas nommer une liste.",
            "Écrivez des minuscules sans accent, des chiffres et des traits d’union, "
            "par exemple : membres",
        )
    return liste
