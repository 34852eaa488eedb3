"""One run: claim, send, note, as fast as allowed; it stops at any message and loses none.

The main thread alone writes to the ledger; couriers only speak to the server. What was answered
and what is claimed next are written in one durable transaction, before any message leaves.
"""

from __future__ import annotations

import heapq
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from queue import Empty, SimpleQueue
from types import FrameType

from axtra.core import dates
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
from axtra.sending.pace import DAY, Breaker, Pace
from axtra.sending.records import State, Waiting
from axtra.sending.replies import Fate, Phase, Reply
from axtra.sending.run_context import End, Outcome, Progress, Ship
from axtra.subscribers import Reason
from axtra.subscribers.returns import Nature

# Seconds before a message is tried again: the first serve greylisting, the last a night.
BACK_OFF = (2, 8, 30, 300, 1_800, 7_200, 14_400, 28_800, 43_200)
FULL_MAILBOX, MOST_FULL = 21_600, 3  # seconds; times
LINGER = 60  # seconds: how long a run waits for what is deferred, once all else is done
OUTAGE, NEVER_REACHED = 120, 8  # seconds without a server, after which a run gives up
_RECONNECT = (0, 1, 2, 5, 10, 20, 30)
_TICK = 0.5  # seconds between two looks at the clock and at a pause asked for elsewhere
_PERSON, _TAG = 26, 34  # where the mark of the edition is in the code of an envelope


