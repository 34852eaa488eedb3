"""One run: claim, send, note, as fast as allowed; it stops at any message and loses none.

The main thread alone writes to the ledger; couriers only speak to the server. What was answered
and what is claimed next are written in one durable transaction, before any message leaves.
"""

from __future__ import annotations

import heapq
import signal
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from queue import Empty, SimpleQueue
from types import FrameType

from axtra.sending.couriers import (
    Answered,
    Courier,
    Crashed,
    Hopeless,
    Job,
    News,
    Ready,
    Silent,
    Unreachable,
    Wire,
    Woken,
)
from axtra.sending.ledger_records import MessageState, PendingMessage, Removal
from axtra.sending.pace import DAY, Breaker, Pace
from axtra.sending.refusal_monitor import RefusalMonitor
from axtra.sending.replies import Fate, Reply
from axtra.sending.run_context import End, Progress, RunContext, RunOutcome
from infolettre.core import dates
from infolettre.core.refusals import Refusal

# Seconds before a message is tried again: the first serve greylisting, the last a night.
BACK_OFF = (2, 8, 30, 300, 1_800, 7_200, 14_400, 28_800, 43_200)
FULL_MAILBOX, MOST_FULL = 21_600, 3  # seconds; times
MOST_STRIKES = 5  # runs in which a message is refused with no fault of its address's
LINGER = 60  # seconds: how long a run waits for what is deferred, once all else is done
OUTAGE, NEVER_REACHED = 120, 8  # seconds without a server, after which a run gives up
_RECONNECT = (0, 1, 2, 5, 10, 20, 30)
_TICK = 0.5  # seconds between two looks at the clock and at a pause asked for elsewhere


