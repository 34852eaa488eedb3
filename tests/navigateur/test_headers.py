"""The site behind a real nginx that includes the snippet of the build, read in a real browser."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.navigateur

PAGES = (
    "/",
    "/magazine/2019-03/",
    "/magazine/2019-03/sur-son-x/",
    "/nouvelles/",
    "/infolettres/2019-03-27/",
    "/s-abonner/",
    "/recherche/?q=emploi",
    "/rien-ici/",
)
MAIL = "/infolettres/2019-03-27/courriel.html"
CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {here}/pid; error_log {here}/erreurs;
events {{}}
http {{
  types {{ text/html html; text/css css; image/svg+xml svg; image/png png; font/woff2 woff2;
    text/javascript js; text/plain txt; application/xml xml; }}
  access_log off; client_body_temp_path {here}; proxy_temp_path {here}; fastcgi_temp_path {here};
  uwsgi_temp_path {here}; scgi_temp_path {here};
  server {{ listen 127.0.0.1:{port}; root {root}; include {root}/_nginx.conf; }}
}}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def port(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start nginx on the built site; stop it at the end."""
    here, number = tmp_path_factory.mktemp("nginx"), free_port()
    configuration = here / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(here=here, port=number, root=built))
    # The build leaves its folder to its owner; a worker run as another user could not read it.
    command = ["/usr/sbin/nginx", "-p", str(here), "-c", str(configuration), "-g", "user root;"]
    server = subprocess.Popen(command)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", number)).close()
            break
        except OSError:
            assert server.poll() is None, (here / "erreurs").read_text()
            time.sleep(0.05)
    yield number
    server.terminate()
    server.wait(10)


def answer(port: int, address: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{address}")


def ruled(rules: str, address: str) -> dict[str, str]:
    """Give the headers that a host which reads `_headers` sends with an address."""
    found: dict[str, str] = {}
    pattern = ""
    for line in rules.splitlines():
        if not line.startswith(" "):
            pattern = re.sub(r":[a-z]+", "[^/]+", re.escape(line).replace(r"\*", ".*"))
        elif re.fullmatch(pattern, address):
            name, value = line.strip().split(": ", 1)
            assert name not in found, f"two rules give {name} to {address}"
            found[name] = value
    return found


@pytest.mark.parametrize("address", [*PAGES, MAIL, "/theme/polices/LICENCE.txt", "/sitemap.xml"])
def test_both_files_of_rules_say_the_same(built: Path, port: int, address: str) -> None:
    wanted = ruled((built / "_headers").read_text(), address.partition("?")[0])
    if address == "/rien-ici/":  # no file, so no folder of which a rule could be written
        wanted = ruled((built / "_headers").read_text(), "/404.html")
    assert "Content-Security-Policy" in wanted
    given = answer(port, address)
    assert {name: given.headers.get(name) for name in wanted} == wanted


def test_hashed_names_are_kept_for_ever_and_pages_are_not(built: Path, port: int) -> None:
    sheet = next((built / "theme/css").glob("axe.*.css")).name
    assert "immutable" in answer(port, f"/theme/css/{sheet}").headers["Cache-Control"]
    assert "Cache-Control" not in answer(port, "/").headers


def test_the_rules_themselves_are_not_served(port: int) -> None:
    assert [answer(port, name).status_code for name in ("/_headers", "/_nginx.conf")] == [404, 404]


def test_a_page_that_is_not_there_has_ours(port: int) -> None:
    lost = answer(port, "/rien-ici/")
    assert lost.status_code == 404
    assert "AXE Magazine" in lost.text


@pytest.mark.parametrize("address", [*PAGES, MAIL])
def test_no_page_asks_for_what_its_policy_refuses(
    browser: Browser, port: int, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.route(re.compile(r"^https:"), lambda route: route.fulfill(status=200, body=b""))
    page.goto(f"http://127.0.0.1:{port}{address}")
    page.wait_for_load_state("networkidle")
    assert [one for one in said if "404" not in one] == []
    assert context.cookies() == []
    assert page.evaluate("document.fonts.size") > 0 or address == MAIL
    context.close()


def test_the_policy_is_not_a_form_of_words(browser: Browser, port: int) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    acted = page.evaluate(
        "() => { const one = document.createElement('script');"
        "one.textContent = 'window.acted = 1'; document.head.append(one);"
        "return Boolean(window.acted) }"
    )
    assert not acted
    context.close()
