"""Stores of objects on the loopback: moto heeds conditional writes, rclone does not."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import botocore.session

_SESSION = botocore.session.Session()
BUCKET = "seau"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
KEY, SECRET = "axtra-essai", "un-secret-d-essai"
# One request at a time, as a store that is sure of its conditions decides one at a time.
_MOTO = """
import sys
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
run_simple("127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app))
"""


@contextmanager
def moto_server() -> Iterator[str]:
    """Run moto with an empty bucket; return its address. It ends with the block."""
    port = free_port()
    with _server([sys.executable, "-c", _MOTO, str(port)], port):
        address = f"http://127.0.0.1:{port}"
        store(address).create_bucket(Bucket=BUCKET)
        yield address


@contextmanager
def rclone_server(folder: Path) -> Iterator[str]:
    """Run rclone on a folder, with an empty bucket; return its address. It ends with the block."""
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    rclone = Path(sys.executable).with_name("rclone")
    words = ["serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY},{SECRET}"]
    with _server([rclone, "--config", os.devnull, *words, folder], port):
        yield f"http://127.0.0.1:{port}"


def environment(address: str) -> dict[str, str]:
    """Return the settings of a publisher to such a store."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
    }


def free_port() -> int:
    """Return a port of the loopback that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Wait until somebody listens to a port."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@contextmanager
def _server(words: list[str | Path], port: int) -> Iterator[None]:
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield
    finally:
        running.terminate()
        running.wait(timeout=30)


def store(address: str) -> Any:
    """Return a client of a store, other than the program's."""
    return _SESSION.create_client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
