"""What becomes of each message of a run, from what the server said of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from math import inf

from axtra.sending.couriers import Answered, Courier, Silent
from axtra.sending.ledger_records import MessageState, PendingMessage, Removal
from axtra.sending.pace import Breaker
from axtra.sending.refusal_monitor import RefusalMonitor
from axtra.sending.replies import Fate
from axtra.sending.run_context import End, Progress, RunContext, RunOutcome
from infolettre.core.refusals import Refusal

# Seconds before a message is tried again: the first serve greylisting, the last a night.
BACK_OFF = (2, 8, 30, 300, 1_800, 7_200, 14_400, 28_800, 43_200)
FULL_MAILBOX, MOST_FULL = 21_600, 3  # seconds; times
MOST_STRIKES = 5  # runs in which a message is refused with no fault of its address's


class Answers:
    """Settles each message as its answer asks, and stops a run that the server refuses.

    Args:
        context: what the run stands on.
        progress: how far it is, which each message that is settled advances.
        stop: stops the run after what is in flight.
    """

    def __init__(
        self, context: RunContext, progress: Progress, stop: Callable[[End, Refusal], None]
    ) -> None:
        self._context = context
        self._ledger = context.ledger
        self._progress = progress
        self._stop = stop
        self._breakers: defaultdict[Courier | None, Breaker] = defaultdict(Breaker)
        self._monitor = RefusalMonitor(
            context.edition, context.ledger, context.register, context.now
        )
        self.due = inf
        """When the first of those that were put back is to leave, by the clock of the ledger."""

    def check(self) -> None:
        """Stop when the refusals of this edition ask for a person, wherever they were noted."""
        if self._monitor.reason:
            self._stop(End.REFUSED, self._monitor.reason)

    def check_elsewhere(self) -> None:
        """Stop when another sender of this edition had to."""
        if self._monitor.is_stopped_elsewhere():
            self.check()

    def end(self, outcome: RunOutcome, waiting: int) -> None:
        """Note how the run ended.

        Args:
            outcome: how.
            waiting: messages that are left.
        """
        finished = outcome.end is End.DONE or (
            outcome.end is End.LATER and not self._breakers[None].slowed
        )
        self._monitor.end(waiting, finished=finished)

    def answered(self, courier: Courier | None, message: PendingMessage, news: Answered) -> None:
        """Settle a message that the server answered."""
        reply = news.reply
        said = f"{reply.code} {' '.join(reply.text.split())}"
        fate = reply.fate
        match fate:
            case Fate.ACCEPTED:
                self._settle(message, MessageState.ACCEPTED, said)
                self._progress.accepted += 1
            case Fate.GONE | Fate.REFUSED:
                self._settle(
                    message,
                    MessageState.REFUSED,
                    said,
                    removal=self._monitor.removal(message, fate),
                )
            case Fate.FULL:
                last = message.attempts + 1 >= MOST_FULL
                self._again(message, said, FULL_MAILBOX, give_up=last)
            case Fate.LATER:
                self._later(message, said)
            case Fate.PERSON | Fate.POLICY:
                self._hold(
                    message, said, last=message.strikes + 1 >= MOST_STRIKES and not reply.ours
                )
        self._monitor.answered(courier, message, reply)
        for key in (None, courier):
            self._breakers[key].note(fate)
            self._check_breaker(self._breakers[key], f"{reply.code} {reply.status}".strip())
        self.check()

    def lost(self, courier: Courier | None, message: PendingMessage, news: Silent) -> None:
        """Settle a message whose connection ended before the answer."""
        if news.sent:
            self._settle(message, MessageState.UNSURE, news.said)
        else:
            self._later(message, news.said)
        self._monitor.unanswered(courier)
        self.check()

    def exclude(self, message: PendingMessage, why: str) -> None:
        """Settle a message that nobody wants any more."""
        self._settle(message, MessageState.EXCLUDED, why)

    def give_back(self, message: PendingMessage) -> None:
        """Leave a message of which no server heard to whoever comes first, this run included."""
        self._ledger.settle(message, MessageState.TO_SEND, free=True)
        self.due = min(self.due, self._ledger.clock())

    def _hold(self, message: PendingMessage, said: str, *, last: bool) -> None:
        """Keep a message for another run, behind all the others; its address is not at fault."""
        if last:
            self._settle(message, MessageState.REFUSED, f"abandonné : {said}")
        else:
            self._settle(message, MessageState.TO_SEND, said, strikes=message.strikes + 1)

    def _later(self, message: PendingMessage, said: str) -> None:
        last = message.attempts >= len(BACK_OFF)
        self._again(message, said, BACK_OFF[min(message.attempts, len(BACK_OFF) - 1)], give_up=last)

    def _again(self, message: PendingMessage, said: str, delay: float, *, give_up: bool) -> None:
        """Try a message later, or no more; nobody is suppressed."""
        if give_up:
            self._settle(message, MessageState.REFUSED, f"abandonné : {said}")
            return
        when = self._ledger.clock() + delay
        self._ledger.settle(
            message,
            MessageState.DEFERRED,
            said,
            attempts=message.attempts + 1,
            not_before=when,
        )
        self.due = min(self.due, when)

    def _settle(
        self,
        message: PendingMessage,
        state: MessageState,
        reason: str,
        *,
        strikes: int = 0,
        removal: Removal | None = None,
    ) -> None:
        self._ledger.settle(message, state, reason, strikes=strikes, removal=removal)
        self._progress.done += 1

    def _check_breaker(self, breaker: Breaker, said: str) -> None:
        """Stop on refusals that are about us; the text of an answer may name a person."""
        if breaker.refused:
            self._stop(
                End.REFUSED,
                Refusal(
                    f"Le serveur nous refuse, message après message ({said}).\n"
                    "    L’envoi est en pause; personne n’est retiré. Vérifiez le quota du compte, "
                    "l’expéditeur, SPF, DKIM et les listes de blocage, puis reprenez :",
                    f"axtra envoi reprendre {self._context.edition}",
                ),
            )
        elif breaker.slowed:
            self._stop(
                End.LATER,
                Refusal(
                    f"Le serveur demande d’attendre, message après message ({said}).\n"
                    "    Reprenez plus tard, ou plus lentement avec --debit."
                ),
            )
