"""What returned mail does to the register: little, and only on proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from axtra.subscribers.people import Person, Reason
from axtra.subscribers.register import Register
from axtra.subscribers.returns import Nature, Verdict, judge

TO_REVIEW = 5  # editions that came back « for now », after which someone should look


@dataclass(slots=True)
class Sorted:
    """What one reading of a mailbox did.

    `fresh` counts what was not noted before; `statuses` counts the refusals of policy.
    """

    read: int = 0
    unknown: int = 0
    fresh: Counter[Nature] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    to_review: set[str] = field(default_factory=set)


def sort(messages: Iterable[bytes], register: Register, moment: datetime) -> Sorted:
    """Note every message, and suppress only on proof.

    Raises:
        FolderError: the disk refuses.
    """
    done = Sorted()
    for data in messages:
        done.read += 1
        verdict = judge(data, register.keys)
        if verdict.nature is not Nature.NOTHING:
            _apply(verdict, register, moment, done)
    return done


def _apply(verdict: Verdict, register: Register, moment: datetime, done: Sorted) -> None:
    if verdict.nature is Nature.POLICY:
        done.statuses[verdict.status] += 1
    person = register.person(verdict.person) if verdict.person else None
    if person is None:
        done.unknown += 1
        return
    with register.together():
        fresh = register.note_bounce(
            person.id, verdict.edition, verdict.nature.value, verdict.status, moment
        )
        if fresh:  # what was read before may have been answered since by a new subscription
            done.fresh[verdict.nature] += 1
            _act(verdict, person, register, moment)
    if register.soft_bounces(person.id, Nature.SOFT) >= TO_REVIEW:
        done.to_review.add(person.id)


def _act(verdict: Verdict, person: Person, register: Register, moment: datetime) -> None:
    match verdict.nature:
        case Nature.GONE:
            register.suppress(person.address, Reason.ADDRESS, moment)
        case Nature.COMPLAINT:
            register.suppress(person.address, Reason.COMPLAINT, moment)
        case Nature.LEAVE:
            register.unsubscribe(person.id, verdict.liste, moment, "courriel")
        case _:
            pass
