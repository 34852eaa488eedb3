"""The site behind a real nginx with the generated configuration, read in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext

from support import nginx_server

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


@pytest.fixture(scope="module")
def port(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start nginx on the built site; stop it at the end."""
    with nginx_server.serving(built, tmp_path_factory.mktemp("nginx")) as number:
        yield number


def answer(port: int, address: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{address}")


def ruled(rules: str, address: str) -> dict[str, str]:
    """Return the headers that a host following `_headers` sends with an address."""
    headers: dict[str, str] = {}
    pattern = ""
    for line in rules.splitlines():
        if not line.startswith(" "):
            pattern = re.sub(r":[a-z]+", "[^/]+", re.escape(line).replace(r"\*", ".*"))
        elif re.fullmatch(pattern, address):
            name, value = line.strip().split(": ", 1)
            assert name not in headers, f"two rules set {name} for {address}"
            headers[name] = value
    return headers


@pytest.mark.parametrize("address", [*PAGES, MAIL, "/theme/polices/LICENCE.txt", "/sitemap.xml"])
def test_nginx_sends_the_headers_of_the_headers_file(built: Path, port: int, address: str) -> None:
    expected = ruled((built / "_headers").read_text(), address.partition("?")[0])
    if address == "/rien-ici/":  # a missing page gets the rules of the 404
        expected = ruled((built / "_headers").read_text(), "/404.html")
    assert "Content-Security-Policy" in expected
    response = answer(port, address)
    assert {name: response.headers.get(name) for name in expected} == expected


def test_hashed_files_are_cached_for_ever_and_pages_are_not(built: Path, port: int) -> None:
    sheet = next((built / "theme/css").glob("axe.*.css")).name
    assert "immutable" in answer(port, f"/theme/css/{sheet}").headers["Cache-Control"]
    assert "Cache-Control" not in answer(port, "/").headers


def test_the_configuration_files_are_not_served(port: int) -> None:
    assert [answer(port, name).status_code for name in ("/_headers", "/_nginx.conf")] == [404, 404]


def test_a_missing_page_shows_our_404(port: int) -> None:
    lost = answer(port, "/rien-ici/")
    assert lost.status_code == 404
    assert "AXE Magazine" in lost.text


@pytest.mark.parametrize("address", [*PAGES, MAIL])
def test_no_page_violates_its_content_security_policy(
    visit: BrowserContext, port: int, address: str
) -> None:
    page = visit.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("requestfailed", lambda request: messages.append(request.url))
    page.route(re.compile(r"^https:"), lambda route: route.fulfill(status=200, body=b""))
    page.goto(f"http://127.0.0.1:{port}{address}")
    page.wait_for_load_state("networkidle")
    assert [message for message in messages if "404" not in message] == []
    assert visit.cookies() == []
    assert page.evaluate("document.fonts.size") > 0 or address == MAIL
    page.close()


def test_the_policy_lets_a_browser_read_the_manifest(visit: BrowserContext, port: int) -> None:
    page = visit.new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    manifest = visit.new_cdp_session(page).send("Page.getAppManifest")
    page.close()
    assert manifest["errors"] == []
    assert '"AXE Magazine"' in manifest["data"]


def test_the_content_security_policy_is_enforced(visit: BrowserContext, port: int) -> None:
    page = visit.new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    executed = page.evaluate(
        "() => { const script = document.createElement('script');"
        "script.textContent = 'window.executed = 1'; document.head.append(script);"
        "return Boolean(window.executed) }"
    )
    assert not executed
    page.close()
