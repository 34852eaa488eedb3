"""The public door in its own process, and people who leave."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from axtra.subscribers import Basis, Consent, Register
from infolettre.core.dates import ZONE
from support.small_sites import BIN, ROOT

LIST = "bimensuelle"


def subscribed(folder: Path, number: int) -> list[str]:
    """Subscribe people and return the token with which each can leave."""
    now = datetime.now(ZONE)
    people = [f"personne-{index}@exemple.test" for index in range(number)]
    with Register.open(folder) as register:
        with register.together():
            for person in people:
                register.add(LIST, person, Consent(Basis.EXPRESS, now, "essai", "essai"), now)
        return [register.keys.link(each.person.id, LIST) for each in register.subscriptions(LIST)]


@contextmanager
def process(folder: Path, *words: str | Path, url: str = "") -> Iterator[subprocess.Popen[str]]:
    """Run a process that works on a data folder; it ends with the block."""
    running = subprocess.Popen(
        words,
        cwd=ROOT,
        env={
            "AXTRA_DONNEES": str(folder),
            "AXTRA_SMTP_URL": url,
            "AXTRA_BASE": os.environ.get("AXTRA_BASE", ""),
            "PATH": "",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        yield running
    finally:
        running.terminate()
        running.communicate(timeout=60)


@contextmanager
def started(folder: Path, relay: int = 0) -> Iterator[subprocess.Popen[str]]:
    """Start the service; `relay` is the port of a mail server on the loopback, if any."""
    url = f"smtp://127.0.0.1:{relay}?tls=aucun" if relay else ""
    with process(folder, BIN / "axtra", "service", "--port", "0", url=url) as service:
        yield service


def address(service: subprocess.Popen[str]) -> str:
    """Wait for the address that a service prints and return it."""
    assert service.stdout
    url = re.search(r"http://127\.0\.0\.1:\d+", service.stdout.readline())
    assert url
    return url[0]


def wait_until(done: Callable[[], object]) -> None:
    """Wait until a condition that depends on another process or thread holds."""
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)
