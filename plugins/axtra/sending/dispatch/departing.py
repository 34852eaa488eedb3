"""Let an edition leave, pause it, resume it, and do what a person decided of its proposals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from axtra.content.sent_letters import RegisterError
from axtra.sending import archive, mailing, outages, refusal_monitor
from axtra.sending.dispatch.context import Ask, Confirmation, DispatchContext
from axtra.sending.dispatch.departure_checks import check_edition, check_memory
from axtra.sending.dispatch.next_steps import next_steps
from axtra.sending.dispatch.preparing import frozen_edition
from axtra.sending.frozen_editions import BusyError
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import Decision, FrozenEdition, MessageState, is_welcome
from axtra.sending.run_context import Progress, RunOutcome
from axtra.sending.settings import Settings
from axtra.subscribers import Register, folded
from axtra.subscribers.private_folder import AwayError
from infolettre.core.refusals import Refusal, WrongUsage

_GLANCE = 0.3  # seconds for who only looks whether somebody sends
_CLOCKS = timedelta(minutes=5)  # by which the clocks of two machines may differ


@dataclass(frozen=True, slots=True)
class SendingResult:
    """How a run ended, how many messages are in each state, whether a person must decide."""

    outcome: RunOutcome
    counts: Mapping[MessageState, int]
    awaits_decision: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of the proposals of an edition.

    `people` were proposed; `begun` tells whether this ledger sends or sent the edition,
    `unfinished` whether some of its messages are still to be sent, `counts` their states.
    """

    people: int
    begun: bool
    unfinished: bool
    counts: Mapping[MessageState, int]


def depart(
    context: DispatchContext,
    settings: Settings,
    edition: str,
    confirmation: Confirmation | Ask,
    *,
    never_left: bool = False,
    scheduled: bool = False,
) -> SendingResult:
    """Check everything, then send an edition to its whole list.

    Args:
        context: what it is sent with.
        settings: the server and its limits.
        edition: its name.
        confirmation: what a person typed, or what asks them once everything is checked.
        never_left: a person says that nobody received it from a ledger that was lost.
        scheduled: it leaves at its scheduled moment; if a person lets it leave, nothing else will.

    Raises:
        WrongUsage: nothing is frozen, there is no server, or the confirmation differs.
        DiagnosedRefusal: the content, or the mail, has errors.
        UnmetConditions: something that must be true is not.
        BusyError: another process sends.
        Refusal: it left already, or a person must decide first.
    """
    with context.ledger.alone(_GLANCE, edition) as orphans:
        _let_leave(
            context,
            settings,
            edition,
            confirmation,
            orphans,
            never_left=never_left,
            scheduled=scheduled,
        )
    return _send(context, settings, edition)


def let_leave(
    context: DispatchContext, settings: Settings, edition: str, confirmation: Confirmation
) -> None:
    """Check everything and note that an edition leaves; `resume` then sends it.

    Raises:
        WrongUsage, DiagnosedRefusal, UnmetConditions, BusyError, Refusal: as `depart`.
    """
    with context.ledger.alone(_GLANCE, edition) as orphans:
        _let_leave(context, settings, edition, confirmation, orphans)


def _let_leave(
    context: DispatchContext,
    settings: Settings,
    edition: str,
    confirmation: Confirmation | Ask,
    orphans: int,
    *,
    never_left: bool = False,
    scheduled: bool = False,
) -> None:
    settings.required()
    ledger = context.ledger
    frozen = frozen_edition(ledger, edition)
    if never_left:
        ledger.vouch(edition, context.now())
        frozen = frozen_edition(ledger, edition)
    if frozen.departed and not (ledger.count_waiting(edition) or orphans):
        raise Refusal(
            f"« {edition} » est déjà envoyée à la liste « {frozen.liste} » : "
            "personne ne la reçoit deux fois.",
            f"axtra envoi bilan {edition}",
        )
    check_memory(context, edition)
    if isinstance(confirmation, Confirmation):
        # Written before the checks: a run cut during them can be resumed.
        confirm(context, frozen, confirmation)
    if not frozen.departed:
        check_edition(context, settings, frozen)
    if not isinstance(confirmation, Confirmation):
        confirm(context, frozen, confirmation(frozen))
    if not scheduled:
        ledger.unschedule(edition)
    ledger.depart(frozen, context.now())


