"""The mails of the door: no request waits for a mail server, and none is forgotten."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from axtra.core.dates import ZONE
from support.door_service import Inbox, opened, smtp_relay, unsent
from support.service_processes import LIST, address, started, subscribed, wait_until


def ask(base: str, people: Sequence[str]) -> None:
    """Fill in the form for each of some people; no answer may wait for the mail server."""
    with httpx.Client(base_url=base, trust_env=False, timeout=20) as client:
        for person in people:
            answer = client.post("/abonnement", data={"adresse": person, "liste": LIST})
            assert answer.status_code == 200
            assert "Il reste une étape" in answer.text


def named(number: int) -> list[str]:
    return [f"personne-{index}@exemple.test" for index in range(number)]


def reached(box: Inbox) -> Counter[str]:
    return Counter(str(mail["To"]) for mail in box.mails)


def test_a_relay_that_does_not_answer_keeps_nobody_waiting(tmp_path: Path) -> None:
    people = named(45)
    with opened(tmp_path) as door:
        door.limits.each = 100
        door.box.held = True
        token = door.token("zoe@exemple.test")
        ask(door.address, people)
        with httpx.Client(base_url=door.address, trust_env=False, timeout=20) as client:
            assert client.get(f"/preferences/{token}").status_code == 200
            assert "est fait" in client.post(f"/desabonnement/{token}").text
        assert door.recipients() == []
        assert door.box.mails == []  # the relay was silent all along
        door.box.held = False
        assert reached(door.inbox) == Counter(people)


@pytest.mark.parametrize("kills", [1, pytest.param(15, marks=pytest.mark.eprouve)])
def test_what_was_not_sent_is_sent_after_a_restart(tmp_path: Path, kills: int) -> None:
    people = named(9)
    with smtp_relay() as (box, port):
        for _ in range(kills):
            box.held = True
            before = box.knocks
            with started(tmp_path, port) as service:
                ask(address(service), people)
                wait_until(lambda: box.knocks > before)  # noqa: B023 - it is called at once
                service.kill()  # with mails in flight
            assert box.mails == []
        box.held = False
        with started(tmp_path, port) as service:
            address(service)
            wait_until(lambda: unsent(tmp_path, datetime.now(ZONE)) == 0)
        assert reached(box) == Counter(people)


def test_of_two_services_one_sends_and_the_other_takes_over(tmp_path: Path) -> None:
    people = named(12)
    with smtp_relay() as (box, port), ExitStack() as stack:
        first, second = (stack.enter_context(started(tmp_path, port)) for _ in range(2))
        bases = address(first), address(second)
        for index, base in enumerate(bases):
            ask(base, people[index:8:2])
        wait_until(lambda: unsent(tmp_path, datetime.now(ZONE)) == 0)
        first.kill()
        ask(bases[1], people[8:])
        wait_until(lambda: unsent(tmp_path, datetime.now(ZONE)) == 0)
        assert reached(box) == Counter(people)


def test_a_locked_register_is_waited_for(tmp_path: Path) -> None:
    with opened(tmp_path) as door, httpx.Client(base_url=door.address, timeout=60) as client:
        path = f"/desabonnement/{door.token('zoe@exemple.test')}"
        codes: list[int] = []
        leaving = threading.Thread(target=lambda: codes.append(client.post(path).status_code))
        with door.register() as other, other.together():
            leaving.start()
            assert client.get(path).status_code == 200  # who reads waits for nobody
            assert codes == []
        leaving.join()
        assert codes == [200]
        assert door.recipients() == []


def test_a_register_locked_for_long_is_reported_and_nothing_is_promised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axtra.subscribers.database._PATIENCE", 0.2)
    monkeypatch.setattr("axtra.door.app._TURN", 0.1)
    with opened(tmp_path) as door:
        tokens = [door.token(value) for value in named(6)]
        answers: list[httpx.Response] = []

        def leave(token: str) -> None:
            answers.append(httpx.post(f"{door.address}/desabonnement/{token}", trust_env=False))

        crowd = [threading.Thread(target=leave, args=(token,)) for token in tokens]
        with door.register() as other, other.together():
            for answer in crowd:
                answer.start()
            for answer in crowd:
                answer.join()
        assert [answer.status_code for answer in answers] == [503] * 6
        for answer in answers:
            assert int(answer.headers["Retry-After"]) > 0
            assert "rien n’a été changé" in answer.text
        assert len(door.recipients()) == 6
        for answer in tokens:
            leave(answer)
        assert [answer.status_code for answer in answers[6:]] == [200] * 6
        assert door.recipients() == []


def test_a_register_that_is_replaced_is_the_one_that_is_changed(tmp_path: Path) -> None:
    apart = tmp_path / "sauvegarde"
    [token] = subscribed(apart, 1)
    with opened(tmp_path / "donnees") as door:
        door.token("zoe@exemple.test")
        assert httpx.get(f"{door.address}/preferences/{token}").status_code == 404
        for kind in ("-wal", "-shm"):
            (door.folder / f"abonnes.sqlite3{kind}").unlink()
        for path in apart.iterdir():
            path.replace(door.folder / path.name)
        assert door.recipients() == named(1)
        assert httpx.post(f"{door.address}/desabonnement/{token}").status_code == 200
        assert door.recipients() == []
