"""What every act on an edition is given, and what it tells while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition
from axtra.sending.project_content import ProjectContent
from axtra.sending.run_context import Progress
from axtra.subscribers import Register

_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person typed before an edition leaves: the list, and how many recipients it has."""

    liste: str
    recipients: int | None

    @classmethod
    def typed(cls, liste: str, number: str) -> Confirmation:
        """Read what was typed, spaces between digits included; what is no number is None."""
        digits = "".join(number.split())
        sane = digits.isdecimal() and len(digits) <= _MOST_DIGITS  # int() refuses thousands of them
        return cls(liste.strip(), int(digits) if sane else None)


Ask = Callable[[FrozenEdition], Confirmation]


class SendingEvents(Protocol):
    """What happens while an edition leaves, told at once; none of it stops the sending."""

    def page_is_to_come(self, edition: str, due: datetime) -> None:
        """Hear that the page of an edition is not online yet."""

    def sender_is_lent(self, domain: str) -> None:
        """Hear that the address of who sends is of a domain that lends mailboxes to anybody."""

    def clock_is_slow(self, edition: str, frozen: datetime, present: datetime) -> None:
        """Hear that the clock says a moment before the edition was frozen."""

    def record_failed(self, edition: str) -> None:
        """Hear that the project's record of sent editions could not be written."""

    def base_is_away(self, seconds: float) -> None:
        """Hear that the base no longer answers, and is waited for."""

    def withdrawn(self, number: int) -> None:
        """Hear how many people left a list through listmonk."""

    def progressed(self, progress: Progress) -> None:
        """Hear how far a run is."""

    def ended(self) -> None:
        """Hear that the run is over."""


@dataclass(frozen=True, slots=True)
class DispatchContext:
    """What an edition is sent with; `now` gives the present.

    `accounts` tells whether those who work here have accounts, which then say who approves.
    """

    content: ProjectContent
    ledger: Ledger
    register: Register
    now: Callable[[], datetime]
    events: SendingEvents
    accounts: bool = False
