"""Measure the atelier: opening screens, and typing until findings and page are there again.

Usage:  python benchmarks/atelier.py --sizes 100 1000 --saves 40 --write
"""

from __future__ import annotations

import http.client
import json
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from corpus import Corpus, path_of, write_axe
from lxml import html
from measure import about, memory_of, options, say, table, usual

_ADDRESS = re.compile(rb"http://(127\.0\.0\.1):(\d+)(/\?cle=\S+)")
_P95 = 18  # of the nineteen cuts in twenty parts


class Person:
    """Somebody at a running atelier; each question is a connection, as after a pause."""

    def __init__(self, port: int, entrance: str) -> None:
        self._port = port
        self._cookie = ""
        self.ask("GET", entrance)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> bytes:
        """Return what an address answers.

        Raises:
            RuntimeError: it answers something else than a page.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Cookie": self._cookie}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields or {}), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if given := answer.headers.get("Set-Cookie"):
            self._cookie = given.partition(";")[0]
        if answer.status >= http.client.BAD_REQUEST:
            raise RuntimeError(f"{answer.status} : {path}")
        return body


@contextmanager
def atelier(root: Path, data: Path) -> Iterator[tuple[Person, int]]:
    """Run the atelier of a project; yield somebody who was let in, and its process."""
    program = [sys.executable, "-c", "from axtra.cli import main; main()"]
    process = subprocess.Popen(
        [*program, "atelier", "--port", "0"],
        cwd=root,
        env=usual() | {"AXTRA_DONNEES": str(data), "BROWSER": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        found = _ADDRESS.search(process.stdout.readline())
        assert found is not None  # noqa: S101 - the first line is the address
        yield Person(int(found[2]), found[3].decode()), process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def form_of(page: bytes) -> tuple[dict[str, str], str]:
    """Return the fields of a text's form, and the address of its first frame: a letter's mail."""
    tree = html.fromstring(page.decode())
    fields = dict(tree.xpath("//form[@id='texte']")[0].fields)
    return {name: value or "" for name, value in fields.items()}, tree.xpath("//iframe/@src")[0]


def typed(person: Person, name: str, change: Callable[[dict[str, str], int], object]) -> Iterator:  # type: ignore[type-arg]
    """Return what sends the next change of a text, and asks for its findings and its page."""
    fields, frame = form_of(person.ask("GET", f"/texte/{quote(name)}"))
    n = 0
    while True:
        n += 1
        change(fields, n)
        start = time.perf_counter()
        json.loads(person.ask("POST", f"/saisie/{quote(name)}", fields))
        page = person.ask("GET", frame)
        yield time.perf_counter() - start
        assert f"Tapé {n}.".encode() in page  # noqa: S101 - else nothing was measured


def saved(person: Person, name: str) -> Iterator[float]:
    """Return what saves a text, whose screen comes back."""
    fields, _ = form_of(person.ask("GET", f"/texte/{quote(name)}"))
    n = 0
    while True:
        n += 1
        fields.update(texte=f"Gardé {n}.\n", acte="enregistrer")
        start = time.perf_counter()
        person.ask("POST", f"/texte/{quote(name)}", fields)
        page = person.ask("GET", f"/texte/{quote(name)}")
        yield time.perf_counter() - start
        fields, _ = form_of(page)
        assert f"Gardé {n}." in fields["texte"]  # noqa: S101 - else nothing was saved


def asked(person: Person, path: str) -> Iterator[float]:
    """Return what asks for a screen."""
    while True:
        start = time.perf_counter()
        person.ask("GET", path)
        yield time.perf_counter() - start


def measure(folder: Path, size: int, turns: int) -> Iterator[list[str]]:
    """Yield a row for each thing that a person waits for."""
    corpus = Corpus(size)
    root = folder / "projet"
    write_axe(corpus, root)
    article = next(document for document in corpus.documents if document.kind == "article")
    last = [document for document in corpus.documents if document.kind == "infolettre"][-1]
    name, letter = f"content/{path_of(article)}", path_of(last)
    with atelier(root, folder / "donnees") as (person, pid):
        start = time.perf_counter()
        person.ask("GET", "/")
        yield ["the first screen", str(size), f"{1000 * (time.perf_counter() - start):.0f}", ""]
        waits = {
            "Accueil": asked(person, "/"),
            "the list of texts": asked(person, "/textes"),
            "a search": asked(person, "/textes?q=mentorat"),
            "a text": asked(person, f"/texte/{quote(name)}"),
            "the pictures": asked(person, "/images"),
            "typing a body": typed(
                person, name, lambda fields, n: fields.update(texte=f"Tapé {n}.\n")
            ),
            "typing a title": typed(
                person, name, lambda fields, n: fields.update(titre=f"Tapé {n}.")
            ),
            "typing in a letter (body)": typed(
                person, letter, lambda fields, n: fields.update(texte=f"Tapé {n}.\n")
            ),
            "typing in a letter (title)": typed(
                person, letter, lambda fields, n: fields.update(objet=f"Tapé {n}.")
            ),
            "saving a text": saved(person, name),
            "Infolettres": asked(person, "/infolettres"),
            "composing a letter": asked(person, f"/infolettres/{last.slug}"),
            "Numéros": asked(person, "/numeros"),
            "Publication": asked(person, "/publication"),
        }
        for words, wait in waits.items():
            next(wait)  # templates are read once
            times = [1000 * next(wait) for _ in range(turns)]
            cuts = statistics.quantiles(times, n=20)
            yield [words, str(size), f"{statistics.median(times):.0f}", f"{cuts[_P95]:.0f}"]
        yield ["memory, MB", str(size), f"{memory_of(pid):.0f}", ""]


def main() -> None:
    """Measure, print the table, and keep it if asked."""
    given = options(__doc__, sizes=[100, 1000], saves=40)
    rows = []
    for size in given.sizes:
        with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
            rows += list(measure(Path(name), size, given.saves))
    say("atelier", f"{about()}\n\n{table(['', 'texts', 'ms', 'ms, p95'], rows)}", keep=given.write)


if __name__ == "__main__":
    main()
