"""A real Postfix: its log ends every doubt that killed senders leave."""

from __future__ import annotations

import os
import random
import re
import secrets
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from support import postfix_server
from support.sending_project import SendingProject, make_sending_project
from support.smtp_server import numbered

pytestmark = [
    pytest.mark.bases,
    pytest.mark.skipif(
        not postfix_server.USABLE and not os.environ.get("CI"),  # there, its absence is a failure
        reason="Postfix, and root to run it, are missing",
    ),
]


def _queued(log: Path) -> list[str]:
    """List the Message-ID of all that the queue took, from the log, by other means than ours."""
    text = log.read_text("utf-8")
    names = dict(re.findall(r"cleanup\[\d+\]: (\w+): message-id=<([^>]+)>", text))
    taken = re.findall(
        r"qmgr\[\d+\]: (\w+): from=<[^>]*>, size=\d+, nrcpt=1 \(queue active\)", text
    )
    return [names[value] for value in taken]


def _through_kills(trial: SendingProject, log: Path, kills: int, number: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    words = ["envoyer", trial.edition, *trial.confirmed(number)]
    for _ in range(kills):
        before = len(_queued(log))
        target = before + chance.randrange(1, max(2, number // kills))
        sender = trial.start(*words)
        end = time.monotonic() + 60
        while sender.poll() is None and len(_queued(log)) < target and time.monotonic() < end:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.02)
        sender.send_signal(signal.SIGKILL)
        sender.wait()
        words = ["reprendre", trial.edition]
    trial.run("envoi", *words)
    assert set(trial.states().values()) <= {"accepte", "incertain"}
    settled = trial.run("envoi", "reconcilier", "--journal", str(log))
    end = time.monotonic() + 120
    while "peut encore finir" in settled.stdout and time.monotonic() < end:  # on PostgreSQL
        time.sleep(5)
        settled = trial.run("envoi", "reconcilier", "--journal", str(log))
    assert settled.returncode == 0, settled.stdout + settled.stderr
    trial.envoi("reprendre")
    assert trial.states() == dict.fromkeys(numbered(number), "accepte")
    queued = _queued(log)
    assert len(queued) == len(set(queued)), "nobody twice"
    assert len(queued) == number + 1, "nobody lost; one was a test"


def _trial(tmp_path: Path, url: str, number: int) -> SendingProject:
    trial = make_sending_project(tmp_path)
    trial.set_up(f"{url}&connexions=2", numbered(number))
    trial.freeze()
    return trial


@pytest.mark.fichiers  # on PostgreSQL, a doubt waits a minute: see the trial of fifty kills
@pytest.mark.lourd
def test_killed_senders_leave_no_doubt_once_postfix_has_spoken(tmp_path: Path) -> None:
    with postfix_server.running() as post:
        _through_kills(_trial(tmp_path, post.url, 40), post.log, kills=3, number=40, seed=7)


@pytest.mark.eprouve
def test_fifty_kills_leave_no_doubt_once_postfix_has_spoken(tmp_path: Path) -> None:
    seed = secrets.randbelow(10**9)
    print(f"seed {seed}")  # noqa: T201
    with postfix_server.running() as post:
        _through_kills(_trial(tmp_path, post.url, 1_500), post.log, 50, 1_500, seed)


@pytest.mark.fichiers
@pytest.mark.lourd
def test_a_doubt_that_nothing_follows_ends_too(tmp_path: Path) -> None:
    with postfix_server.running() as post:
        trial = _trial(tmp_path, post.url, 3)
        assert trial.envoi("envoyer", *trial.confirmed(3)).returncode == 0
        last = numbered(3)[2]
        with closing(sqlite3.connect(trial.data / "envois.sqlite3")) as db, db:
            db.execute(  # as if its sender had died before the server heard of it
                "UPDATE recipients SET state = 'en_vol', message_id = 'jamais@essai.example',"
                " claimed = ? WHERE address = ?",
                (time.time(), last),
            )
        time.sleep(1.1)  # the log counts whole seconds
        assert trial.states()[last] == "incertain"
        trial.done("envoi", "reconcilier", "--journal", str(post.log))
        assert trial.states()[last] == "a_envoyer"
        assert trial.envoi("reprendre").returncode == 0
        assert trial.states()[last] == "accepte"
