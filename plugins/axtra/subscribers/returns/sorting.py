"""What returned mail does to the register: little, only on proof, and never for our own fault.

A wrong address is first proposed, which is durable before its mail is marked as read; at the end
of the reading, the proposals of each edition are accepted, unless they are too many to be true:
a server or a domain of ours that fails makes the same answer as addresses that do not exist.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from axtra.subscribers.people import Person, Reason
from axtra.subscribers.register import Register
from axtra.subscribers.returns.judgement import Letter, Nature, Verdict, judge
from axtra.subscribers.suppressions import Proposal

TO_REVIEW = 5  # editions that came back « for now », after which someone should look
FEW = 10  # people: fewer are removed without a question
FEW_OF_SHORT = 3  # people, of a list that would lose more than half of its own
PART = 0.03  # of those who were written to: more is asked
_LATELY = timedelta(days=30)  # in which the removals of all editions add up
_VARIES = re.compile(r"<?…>?|[0-9]+|\b[0-9a-z]*[0-9][0-9a-z]*\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sent:
    """An edition that went out: its name, and how many people it went to, or 0."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Held:
    """Suppressions of an edition that wait for a person; `edition` is its name, else its mark.

    `removed` counts those that were made before, `reached` those to whom the edition went, or 0;
    `said` is what their servers say the most.
    """

    edition: str
    people: int
    removed: int
    reached: int
    said: str


@dataclass(slots=True)
class Sorted:
    """What one reading of a mailbox did.

    Each mail is counted once: in `fresh` by what it proved, `known` when that was noted before,
    `unknown` when it names nobody of the register, `automatic`, `proposed`, or in `to_read`.
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
    to_read: list[Letter] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


class Sorter:
    """One reading: `take` each mail, then `finish`."""

    def __init__(
        self, register: Register, moment: datetime, editions: Mapping[str, Sent] | None = None
    ) -> None:
        """Begin a reading.

        Args:
            register: the subscribers.
            moment: now.
            editions: those that went out, by their marks.
        """
        self.done = Sorted()
        self._register = register
        self._moment = moment
        self._editions = editions or {}
        self._new: defaultdict[str, set[str]] = defaultdict(set)  # people proposed, by edition
        self._waiting = {one.edition for one in register.proposals()}

    def take(self, data: bytes) -> bool:
        """Note a message.

        Returns:
            Whether it was dealt with; else, a person should read it.

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
            if fresh:  # what was read before may have been answered since by a new subscription
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

    # --- the brake -------------------------------------------------------------------------------

    def finish(self) -> Sorted:
        """Suppress those whose address does not exist, or leave it to a person.

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
        for one in self._register.proposals():
            by_edition[one.edition].append(one)
        self.done.held = [self._held(edition, found) for edition, found in by_edition.items()]
        return self.done

    def _alike(self) -> set[str]:
        """Give the people whose servers all say the same: one fault may be behind them all."""
        said: defaultdict[str, set[str]] = defaultdict(set)
        for edition in self._new:
            for one in self._register.proposals(edition):
                said[_VARIES.sub("#", one.detail).casefold()].add(one.person)
        return {person for people in said.values() if len(people) >= FEW for person in people}

    def _too_many(self, edition: str) -> bool:
        """Tell whether an edition takes too many away, all its readings together."""
        standing = self._register.standing(edition)
        if standing.distrusted or edition in self._waiting:
            return True
        reached = self._edition(edition).people or self._register.written_to()
        return _beyond(standing.proposed + standing.removed, reached)

    def _too_many_everywhere(self) -> bool:
        waiting = len(self._register.proposals())
        lately = self._register.removed_since(self._moment - _LATELY)
        return _beyond(waiting + lately, self._register.written_to())

    def _held(self, edition: str, found: list[Proposal]) -> Held:
        said = Counter(one.detail for one in found).most_common(1)[0][0]
        removed = self._register.standing(edition).removed
        sent = self._edition(edition)
        return Held(sent.name, len(found), removed, sent.people, said)

    def _edition(self, mark: str) -> Sent:
        return self._editions.get(mark) or Sent(mark, 0)


def _beyond(number: int, people: int) -> bool:
    """Tell whether so many of so many are too many to be true, on a short list too."""
    few = number >= FEW_OF_SHORT and 2 * number > people
    return few or (number >= FEW and number > PART * people)


def sort(
    messages: Iterable[bytes],
    register: Register,
    moment: datetime,
    editions: Mapping[str, Sent] | None = None,
) -> Sorted:
    """Note every message, and suppress only on proof.

    Raises:
        FolderError: the disk refuses.
    """
    sorter = Sorter(register, moment, editions)
    for data in messages:
        sorter.take(data)
    return sorter.finish()
