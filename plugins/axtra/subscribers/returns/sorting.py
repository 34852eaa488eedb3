"""What returned mail changes in the register: only on proof, and never for a fault of ours.

A wrong address is first proposed, durably, before its mail is marked as read. At the end of the
reading, the proposals of each edition are accepted unless there are too many: a server or a domain
of ours that fails gets the same answers as addresses that do not exist.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from axtra.subscribers.register.records import Person, Reason
from axtra.subscribers.register.register import Register
from axtra.subscribers.register.suppressions import Proposal
from axtra.subscribers.returns.judgement import MailToRead, Nature, Verdict, judge

TO_REVIEW = 5  # editions that came back « for now » before a person should look
FEW = 10  # people; fewer are removed without asking
FEW_OF_SHORT = 3  # people, of a list that would lose more than half of its members
PART = 0.03  # of those who were written to; more needs a decision
_LATELY = timedelta(days=30)  # over which the removals of all editions add up
_VARIES = re.compile(r"<?…>?|[0-9]+|\b[0-9a-z]*[0-9][0-9a-z]*\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SentEdition:
    """An edition that was sent: its name, and how many people it reached, or 0."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class HeldProposals:
    """Suppressions of an edition that a person must decide; `edition` is its name, or its mark.

    `removed` counts the suppressions already made, `reached` the people whom the edition reached,
    or 0; `said` is what their servers say most often.
    """

    edition: str
    people: int
    removed: int
    reached: int
    said: str


@dataclass(slots=True)
class SortingReport:
    """What reading a mailbox did.

    Each mail is counted once: in `fresh` by what it proved, in `known` when that was noted before,
    in `unknown` when it is about nobody in the register, in `automatic`, `proposed` or `to_read`.
    `statuses` counts the refusals of policy; `closed` and `to_review` are addresses.
    """

    read: int = 0
    unknown: int = 0
    known: int = 0
    automatic: int = 0
    proposed: int = 0
    fresh: Counter[Nature] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    closed: set[str] = field(default_factory=set)
    to_review: set[str] = field(default_factory=set)
    to_read: list[MailToRead] = field(default_factory=list)
    held: list[HeldProposals] = field(default_factory=list)


