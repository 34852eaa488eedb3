"""One run: claim, send, note, as fast as allowed; it stops at any message and loses none.

The main thread alone writes to the ledger; couriers only speak to the server. What was answered
and what is claimed next are written in one durable transaction, before any message leaves. What
waits is taken from the ledger in slices, so memory does not grow with the edition.
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from math import inf
from queue import Empty, SimpleQueue
from types import FrameType

from axtra.sending.answers import Answers
from axtra.sending.couriers import (
    Answered,
    Courier,
    Crashed,
    Hopeless,
    Job,
    Late,
    News,
    Ready,
    Silent,
    Unreachable,
    Wire,
    Woken,
    awake,
)
from axtra.sending.ledger_records import PendingMessage
from axtra.sending.outages import land
from axtra.sending.pace import DAY, HostPace, Pace, SharedPace
from axtra.sending.run_context import End, Progress, RunContext, RunOutcome
from axtra.sending.shared_rate import SharedRate
from axtra.subscribers.private_folder import AwayError
from infolettre.core import dates
from infolettre.core.refusals import Refusal

LINGER = 60  # seconds: how long a run waits for what is deferred, once all else is done
OUTAGE, NEVER_REACHED = 120, 8  # seconds without a server, after which a run gives up
_RECONNECT = (0, 1, 2, 5, 10, 20, 30)
_TICK = 0.5  # seconds between two looks at the clock and at a pause asked for elsewhere
_SLICE, _PART = 200, 20  # messages taken at a time: so many, or a part of the edition
_GLANCE = 0.1  # seconds between two looks for a pause, in a base that is shared
_SWEEP = 1.0  # seconds between two looks at what the other senders left, or decided


class Run:
    """A run, from the first message to the last or to what stops it."""

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self._news: Wire = SimpleQueue()
        self._taken: deque[PendingMessage] = deque()  # reserved, in the order in which they leave
        self._aside: list[PendingMessage] = []  # whose host has had enough for now
        self._exhausted = False  # whether nothing more is due, but what is taken
        self._next_due = inf  # once exhausted, when something is
        self._couriers: list[Courier] = []
        self._ready: list[Courier] = []
        self._busy: dict[Courier, PendingMessage] = {}
        self._flying: dict[Courier, PendingMessage] = {}  # those of the busy that were told to go
        self._heard: list[tuple[Courier | None, News]] = []  # until it is written
        self._away: dict[Courier, float] = {}  # when each connects again
        self._host_due = inf  # when a host that had enough takes one more
        self._outcome: RunOutcome | None = None
        self._reached = False
        self._since = self._began = context.monotonic()  # of the last sign of life; of the run
        shared = context.ledger.is_shared
        pace = SharedPace if shared else Pace
        self._pace = pace.of(context.ledger, context.settings, self._began)
        per_host = context.settings.per_host
        self._hosts = HostPace(
            60 / per_host if per_host else 0.0, SharedRate(context.ledger) if shared else None
        )
        context.ledger.begin(context.settings.lease)
        self._renewed = self._swept = self._looked = self._began
        self.progress = Progress(total=context.ledger.count_waiting(context.edition))
        self._answers = Answers(context, self.progress, self._stop)
        self._take_slice()

    def go(self) -> RunOutcome:
        """Send what is waiting.

        Raises:
            AwayError: the base no longer answers; what was in flight landed.
            FolderError: the ledger cannot be written; what is in flight is unsure.
            SettingsError: there is no server.
        """
        self._answers.check()
        if not self._outcome and (self._taken or self._due < inf):
            self._send_all()
        outcome = self._outcome or RunOutcome(End.DONE)
        self.context.ledger.release(self._taken)
        self._answers.end(outcome, self.context.ledger.count_waiting(self.context.edition))
        self.context.tell(self.progress)
        return outcome

    def _send_all(self) -> None:
        server = self.context.settings.required()
        size = min(self.context.settings.connections, max(1, self.progress.total))
        self._couriers = [Courier(server, self.context.name, self._news) for _ in range(size)]
        with self._signals():
            try:
                self._couriers[0].start()
                self._couriers[0].connect()
                while not self._over():
                    self._step()
            except AwayError:
                busy = self._busy.values()
                self.context.ledger.landed = land(self._flying, busy, self._heard, self._news)
                raise
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
        if self._taken or not self._exhausted:
            return False
        if inf > self._due - self.context.ledger.clock() > LINGER:
            said = f"Il reste des messages à retenter : reprenez après {self._moment(self._due)}."
            self._stop(End.LATER, Refusal(said))
            return True
        return self._due == inf and self._reached

    def _step(self) -> None:
        """Take the news, note them, claim what leaves next; then let it leave."""
        self._heard = self._wait()
        until = awake() + self.context.settings.lease
        with self.context.ledger.together(crowd=True):
            for courier, report in self._heard:
                self._take(courier, report)
            leaving = self._assign(until)
        for courier, _ in self._heard:
            if courier:
                self._flying.pop(courier, None)
        self._heard = []
        for courier, job in leaving:
            self._flying[courier] = self._busy[courier]
            courier.deliver(job)
        self._reconnect()
        self._keep_hold()
        self._report()

    def _keep_hold(self) -> None:
        """Hold on to what is ours, and make unsure what senders that died had in flight."""
        ledger, now = self.context.ledger, self.context.monotonic()
        if now - self._renewed >= self.context.settings.lease / 3:
            self._renewed = now
            ledger.renew([*self._taken, *self._busy.values()])
        if now - self._swept >= _SWEEP and ledger.is_shared:
            self._swept = now
            ledger.sweep()
            self._answers.check_elsewhere()

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
        if self._ready and not self._outcome:
            if self._taken:
                due, self._host_due = self._host_due, inf
                moments.append(self._pace.next if due == inf else due)
            elif inf > self._due > (now := self.context.ledger.clock()):
                moments.append(self.context.monotonic() + self._due - now)
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
            case Answered(_, still):
                self._answers.answered(courier, self._landed(courier, still=still), news)
            case Silent():
                self._answers.lost(courier, self._landed(courier, still=False), news)
            case Late():
                self._answers.give_back(self._landed(courier, still=True))
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

    def _take_slice(self) -> None:
        """Take the next messages from the ledger; at the end of a round, see what is left."""
        ledger, edition = self.context.ledger, self.context.edition
        least = 2 * self.context.settings.connections
        most = min(_SLICE, max(least, self.progress.total // _PART))
        self._taken.extend(ledger.reserve(edition, most) or ledger.reserve(edition, most))
        self._exhausted = not self._taken
        due = ledger.next_due(edition) if self._exhausted else None
        self._next_due = inf if due is None else due
        self._answers.due = inf  # the ledger knows them

    @property
    def _due(self) -> float:
        """Return when something is due, once all that was due is taken."""
        return min(self._next_due, self._answers.due) if self._exhausted else inf

    def _assign(self, until: float) -> list[tuple[Courier, Job]]:
        leaving: list[tuple[Courier, Job]] = []
        if self._ready and not self._outcome and self._is_paused():
            self._stop(End.PAUSED, Refusal("Pause demandée."))
        while self._ready and self._free():
            message = self._taken.popleft()
            who, now = message.recipient, self.context.monotonic()
            if wait := self._hosts.wait(who.address, now):
                self._aside.append(message)
                self._host_due = min(self._host_due, now + wait)
                continue
            liste = self.context.lists[message.freeze]
            # A clock that goes backwards would find no consent of those who have just agreed.
            moment = max(self.context.now(), self.context.since[message.freeze])
            refusal = self.context.register.refusal(who.person, liste, moment, who.address)
            if refusal:
                self._answers.exclude(message, refusal)
                continue
            if not self._pace.take(now):
                self._aside.append(message)
                break
            if not self.context.ledger.claim(message):
                self.progress.done += 1
                continue
            courier = self._ready.pop()
            self._busy[courier] = message
            sender = self.context.returns.format(message.recipient.envelope)
            data = self.context.letters[message.freeze](message.recipient)
            leaving.append((courier, Job(sender, message.recipient.address, data, until)))
        self._taken.extendleft(reversed(self._aside))
        self._aside.clear()
        return leaving

    def _is_paused(self) -> bool:
        """Tell whether a pause was asked for; a base that is far away is not asked all the time."""
        ledger, now = self.context.ledger, self.context.monotonic()
        if ledger.is_shared and now - self._looked < _GLANCE:
            return False
        self._looked = now
        return ledger.paused(self.context.edition)

    def _free(self) -> bool:
        """Tell whether a message may leave now."""
        if self._outcome:
            return False
        more = not self._exhausted or self._due <= self.context.ledger.clock()
        if more and not self._taken and not self._aside:
            self._take_slice()
        if not self._taken:
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

    def _moment(self, stamp: float) -> str:
        moment = datetime.fromtimestamp(stamp, dates.ZONE)
        return f"{dates.hour(moment)} le {dates.day(moment)}"
