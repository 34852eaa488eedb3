"""Several senders of one edition on PostgreSQL: killed, stopped, their base killed under them."""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from axtra.sending import outages
from axtra.sending.ledger import Ledger
from axtra.subscribers import Register
from axtra.subscribers.private_folder import AwayError
from support import smtp_server
from support.postgresql_server import PostgresServer, postgresql_server
from support.sending_project import SendingProject, make_sending_project
from support.smtp_server import MailHandler, numbered

pytestmark = [pytest.mark.lourd, pytest.mark.postgresql]

_LEASE, _CONNECTIONS = 2, 2


@pytest.fixture(scope="module")
def base() -> Iterator[PostgresServer]:
    """Run a server that a test may kill."""
    with postgresql_server() as server:
        yield server


@pytest.fixture
def trial(tmp_path: Path, base: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> SendingProject:
    base.empty()
    monkeypatch.setenv("AXTRA_BASE", base.address)
    return make_sending_project(tmp_path)


def _set_up(trial: SendingProject, url: str, people: list[str]) -> None:
    trial.set_up(f"{url}&connexions={_CONNECTIONS}&bail={_LEASE}", people)
    trial.freeze()


def _log(post: MailHandler, folder: Path) -> Path:
    """Write what Postfix would have said of all that the sink took."""
    now = datetime.now(UTC)

    def line(moment: datetime, program: str, said: str) -> str:
        return f"{moment.isoformat(timespec='seconds')} relais postfix/{program}[1]: {said}\n"

    lines = [line(now - timedelta(hours=1), "smtpd", "connect from localhost")]
    for number, message in enumerate(post.taken):
        queue = f"4AB{number:07d}"
        lines.append(line(now, "cleanup", f"{queue}: message-id=<{message.message_id}>"))
        lines.append(line(now, "qmgr", f"{queue}: from=<r@a.test>, size=9, nrcpt=1 (queue active)"))
    lines.append(line(now + timedelta(seconds=2), "smtpd", "connect from localhost"))
    path = folder / "mail.log"
    path.write_text("".join(lines), "utf-8")
    return path


def _until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def _through_kills(
    trial: SendingProject,
    base: PostgresServer,
    post: MailHandler,
    people: list[str],
    kills: list[bool],
    chance: random.Random,
) -> None:
    """Send with three senders, and kill one of them, or the base, again and again."""
    senders: list[subprocess.Popen[bytes]] = []
    started = trial.start("envoyer", trial.edition, *trial.confirmed(len(people)))
    _until(lambda: len(post.taken) > 0)
    senders.append(started)
    for of_base in kills:
        senders = [sender for sender in senders if sender.poll() is None]
        while len(senders) < 3:
            senders.append(trial.start("reprendre", trial.edition))
        target = len(post.taken) + chance.randrange(1, max(2, len(people) // len(kills)))
        _until(
            lambda: (
                len(post.taken) >= target  # noqa: B023
                or all(sender.poll() is not None for sender in senders)  # noqa: B023
            )
        )
        time.sleep(chance.random() * 0.02)
        if of_base:  # those who send wait for it
            base.kill()
            time.sleep(chance.random())
            base.start()
        else:
            chance.choice(senders).send_signal(signal.SIGKILL)
    for sender in senders:
        sender.wait(60)


def _check(
    trial: SendingProject,
    base: PostgresServer,
    number: int,
    kills: list[bool],
    seed: int,
    delay: float,
) -> tuple[int, int]:
    """Return how many doubts there were, and how many were allowed."""
    people = numbered(number)
    with smtp_server.opened(MailHandler(delay=delay)) as office:
        _set_up(trial, office.url, people)
        office.post.taken.clear()
        _through_kills(trial, base, office.post, people, kills, random.Random(seed))  # noqa: S311
        trial.run("envoi", "reprendre", trial.edition)
        states, counts = trial.states(), office.post.recipients()
        assert set(states) == set(people)
        assert set(states.values()) <= {"accepte", "incertain"}
        assert set(counts.values()) == {1}, "nobody twice"
        accepted = {address for address, state in states.items() if state == "accepte"}
        assert accepted <= set(counts), "accepted, and not there"
        doubts = len(states) - len(accepted)
        allowed = _CONNECTIONS * sum(3 if of_base else 1 for of_base in kills)
        assert doubts <= allowed
        time.sleep(_LEASE)
        trial.run("envoi", "reconcilier", "--journal", str(_log(office.post, trial.data.parent)))
        assert "incertain" not in trial.states().values()
        trial.run("envoi", "reprendre", trial.edition)
        assert trial.states() == dict.fromkeys(people, "accepte")
        assert office.post.recipients() == Counter(people)
    return doubts, allowed


def test_senders_and_their_base_are_killed_and_nobody_is_written_to_twice(
    trial: SendingProject, base: PostgresServer
) -> None:
    _check(trial, base, 60, [False, True, False], seed=3, delay=0.01)


@pytest.mark.eprouve
def test_sixty_kills_over_three_thousand_recipients(
    trial: SendingProject, base: PostgresServer
) -> None:
    seed = secrets.randbelow(10**9)
    kills = [index % 6 == 5 for index in range(60)]
    doubts, allowed = _check(trial, base, 3_000, kills, seed, delay=0.005)
    print(f"seed {seed}: {len(kills)} kills, {doubts} doubts of {allowed}")  # noqa: T201


def test_a_sender_outlives_its_base_and_settles_what_landed_meanwhile(
    trial: SendingProject, base: PostgresServer
) -> None:
    people = numbered(40)
    with smtp_server.opened(MailHandler(delay=0.05)) as office:
        _set_up(trial, office.url, people)
        office.post.taken.clear()
        sender = trial.start("envoyer", trial.edition, *trial.confirmed(len(people)))
        for least in (3, 15):
            _until(lambda: len(office.post.taken) >= least)  # noqa: B023
            base.kill()
            time.sleep(0.3)
            base.start()
        assert sender.wait(60) == 0
        assert office.post.recipients() == Counter(people)
        assert trial.states() == dict.fromkeys(people, "accepte")


def test_a_sender_whose_base_stays_away_says_what_to_do(
    trial: SendingProject, base: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "PATIENCE", 0.3)
    lost = AwayError("la base ne répond pas.")
    with Ledger.open(trial.data) as ledger, Register.open(trial.data) as register:
        base.kill()
        try:
            with pytest.raises(AwayError, match="s’arrête") as told:
                outages.outlive(ledger, register, lost, "2026-12-02")
        finally:
            base.start()
    assert "axtra envoi reprendre 2026-12-02" in told.value.remedy


def test_a_sender_stopped_beyond_its_lease_sends_nothing_twice(trial: SendingProject) -> None:
    people = numbered(24)
    with smtp_server.opened(MailHandler(delay=0.1)) as office:
        _set_up(trial, office.url, people)
        office.post.taken.clear()
        first = trial.start("envoyer", trial.edition, *trial.confirmed(len(people)))
        _until(lambda: len(office.post.taken) >= 3)
        os.kill(first.pid, signal.SIGSTOP)
        second = trial.envoi("reprendre")
        assert second.returncode == 1, "what the first had in flight is in doubt"
        states = Counter(trial.states().values())
        assert states["incertain"] <= _CONNECTIONS
        os.kill(first.pid, signal.SIGCONT)
        first.wait(60)
        assert set(office.post.recipients().values()) == {1}
        assert set(trial.states().values()) <= {"accepte", "incertain"}
        accepted = {who for who, state in trial.states().items() if state == "accepte"}
        assert accepted <= set(office.post.recipients())


def test_three_senders_share_an_edition_and_a_pause_stops_them_all(trial: SendingProject) -> None:
    people = numbered(60)
    with smtp_server.opened(MailHandler(delay=0.2)) as office:
        _set_up(trial, office.url, people)
        office.post.taken.clear()
        senders = [trial.start("envoyer", trial.edition, *trial.confirmed(len(people)))]
        _until(lambda: len(office.post.taken) >= 1)
        senders += [trial.start("reprendre", trial.edition) for _ in range(2)]
        _until(lambda: office.post.connections >= 1 + 3 * _CONNECTIONS)
        assert trial.envoi("pause").returncode == 0
        assert [sender.wait(30) for sender in senders] == [1, 1, 1]
        states = Counter(trial.states().values())
        assert states["accepte"] + states["a_envoyer"] == 60
        assert 0 < states["accepte"] < 60
        assert len(office.post.taken) == states["accepte"]
