"""Editions that leave at a moment without anybody at the keyboard, once a person said so.

What a person is asked before an edition leaves is asked when it is scheduled; everything is checked
again at its moment. A second person must have approved it, whatever the settings say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from axtra.sending import conditions
from axtra.sending.conditions import UnmetConditions
from axtra.sending.dispatch.context import Ask, Confirmation, DispatchContext
from axtra.sending.dispatch.departing import SendingResult, check_typed, depart, resume
from axtra.sending.dispatch.departure_checks import check_edition, check_memory
from axtra.sending.dispatch.preparing import frozen_edition, template_now
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition, ScheduledDeparture
from axtra.sending.pace import DAY
from axtra.sending.run_context import End
from axtra.sending.settings import Settings
from infolettre.core import dates
from infolettre.core.refusals import Refusal, WrongUsage

NOTICE = timedelta(hours=1)  # before an edition leaves, the publisher is told
LATE = timedelta(hours=2)  # after its moment, an edition that did not begin to leave never will


class Stage(StrEnum):
    """What becomes of a scheduled edition."""

    ANNOUNCED = "va partir"
    BEGUN = "commencée"  # it began to leave, and a later run goes on
    GOES_ON = "continue"  # the same, told already
    LEFT = "partie"
    STOPPED = "arrêtée"  # a person decides
    CANCELLED = "annulée"


@dataclass(frozen=True, slots=True)
class Attendance:
    """One thing that became of a scheduled edition.

    `reason` says why it is cancelled; `result` how a run ended.
    """

    stage: Stage
    departure: ScheduledDeparture
    reason: Refusal | None = None
    result: SendingResult | None = None


def schedule(
    context: DispatchContext,
    settings: Settings,
    edition: str,
    at: datetime,
    confirmation: Confirmation | Ask,
) -> FrozenEdition:
    """Let an edition leave at a moment, in place of any other moment.

    Args:
        context: what it is sent with.
        settings: the server and its limits.
        edition: its name.
        at: when it leaves.
        confirmation: what a person typed, or what asks them once everything is checked.

    Raises:
        WrongUsage: nothing is frozen, there is no server, the moment is over, or the confirmation
            differs.
        DiagnosedRefusal: the content, or the mail, has errors.
        UnmetConditions: something that must be true is not.
        Refusal: it leaves, or left, already.
    """
    settings.required()
    frozen = frozen_edition(context.ledger, edition)
    _refuse_departed(frozen)
    if dates.has_come(at, context.now()):
        raise WrongUsage(
            f"le {said(at)} est passé : une édition ne part pas à une heure passée.",
            f"Choisissez une heure à venir, ou :  axtra envoi envoyer {edition}",
        )
    check_memory(context, edition)
    check_edition(context, replace(settings, approval=True), frozen, at)
    typed = confirmation if isinstance(confirmation, Confirmation) else confirmation(frozen)
    check_typed(frozen, typed)
    context.ledger.schedule(frozen, at)
    return frozen


def unschedule(ledger: Ledger, edition: str) -> None:
    """Cancel the departure of an edition.

    Raises:
        WrongUsage: it has none.
        Refusal: it leaves, or left, already.
    """
    frozen = ledger.frozen(edition)
    if frozen:
        _refuse_departed(frozen)
    if not ledger.unschedule(edition):
        raise WrongUsage(
            f"« {edition} » n’est pas programmée.", "Ce qui vient :  axtra echeances --voir"
        )


def attend(
    context: DispatchContext, settings: Settings, departure: ScheduledDeparture
) -> Iterator[Attendance]:
    """Do what is due for a scheduled edition, and yield each thing done.

    An edition that began to leave goes on until nothing is left to send, unless a person paused it.

    Raises:
        UnmetConditions, DiagnosedRefusal: it cannot leave yet, and may within the limit.
        BusyError: another process sends.
        Refusal: the server does not answer, or the ledger cannot be written.
    """
    ledger, edition = context.ledger, departure.edition
    frozen = ledger.frozen(edition)
    if frozen is None or not departure.is_of(frozen):
        yield from _cancel(ledger, departure, _frozen_again(edition))
    elif frozen.departed is None and _is_changed(context, departure, frozen):
        changed = conditions.tested(same=False, test=True, edition=edition)
        yield from _cancel(ledger, departure, UnmetConditions(edition, list(changed)))
    elif frozen.departed is None:
        yield from _let_leave(context, replace(settings, approval=True), departure)
    elif not ledger.paused(edition) and _is_ready(ledger, settings, edition):
        result = resume(context, settings, edition)
        yield from _account(ledger, departure, result, Stage.GOES_ON)


def _is_changed(
    context: DispatchContext, departure: ScheduledDeparture, frozen: FrozenEdition
) -> bool:
    """Tell, long before its moment, whether an edition no longer gives what was approved."""
    try:
        rendered = context.content.render(frozen.edition, frozen.liste, departure.moment)
        return template_now(frozen, rendered) != frozen.template
    except Refusal:
        return False  # what is wrong may be mended before


def _let_leave(
    context: DispatchContext, settings: Settings, departure: ScheduledDeparture
) -> Iterator[Attendance]:
    ledger, edition, now = context.ledger, departure.edition, context.now()
    moment = departure.moment.astimezone(UTC)  # hours are counted, whatever the clocks show
    if not dates.has_come(moment - NOTICE, now):
        return
    if dates.has_come(moment + LATE, now):
        yield from _cancel(ledger, departure, _too_late(departure, now))
        return
    due = dates.has_come(moment, now)
    try:
        if not departure.announced:
            frozen = frozen_edition(ledger, edition)
            check_edition(context, settings, frozen, None if due else departure.moment)
            yield Attendance(Stage.ANNOUNCED, departure)
            ledger.note_announced(edition, now)
        if due:
            typed = Confirmation(departure.liste, departure.recipients)
            result = depart(context, settings, edition, lambda _: typed, scheduled=True)
            yield from _account(ledger, departure, result, Stage.BEGUN)
    except UnmetConditions as error:
        if not any(unmet.final for unmet in error.unmet):
            raise
        yield from _cancel(ledger, departure, error)


def _cancel(ledger: Ledger, departure: ScheduledDeparture, reason: Refusal) -> Iterator[Attendance]:
    yield Attendance(Stage.CANCELLED, departure, reason)
    ledger.unschedule(departure.edition)


def _account(
    ledger: Ledger, departure: ScheduledDeparture, result: SendingResult, unfinished: Stage
) -> Iterator[Attendance]:
    stage = unfinished
    if result.awaits_decision or result.outcome.end is End.REFUSED:
        stage = Stage.STOPPED
    elif result.outcome.end is End.DONE:
        stage = Stage.LEFT
    yield Attendance(stage, departure, result=result)
    if stage is not unfinished:
        ledger.unschedule(departure.edition)


def _is_ready(ledger: Ledger, settings: Settings, edition: str) -> bool:
    """Tell whether a message may be tried again now, or none is left."""
    present, due = ledger.clock(), ledger.next_due(edition)
    if due is None:
        return True
    full = settings.per_day and ledger.accepted_since(present - DAY) >= settings.per_day
    return not full and due <= present


def _refuse_departed(frozen: FrozenEdition) -> None:
    if frozen.departed:
        raise Refusal(
            f"« {frozen.edition} » est partie, ou part déjà.",
            f"axtra envoi bilan {frozen.edition}\n"
            f"Pour l’arrêter :  axtra envoi pause {frozen.edition}",
        )


def _frozen_again(edition: str) -> Refusal:
    return Refusal(
        f"« {edition} » a été gelée de nouveau depuis qu’elle est programmée.",
        "Refaites l’essai et l’approbation, puis programmez-la de nouveau.",
    )


def _too_late(departure: ScheduledDeparture, now: datetime) -> Refusal:
    return Refusal(
        f"« {departure.edition} » devait partir le {said(departure.moment)}, et il est "
        f"{dates.hour(now)} le {dates.day(now)} : il est trop tard.",
        f"Pour l’envoyer quand même :  axtra envoi envoyer {departure.edition}",
    )


def said(moment: datetime) -> str:
    """Return « 2 décembre 2026 à 9 h »."""
    return f"{dates.day(moment)} à {dates.hour(moment)}"
