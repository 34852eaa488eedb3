"""`axtra atelier` as a process of its own, which a test may stop."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from support.small_sites import BIN, Project


@contextmanager
def started(project: Project, data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the command; yield its process and the address that it gives."""
    process = subprocess.Popen(
        [BIN / "axtra", "atelier", "--port", "0"],
        cwd=project.root,
        env={"PATH": "/usr/bin:/bin", "HOME": str(data.parent), "AXTRA_DONNEES": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found
    try:
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


@contextmanager
def browsing(address: str) -> Iterator[tuple[httpx.Client, str]]:
    """Yield a client that was let in, and the address of the atelier."""
    with httpx.Client(follow_redirects=True, timeout=20) as client:
        client.get(address)
        yield client, address.partition("/?")[0]