def resume(context: DispatchContext, settings: Settings, edition: str) -> SendingResult:
    """Go on with an edition that was confirmed, repeating nothing.

    Raises:
        WrongUsage: nothing is frozen, or there is no server.
        DiagnosedRefusal, UnmetConditions: it was cut before it left, and may not leave.
        BusyError: another process sends.
        Refusal: it did not begin, or a person must decide first.
    """
    settings.required()
    ledger = context.ledger
    _check_begun(ledger, frozen_edition(ledger, edition))
    if _is_cut(frozen_edition(ledger, edition)):
        with ledger.alone(_GLANCE, edition):
            frozen = frozen_edition(ledger, edition)
            if _is_cut(frozen):  # nobody else did it meanwhile
                check_memory(context, edition)
                check_edition(context, settings, frozen)
                ledger.depart(frozen, context.now())
    return _send(context, settings, edition)


def _send(context: DispatchContext, settings: Settings, edition: str) -> SendingResult:
    """Send what is waiting, and go on after each time that the base did not answer for a while."""
    while True:
        try:
            with context.ledger.sending(edition, _GLANCE):
                check_memory(context, edition)
                return _run(context, settings, edition)
        except AwayError as lost:
            context.events.base_is_away(outages.PATIENCE)
            outages.outlive(context.ledger, context.register, lost, edition)


def _is_cut(frozen: FrozenEdition) -> bool:
    """Tell whether a departure was confirmed, and cut before its checks ended."""
    return frozen.departed is None and frozen.confirmed is not None


def _check_begun(ledger: Ledger, frozen: FrozenEdition) -> None:
    if not _begun(ledger, frozen):
        raise Refusal(
            f"l’envoi de « {frozen.edition} » n’est pas commencé.", next_steps(ledger, frozen)
        )


def _begun(ledger: Ledger, frozen: FrozenEdition) -> bool:
    return bool(frozen.departed or frozen.confirmed or ledger.leaving(frozen.edition))


def settle_proposals(
    ledger: Ledger,
    register: Register,
    edition: str,
    decision: Decision,
    moment: datetime,
    address: str | None = None,
) -> Settlement:
    """Remove, or keep, the people whose suppression an edition made us propose, or one of them.

    Returned mail proposes suppressions too, of editions that this ledger may not know: neither a
    frozen edition nor a server is needed.

    Raises:
        WrongUsage: nobody is proposed, and nothing is frozen.
        BusyError: another process sends.
        FolderError: the disk refuses.
        Refusal: nobody is proposed, and the edition did not begin.
    """
    with ledger.alone():
        people = refusal_monitor.settle(edition, decision, ledger, register, moment, address)
        if not people:
            _check_begun(ledger, frozen_edition(ledger, edition))
        frozen = ledger.frozen(edition)
        begun = frozen is not None and _begun(ledger, frozen)
        cut = frozen is not None and _is_cut(frozen)
        unfinished = begun and (cut or bool(ledger.count_waiting(edition)))
        return Settlement(people, begun, unfinished, ledger.counts(edition))


def presume_gone(ledger: Ledger, edition: str, moment: datetime) -> Mapping[MessageState, int]:
    """Take a person's word that an edition left without this ledger; nothing is sent.

    Returns:
        How many of its messages are in each state.

    Raises:
        WrongUsage: nothing is frozen.
        BusyError: another process sends.
    """
    with ledger.alone():
        frozen_edition(ledger, edition)
        ledger.presume_gone(edition, moment)
        return ledger.counts(edition)


