"""Everything that the register and the journal hold about one person, to be shown to them.

Source: Loi sur la protection des renseignements personnels dans le secteur privé (RLRQ, ch.
P-39.1), art. 27: whoever asks is told what is held about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from axtra.subscribers.database import read
from axtra.subscribers.journal.journal_file import JournalLine
from axtra.subscribers.register.consent import Basis, Consent
from axtra.subscribers.register.records import HistoryEvent, Person
from axtra.subscribers.register.suppressions import Proposal, Suppression, Suppressions


@dataclass(frozen=True, slots=True)
class ListStanding:
    """A list that a person is or was on; `refusal`, in French, is why they receive nothing."""

    liste: str
    active: bool
    since: datetime
    refusal: str


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """A mail that came back; `edition` is a mark."""

    edition: str
    nature: str
    status: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class FormRequest:
    """A request made by the form; `mail` is how far the mail that asks to confirm it is.

    It is for a change of address, and no list, when it `moves` somebody.
    """

    asked: datetime
    lists: tuple[str, ...]
    first_name: str
    mail: str
    attempts: int
    confirmed: bool
    moves: bool = False


@dataclass(frozen=True, slots=True)
class PersonalRecord:
    """What is held about an address; `mark` is its keyed hash, `left` lists that it had left."""

    address: str
    mark: str
    person: Person | None
    since: datetime | None
    lists: tuple[ListStanding, ...]
    consents: tuple[tuple[str, Consent], ...]
    history: tuple[HistoryEvent, ...]
    returned: tuple[ReturnedMail, ...]
    suppression: Suppression | None
    proposals: tuple[Proposal, ...]
    requests: tuple[FormRequest, ...]
    left: tuple[str, ...]
    journal: tuple[JournalLine, ...]


class PersonalRecords(Suppressions):
    """The people of a data folder, and what is held about each."""

    def record(self, address: str, moment: datetime) -> PersonalRecord:
        """Return everything that is held about an address, whatever its case.

        Raises:
            FolderError: the journal cannot be read.
        """
        mark, person = self._mark(address), self.find(address)
        identity = person.id if person else ""
        return PersonalRecord(
            address=person.address if person else address,
            mark=mark,
            person=person,
            since=self._since(identity),
            lists=self._standings(identity, moment),
            consents=self._consents(identity),
            history=self.history(identity),
            returned=self._returned(identity),
            suppression=self.suppressed(address),
            proposals=tuple(
                proposal for proposal in self.proposals() if proposal.person == identity
            ),
            requests=self._requests(mark, identity),
            left=self._left(mark),
            journal=tuple(line for line in self.journal.read().lines if mark in line.values[:1]),
        )

    def requests_of(self, address: str) -> tuple[FormRequest, ...]:
        """Return the requests that the form received for an address, and that are still kept."""
        person = self.find(address)
        return self._requests(self._mark(address), person.id if person else "")

    def _since(self, person: str) -> datetime | None:
        row = self._db.execute("SELECT since FROM people WHERE id = ?", (person,)).fetchone()
        return read(row[0]) if row else None

    def _standings(self, person: str, moment: datetime) -> tuple[ListStanding, ...]:
        rows = self._db.execute(
            "SELECT list, active, since FROM subscriptions WHERE person = ? ORDER BY list",
            (person,),
        ).fetchall()
        return tuple(
            ListStanding(liste, bool(on), read(since), self.refusal(person, liste, moment))
            for liste, on, since in rows
        )

    def _consents(self, person: str) -> tuple[tuple[str, Consent], ...]:
        rows = self._db.execute(
            "SELECT list, basis, given, source, proof FROM consents WHERE person = ?"
            " ORDER BY given, list",
            (person,),
        )
        return tuple(
            (liste, Consent(Basis(basis), read(given), source, proof))
            for liste, basis, given, source, proof in rows
        )

    def _returned(self, person: str) -> tuple[ReturnedMail, ...]:
        rows = self._db.execute(
            "SELECT edition, nature, status, moment FROM bounces WHERE person = ? ORDER BY moment",
            (person,),
        )
        return tuple(
            ReturnedMail(edition, nature, status, read(moment))
            for edition, nature, status, moment in rows
        )

    def _requests(self, mark: str, person: str) -> tuple[FormRequest, ...]:
        rows = self._db.execute(
            "SELECT asked, lists, first_name, mail, attempts, person <> '', mover <> ''"
            " FROM pending WHERE mark = ? OR (mover = ? AND mover <> '') ORDER BY asked",
            (mark, person),
        )
        return tuple(
            FormRequest(
                read(asked),
                tuple(lists.split()),
                name,
                mail,
                attempts,
                bool(confirmed),
                bool(moves),
            )
            for asked, lists, name, mail, attempts, confirmed, moves in rows
        )

    def _left(self, mark: str) -> tuple[str, ...]:
        rows = self._db.execute("SELECT list FROM departures WHERE mark = ? ORDER BY list", (mark,))
        return tuple(row[0] for row in rows)
