"""Many people who leave at once, by two services, while commands open and close the register."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from sites import BIN, ROOT

from axtra.dates import ZONE
from axtra.subscribers import Basis, Consent, Register

LIST = "bimensuelle"
CLIENTS = 8  # of each service
_OPENS = """
import sys, time
from pathlib import Path
from axtra.subscribers import Register
while True:
    Register.open(Path(sys.argv[1])).close()
    time.sleep(0.002)
"""


def subscribed(folder: Path, number: int) -> dict[str, str]:
    """Subscribe people; give their addresses, and the token by which each leaves."""
    now = datetime.now(ZONE)
    people = [f"personne-{index}@exemple.test" for index in range(number)]
    consent = Consent(Basis.EXPRESS, now, "essai", "essai")
    with Register.open(folder) as register:
        with register.together():
            for one in people:
                register.add(LIST, one, consent, now)
        tokens = {}
        for one in people:
            person = register.find(one)
            assert person
            tokens[one] = register.keys.link(person.id, LIST)
    return tokens


@contextmanager
def process(folder: Path, *words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Lend a process that works on a data folder; it ends with the block."""
    started = subprocess.Popen(
        words,
        cwd=ROOT,
        env={"AXTRA_DONNEES": str(folder), "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        yield started
    finally:
        started.terminate()
        started.communicate(timeout=60)


def address(service: subprocess.Popen[str]) -> str:
    """Wait until a service says where it listens."""
    assert service.stdout
    found = re.search(r"http://127\.0\.0\.1:\d+", service.stdout.readline())
    assert found
    return found[0]


def leave(base: str, tokens: Sequence[str], done: list[str], codes: Counter[int]) -> None:
    """Unsubscribe as a mail service does, and note who was told that it is done."""
    with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
        for token in tokens:
            answer = client.post(f"/desabonnement/{token}", data={"List-Unsubscribe": "One-Click"})
            codes[answer.status_code] += 1
            if "Votre désabonnement est fait" in answer.text:
                done.append(token)


@pytest.mark.parametrize(
    "number", [150, pytest.param(2_400, marks=pytest.mark.eprouve)], ids=["court", "long"]
)
def test_who_was_told_that_they_left_has_left(tmp_path: Path, number: int) -> None:
    folder = tmp_path / "donnees"
    tokens = list(subscribed(folder, number).values())
    done: list[str] = []
    codes: Counter[int] = Counter()
    with ExitStack() as stack:
        services = [
            stack.enter_context(process(folder, BIN / "axtra", "service", "--port", "0"))
            for _ in range(2)
        ]
        bases = [address(one) for one in services]
        stack.enter_context(process(folder, sys.executable, "-c", _OPENS, folder))
        crowd = [
            threading.Thread(
                target=leave,
                args=(bases[index % 2], tokens[index :: 2 * CLIENTS], done, codes),
            )
            for index in range(2 * CLIENTS)
        ]
        for one in crowd:
            one.start()
        while any(one.is_alive() for one in crowd):
            subprocess.run(
                [BIN / "axtra", "abonnes", "lister"],
                env={"AXTRA_DONNEES": str(folder)},
                check=False,
                capture_output=True,
            )
    with Register.open(folder) as register:
        on = {
            register.keys.link(one.person.id, LIST)
            for one in register.subscriptions(LIST)
            if one.active
        }
    with closing(sqlite3.connect(folder / "abonnes.sqlite3")) as db:
        intact = [row[0] for row in db.execute("PRAGMA integrity_check")]
    lost = len(on & set(done))
    assert (lost, len(done), codes, intact) == (0, number, {200: number}, ["ok"]), (lost, codes)
