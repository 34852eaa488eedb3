"""What the register tells of people: who they are, what they asked for, and why nobody writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from axtra.subscribers.register.consent import Consent


class Reason(StrEnum):
    """Why an address is not written to, whatever the list."""

    UNSUBSCRIBED = "desabonnement"
    ADDRESS = "adresse-inexistante"
    MOVED = "adresse-changee"
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
    """A person of the list to whom it may not be sent; `reason` is in French."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """A list: how many people receive it, are left alone, or have a consent that soon ends."""

    receive: int
    left_alone: int
    ending: int


@dataclass(frozen=True, slots=True)
class ExpiringConsent:
    """A consent that ends soon, when no other consent replaces it."""

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
    """A person, a list, and the consent that lasts longest, if there is any."""

    person: Person
    liste: str
    active: bool
    suppressed: Reason | None
    consent: Consent | None

    def refusal(self, moment: datetime) -> str:
        """Return why the person may not be written to at a moment, or nothing when they may."""
        return refusal_of(self.suppressed, self.active, self.consent, moment)


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """An event of a person's history."""

    moment: datetime
    event: str
    liste: str
    detail: str


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request that someone has yet to confirm; `moves` when it is to change an address."""

    id: str
    lists: tuple[str, ...]
    done: bool
    moves: bool


WHY_SUPPRESSED = {
    Reason.UNSUBSCRIBED: "désabonnement de toutes les listes",
    Reason.ADDRESS: "l’adresse n’existe plus",
    Reason.MOVED: "la personne a changé d’adresse",
    Reason.COMPLAINT: "la personne s’est plainte",
    Reason.ERASED: "la personne a demandé d’être effacée",
}


def refusal_of(
    reason: Reason | None,
    active: bool,  # noqa: FBT001
    consent: Consent | None,
    moment: datetime,
) -> str:
    """Return why a person may not be written to now, or nothing when they may."""
    if reason:
        return WHY_SUPPRESSED[reason]
    if not active:
        return "désabonnement de cette liste"
    if consent is None or consent.given > moment:
        return "aucun consentement"
    if consent.expires and consent.expires <= moment:
        return "consentement tacite expiré"
    return ""