class Sorter:
    """Reads a mailbox: call `take` for each mail, then `finish`."""

    def __init__(
        self,
        register: Register,
        moment: datetime,
        editions: Mapping[str, SentEdition] | None = None,
    ) -> None:
        """Begin a reading.

        Args:
            register: the subscribers.
            moment: now.
            editions: the editions that were sent, by their marks.
        """
        self.done = SortingReport()
        self._register = register
        self._moment = moment
        self._editions = editions or {}
        self._new: defaultdict[str, set[str]] = defaultdict(set)  # people proposed, by edition
        self._waiting = {proposal.edition for proposal in register.proposals()}

    def take(self, data: bytes) -> bool:
        """Record what a message proves.

        Returns:
            Whether it was dealt with; otherwise a person should read it.

        Raises:
            FolderError: the disk refuses.
        """
        self.done.read += 1
        verdict = judge(data, self._register.keys)
        if verdict.letter:
            self.done.to_read.append(verdict.letter)
            return False
        if verdict.nature is Nature.NOTHING:
            self.done.automatic += 1
        else:
            self._note(verdict)
        return True

    def _note(self, verdict: Verdict) -> None:
        if verdict.nature is Nature.POLICY:
            self.done.statuses[verdict.status] += 1
        person = self._register.person(verdict.person) if verdict.person else None
        if person is None:
            self.done.unknown += 1
            return
        with self._register.together():
            fresh = self._register.note_bounce(
                person.id, verdict.edition, verdict.nature.value, verdict.status, self._moment
            )
            if fresh:  # an old bounce may be older than a new subscription
                self._act(verdict, person)
            else:
                self.done.known += 1
        if verdict.nature is Nature.CLOSED:
            self.done.closed.add(person.address)
        soft = self._register.soft_bounces(person.id, Nature.SOFT)
        if verdict.nature is Nature.REVIEW or soft >= TO_REVIEW:
            self.done.to_review.add(person.address)

    def _act(self, verdict: Verdict, person: Person) -> None:
        address, moment = person.address, self._moment
        match verdict.nature:
            case Nature.GONE:
                new = self._register.propose(
                    address,
                    Reason.ADDRESS,
                    moment,
                    edition=self._edition(verdict.edition).name,
                    detail=verdict.words or verdict.status,
                )
                if new:
                    self._new[verdict.edition].add(person.id)
                    self.done.proposed += 1
                else:
                    self.done.known += 1
                return
            case Nature.COMPLAINT:
                self._register.suppress(address, Reason.COMPLAINT, moment, edition=verdict.edition)
            case Nature.LEAVE:
                self._register.unsubscribe(person.id, verdict.liste, moment, "courriel")
            case _:
                pass
        self.done.fresh[verdict.nature] += 1

    # --- the brake --------------------------------------------------------------------------------

    def finish(self) -> SortingReport:
        """Suppress the addresses that do not exist, or leave the decision to a person.

        Raises:
            FolderError: the disk refuses.
        """
        alike, everywhere = self._alike(), self._too_many_everywhere()
        for edition, people in self._new.items():
            if everywhere or people & alike or self._too_many(edition):
                continue
            name = self._edition(edition).name
            self._register.settle_proposals(name, self._moment)
            self.done.proposed -= len(people)
            self.done.fresh[Nature.GONE] += len(people)
        by_edition: defaultdict[str, list[Proposal]] = defaultdict(list)
        for proposal in self._register.proposals():
            by_edition[proposal.edition].append(proposal)
        self.done.held = [
            self._held(edition, proposals) for edition, proposals in by_edition.items()
        ]
        return self.done

    def _alike(self) -> set[str]:
        """Return the people whose servers all say the same, which a single fault may explain."""
        said: defaultdict[str, set[str]] = defaultdict(set)
        for edition in self._new:
            for proposal in self._register.proposals(edition):
                said[_VARIES.sub("#", proposal.detail).casefold()].add(proposal.person)
        return {person for people in said.values() if len(people) >= FEW for person in people}

    def _too_many(self, edition: str) -> bool:
        """Return whether an edition would remove too many people, over all its readings."""
        standing = self._register.standing(edition)
        if standing.distrusted or edition in self._waiting:
            return True
        reached = self._edition(edition).people or self._register.written_to()
        return _beyond(standing.proposed + standing.removed, reached)

    def _too_many_everywhere(self) -> bool:
        waiting = len(self._register.proposals())
        lately = self._register.removed_since(self._moment - _LATELY)
        return _beyond(waiting + lately, self._register.written_to())

    def _held(self, edition: str, proposals: list[Proposal]) -> HeldProposals:
        said = Counter(proposal.detail for proposal in proposals).most_common(1)[0][0]
        removed = self._register.standing(edition).removed
        sent = self._edition(edition)
        return HeldProposals(sent.name, len(proposals), removed, sent.people, said)

    def _edition(self, mark: str) -> SentEdition:
        return self._editions.get(mark) or SentEdition(mark, 0)


def _beyond(number: int, people: int) -> bool:
    """Tell whether so many of so many are too many to be true, on a short list too."""
    few = number >= FEW_OF_SHORT and 2 * number > people
    return few or (number >= FEW and number > PART * people)


def sort(
    messages: Iterable[bytes],
    register: Register,
    moment: datetime,
    editions: Mapping[str, SentEdition] | None = None,
) -> SortingReport:
    """Record every message, and suppress only on proof.

    Raises:
        FolderError: the disk refuses.
    """
    sorter = Sorter(register, moment, editions)
    for data in messages:
        sorter.take(data)
    return sorter.finish()
