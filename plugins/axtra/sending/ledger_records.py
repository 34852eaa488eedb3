"""What the ledger holds: frozen editions, their recipients, the state of each message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from axtra.subscribers import folded


class MessageState(StrEnum):
    """How far a message is."""

    TO_SEND = "a_envoyer"
    FLYING = "en_vol"
    ACCEPTED = "accepte"
    REFUSED = "refuse"
    DEFERRED = "differe"
    UNSURE = "incertain"
    EXCLUDED = "exclu"


UNSETTLED = frozenset(
    {MessageState.TO_SEND, MessageState.FLYING, MessageState.DEFERRED, MessageState.UNSURE}
)


def settled(counts: Mapping[MessageState, int]) -> bool:
    """Tell whether nothing is left to send nor to find out."""
    return not any(counts.get(state) for state in UNSETTLED)


class Removal(StrEnum):
    """Whether who was refused as having no such address is to be suppressed."""

    NONE = ""
    HELD = "tenu"  # until the whole edition tells whether the server can be believed
    PROPOSED = "propose"  # a person decides
    DONE = "fait"
    DROPPED = "ecarte"  # the server is not believed: the message is tried again


class Decision(StrEnum):
    """What a person decided of the suppressions that an edition made us propose."""

    OPEN = ""
    REMOVE = "retirer"
    KEEP = "garder"


def choices(edition: str) -> str:
    """Return what a person may decide of an edition, a line for each choice."""
    return (
        f"Ces adresses n’existent plus :     axtra envoi reprendre {edition} --retirer\n"
        f"C’est une panne, réparée depuis :  axtra envoi reprendre {edition} --garder"
    )


_WELCOME = "bienvenue-"  # no edition of the project begins so: its name begins with its day


def welcome_name(liste: str) -> str:
    """Return the name in the ledger of the letter that welcomes people to a list."""
    return _WELCOME + liste


def is_welcome(edition: str) -> bool:
    """Return whether an edition of the ledger is a letter of welcome."""
    return edition.startswith(_WELCOME)


@dataclass(frozen=True, slots=True)
class Terms:
    """What every message of an edition says besides its template.

    `siteurl` is the address of the site; `door` where people leave, empty without a service;
    `returns` the mailbox of bounces; `domain` that of the sender. `approval` tells whether the
    settings asked for a second person then: whoever relaxes them freezes it again. `key` names the
    key that signs the links, "" where each person's are kept.
    """

    siteurl: str
    door: str
    returns: str
    domain: str
    approval: bool = field(default=False, compare=False)
    key: str = field(default="", compare=False)  # another key makes no other letter


@dataclass(frozen=True, slots=True)
class FrozenEdition:
    """An edition, frozen for a list; `inputs` maps files to the hashes of what they held.

    `who` is the account of who froze it, "" without accounts.
    """

    id: int
    edition: str
    liste: str
    hash: str
    template: bytes
    terms: Terms
    inputs: Mapping[str, str]
    moment: datetime
    recipients: int
    confirmed: datetime | None
    departed: datetime | None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved what was frozen: how they sign, and their account, "" without accounts."""

    name: str
    account: str


@dataclass(frozen=True, slots=True)
class ScheduledDeparture:
    """An edition that leaves at a moment without anybody at the keyboard.

    `liste`, `recipients`, `hash` and `frozen` are what a person confirmed; `announced` tells
    whether the publisher was told that it is about to leave.
    """

    edition: str
    moment: datetime
    liste: str
    recipients: int
    hash: str
    frozen: datetime
    announced: bool = False

    def is_of(self, frozen: FrozenEdition | None) -> bool:
        """Tell whether these frozen bytes and recipients are what was confirmed."""
        mine = (self.liste, self.recipients, self.hash, self.frozen)
        return frozen is not None and mine == (
            frozen.liste,
            frozen.recipients,
            frozen.hash,
            frozen.moment,
        )


@dataclass(frozen=True, slots=True)
class FrozenRecipient:
    """A person's place in an edition, with everything of theirs that its message holds.

    `link` is the token by which they leave, `envelope` the code of the envelope sender.
    """

    address: str
    first_name: str
    person: str
    message_id: str
    link: str
    envelope: str


@dataclass(frozen=True, slots=True)
class PendingMessage:
    """A message that is still to be sent; moments are in seconds since 1970."""

    recipient: FrozenRecipient
    edition: str
    freeze: int
    attempts: int
    strikes: int
    not_before: float
    removal: str = Removal.NONE

    @property
    def folded(self) -> str:
        """Return the key of the person."""
        return folded(self.recipient.address)

    @property
    def place(self) -> tuple[int, str]:
        """Return its place among the others that are due."""
        return self.strikes, self.folded


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a message while the base did not answer."""

    message: PendingMessage
    state: MessageState
    reason: str = ""


@dataclass(slots=True)
class Reservation:
    """Who holds messages, for how many seconds at a time, and the place of the last one taken."""

    owner: str
    lease: float = 30.0
    last: tuple[int, str] = (0, "")


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of the report."""

    address: str
    state: MessageState
    reason: str
    settled: float
    not_before: float
    removal: str = Removal.NONE


@dataclass(frozen=True, slots=True)
class UncertainMessage:
    """A message whose fate is unknown: when it left us, and since when we know that we do not.

    While it is `leased`, whoever had it in flight may still be sending it.
    """

    edition: str
    folded: str
    message_id: str
    claimed: float
    settled: float
    leased: bool = False


@dataclass(frozen=True, slots=True)
class PersonalMessage:
    """What the ledger holds of a person and an edition; moments are in seconds, 0 for none.

    Of someone who was erased, `address` is a keyed mark.
    """

    edition: str
    liste: str
    address: str
    first_name: str
    state: str
    reason: str
    attempts: int
    claimed: float
    settled: float
