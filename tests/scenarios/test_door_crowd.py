"""Many people who leave at once, by two services, while commands open and close the register."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from axtra.subscribers import Register
from support.service_processes import LIST, address, process, started, subscribed
from support.small_sites import BIN

pytestmark = pytest.mark.bases

CLIENTS = 8  # of each service
_OPENS = """
import sys, time
from pathlib import Path
from axtra.subscribers import Register
while True:
    Register.open(Path(sys.argv[1])).close()
    time.sleep(0.002)
"""


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
    tokens = subscribed(folder, number)
    done: list[str] = []
    codes: Counter[int] = Counter()
    with ExitStack() as stack:
        services = [stack.enter_context(started(folder)) for _ in range(2)]
        bases = [address(service) for service in services]
        stack.enter_context(process(folder, sys.executable, "-c", _OPENS, folder))
        crowd = [
            threading.Thread(
                target=leave,
                args=(bases[index % 2], tokens[index :: 2 * CLIENTS], done, codes),
            )
            for index in range(2 * CLIENTS)
        ]
        for value in crowd:
            value.start()
        while any(value.is_alive() for value in crowd):
            subprocess.run(
                [BIN / "axtra", "abonnes", "lister"],
                env={"AXTRA_DONNEES": str(folder), "AXTRA_BASE": os.environ.get("AXTRA_BASE", "")},
                check=True,
                stdout=subprocess.DEVNULL,
            )
    with Register.open(folder) as register:
        on = {
            register.keys.link(subscription.person.id, LIST)
            for subscription in register.subscriptions(LIST)
            if subscription.active
        }
    intact = ["ok"]
    if not os.environ.get("AXTRA_BASE"):
        with closing(sqlite3.connect(folder / "abonnes.sqlite3")) as db:
            intact = [row[0] for row in db.execute("PRAGMA integrity_check")]
    lost = len(on & set(done))
    assert (lost, len(done), codes, intact) == (0, number, {200: number}, ["ok"]), (lost, codes)