def hold_received(ledger: Ledger, edition: str, address: str, who: str) -> bool:
    """Take a person's word that an uncertain message arrived; it is never sent again.

    Returns:
        Whether it was uncertain.

    Raises:
        FolderError: the disk refuses.
    """
    key = folded(address)
    for doubt in ledger.doubts():
        if (doubt.edition, doubt.folded) == (edition, key):
            ledger.resolve(doubt, MessageState.ACCEPTED, f"tenu pour reçu par {who}")
            return True
    return False


def pause(ledger: Ledger, edition: str, moment: datetime, patience: float) -> bool:
    """Ask whoever sends an edition to stop.

    Returns:
        Whether they stopped within so many seconds; else, the message in flight is ending.

    Raises:
        WrongUsage: nothing is frozen.
        Refusal: it did not begin, or nothing is left to send.
    """
    frozen, counts = frozen_edition(ledger, edition), ledger.counts(edition)
    if not ledger.leaving(edition):
        raise Refusal(f"l’envoi de « {edition} » n’est pas commencé.", next_steps(ledger, frozen))
    if not (ledger.count_waiting(edition) or counts[MessageState.FLYING]):
        steps = next_steps(ledger, frozen) or f"axtra envoi bilan {edition}"
        raise Refusal(f"l’envoi de « {edition} » est fini.", steps)
    ledger.pause(edition, moment)
    try:
        with ledger.alone(patience, edition):
            return True
    except BusyError:
        return False


def confirm(context: DispatchContext, frozen: FrozenEdition, typed: Confirmation) -> None:
    """Compare what a person typed with what is frozen, and note that they confirmed it.

    Raises:
        WrongUsage: they differ.
    """
    check_typed(frozen, typed)
    context.ledger.confirm(frozen, context.now())


def check_typed(frozen: FrozenEdition, typed: Confirmation) -> None:
    """Compare what a person typed with what is frozen.

    Raises:
        WrongUsage: they differ.
    """
    if typed != Confirmation(frozen.liste, frozen.recipients):
        raise WrongUsage(
            "la liste ou le nombre ne sont pas ceux qui sont gelés : rien n’est envoyé.",
            f"Relisez ce que « axtra envoi geler {frozen.edition} » a dit.",
        )


def _run(context: DispatchContext, settings: Settings, edition: str) -> SendingResult:
    """Send what is waiting, and record in the project that readers have it."""
    ledger, events = context.ledger, context.events
    if ledger.decision(edition) is Decision.OPEN:
        raise refusal_monitor.decision_needed(
            edition, f"l’envoi de « {edition} » attend une décision."
        )
    _check_clock(context, edition)
    ledger.unpause(edition)
    recorded = False

    def progressed(progress: Progress) -> None:
        nonlocal recorded
        events.progressed(progress)
        if progress.accepted and not recorded:
            recorded = True
            record_sent(context, edition)

    outcome = mailing.send(edition, ledger, context.register, settings, context.now, progressed)
    events.ended()
    record_sent(context, edition)
    awaits_decision = ledger.decision(edition) is Decision.OPEN
    return SendingResult(outcome, ledger.counts(edition), awaits_decision)


def _check_clock(context: DispatchContext, edition: str) -> None:
    """Tell of a clock that goes backwards: nobody is left out for it, but mails bear its date."""
    latest = max(frozen.moment for frozen in context.ledger.leaving(edition).values())
    present = context.now()
    if present < latest - _CLOCKS:
        context.events.clock_is_slow(edition, latest, present)


def record_sent(context: DispatchContext, edition: str) -> None:
    """Record in the project what readers have now; a record that fails stops no mail."""
    ledger = context.ledger
    if is_welcome(edition):  # the project has no such edition; what it leads to was recorded
        return
    try:
        for frozen in ledger.leaving(edition).values():
            if ledger.reached(frozen):
                archive.record_sent(
                    context.content.root, frozen, ledger.reach(edition, frozen.liste)
                )
    except (RegisterError, OSError):
        context.events.record_failed(edition)
