"""The public door behind a real nginx, with the file of the deployment page."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from support.certificates import self_signed
from support.door_service import ROOT, RunningDoor, opened
from support.service_processes import LIST, wait_until

NGINX = Path("/usr/sbin/nginx")
FILE = ROOT / "docs/deploiement/nginx-porte.conf"
AROUND = """
daemon off; master_process off; pid {here}/pid; error_log {here}/erreurs;
events {{ worker_connections 2048; }}
http {{
  client_body_temp_path {here}; proxy_temp_path {here}; fastcgi_temp_path {here};
  uwsgi_temp_path {here}; scgi_temp_path {here};
  include {here}/porte.conf;
}}
"""

pytestmark = pytest.mark.skipif(
    not NGINX.exists() and not os.environ.get("CI"),  # there, its absence is a failure
    reason="nginx is missing: run make outils",
)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[RunningDoor]:
    """Open a door."""
    with opened(tmp_path / "donnees") as value:
        yield value


@pytest.fixture
def front(door: RunningDoor, tmp_path: Path) -> Iterator[httpx.Client]:
    """Visit the door through nginx."""
    here = tmp_path / "nginx"
    here.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pair = self_signed(here, "127.0.0.1")
    text = FILE.read_text("utf-8")
    for name, ours in (
        ("listen [::]:443 ssl;", ""),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("127.0.0.1:8001", urlsplit(door.address).netloc),
        ("/etc/letsencrypt/live/axe/fullchain.pem", str(pair)),
        ("/etc/letsencrypt/live/axe/privkey.pem", str(pair)),
        ("/var/log/nginx/porte.log", f"{here}/porte.log"),
    ):
        assert name in text
        text = text.replace(name, ours)
    (here / "porte.conf").write_text(text, "utf-8")
    (here / "nginx.conf").write_text(AROUND.format(here=here), "utf-8")
    server = subprocess.Popen(
        [NGINX, "-p", here, "-c", here / "nginx.conf", "-g", "user root;"],
        stderr=subprocess.DEVNULL,
    )

    def answers() -> bool:
        assert server.poll() is None, (here / "erreurs").read_text()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return True
        return False

    try:
        wait_until(answers)
        context = ssl.create_default_context(cafile=str(pair))
        with httpx.Client(
            base_url=f"https://127.0.0.1:{port}", verify=context, trust_env=False
        ) as client:
            yield client
        assert (here / "porte.log").read_text() == ""
    finally:
        server.terminate()
        server.wait(10)


def test_limits_hold_for_visitors_and_never_for_who_leaves(
    door: RunningDoor, front: httpx.Client
) -> None:
    with door.register() as register:
        token = register.keys.form()
    codes: Counter[int] = Counter()
    for number in range(40):
        data = {"adresse": f"p{number}@exemple.test", "liste": LIST, "jeton": token}
        forged = {"X-Forwarded-For": f"198.{number}.100.7"}
        codes[front.post("/abonnement", data=data, headers=forged).status_code] += 1
    assert (codes[200], codes[429], len(door.inbox.mails)) == (10, 30, 10)
    for number in range(60):
        link = f"/desabonnement/{door.token(f'q{number}@exemple.test')}"
        answer = front.post(link, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "est fait" in answer.text) == (200, True)
    assert door.recipients() == []
