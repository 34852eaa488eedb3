"""Connections that ask for nothing: nobody who leaves waits for them; the journal stays short."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from axtra.door import connections
from support.door_service import RunningDoor, opened
from support.service_processes import subscribed, wait_until
from support.small_sites import ROOT

HALF = b"POST /desabonnement/x HTTP/1.1\r\nHost: abonnement.exemple.test\r\n"
HALF_FORM = HALF.replace(b"desabonnement/x", b"abonnement") + b"Content-Length: 40\r\n\r\nadresse="

GET = b"GET /style.css HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def limited_service(folder: Path, files: int, journal: Path) -> Iterator[str]:
    """Run a service that may open so many files; yield its address."""
    command = "from axtra.cli import main; main()"
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files})); "
    with journal.open("wb") as said:
        service = subprocess.Popen(
            [sys.executable, "-c", limit + command, "service", "--port", "0"],
            cwd=ROOT,
            env={"AXTRA_DONNEES": str(folder), "PATH": ""},
            stdout=subprocess.PIPE,
            stderr=said,
            encoding="utf-8",
        )
        try:
            assert service.stdout
            yield service.stdout.readline().split()[2].rstrip("/")
        finally:
            service.terminate()
            service.communicate(timeout=60)


def opened_socket(address: str, first: bytes) -> socket.socket:
    parts = urlsplit(address)
    taken = socket.create_connection((parts.hostname, parts.port), timeout=10)
    with suppress(OSError):  # it may be dropped already
        taken.sendall(first)
    return taken


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 2_000, reason="too few files")
@pytest.mark.parametrize("files", [1_024, pytest.param(512, marks=pytest.mark.eprouve)])
def test_half_requests_keep_nobody_from_leaving(tmp_path: Path, files: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2_000), hard))
    tokens = subscribed(tmp_path / "donnees", 20)
    journal = tmp_path / "journal"
    slowest = 0.0
    with limited_service(tmp_path / "donnees", files, journal) as address, ExitStack() as stack:
        for number in range(1_200):
            stack.enter_context(opened_socket(address, (HALF, HALF_FORM, b"")[number % 3]))
            if number % 60 == 59:
                start = time.monotonic()
                with httpx.Client(base_url=address, trust_env=False, timeout=20) as client:
                    answer = client.post(f"/desabonnement/{tokens.pop()}")
                slowest = max(slowest, time.monotonic() - start)
                assert "est fait" in answer.text
    assert tokens == []
    assert slowest < 5
    said = journal.read_text("utf-8").splitlines()
    assert len(said) == 2  # that nobody can subscribe here, and that connections are dropped
    assert "connexions à la fois" in said[1]


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningDoor]:
    """Open an impatient door."""
    monkeypatch.setattr(connections, "_HEAD", 0.3)
    monkeypatch.setattr(connections, "_ANSWER", 0.3)
    monkeypatch.setattr("axtra.door.request_reading._PATIENCE", 0.1)
    with opened(tmp_path / "donnees") as value:
        yield value


@pytest.mark.parametrize(
    "first", [b"", b"G", HALF, HALF_FORM, b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET"]
)
def test_a_request_that_does_not_end_is_cut(door: RunningDoor, first: bytes) -> None:
    with opened_socket(door.address, first) as taken:
        while taken.recv(65_536):
            pass


def test_a_byte_now_and_then_is_no_request(door: RunningDoor) -> None:
    with opened_socket(door.address, HALF) as taken:

        def cut() -> bool:
            try:
                taken.sendall(b"x")
            except OSError:
                return True
            return False

        wait_until(cut)


def test_an_answer_that_nobody_reads_is_cut(door: RunningDoor) -> None:
    asked, got = 2_000, 0
    size = len(httpx.get(f"{door.address}/style.css", trust_env=False).content)
    with opened_socket(door.address, GET * asked) as taken:
        time.sleep(2)  # what the system holds for both sides is full long before
        with suppress(ConnectionResetError):
            while part := taken.recv(65_536):
                got += len(part)
    assert got < asked * size


def test_nobody_is_cut_while_they_are_answered(
    door: RunningDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_ANSWER", 60)
    with httpx.Client(base_url=door.address, trust_env=False) as client:
        path = f"/desabonnement/{door.token('zoe@exemple.test')}"
        with door.register() as other, other.together():
            codes: list[int] = []
            leaving = threading.Thread(target=lambda: codes.append(client.post(path).status_code))
            leaving.start()
            time.sleep(0.7)
        leaving.join()
    assert codes == [200]