class Run:
    """A run, from the first message to the last or to what stops it."""

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self._news: Wire = SimpleQueue()
        self._heap: list[tuple[float, int, str, PendingMessage]] = []
        self._couriers: list[Courier] = []
        self._ready: list[Courier] = []
        self._busy: dict[Courier, PendingMessage] = {}
        self._away: dict[Courier, float] = {}  # when each connects again
        self._outcome: RunOutcome | None = None
        self._breakers: defaultdict[Courier | None, Breaker] = defaultdict(Breaker)
        self._monitor = RefusalMonitor(
            context.edition, context.ledger, context.register, context.now
        )
        self._reached = False
        self._since = self._began = context.monotonic()  # of the last sign of life; of the run
        self._pace = Pace.of(context.ledger, context.settings, self._began)
        waiting = context.ledger.waiting(context.edition)
        self.progress = Progress(total=len(waiting))
        for message in waiting:
            self._push(message, message.not_before)

    def go(self) -> RunOutcome:
        """Send what is waiting.

        Raises:
            FolderError: the ledger cannot be written; what is in flight is unsure.
            SettingsError: there is no server.
        """
        if self._monitor.reason:
            self._stop(End.REFUSED, self._monitor.reason)
        elif self._heap:
            self._send_all()
        outcome = self._outcome or RunOutcome(End.DONE)
        finished = outcome.end is End.DONE or (
            outcome.end is End.LATER and not self._breakers[None].slowed
        )
        self._monitor.end(len(self.context.ledger.waiting(self.context.edition)), finished=finished)
        self.context.tell(self.progress)
        return outcome

    def _send_all(self) -> None:
        server = self.context.settings.required()
        size = min(self.context.settings.connections, len(self._heap))
        self._couriers = [Courier(server, self.context.name, self._news) for _ in range(size)]
        with self._signals():
            try:
                self._couriers[0].start()
                self._couriers[0].connect()
                while not self._over():
                    self._step()
            finally:
                for courier in self._couriers:
                    courier.leave()
        for courier in filter(Courier.is_alive, self._couriers):
            courier.join(2)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Let Ctrl-C finish the message in flight; the second time, end at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(_number: int, _frame: FrameType | None) -> None:
            if self._outcome:
                raise KeyboardInterrupt
            self._stop(End.PAUSED, Refusal("Arrêt demandé : le message en vol s’achève."))
            self._news.put((None, Woken()))

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    # --- one step --------------------------------------------------------------------------------

    def _over(self) -> bool:
        if self._busy:
            return False
        if self._outcome:
            return True
        if self._heap and self._heap[0][0] - self.context.ledger.clock() > LINGER:
            when = self._moment(self._heap[0][0])
            said = f"Il reste des messages à retenter : reprenez après {when}."
            self._stop(End.LATER, Refusal(said))
            return True
        return not self._heap and self._reached

    def _step(self) -> None:
        """Take the news, note them, claim what leaves next; then let it leave."""
        news = self._wait()
        with self.context.ledger.together():
            for courier, report in news:
                self._take(courier, report)
            leaving = self._assign()
        for courier, job in leaving:
            courier.deliver(job)
        self._reconnect()
        self._report()

    def _wait(self) -> list[tuple[Courier | None, News]]:
        news: list[tuple[Courier | None, News]] = []
        try:
            news.append(self._news.get(timeout=self._patience()))
            while True:
                news.append(self._news.get_nowait())
        except Empty:
            return news

    def _patience(self) -> float:
        """Return how long nothing can be done, in seconds."""
        moments = [*self._away.values()]
        if self._ready and self._heap and not self._outcome:
            due = self._heap[0][0] - self.context.ledger.clock()
            moments.append(max(self._pace.next, self.context.monotonic() + due))
        wait = min(moments, default=_TICK + self.context.monotonic()) - self.context.monotonic()
        return max(0.001, min(_TICK, wait))

    def _take(self, courier: Courier | None, news: News) -> None:
        match news:
            case Ready():
                self._arrived(courier)
            case Unreachable(text):
                self._leave_alone(courier, text)
            case Hopeless(text):
                if not (self._ready or self._busy):  # else, the last connection was one too many
                    self._stop(End.SERVER, Refusal(text))
            case Answered(reply, still):
                self._answered(courier, self._landed(courier, still=still), reply)
            case Silent(said, sent):
                self._lost(self._landed(courier, still=False), said, sent=sent)
                self._monitor.unanswered(courier)
                self._check_refusals()
            case Crashed(error):
                raise error
            case Woken():
                pass

    def _arrived(self, courier: Courier | None) -> None:
        assert courier is not None  # noqa: S101 - only a signal has no courier
        first, self._reached = not self._reached, True
        self._since = self.context.monotonic()
        courier.failures = 0
        self._ready.append(courier)
        if first:  # one connection proves the certificate, the name and the password for all
            for other in self._couriers[1:]:
                other.start()
                other.connect()

    def _leave_alone(self, courier: Courier | None, text: str) -> None:
        """Wait before connecting again; without any connection for long, give up."""
        assert courier is not None  # noqa: S101
        courier.failures += 1
        now = self.context.monotonic()
        self._away[courier] = now + _RECONNECT[min(courier.failures, len(_RECONNECT) - 1)]
        limit = OUTAGE if self._reached else NEVER_REACHED
        if not self._ready and not self._busy and now - self._since > limit:
            said = f"{text}\n    Rien n’est perdu : reprenez plus tard."
            self._stop(End.SERVER, Refusal(said))

    def _landed(self, courier: Courier | None, *, still: bool) -> PendingMessage:
        assert courier is not None  # noqa: S101
        if still:
            self._ready.append(courier)
        else:
            delay = _RECONNECT[min(courier.failures, len(_RECONNECT) - 1)]
            courier.failures += 1
            self._away[courier] = self.context.monotonic() + delay
        self._since = self.context.monotonic()
        return self._busy.pop(courier)

    def _reconnect(self) -> None:
        now = self.context.monotonic()
        for courier, moment in list(self._away.items()):
            if moment <= now and not self._outcome:
                del self._away[courier]
                courier.connect()

    def _stop(self, end: End, reason: Refusal) -> None:
        """Stop after what is in flight; the first reason stands."""
        self._outcome = self._outcome or RunOutcome(end, reason)

    def _report(self) -> None:
        elapsed = self.context.monotonic() - self._began
        progress = self.progress
        progress.per_minute = progress.done / elapsed * 60 if elapsed > 0 else 0.0
        self.context.tell(progress)

    # --- what leaves -----------------------------------------------------------------------------

    def _push(self, message: PendingMessage, not_before: float) -> None:
        heapq.heappush(
            self._heap, (not_before, message.strikes, message.recipient.message_id, message)
        )

    def _assign(self) -> list[tuple[Courier, Job]]:
        leaving: list[tuple[Courier, Job]] = []
        while self._ready and self._free():
            message = heapq.heappop(self._heap)[-1]
            liste = self.context.lists[message.freeze]
            # A clock that goes backwards would find no consent of those who have just agreed.
            moment = max(self.context.now(), self.context.since[message.freeze])
            who = message.recipient
            refusal = self.context.register.refusal(who.person, liste, moment, who.address)
            if refusal:
                self._settle(message, MessageState.EXCLUDED, refusal)
                continue
            if not self.context.ledger.claim(message):
                self.progress.done += 1
                continue
            self._pace.take(self.context.monotonic())
            courier = self._ready.pop()
            self._busy[courier] = message
            sender = self.context.returns.format(message.recipient.envelope)
            data = self.context.letters[message.freeze](message.recipient)
            leaving.append((courier, Job(sender, message.recipient.address, data)))
        return leaving

    def _free(self) -> bool:
        """Tell whether a message may leave now."""
        if not self._heap or self._outcome:
            return False
        if self.context.ledger.paused(self.context.edition):
            self._stop(End.PAUSED, Refusal("Pause demandée."))
            return False
        if self._heap[0][0] > self.context.ledger.clock():
            return False
        if self._pace.quota is not None and self._pace.quota <= 0:
            limit = self.context.settings.per_day
            now = self.context.ledger.clock()
            first = self.context.ledger.nth_accepted_since(now - DAY, 1) or now
            self._stop(
                End.DAY,
                Refusal(
                    f"Le plafond de {limit} messages par jour est atteint : "
                    f"reprenez après {self._moment(first + DAY)}."
                ),
            )
            return False
        return self._pace.next <= self.context.monotonic()

    # --- what comes back -------------------------------------------------------------------------

    def _answered(self, courier: Courier | None, message: PendingMessage, reply: Reply) -> None:
        said = f"{reply.code} {' '.join(reply.text.split())}"
        fate = reply.fate
        match fate:
            case Fate.ACCEPTED:
                self._settle(message, MessageState.ACCEPTED, said)
                self.progress.accepted += 1
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
        self._check_refusals()

    def _lost(self, message: PendingMessage, said: str, *, sent: bool) -> None:
        if sent:
            self._settle(message, MessageState.UNSURE, said)
        else:
            self._later(message, said)

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
        when = self.context.ledger.clock() + delay
        attempts = message.attempts + 1
        self.context.ledger.settle(
            message, MessageState.DEFERRED, said, attempts=attempts, not_before=when
        )
        later = replace(message, attempts=attempts, not_before=when)
        self._push(later, when)

    def _settle(
        self,
        message: PendingMessage,
        state: MessageState,
        reason: str,
        *,
        strikes: int = 0,
        removal: Removal | None = None,
    ) -> None:
        self.context.ledger.settle(message, state, reason, strikes=strikes, removal=removal)
        self.progress.done += 1

    def _check_breaker(self, breaker: Breaker, said: str) -> None:
        """Stop on refusals that are about us; the text of an answer may name a person."""
        if breaker.refused:
            self._stop(
                End.REFUSED,
                Refusal(
                    f"Le serveur nous refuse, message après message ({said}).\n"
                    "    L’envoi est en pause; personne n’est retiré. Vérifiez le quota du compte, "
                    "l’expéditeur, SPF, DKIM et les listes de blocage, puis reprenez :",
                    f"axtra envoi reprendre {self.context.edition}",
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

    def _check_refusals(self) -> None:
        if self._monitor.reason:
            self._stop(End.REFUSED, self._monitor.reason)

    def _moment(self, stamp: float) -> str:
        moment = datetime.fromtimestamp(stamp, dates.ZONE)
        return f"{dates.hour(moment)} le {dates.day(moment)}"
