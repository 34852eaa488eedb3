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

from axtra.subscribers import FolderError, Register
from axtra.subscribers.register import late_departures
from infolettre.core.dates import ZONE
from support.door_service import Inbox, fill_in, opened, smtp_relay, unsent
from support.service_processes import LIST, address, started, subscribed, wait_until

pytestmark = pytest.mark.bases


def ask(base: str, people: Sequence[str]) -> None:
    """Fill in the form for each of some people; no answer may wait for the mail server."""
    with httpx.Client(base_url=base, trust_env=False, timeout=20) as client:
        for person in people:
            answer = fill_in(client, {"adresse": person, "liste": LIST})
            assert answer.status_code == 200
            assert "Il reste une étape" in answer.text


def named(number: int) -> list[str]:
    return [f"personne-{index}@exemple.test" for index in range(number)]


def reached(box: Inbox) -> Counter[str]:
    return Counter(str(mail["To"]) for mail in box.mails)


def test_a_relay_that_does_not_answer_keeps_nobody_waiting(tmp_path: Path) -> None:
    people = named(45)
    with opened(tmp_path) as door:
        door.limits.each = door.limits.near = 100
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
            with Register.open(tmp_path) as register:
                register.base.execute("DELETE FROM visits")  # an hour has gone by
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
    people = named(10)  # as many as a visitor may ask for, of all processes together
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


def test_who_leaves_while_the_register_is_locked_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axtra.subscribers.register.register_pool._PATIENCE", 0.2)
    monkeypatch.setattr("axtra.door.app._TURN", 0.1)
    monkeypatch.setattr("axtra.door.app._HOUSE_LOOK", 0.1)
    with opened(tmp_path) as door:
        *tokens, chooses = [door.token(value) for value in named(7)]
        answers: list[httpx.Response] = []

        def leave(page: str, token: str) -> None:
            answers.append(httpx.post(f"{door.address}/{page}/{token}", trust_env=False))

        crowd = [threading.Thread(target=leave, args=("desabonnement", token)) for token in tokens]
        crowd.append(threading.Thread(target=leave, args=("preferences", chooses)))
        with door.register() as other, other.together():
            for thread in crowd:
                thread.start()
            for thread in crowd:
                thread.join()
            with httpx.Client(base_url=door.address, trust_env=False) as client:
                asked = fill_in(client, {"adresse": "lea@exemple.test", "liste": LIST})
            assert (asked.status_code, asked.headers["Retry-After"]) == (503, "60")
        assert [answer.status_code for answer in answers] == [200] * 7
        for answer in answers:
            assert "est noté" in answer.text
        wait_until(lambda: door.recipients() == [])
        wait_until(lambda: not list(tmp_path.glob("depart-*")))
        assert all("exemple.test" not in line for line in door.journal)


def test_what_was_noted_beside_a_locked_register_is_read_by_any_command(tmp_path: Path) -> None:
    [token, _] = subscribed(tmp_path, 2)
    with Register.open(tmp_path) as register:
        link = register.keys.read_link(token)
        assert link
        late_departures.note(tmp_path, *link, datetime.now(ZONE))
        with register.together():
            Register.open(tmp_path).close()  # it does not wait, and loses nothing
    with Register.open(tmp_path) as register:
        assert len(register.recipients(LIST, datetime.now(ZONE))[0]) == 1
    assert not list(tmp_path.glob("depart-*"))


def test_a_note_that_cannot_be_read_is_named_and_stays(tmp_path: Path) -> None:
    [_] = subscribed(tmp_path, 1)
    (tmp_path / "depart-x.attente").write_text("abîmé")
    with pytest.raises(FolderError, match="depart-x"):
        Register.open(tmp_path)
    assert (tmp_path / "depart-x.attente").exists()


@pytest.mark.fichiers
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
