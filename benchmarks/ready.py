"""Measure a running preview: from a save to the reload of the page, ours and Hugo's, in turns.

Usage:  python benchmarks/ready.py --sizes 1000 5000 --saves 20 --write
"""

from __future__ import annotations

import base64
import http.client
import os
import queue
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from corpus import Corpus, path_of, write_axe
from measure import about, cpu_of, memory_of, options, say, table, usual
from peers import HUGO, PEERS
from run import edit, versions

_HOST = "127.0.0.1"
_PATIENCE = 60  # seconds
_CALM = 0.4  # seconds without an event, after which a server has nothing left to do
_EVENTS = "/__axtra/changements"
_HELLO = b'{"command":"hello","protocols":["http://livereload.com/protocols/official-7"]}'


@dataclass(frozen=True, slots=True)
class Watched:
    """A preview that runs: its process, its port, and when it told open pages to reload.

    `start` is how many seconds it took to serve its first page.
    """

    process: subprocess.Popen[bytes]
    port: int
    start: float
    told: queue.SimpleQueue[float] = field(default_factory=queue.SimpleQueue)

    @property
    def cpu(self) -> float:
        """Give the CPU seconds it has used."""
        return cpu_of(self.process.pid)

    @property
    def memory(self) -> float:
        """Give the MB it holds."""
        return memory_of(self.process.pid)

    def save(self, change: Callable[[], object], path: str, mark: str) -> tuple[float, float]:
        """Make a change; give the seconds until pages reload, and until one shows a mark.

        What it told before must be settled.

        Raises:
            TimeoutError: it never does.
        """
        begin = time.perf_counter()
        change()
        told = self.told.get(timeout=_PATIENCE)
        while mark not in page(self.port, path):
            if time.perf_counter() - begin > _PATIENCE:
                raise TimeoutError(f"{mark} : {path}")
            time.sleep(0.002)
        return told - begin, time.perf_counter() - begin

    def settle(self) -> None:
        """Wait until it has nothing more to tell."""
        try:
            while True:
                self.told.get(timeout=_CALM)
        except queue.Empty:
            return


@contextmanager
def ours(root: Path) -> Iterator[Watched]:
    """Preview a project of ours."""
    program = [sys.executable, "-c", "from axtra.cli import main; main()"]
    with _watched([*program, "apercu", "--port"], root, _events) as one:
        yield one


@contextmanager
def hugo(root: Path) -> Iterator[Watched]:
    """Preview a project of Hugo, pages in memory as ours are."""
    command = [str(HUGO), "server", "--bind", _HOST, "--renderToMemory", "--port"]
    with _watched(command, root, _reloads) as one:
        yield one


