"""A run: its limits, its back-off, what makes it stop, and what it never does."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from axtra.sending import answers, couriers, run
from axtra.sending.ledger import Ledger
from axtra.sending.pace import Breaker, Pace
from axtra.sending.replies import Fate
from axtra.sending.run_context import End
from axtra.sending.settings import Settings
from axtra.sending.shared_rate import SharedRate
from support import smtp_server
from support.edition_runs import EditionRuns, edition_runs
from support.postgresql_server import PostgresServer
from support.sample_ledger import MOMENT
from support.smtp_server import MailHandler, RunningServer, numbered

pytestmark = pytest.mark.bases


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened(MailHandler()) as value:
        yield value


class MakeRuns(Protocol):
    """Makes a edition_runs, which ends with the test."""

    def __call__(self, people: list[str], office: RunningServer = ...) -> EditionRuns: ...


@pytest.fixture
def make_runs(tmp_path: Path, office: RunningServer) -> Iterator[MakeRuns]:
    with ExitStack() as ends:

        def make(people: list[str], office: RunningServer = office) -> EditionRuns:
            return ends.enter_context(edition_runs(tmp_path, office.port, people))

        yield make


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LINGER", 0)


def test_a_day_has_its_limit_and_the_next_day_another(make_runs: MakeRuns) -> None:
    runs = make_runs(numbered(5))
    done = runs.go(per_day=3)
    assert done.end is End.DAY
    assert "12 h le 3 mars 2026" in done.text.replace("\u00a0", " ")
    assert runs.states() == {"accepte": 3, "a_envoyer": 2}
    runs.present += 3_600
    assert runs.go(per_day=3).end is End.DAY
    assert runs.states()["accepte"] == 3
    runs.present += 86_400
    assert runs.go(per_day=3).end is End.DONE
    assert runs.states() == {"accepte": 5}


@pytest.mark.parametrize("days", [1, 365, 20_000])
def test_a_clock_in_the_past_leaves_nobody_out(make_runs: MakeRuns, days: int) -> None:
    runs = make_runs(numbered(9))
    assert runs.go(per_day=3).end is End.DAY
    runs.present -= days * 86_400
    assert runs.go().end is End.DONE
    assert runs.states() == {"accepte": 9}


class _JumpingOffice(MailHandler):
    """A server at whose third message the clock of the machine jumps, by `jump` seconds."""

    runs: EditionRuns
    jump: float = 0.0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(self.taken) == 2 and self.jump:
            self.runs.present += self.jump
            self.jump = 0.0
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.mark.parametrize("jump", [-86_400 * 400, -3_600, 3_600, 86_400 * 2])
def test_a_clock_that_jumps_while_letters_leave_changes_nothing(
    make_runs: MakeRuns, jump: float
) -> None:
    """A machine that wakes up, or sets its clock: the pace counts seconds that really went by."""
    post = _JumpingOffice()
    with smtp_server.opened(post) as office:
        runs = make_runs([*numbered(8), "grise-0@exemple.test"], office)
        post.runs, post.jump = runs, jump
        start = time.monotonic()
        assert runs.go(per_minute=1_200).end in {End.DONE, End.LATER}
        assert 8 * 60 / 1_200 <= time.monotonic() - start < 8
        runs.present += max(0, -jump) + 3_600  # as the clock was, and what waits is due
        assert runs.go(per_minute=1_200).end is End.DONE
    assert runs.states() == {"accepte": 9}
    assert set(post.recipients().values()) == {1}


def test_what_a_courier_had_no_time_to_say_leaves_in_the_same_run(
    make_runs: MakeRuns, office: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was stopped finds its hold ended before the server heard of the message."""
    moments, people = iter([math.inf, math.inf]), numbered(9)
    monkeypatch.setattr(couriers, "awake", lambda: next(moments, 0.0))
    runs = make_runs(people)
    assert runs.go().end is End.DONE
    assert runs.states() == {"accepte": 9}
    assert office.post.recipients() == Counter(people)


def test_a_lone_dot_travels_whole(make_runs: MakeRuns, office: RunningServer) -> None:
    make_runs(numbered(1)).go()
    assert office.post.taken[0].content == b"To: bon-0@exemple.test\r\n\r\n.\r\n"


