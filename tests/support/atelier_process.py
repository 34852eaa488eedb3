"""`axtra atelier` as a process of its own, which a test may stop."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from support.atelier_client import Browser, Screen
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


class ProcessBrowser(Browser):
    """Someone at an atelier that is a process of its own; `address` lets them in."""

    def __init__(self, address: str) -> None:
        self.origin, _, key = address.partition("/?")
        self.cookies = httpx.Cookies()
        self.ask(f"/?{key}")

    def request(self, method: str, address: str, **options: Any) -> Screen:
        """Return an answer, redirects followed."""
        headers = {"origin": self.origin} if method == "POST" else {}
        with httpx.Client(
            base_url=self.origin,
            cookies=self.cookies,
            headers=headers,
            follow_redirects=True,
            trust_env=False,
            timeout=60,
        ) as client:
            got = client.request(method, address, **options)
            self.cookies = client.cookies
        place = got.url.raw_path.decode()
        return Screen(got.status_code, got.text, got.headers, place, [], got.content)