@contextmanager
def _watched(
    command: Sequence[str], root: Path, listen: Callable[[Watched], None]
) -> Iterator[Watched]:
    """Run a preview on a free port; once it serves, listen in a thread to what pages are told."""
    with socket.create_server((_HOST, 0)) as free:
        port = int(free.getsockname()[1])
    begin = time.perf_counter()
    process = subprocess.Popen(
        [*command, str(port)],
        cwd=root,
        env=usual(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    listening = None
    try:
        while not _serves(port):
            if process.poll() is not None:
                message = f"{command[0]}: {process.returncode}"
                raise RuntimeError(message)
            time.sleep(0.01)
        one = Watched(process, port, time.perf_counter() - begin)
        listening = threading.Thread(target=listen, args=(one,), daemon=True)
        listening.start()
        one.settle()
        yield one
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if listening:
            listening.join()


def _serves(port: int) -> bool:
    try:
        page(port, "/")
    except ConnectionRefusedError:
        return False
    return True


def page(port: int, path: str) -> str:
    """Ask for a page."""
    with closing(http.client.HTTPConnection(_HOST, port, timeout=_PATIENCE)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def _events(one: Watched) -> None:
    """Listen to server-sent events."""
    with closing(http.client.HTTPConnection(_HOST, one.port)) as connection:
        connection.request("GET", _EVENTS)
        answer = connection.getresponse()
        while line := answer.readline():
            if line.startswith(b"data"):
                one.told.put(time.perf_counter())


def _reloads(one: Watched) -> None:
    """Listen to LiveReload, over a web socket (RFC 6455); its messages are short."""
    with socket.create_connection((_HOST, one.port)) as wire:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            "GET /livereload HTTP/1.1",
            f"Host: {_HOST}:{one.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        )
        wire.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        wire.recv(4096)  # a hello sent before it is agreed upon would be lost
        # One text frame, masked by zeros, which change nothing.
        wire.sendall(b"\x81" + bytes([0x80 | len(_HELLO)]) + bytes(4) + _HELLO)
        while said := wire.recv(4096):
            if b'"reload"' in said:
                one.told.put(time.perf_counter())


PREVIEWS = {"AXE": ours, "Hugo": hugo}


@dataclass(frozen=True, slots=True)
class Subject:
    """A project to preview, the page that is looked at, and the sorts of saves."""

    name: str
    root: Path
    page: str
    sorts: Mapping[str, Callable[[], None]]


def subjects(corpus: Corpus, folder: Path) -> list[Subject]:
    """Write the corpus as a project of ours and as one of Hugo."""
    article = next(one for one in corpus.documents if one.kind == "article")
    axe, other = folder / "axe", folder / "hugo"
    write_axe(corpus, axe)
    next(one for one in PEERS if one.name == "Hugo").write(corpus, other)
    text, peer = axe / "content" / path_of(article), other / f"content/articles/{article.slug}.md"
    mine = {
        "corps": edit(text, "\n---\n", "\n---\n\nUn corps {}.\n"),
        "titre": edit(text, 'titre: "', 'titre: "Un titre {}. '),
    }
    theirs = {
        "corps": edit(peer, "\n}\n", "\n}\n\nUn corps {}.\n"),
        "titre": edit(peer, '"title": "', '"title": "Un titre {}. '),
    }
    return [
        Subject("AXE", axe, f"/magazine/{article.folder}/{article.slug}/", mine),
        Subject("Hugo", other, f"/articles/{article.slug}/", theirs),
    ]


def measure(folder: Path, size: int, saves: int) -> Iterator[list[str]]:
    """Give a row for each sort of save and each preview; both run, and are saved to in turn."""
    listed = subjects(Corpus(size), folder)
    for one in listed:
        with PREVIEWS[one.name](one.root):
            pass  # what is kept between runs is kept
    with ExitStack() as stack:
        running = [(one, stack.enter_context(PREVIEWS[one.name](one.root))) for one in listed]
        for word, sort in {"corps": "a body", "titre": "a title"}.items():

            def turn(n: int, word: str = word) -> Iterator[tuple[float, float]]:
                for one, preview in running:
                    yield preview.save(one.sorts[word], one.page, f"Un {word} {n}.")
                    preview.settle()

            list(turn(0))  # templates are read once
            before = [preview.cpu for _, preview in running]
            turns = [list(turn(n)) for n in range(1, saves + 1)]
            for at, (one, preview) in enumerate(running):
                waits = zip(*(times[at] for times in turns), strict=True)
                told, shown = (f"{1000 * statistics.median(some):.0f}" for some in waits)
                cpu = f"{(preview.cpu - before[at]) / saves:.2f}"
                start, memory = f"{preview.start:.2f}", f"{preview.memory:.0f}"
                yield [f"{one.name}, {sort}, {size} texts", told, shown, cpu, start, memory]


def main() -> None:
    """Measure, print the table, and keep it if asked to."""
    given = options(__doc__, sizes=[100, 1000], saves=10)
    with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
        rows = [
            row for size in given.sizes for row in measure(Path(name, str(size)), size, given.saves)
        ]
    heads = ["", "ms to the reload", "ms to the page", "CPU s a save", "s to start", "MB"]
    said = [about(Hugo=versions()["Hugo"]), table(heads, rows)]
    say("apercu", "\n\n".join(said), keep=given.write)


if __name__ == "__main__":
    main()
