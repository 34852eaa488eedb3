"""The links of a mail, on a site that answers them or does not."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from axtra.sending import conditions

SITE = "https://site.test"


def test_the_links_of_a_mail_are_those_of_its_site() -> None:
    html = (
        '<a href="https://site.test/a/">x</a><img src="https://site.test/b.png">'
        '<a href="https://site.test/a/?x=1&amp;y=2#z">x</a><a href="https://site.testament/">x</a>'
        '<a href="https://site.test">x</a><a href="https://personnel.invalid/en-ligne">x</a>'
    )
    text = "Lisez <https://site.test/c/> et https://ailleurs.test/d/"
    assert conditions.own_links(html, text, SITE) == [
        "/", "/a/", "/a/?x=1&y=2#z", "/b.png", "/c/",
    ]  # fmt: skip


def test_a_built_site_answers_by_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text('<h2 id="un">Un</h2><h2 id=deux>Deux</h2>', "utf-8")
    (tmp_path / "é.png").write_bytes(b"")
    right = ["/a/", "/a", "/a/?x=1", "/a/#un", "/a/#deux", "/%C3%A9.png"]
    assert list(conditions.built(right, tmp_path)) == []
    wrong = ["/b/", "/a/#trois", "/e.png", "/"]
    found = list(conditions.built(wrong, tmp_path))
    assert len(found) == 4
    for link, refusal in zip(wrong, found, strict=True):
        assert f"« {link} »" in refusal.reason


@pytest.fixture
def live(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text("<p>a</p>", "utf-8")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, directory=tmp_path, **more)  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_published_site_answers_over_the_wire(live: str) -> None:
    found = [str(condition) for condition in conditions.live(["/a/", "/a/#z", "/b/"], live)]
    assert len(found) == 1
    assert "« /b/ » (404)" in found[0]


def test_a_site_that_is_not_there_answers_nothing() -> None:
    found = [condition.reason for condition in conditions.live(["/a/"], "http://127.0.0.1:1")]
    assert found == ["le site en ligne ne répond pas à « /a/ » (URLError)"]