def test_a_full_mailbox_is_tried_on_three_days_and_stays_on_the_list(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    runs = make_runs(numbered(1, "pleine"))
    for attempt in range(1, 4):
        assert runs.go().end is (End.LATER if attempt < 3 else End.DONE)
        assert runs.go().end is (End.LATER if attempt < 3 else End.DONE)
        assert office.post.tried.total() == attempt
        runs.present += answers.FULL_MAILBOX + 1
    assert runs.states() == {"refuse": 1}
    assert not runs.register.is_suppressed("pleine-0@exemple.test")


def test_a_server_that_always_says_later_ends_by_being_left(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    office.post.storm = "450 4.2.0 later"
    runs = make_runs(numbered(1))
    for delay in answers.BACK_OFF:
        assert runs.go().end is End.LATER
        assert runs.states() == {"differe": 1}
        runs.present += delay + 1
    assert runs.go().end is End.DONE
    assert runs.states() == {"refuse": 1}
    assert runs.ledger.lines("e")[0].reason.startswith("abandonné")


def test_a_server_that_says_later_to_everyone_is_left_alone(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    office.post.storm = "450 4.7.1 slow down"
    runs = make_runs(numbered(70))
    done = runs.go()
    assert done.end is End.LATER
    assert "demande d’attendre" in done.text
    assert office.post.tried.total() == 50


def test_several_connections_send_each_message_once(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    people = numbered(30)
    runs = make_runs(people)
    office.post.delay = 0.005
    assert runs.go(connections=5).end is End.DONE
    assert office.post.connections == 5
    assert office.post.recipients() == Counter(people)


def test_a_server_that_is_not_there_touches_nobody(
    make_runs: MakeRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "NEVER_REACHED", 0)
    with smtp_server.opened() as gone:
        pass
    runs = make_runs(numbered(2), gone)
    done = runs.go()
    assert done.end is End.SERVER
    assert "ne répond pas" in done.text
    assert runs.states() == {"a_envoyer": 2}


def test_who_leaves_during_a_run_gets_nothing(make_runs: MakeRuns) -> None:
    runs = make_runs(numbered(3))
    person = runs.register.find("bon-1@exemple.test")
    assert person
    runs.register.unsubscribe(person.id, "membres", MOMENT, "essai")
    assert runs.go().end is End.DONE
    assert runs.states() == {"accepte": 2, "exclu": 1}


def test_a_minute_is_evenly_shared_and_a_new_run_does_not_start_it_again() -> None:
    pace = Pace(every=2.0, quota=None, next=10.0)
    pace.take(10.0)
    assert pace.next == 12.0
    pace.take(13.0)
    assert pace.next == 14.0


def test_a_resumed_run_waits_for_its_turn(make_runs: MakeRuns) -> None:
    runs = make_runs(numbered(1))
    runs.ledger.claim(runs.ledger.waiting("e")[0])
    runs.present += 0.5
    pace = Pace.of(runs.ledger, Settings(per_minute=30), 100.0)
    assert pace.next == pytest.approx(101.5)


def test_a_host_is_given_so_many_messages_a_minute(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    runs = make_runs(["a@un.test", "b@un.test", "c@deux.test", "d@trois.test"])
    runs.go(per_host=40, connections=3)
    hosts = [taken.recipient.partition("@")[2] for taken in office.post.taken]
    assert sorted(hosts) == ["deux.test", "trois.test", "un.test", "un.test"]
    assert hosts[-1] == "un.test", "the others went by meanwhile"


@pytest.mark.fichiers
@pytest.mark.postgresql
def test_senders_share_one_pace(
    tmp_path: Path, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.empty()
    monkeypatch.setenv("AXTRA_BASE", postgresql.address)
    with Ledger.open(tmp_path) as first, Ledger.open(tmp_path) as second:
        assert SharedRate(first).wait("minute", 60.0) == 0.0
        assert 59.0 < SharedRate(second).wait("minute", 60.0) <= 60.0
        assert SharedRate(second).wait("@exemple.test", 60.0) == 0.0
        assert SharedRate(first).refill(2) == 2
        assert [SharedRate(sender).spend() for sender in (first, second, first)] == [1, 0, -1]


def test_the_breaker_opens_on_refusals_that_are_about_us() -> None:
    breaker = Breaker()
    for fate in [Fate.POLICY] * 4 + [Fate.ACCEPTED] + [Fate.POLICY] * 4:
        breaker.note(fate)
        assert not breaker.refused
    breaker.note(Fate.POLICY)
    assert breaker.refused


def test_the_breaker_opens_when_half_of_the_answers_are_about_us() -> None:
    breaker = Breaker()
    for _ in range(14):
        for fate in (Fate.POLICY, Fate.POLICY, Fate.ACCEPTED):
            breaker.note(fate)
    assert breaker.refused