class Run:
    """A run, from the first message to the last or to what stops it."""

    def __init__(self, ship: Ship) -> None:
        self.ship = ship
        self._news: Wire = SimpleQueue()
        self._heap: list[tuple[float, int, str, Waiting]] = []
        self._crew: list[Courier] = []
        self._ready: list[Courier] = []
        self._busy: dict[Courier, Waiting] = {}
        self._away: dict[Courier, float] = {}  # when each connects again
        self._outcome: Outcome | None = None
        self._breaker = Breaker()
        self._reached = False
        self._since = self._began = ship.monotonic()  # of the last sign of life; of the run
        self._pace = Pace.of(ship.ledger, ship.settings, self._began)
        waiting = ship.ledger.waiting(ship.edition)
        self.progress = Progress(total=len(waiting))
        for one in waiting:
            self._push(one, one.not_before)

    def go(self) -> Outcome:
        """Send what is waiting.

        Raises:
            FolderError: the ledger cannot be written; what is in flight is unsure.
            SettingsError: there is no server.
        """
        if not self._heap:
            return Outcome(End.DONE)
        server = self.ship.settings.required()
        size = min(self.ship.settings.connections, len(self._heap))
        self._crew = [Courier(server, self.ship.name, self._news) for _ in range(size)]
        with self._signals():
            try:
                self._crew[0].start()
                self._crew[0].connect()
                while not self._over():
                    self._step()
            finally:
                for courier in self._crew:
                    courier.leave()
        for courier in filter(Courier.is_alive, self._crew):
            courier.join(2)
        self.ship.tell(self.progress)
        return self._outcome or Outcome(End.DONE)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Let Ctrl-C finish the message in flight; a second one ends at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(_number: int, _frame: FrameType | None) -> None:
            if self._outcome:
                raise KeyboardInterrupt
            self._outcome = Outcome(End.PAUSED, "Arrêt demandé : le message en vol s’achève.")
            self._news.put((None, Woken()))

        before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
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
        if self._heap and self._heap[0][0] - self.ship.ledger.clock() > LINGER:
            when = self._moment(self._heap[0][0])
            self._outcome = Outcome(
                End.LATER, f"Il reste des messages à retenter : reprenez après {when}."
            )
            return True
        return not self._heap and self._reached

    def _step(self) -> None:
        """Take the news, note them, claim what leaves next; then let it leave."""
        news = self._wait()
        with self.ship.ledger.together():
            for courier, one in news:
                self._take(courier, one)
            leaving = self._assign()
        for courier, job in leaving:
            courier.deliver(job)
        self._reconnect()
        self._report()

    def _wait(self) -> list[tuple[Courier | None, News]]:
        found: list[tuple[Courier | None, News]] = []
        try:
            found.append(self._news.get(timeout=self._patience()))
            while True:
                found.append(self._news.get_nowait())
        except Empty:
            return found

    def _patience(self) -> float:
        """Give how long nothing can be done, in seconds."""
        moments = [*self._away.values()]
        if self._ready and self._heap and not self._outcome:
            due = self._heap[0][0] - self.ship.ledger.clock()
            moments.append(max(self._pace.next, self.ship.monotonic() + due))
        wait = min(moments, default=_TICK + self.ship.monotonic()) - self.ship.monotonic()
        return max(0.001, min(_TICK, wait))

    def _take(self, courier: Courier | None, news: News) -> None:
        match news:
            case Ready():
                self._arrived(courier)
            case Unreachable(text):
                self._leave_alone(courier, text)
            case Hopeless(text):
                if not (self._ready or self._busy):  # else, one connection more was too many
                    self._stop(End.SERVER, text)
            case Answered(reply, still):
                self._answered(self._landed(courier, still=still), reply)
            case Silent(phase):
                self._lost(self._landed(courier, still=False), phase)
            case Crashed(error):
                raise error
            case Woken():
                pass

    def _arrived(self, courier: Courier | None) -> None:
        assert courier is not None  # noqa: S101 - only a signal has no courier
        first, self._reached = not self._reached, True
        self._since = self.ship.monotonic()
        courier.failures = 0
        self._ready.append(courier)
        if first:  # one connection proves the certificate, the name and the password for all
            for other in self._crew[1:]:
                other.start()
                other.connect()

    def _leave_alone(self, courier: Courier | None, text: str) -> None:
        """Wait before connecting again; without any connection for long, give up."""
        assert courier is not None  # noqa: S101
        courier.failures += 1
        now = self.ship.monotonic()
        self._away[courier] = now + _RECONNECT[min(courier.failures, len(_RECONNECT) - 1)]
        limit = OUTAGE if self._reached else NEVER_REACHED
        if not self._ready and not self._busy and now - self._since > limit:
            self._stop(End.SERVER, f"{text}\n    Rien n’est perdu : reprenez plus tard.")

    def _landed(self, courier: Courier | None, *, still: bool) -> Waiting:
        assert courier is not None  # noqa: S101
        if still:
            self._ready.append(courier)
        else:
            delay = _RECONNECT[min(courier.failures, len(_RECONNECT) - 1)]
            courier.failures += 1
            self._away[courier] = self.ship.monotonic() + delay
        self._since = self.ship.monotonic()
        return self._busy.pop(courier)

    def _reconnect(self) -> None:
        now = self.ship.monotonic()
        for courier, moment in list(self._away.items()):
            if moment <= now and not self._outcome:
                del self._away[courier]
                courier.connect()

    def _stop(self, end: End, text: str) -> None:
        """Stop after what is in flight; the first reason stands."""
        self._outcome = self._outcome or Outcome(end, text)

    def _report(self) -> None:
        elapsed = self.ship.monotonic() - self._began
        progress = self.progress
        progress.per_minute = progress.done / elapsed * 60 if elapsed > 0 else 0.0
        self.ship.tell(progress)

    # --- what leaves -----------------------------------------------------------------------------

    def _push(self, one: Waiting, not_before: float) -> None:
        heapq.heappush(self._heap, (not_before, one.strikes, one.seat.message_id, one))

    def _assign(self) -> list[tuple[Courier, Job]]:
        leaving: list[tuple[Courier, Job]] = []
        while self._ready and self._free():
            one = heapq.heappop(self._heap)[-1]
            liste = self.ship.lists[one.freeze]
            refusal = self.ship.register.refusal(one.seat.person, liste, self.ship.now())
            if refusal:
                self._settle(one, State.EXCLUDED, refusal)
                continue
            if not self.ship.ledger.claim(one):
                self.progress.done += 1
                continue
            self._pace.take(self.ship.monotonic())
            courier = self._ready.pop()
            self._busy[courier] = one
            sender = self.ship.returns.format(one.seat.envelope)
            data = self.ship.letters[one.freeze](one.seat)
            leaving.append((courier, Job(sender, one.seat.address, data)))
        return leaving

    def _free(self) -> bool:
        """Tell whether a message may leave now."""
        if not self._heap or self._outcome:
            return False
        if self.ship.ledger.paused(self.ship.edition):
            self._stop(End.PAUSED, "Pause demandée.")
            return False
        if self._heap[0][0] > self.ship.ledger.clock():
            return False
        if self._pace.quota is not None and self._pace.quota <= 0:
            limit = self.ship.settings.per_day
            now = self.ship.ledger.clock()
            first = self.ship.ledger.nth_accepted_since(now - DAY, 1) or now
            self._stop(
                End.DAY,
                f"Le plafond de {limit} messages par jour est atteint : "
                f"reprenez après {self._moment(first + DAY)}.",
            )
            return False
        return self._pace.next <= self.ship.monotonic()

    # --- what comes back -------------------------------------------------------------------------

    def _answered(self, one: Waiting, reply: Reply) -> None:
        said = f"{reply.code} {' '.join(reply.text.split())}"
        fate = reply.fate
        self._breaker.note(fate)
        match fate:
            case Fate.ACCEPTED:
                self._settle(one, State.ACCEPTED, said)
                self.progress.accepted += 1
            case Fate.GONE:
                self._settle(one, State.REFUSED, said)
                self._note(one, Nature.GONE, reply.status)
                self.ship.register.suppress(one.seat.address, Reason.ADDRESS, self.ship.now())
            case Fate.REFUSED:
                self._settle(one, State.REFUSED, said)
            case Fate.FULL:
                self._note(one, Nature.SOFT, reply.status)
                last = one.attempts + 1 >= MOST_FULL
                self._again(one, said, FULL_MAILBOX, give_up=last)
            case Fate.LATER:
                self._later(one, said)
            case Fate.POLICY:
                # Not this person's doing: they wait, untouched, behind all the others.
                self._settle(one, State.TO_SEND, said, strikes=one.strikes + 1)
        self._break(f"{reply.code} {reply.status}".strip())  # the text may name a person

    def _lost(self, one: Waiting, phase: Phase) -> None:
        said = f"connexion perdue pendant {phase.value}"
        if phase is Phase.DATA:
            self._settle(one, State.UNSURE, said)
        else:
            self._later(one, said)

    def _later(self, one: Waiting, said: str) -> None:
        last = one.attempts >= len(BACK_OFF)
        self._again(one, said, BACK_OFF[min(one.attempts, len(BACK_OFF) - 1)], give_up=last)

    def _again(self, one: Waiting, said: str, delay: float, *, give_up: bool) -> None:
        """Try a message later, or no more; nobody is suppressed."""
        if give_up:
            self._settle(one, State.REFUSED, f"abandonné : {said}")
            return
        when = self.ship.ledger.clock() + delay
        attempts = one.attempts + 1
        self.ship.ledger.settle(one, State.DEFERRED, said, attempts=attempts, not_before=when)
        later = Waiting(one.seat, one.edition, one.freeze, attempts, one.strikes, when)
        self._push(later, when)

    def _settle(self, one: Waiting, state: State, reason: str, *, strikes: int = 0) -> None:
        self.ship.ledger.settle(one, state, reason, strikes=strikes)
        self.progress.done += 1

    def _note(self, one: Waiting, nature: Nature, status: str) -> None:
        tag = one.seat.envelope[_PERSON:_TAG]
        self.ship.register.note_bounce(one.seat.person, tag, nature, status, self.ship.now())

    def _break(self, said: str) -> None:
        if self._breaker.refused:
            self._stop(
                End.REFUSED,
                f"Le serveur nous refuse, message après message ({said}).\n"
                "    L’envoi est en pause; personne n’est retiré. Vérifiez l’expéditeur, SPF, "
                "DKIM et les listes de blocage, puis reprenez.",
            )
        elif self._breaker.slowed:
            self._stop(
                End.LATER,
                f"Le serveur demande d’attendre, message après message ({said}).\n"
                "    Reprenez plus tard, ou plus lentement avec --debit.",
            )

    def _moment(self, stamp: float) -> str:
        moment = datetime.fromtimestamp(stamp, dates.ZONE)
        return f"{dates.hour(moment)} le {dates.day(moment)}"
