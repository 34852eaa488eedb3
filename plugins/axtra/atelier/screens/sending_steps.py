"""The four screens of a sending: what is done of each, from the ledger, and which comes next."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from axtra.atelier.mailroom import Books, Mailroom
from axtra.atelier.screens.editions import Departure, departure, said_at
from axtra.sending import conditions, dispatch
from axtra.sending.ledger_records import FrozenEdition, MessageState
from infolettre.core.refusals import Refusal


class Step(StrEnum):
    """A screen of the sending; each value is its word in an address."""

    FREEZE = "geler"
    TEST = "essai"
    APPROVE = "approuver"
    CONFIRM = "confirmer"


TITLES: Mapping[Step, str] = {
    Step.FREEZE: "Figer et geler",
    Step.TEST: "Recevoir un essai",
    Step.APPROVE: "Approuver la lettre",
    Step.CONFIRM: "Confirmer l’envoi",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is done of an edition that has not left, from the ledger; `due` is the next screen."""

    departure: Departure
    changed: bool
    tested: bool
    names: tuple[str, ...]
    per_minute: int
    second_person: bool
    lists: Mapping[str, int]
    excluded: Mapping[str, int]

    @property
    def due(self) -> Step:
        """Return the next screen."""
        if self.departure.frozen is None or self.changed:
            return Step.FREEZE
        if not self.tested:
            return Step.TEST
        return Step.CONFIRM if self.names else Step.APPROVE

    def allows(self, step: Step) -> bool:
        """Return whether all that must come before a screen is done."""
        order, due = [*Step], self.due
        freely = due is Step.APPROVE and not self.second_person
        return order.index(step) <= order.index(due) + freely

    def is_done(self, step: Step) -> bool:
        """Return whether the act of a screen is done."""
        order = [*Step]
        return order.index(step) < order.index(self.due)

    def told(self, step: Step) -> str:
        """Say what is done of a screen."""
        frozen = self.departure.frozen
        if frozen is None:
            return ""
        match step:
            case Step.FREEZE:
                if self.changed:
                    return "La lettre a changé depuis qu’elle est gelée."
                return f"Fait le {said_at(frozen.moment)} : la lettre et la liste ne bougent plus."
            case Step.TEST:
                return "Accepté par le serveur." if self.tested else ""
            case Step.APPROVE:
                if self.names:
                    return f"Approuvée par {', '.join(self.names)}."
                return "" if self.second_person else "Vos réglages ne le demandent pas."
            case Step.CONFIRM:
                scheduled = self.departure.scheduled
                return f"Partira le {said_at(scheduled.moment)}." if scheduled else ""


def standing_of(mailroom: Mailroom, books: Books, slug: str) -> Standing:
    """Return what is done of an edition.

    Raises:
        SettingsError: the settings of sending cannot be used.
    """
    ledger, frozen = books.ledger, books.ledger.frozen(slug)
    settings = mailroom.settings()
    excluded = Counter(
        line.reason for line in ledger.lines(slug) if line.state is MessageState.EXCLUDED
    )
    where = departure(mailroom, ledger, slug)
    return Standing(
        where,
        changed=frozen is not None and not where.begun and _is_changed(mailroom, books, frozen),
        tested=frozen is not None and ledger.tested(frozen),
        names=conditions.second_persons(ledger, frozen, accounts=mailroom.has_accounts)
        if frozen
        else (),
        per_minute=settings.per_minute,
        second_person=settings.approval or (frozen is not None and frozen.terms.approval),
        lists={
            name: len(books.register.recipients(name, mailroom.clock())[0])
            for name in books.register.lists()
        },
        excluded=excluded if frozen else {},
    )


def _is_changed(mailroom: Mailroom, books: Books, frozen: FrozenEdition) -> bool:
    """Tell whether an edition no longer gives what was frozen, when a file of its has changed."""
    names = frozen.inputs.items()
    if all(_digest(mailroom.root / name) == digest for name, digest in names):
        return False
    try:
        now = mailroom.clock()
        return not dispatch.compare(mailroom.content, books.ledger, frozen.edition, now).same
    except Refusal:
        return True


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
