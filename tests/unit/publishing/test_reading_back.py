"""What is online is compared with what was built, whatever a host does to it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import pytest

from axtra.publishing import manifest, reading_back
from axtra.publishing.carriers.folder import FolderCarrier
from axtra.publishing.manifest import HeaderRules
from axtra.publishing.reading_back import Checked
from axtra.publishing.targets import FolderAddress
from support.published_places import HEADERS, REDIRECTS, SITEURL, second_site, write_site


@dataclass
class Host:
    """A host of pages that may do what it should not; `changes` are by address."""

    base: Path
    changes: dict[str, Callable[[bytes], bytes | int]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: {"X-Content-Type-Options": "nosniff"})
    types: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """Return a status, headers and bytes."""
        self.asked.append(path)
        if path in self.moved:
            return 301, {"Location": self.moved[path]}, b""
        file = self.base / path.lstrip("/")
        file = file / "index.html" if path.endswith("/") else file
        if not file.is_file():
            return 404, {}, b""
        changed = self.changes.get(path, lambda data: data)(file.read_bytes())
        status, data = (changed, b"") if isinstance(changed, int) else (200, changed)
        kind = self.types.get(
            file.suffix,
            {".html": "text/html", ".css": "text/css", ".png": "image/png"}.get(
                file.suffix, "text/plain"
            ),
        )
        return status, {"Content-Type": kind, **self.headers}, data


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path / "construit")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, data = host.answer(self.path)
            self.send_response(HTTPStatus(status))
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        host.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield host
        server.shutdown()
        thread.join()


def check(host: Host, *, patience: float = 0) -> Checked:
    site = write_site(host.base, second_site(), REDIRECTS)
    return reading_back.read_back(
        FolderCarrier(FolderAddress(host.base.parent / "site")),
        "v1",
        manifest.read_output(site.output, SITEURL),
        host.address,
        siteurl=SITEURL,
        rules=HeaderRules(HEADERS),
        first=("a/index.html",),
        patience=patience,
    )


def test_a_site_that_is_online_as_built_is_verified(host: Host) -> None:
    assert check(host) == Checked(host.address, {}, (), len(second_site()))
    assert host.asked[0] == "/"  # whether anybody answers
    assert {*host.asked} >= {"/a/", "/images/c.2.png", "/flux/site.xml", "/theme/axe.2.css"}
    assert not any(path.startswith("/_") for path in host.asked)


def _with_another_fingerprint(data: bytes) -> bytes:
    return data.replace(b'"axe-empreinte" content="', b'"axe-empreinte" content="0')


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("/a/", lambda _: 404, "répond 404"),
        ("/images/c.2.png", lambda _: 500, "répond 500"),
        ("/a/", lambda _: b"<p>autre chose</p>", "montre autre chose"),
        ("/a/", _with_another_fingerprint, "montre autre chose"),
        ("/a/", lambda data: data.replace(b"/a/", b"/z/"), "montre autre chose"),
        ("/a/", lambda _: b"", "montre autre chose"),
        ("/images/c.2.png", lambda data: data + b" ", "montre autre chose"),
        ("/theme/axe.2.css", lambda data: data.upper(), "montre autre chose"),
    ],
)  # fmt: skip
def test_what_is_not_online_as_built_is_named(
    host: Host, path: str, change: Callable[[bytes], bytes | int], said: str
) -> None:
    host.changes[path] = change
    checked = check(host)
    assert list(checked.problems.values()) == [said]
    refusal = reading_back.refusal(checked, "/x")
    assert f"{path} : {said}" in refusal.problem
    assert host.address in refusal.problem


def test_a_page_to_which_a_host_adds_something_is_a_warning(host: Host) -> None:
    host.changes["/c/"] = lambda data: data.replace(b"</body>", b"<script></script></body>")
    checked = check(host)
    assert checked.problems == {}
    [warning] = checked.warnings
    assert "change des octets de /c/" in warning


def test_the_headers_that_pages_need_are_missed_once_for_all(host: Host) -> None:
    host.headers.clear()
    host.types[".css"] = "text/plain"
    checked = check(host)
    assert checked.problems == {}
    [warning] = checked.warnings
    assert "Content-Type, X-Content-Type-Options" in warning


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("/c/", ""),
        (f"{SITEURL}/c/", ""),
        ("/d/", "mène à"),
        ("https://ailleurs.example/c/", "mène à"),
    ],
)
def test_a_redirect_may_be_answered_by_the_host(host: Host, to: str, said: str) -> None:
    host.moved["/b/"] = to
    problems = check(host).problems
    assert list(problems) == (["b/index.html"] if said else [])
    assert all(said in problem for problem in problems.values())


def test_a_host_that_takes_its_time_is_asked_again(host: Host) -> None:
    left = [2]

    def late(data: bytes) -> bytes:
        left[0] -= 1
        return data if left[0] < 0 else b"<p>avant</p>"

    host.changes["/d/"] = late
    assert check(host, patience=5).problems == {}
    assert host.asked.count("/a/") == 1


@pytest.mark.parametrize("public", ["", "http://127.0.0.1:9", "http://127.0.0.1:1/x"])
def test_nobody_answers_at_a_closed_address(public: str) -> None:
    assert not reading_back.answers(public)


def test_a_server_out_of_order_does_not_answer(host: Host) -> None:
    write_site(host.base, second_site())
    host.changes["/"] = lambda _: 503
    assert not reading_back.answers(host.address)


def test_an_address_that_nobody_declared_may_still_be_that_of_another_host(host: Host) -> None:
    write_site(host.base, second_site())
    assert reading_back.answers(host.address, ours=True)
    host.changes["/"] = lambda _: b"<h1>L\xe2\x80\x99ancien site</h1>"
    assert reading_back.answers(host.address)
    assert not reading_back.answers(host.address, ours=True)


def test_the_loopback_is_read_without_a_proxy(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    write_site(host.base, second_site())
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert reading_back.answers(host.address)


def test_rules_of_headers_are_read_as_hosts_do() -> None:
    rules = HeaderRules("/*\n  A: 1\n/b/:nom/\n  B: x: y\n/c/*\n  C: 3\n")
    assert rules.at("/") == {"A": "1"}
    assert rules.at("/b/z/") == {"A": "1", "B": "x: y"}
    assert rules.at("/b/z/t") == {"A": "1"}
    assert rules.at("/c/z/t.css") == {"A": "1", "C": "3"}
