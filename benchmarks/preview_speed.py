"""Measure a running preview: from a save to the reload of the page, ours and Hugo's, in turns.

Usage:  python benchmarks/preview_speed.py --sizes 1000 5000 --saves 20 --write
"""

from __future__ import annotations

import base64
import http.client
import os
import queue
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

from builds import edit, versions
from corpus import Corpus, path_of, write_axe
from measure import about, cpu_of, memory_of, options, say, table, usual
from peers import HUGO, PEERS

_HOST = "127.0.0.1"
_PATIENCE = 300  # seconds: the first page of 5,000 texts waits for all of them
_CALM = 0.4  # seconds without an event, after which a server has nothing left to do
_EVENTS = "/__axtra/changements"
_HELLO = b'{"command":"hello","protocols":["http://livereload.com/protocols/official-7"]}'


@dataclass(frozen=True, slots=True)
class RunningPreview:
    """A running preview: its process, its port, and the moments when it reloaded open pages.

    `start` is how many seconds it took to serve its first page.
    """

    process: subprocess.Popen[bytes]
    port: int
    start: float
    reloads: queue.SimpleQueue[float] = field(default_factory=queue.SimpleQueue)

    @property
    def cpu(self) -> float:
        """Return the CPU seconds that the process has used."""
        return cpu_of(self.process.pid)

    @property
    def memory(self) -> float:
        """Return the MB that the process holds."""
        return memory_of(self.process.pid)

    def save(self, change: Callable[[], object], path: str, mark: str) -> tuple[float, float]:
        """Make a change; return the seconds until pages reload, and until the page shows a mark.

        Earlier reloads must be settled.

        Raises:
            TimeoutError: the page never shows the mark.
        """
        begin = time.perf_counter()
        change()
        reloaded = self.reloads.get(timeout=_PATIENCE)
        while mark not in page(self.port, path):
            if time.perf_counter() - begin > _PATIENCE:
                raise TimeoutError(f"{mark} : {path}")
            time.sleep(0.002)
        return reloaded - begin, time.perf_counter() - begin

    def settle(self) -> None:
        """Wait until no more reload comes."""
        try:
            while True:
                self.reloads.get(timeout=_CALM)
        except queue.Empty:
            return


@contextmanager
def axe(root: Path) -> Iterator[RunningPreview]:
    """Run the preview of a project of AXE."""
    program = [sys.executable, "-c", "from axtra.cli import main; main()"]
    with _running_preview([*program, "apercu", "--port"], root, _events) as preview:
        yield preview


@contextmanager
def hugo(root: Path) -> Iterator[RunningPreview]:
    """Run the preview of a project of Hugo, with pages in memory as in ours."""
    command = [str(HUGO), "server", "--bind", _HOST, "--renderToMemory", "--port"]
    with _running_preview(command, root, _reloads) as preview:
        yield preview


@contextmanager
def _running_preview(
    command: Sequence[str], root: Path, listen: Callable[[RunningPreview], None]
) -> Iterator[RunningPreview]:
    """Run a preview on a free port; once it serves, note in a thread when it reloads pages."""
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
        preview = RunningPreview(process, port, time.perf_counter() - begin)
        listening = threading.Thread(target=listen, args=(preview,), daemon=True)
        listening.start()
        preview.settle()
        yield preview
    finally:
        process.terminate()
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
    """Return a page."""
    with closing(http.client.HTTPConnection(_HOST, port, timeout=_PATIENCE)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def _events(preview: RunningPreview) -> None:
    """Listen to server-sent events."""
    with closing(http.client.HTTPConnection(_HOST, preview.port)) as connection:
        connection.request("GET", _EVENTS)
        answer = connection.getresponse()
        while line := answer.readline():
            if line.startswith(b"data"):
                preview.reloads.put(time.perf_counter())


def _reloads(preview: RunningPreview) -> None:
    """Listen to LiveReload, over a web socket (RFC 6455); its messages are short."""
    with socket.create_connection((_HOST, preview.port)) as wire:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            "GET /livereload HTTP/1.1",
            f"Host: {_HOST}:{preview.port}",
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
                preview.reloads.put(time.perf_counter())


PREVIEWS = {"AXE": axe, "Hugo": hugo}


@dataclass(frozen=True, slots=True)
class PreviewedProject:
    """A project to preview, the page to look at, and the kinds of saves."""

    name: str
    root: Path
    page: str
    sorts: Mapping[str, Callable[[], None]]


def projects(corpus: Corpus, folder: Path) -> list[PreviewedProject]:
    """Write the corpus as a project of AXE and as a project of Hugo."""
    article = next(document for document in corpus.documents if document.kind == "article")
    axe, other = folder / "axe", folder / "hugo"
    write_axe(corpus, axe)
    next(peer for peer in PEERS if peer.name == "Hugo").write(corpus, other)
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
        PreviewedProject("AXE", axe, f"/magazine/{article.folder}/{article.slug}/", mine),
        PreviewedProject("Hugo", other, f"/articles/{article.slug}/", theirs),
    ]


def measure(folder: Path, size: int, saves: int) -> Iterator[list[str]]:
    """Yield a row for each kind of save and each preview; both run, and are saved to in turn."""
    previewed = projects(Corpus(size), folder)
    for project in previewed:
        with PREVIEWS[project.name](project.root):
            pass  # what is kept between runs is kept
    with ExitStack() as stack:
        running = [
            (project, stack.enter_context(PREVIEWS[project.name](project.root)))
            for project in previewed
        ]
        for word, sort in {"corps": "a body", "titre": "a title"}.items():

            def turn(n: int, word: str = word) -> Iterator[tuple[float, float]]:
                for project, preview in running:
                    yield preview.save(project.sorts[word], project.page, f"Un {word} {n}.")
                    preview.settle()

            list(turn(0))  # templates are read once
            before = [preview.cpu for _, preview in running]
            turns = [list(turn(n)) for n in range(1, saves + 1)]
            for at, (project, preview) in enumerate(running):
                waits = zip(*(times[at] for times in turns), strict=True)
                reloaded, shown = (f"{1000 * statistics.median(some):.0f}" for some in waits)
                cpu = f"{(preview.cpu - before[at]) / saves:.2f}"
                start, memory = f"{preview.start:.2f}", f"{preview.memory:.0f}"
                yield [f"{project.name}, {sort}, {size} texts", reloaded, shown, cpu, start, memory]


def main() -> None:
    """Measure, print the table, and keep it if asked."""
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
