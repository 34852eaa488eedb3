"""What the screens of one letter share: its address, how it is found, and where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException

from axtra.atelier.app import Atelier
from axtra.atelier.mailroom import Mailroom
from axtra.atelier.newsroom import TextEntry
from axtra.content.model import Newsletter
from axtra.sending.dispatch.scheduling import said
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import (
    Decision,
    FrozenEdition,
    MessageState,
    ScheduledDeparture,
    is_welcome,
    settled,
)
from infolettre.core import dates
from infolettre.core.diagnostics import NBSP, count
from infolettre.core.refusals import Refusal

HERE, LETTERS = "Infolettres", "/infolettres"
_MINUTE, _HOUR = 60, 3_600  # seconds


def address(slug: str, part: str = "") -> str:
    """Return the screen of a letter, or a part of it: « envoyer », « bilan »."""
    return f"{LETTERS}/{quote(slug)}{f'/{part}' if part else ''}"


def slug_of(entry: TextEntry) -> str:
    """Return the name of the edition that a file holds."""
    return entry.item.slug if entry.item else Path(entry.name).stem


def found(atelier: Atelier, slug: str) -> TextEntry:
    """Return the letter of a name, as it is on the disk now.

    Raises:
        HTTPException: there is none.
    """
    atelier.newsroom.catch_up()
    for entry in atelier.newsroom.texts():
        if entry.kind.name == "infolettre" and slug_of(entry) == slug:
            return entry
    raise HTTPException(404)


def letter_of(entry: TextEntry) -> Newsletter | None:
    """Return the letter of a file; None when its header does not read."""
    return entry.item if isinstance(entry.item, Newsletter) else None


@dataclass(frozen=True, slots=True)
class Departure:
    """Where an edition is on its way to its readers, from what the ledger knows.

    `doubts` are the messages that a person may settle; `proposed` the suppressions to decide.
    """

    frozen: FrozenEdition | None
    counts: Mapping[MessageState, int]
    scheduled: ScheduledDeparture | None
    goes_on: bool
    decision: Decision | None

    @property
    def begun(self) -> bool:
        """Return whether it leaves, or left."""
        return self.frozen is not None and self.frozen.departed is not None

    @property
    def unfinished(self) -> bool:
        """Return whether some messages are still to be sent."""
        waits = (MessageState.TO_SEND, MessageState.DEFERRED, MessageState.FLYING)
        return self.begun and any(self.counts.get(state) for state in waits)

    @property
    def words(self) -> str:
        """Say where it is in a few words; "" before it is frozen."""
        if self.frozen is None:
            return ""
        if self.begun and not self.unfinished:
            left = self.frozen.departed or self.frozen.moment
            rest = "" if settled(self.counts) else ", des doutes à régler"
            return f"partie le {said(left.astimezone(dates.ZONE))}{rest}"
        if self.begun:
            return "part en ce moment" if self.goes_on else "envoi interrompu"
        if self.scheduled:
            return f"programmée pour le {said(self.scheduled.moment.astimezone(dates.ZONE))}"
        return "gelée, pas encore partie"


NOWHERE = Departure(None, {}, None, goes_on=False, decision=None)


def departure(mailroom: Mailroom, ledger: Ledger, edition: str) -> Departure:
    """Return where an edition is."""
    frozen = ledger.frozen(edition)
    if frozen is None:
        return NOWHERE
    scheduled = next((each for each in ledger.scheduled() if each.edition == edition), None)
    return Departure(
        frozen,
        ledger.counts(edition),
        scheduled if scheduled and scheduled.is_of(frozen) else None,
        goes_on=frozen.departed is not None and mailroom.goes_on(edition, ledger),
        decision=ledger.decision(edition),
    )


def unsettled(mailroom: Mailroom) -> list[tuple[str, str]]:
    """List the editions whose sending waits for somebody, each with what is to be said of it."""
    if not mailroom.has_ledger:
        return []
    try:
        with mailroom.books(reading=True) as books:
            names = dict.fromkeys(frozen.edition for frozen in books.ledger.departed())
            told = [(name, departure(mailroom, books.ledger, name)) for name in names]
    except Refusal:
        return []
    return [
        (name, where.words)
        for name, where in told
        if not where.goes_on and not settled(where.counts) and not _waits_its_turn(name, where)
    ]


def _waits_its_turn(name: str, where: Departure) -> bool:
    """Tell whether a letter of welcome only has people whom the next run reaches."""
    sure = not where.counts.get(MessageState.UNSURE) and where.decision is not Decision.OPEN
    return is_welcome(name) and sure


def said_at(moment: datetime) -> str:
    """Return « 2 décembre 2026 à 9 h », in Quebec."""
    return said(moment.astimezone(dates.ZONE))


def lasting(seconds: float) -> str:
    """Return « moins d’une minute », « environ 50 minutes », « environ 2 h 10 »."""
    minutes = round(seconds / _MINUTE)
    if minutes < 1:
        return "moins d’une minute"
    if seconds < _HOUR:
        return f"environ {count(minutes, 'minute')}"
    return f"environ {minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}"
