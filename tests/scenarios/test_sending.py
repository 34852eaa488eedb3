"""An edition, from freezing to the report, through the command and a server that fails."""

from __future__ import annotations

import random
import secrets
import signal
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from axtra.subscribers import Register
from support import smtp_server
from support.sending_project import LIST, SendingProject, make_sending_project
from support.smtp_server import (
    AFTER,
    BUSY,
    CLOSING,
    CUT,
    FULL,
    GREY,
    POLICY,
    SLOW,
    UNKNOWN,
    MailHandler,
    numbered,
)

pytestmark = [pytest.mark.lourd, pytest.mark.bases]


@pytest.fixture
def trial(tmp_path: Path) -> SendingProject:
    return make_sending_project(tmp_path)


def _suppressed(trial: SendingProject, people: list[str]) -> set[str]:
    with Register.open(trial.data) as register:
        return {value for value in people if register.is_suppressed(value)}


def test_nine_faults_each_leave_what_they_must(trial: SendingProject) -> None:
    people = [*numbered(6)]
    for kind in smtp_server.FAULTS:
        people += numbered(2, kind)
    with smtp_server.opened() as office:
        trial.set_up(office.url, people)
        trial.freeze()
        result = trial.envoi("envoyer", *trial.confirmed(len(people)))
        assert result.returncode == 1
        states = trial.states()
        post = office.post
    expected = {
        "bon": "accepte", UNKNOWN: "refuse", FULL: "differe", GREY: "accepte", BUSY: "accepte",
        POLICY: "a_envoyer", CUT: "incertain", AFTER: "incertain", SLOW: "accepte",
        CLOSING: "accepte",
    }  # fmt: skip
    assert states == {value: expected[value.partition("-")[0]] for value in people}
    counts = post.recipients()
    del counts["essai@exemple.test"]
    assert set(counts.values()) == {1}
    assert {value for value, state in states.items() if state == "accepte"} <= set(counts)
    assert _suppressed(trial, people) == set(numbered(2, UNKNOWN))
    again = [value.content for value in post.taken if value.recipient.startswith(BUSY)]
    assert sorted(again) == sorted(post.refused)  # sent again, byte for byte
    report = trial.envoi("bilan").stdout
    for value, state in states.items():
        assert (value in report) is (state != "accepte"), value


def test_a_message_is_its_readers_own_and_its_bounces_name_them(trial: SendingProject) -> None:
    people = numbered(9)
    with smtp_server.opened() as office:
        trial.set_up(office.url, people)
        trial.freeze()
        assert trial.envoi("envoyer", *trial.confirmed(9)).returncode == 0
        taken = {value.recipient: value for value in office.post.taken}
    assert trial.states() == dict.fromkeys(people, "accepte")
    with Register.open(trial.data) as register:
        for address in people:
            person = register.find(address)
            assert person
            message = message_from_bytes(taken[address].content, policy=policy.default)
            assert message["To"] == address
            token = register.keys.link(person.id, LIST)
            assert token in str(message["List-Unsubscribe"])
            stamp = register.keys.read_envelope(taken[address].sender)
            assert stamp
            assert stamp.person == person.id
            text = message.get_body(("plain",))
            assert text
            said = text.get_content()
            assert token in said
            assert "invalid" not in said
            assert f"Bonjour {person.first_name},".replace(" ,", ",") in said
        test = taken["essai@exemple.test"]
        assert register.keys.read_envelope(test.sender)
    assert len({value.message_id for value in taken.values()}) == 10


