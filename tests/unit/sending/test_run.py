"""A run: its limits, its back-off, what makes it stop, and what it never does."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest

from axtra.sending import run
from axtra.sending.ledger import Ledger
from axtra.sending.pace import Breaker, Pace
from axtra.sending.records import Seat
from axtra.sending.replies import Fate
from axtra.sending.run import Run
from axtra.sending.run_context import End, Outcome, Ship
from axtra.sending.settings import Server, Settings
from axtra.subscribers import Basis, Consent, Register
from support import smtp_server
from support.sample_ledger import MOMENT, TERMS
from support.smtp_server import Office, Post

START = MOMENT.timestamp()


class Voyage:
    """An edition that has left for some people, on a clock that the test moves."""

    def __init__(self, folder: Path, office: Office, people: list[str]) -> None:
        self.present = START
        self.register = Register.open(folder)
        self.ledger = Ledger.open(folder, lambda: self.present)
        self.settings = Settings(server=Server("127.0.0.1", office.port, "aucun"))
        consent = Consent(Basis.EXPRESS, MOMENT, "essai", "essai")
        for one in people:
            self.register.add("membres", one, consent, MOMENT)
        seats = [
            Seat(one.address, "", one.id, f"{index:03d}@essai.test", "l", "e" * 50)
            for index, one in enumerate(self.register.recipients("membres", MOMENT)[0])
        ]
        frozen = self.ledger.freeze("e", "membres", "h", b"", TERMS, {}, seats, (), MOMENT)
        self.ledger.depart(frozen, MOMENT)

    def go(self, **limits: int) -> Outcome:
        """Run once."""
        ship = Ship(
            self.ledger,
            self.register,
            replace(self.settings, **limits),  # type: ignore[arg-type]
            "e",
            letters={1: lambda seat: f"To: {seat.address}\r\n\r\n.\r\n".encode()},
            lists={1: "membres"},
            returns="rebonds+{}@essai.test",
            name="essai.test",
            now=lambda: datetime.fromtimestamp(self.present, MOMENT.tzinfo),
            monotonic=time.monotonic,
            tell=lambda _progress: None,
        )
        return Run(ship).go()

    def states(self) -> Counter[str]:
        """Count the states."""
        return Counter(one.state.value for one in self.ledger.lines("e"))


@pytest.fixture
def office() -> Iterator[Office]:
    with smtp_server.opened(Post()) as one:
        yield one


class Sail(Protocol):
    """Makes a voyage, which ends with the test."""

    def __call__(self, people: list[str], office: Office = ...) -> Voyage: ...


@pytest.fixture
def sail(tmp_path: Path, office: Office) -> Iterator[Sail]:
    with ExitStack() as ends:

        def make(people: list[str], office: Office = office) -> Voyage:
            voyage = Voyage(tmp_path, office, people)
            ends.enter_context(voyage.register)
            ends.enter_context(voyage.ledger)
            return voyage

        yield make


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LINGER", 0)


def test_a_day_has_its_limit_and_the_next_day_another(sail: Sail) -> None:
    voyage = sail(postoffice_people(5))
    done = voyage.go(per_day=3)
    assert done.end is End.DAY
    assert "12 h le 3 mars 2026" in done.text.replace("\u00a0", " ")
    assert voyage.states() == {"accepte": 3, "a_envoyer": 2}
    voyage.present += 3_600
    assert voyage.go(per_day=3).end is End.DAY
    assert voyage.states()["accepte"] == 3
    voyage.present += 86_400
    assert voyage.go(per_day=3).end is End.DONE
    assert voyage.states() == {"accepte": 5}


def postoffice_people(number: int, kind: str = "bon") -> list[str]:
    return [f"{kind}-{index}@exemple.test" for index in range(number)]


def test_a_lone_dot_travels_whole(sail: Sail, office: Office) -> None:
    sail(postoffice_people(1)).go()
    assert office.post.taken[0].content == b"To: bon-0@exemple.test\r\n\r\n.\r\n"


def test_a_full_mailbox_is_tried_on_three_days_and_stays_on_the_list(
    sail: Sail, office: Office
) -> None:
    voyage = sail(postoffice_people(1, "pleine"))
    for attempt in range(1, 4):
        assert voyage.go().end is (End.LATER if attempt < 3 else End.DONE)
        assert voyage.go().end is (End.LATER if attempt < 3 else End.DONE)
        assert office.post.tried.total() == attempt
        voyage.present += run.FULL_MAILBOX + 1
    assert voyage.states() == {"refuse": 1}
    assert not voyage.register.is_suppressed("pleine-0@exemple.test")


def test_a_server_that_always_says_later_ends_by_being_left(sail: Sail, office: Office) -> None:
    office.post.storm = "450 4.2.0 later"
    voyage = sail(postoffice_people(1))
    for delay in run.BACK_OFF:
        assert voyage.go().end is End.LATER
        assert voyage.states() == {"differe": 1}
        voyage.present += delay + 1
    assert voyage.go().end is End.DONE
    assert voyage.states() == {"refuse": 1}
    assert voyage.ledger.lines("e")[0].reason.startswith("abandonné")


def test_a_server_that_says_later_to_everyone_is_left_alone(sail: Sail, office: Office) -> None:
    office.post.storm = "450 4.7.1 slow down"
    voyage = sail(postoffice_people(70))
    done = voyage.go()
    assert done.end is End.LATER
    assert "demande d’attendre" in done.text
    assert office.post.tried.total() == 50


def test_several_connections_send_each_message_once(sail: Sail, office: Office) -> None:
    people = postoffice_people(30)
    voyage = sail(people)
    office.post.delay = 0.005
    assert voyage.go(connections=5).end is End.DONE
    assert office.post.connections == 5
    assert office.post.recipients() == Counter(people)


def test_a_server_that_is_not_there_touches_nobody(
    sail: Sail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "NEVER_REACHED", 0)
    with smtp_server.opened() as gone:
        pass
    voyage = sail(postoffice_people(2), gone)
    done = voyage.go()
    assert done.end is End.SERVER
    assert "ne répond pas" in done.text
    assert voyage.states() == {"a_envoyer": 2}


def test_who_leaves_during_a_run_gets_nothing(sail: Sail) -> None:
    voyage = sail(postoffice_people(3))
    person = voyage.register.find("bon-1@exemple.test")
    assert person
    voyage.register.unsubscribe(person.id, "membres", MOMENT, "essai")
    assert voyage.go().end is End.DONE
    assert voyage.states() == {"accepte": 2, "exclu": 1}


def test_a_minute_is_evenly_shared_and_a_new_run_does_not_start_it_again() -> None:
    pace = Pace(every=2.0, quota=None, next=10.0)
    pace.take(10.0)
    assert pace.next == 12.0
    pace.take(13.0)
    assert pace.next == 14.0


def test_a_resumed_run_waits_for_its_turn(sail: Sail) -> None:
    voyage = sail(postoffice_people(1))
    voyage.ledger.claim(voyage.ledger.waiting("e")[0])
    voyage.present += 0.5
    pace = Pace.of(voyage.ledger, Settings(per_minute=30), 100.0)
    assert pace.next == pytest.approx(101.5)


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