def _killed(
    trial: SendingProject, kills: int, people: list[str], chance: random.Random, post: MailHandler
) -> tuple[int, dict[str, str]]:
    """Send a list, killing whoever sends it; give how many kills hit, and the states."""
    words = ["envoyer", trial.edition, *trial.confirmed(len(people))]
    hits = 0
    for _ in range(kills):
        before = len(post.taken)
        sender = trial.start(*words)
        target = before + chance.randrange(1, max(2, len(people) // kills))
        wait = time.monotonic() + 60
        while sender.poll() is None and len(post.taken) < target and time.monotonic() < wait:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.02)
        if sender.poll() is None:
            sender.send_signal(signal.SIGKILL)
            hits += 1
        sender.wait()
        words = ["reprendre", trial.edition]
    trial.run("envoi", *words)
    return hits, trial.states()


def _checked(
    trial: SendingProject, kills: int, number: int, seed: int, connections: int = 1
) -> tuple[int, int]:
    people = numbered(number)
    with smtp_server.opened() as office:
        trial.set_up(f"{office.url}&connexions={connections}", people)
        trial.freeze()
        office.post.taken.clear()
        hits, states = _killed(trial, kills, people, random.Random(seed), office.post)  # noqa: S311
        counts = office.post.recipients()
    assert set(states) == set(people)
    assert set(states.values()) <= {"accepte", "incertain"}
    assert set(counts.values()) == {1}, "nobody twice"
    accepted = {value for value, state in states.items() if state == "accepte"}
    assert accepted <= set(counts), "accepted, and not there"
    unsure = len(states) - len(accepted)
    assert unsure <= hits * connections
    return hits, unsure


@pytest.mark.parametrize("seed", [1])
def test_killed_senders_send_nobody_twice_and_lose_nobody(trial: SendingProject, seed: int) -> None:
    hits, _ = _checked(trial, kills=4, number=60, seed=seed, connections=2)
    assert hits >= 3


@pytest.mark.eprouve
@pytest.mark.parametrize("connections", [1, 4])
def test_fifty_kills_over_fifteen_hundred_recipients(
    trial: SendingProject, connections: int
) -> None:
    seed = secrets.randbelow(10**9)
    hits, unsure = _checked(trial, 50, 1_500, seed, connections)
    print(f"seed {seed}: {hits} kills, {unsure} unsure")  # noqa: T201
    assert hits >= 45


def test_a_storm_of_policy_refusals_pauses_and_suppresses_nobody(trial: SendingProject) -> None:
    people = numbered(30)
    with smtp_server.opened(MailHandler()) as office:
        trial.set_up(office.url, people)
        trial.freeze()
        office.post.storm = "554 5.7.1 blocked"
        office.post.tried.clear()
        result = trial.envoi("envoyer", *trial.confirmed(30))
        assert result.returncode == 1
        assert "personne n’est retiré" in result.stderr
        assert sum(office.post.tried.values()) < 10
        assert trial.states() == dict.fromkeys(people, "a_envoyer")
        assert _suppressed(trial, people) == set()
        office.post.storm = ""
        assert trial.envoi("reprendre").returncode == 0
        assert trial.states() == dict.fromkeys(people, "accepte")
        assert set(office.post.recipients().values()) == {1}


@pytest.mark.fichiers
def test_a_second_sender_is_refused_and_a_pause_stops_the_first(trial: SendingProject) -> None:
    people = numbered(60, SLOW)
    with smtp_server.opened() as office:
        trial.set_up(office.url, people)
        trial.freeze()
        first = trial.start("envoyer", trial.edition, *trial.confirmed(60))
        _until(lambda: len(office.post.taken) >= 2)
        second = trial.envoi("reprendre")
        assert second.returncode == 1
        assert "un autre envoi est en cours" in second.stderr
        assert trial.envoi("pause").returncode == 0
        assert first.wait(60) == 1
        states = Counter(trial.states().values())
        assert states["accepte"] + states["a_envoyer"] == 60
        assert states["accepte"] < 60
        assert len(office.post.taken) - 1 == states["accepte"]


def test_ctrl_c_finishes_the_message_in_flight(trial: SendingProject) -> None:
    people = numbered(40, SLOW)
    with smtp_server.opened() as office:
        trial.set_up(office.url, people)
        trial.freeze()
        sender = trial.start("envoyer", trial.edition, *trial.confirmed(40))
        _until(lambda: len(office.post.taken) >= 2)
        sender.send_signal(signal.SIGINT)
        assert sender.wait(60) == 1
        assert Counter(trial.states().values())["accepte"] == len(office.post.taken) - 1
        assert Counter(trial.states().values())["incertain"] == 0


def _until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
