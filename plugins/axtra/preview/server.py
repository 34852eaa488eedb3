"""The server of the live preview: it renders what browsers ask for, and tells them of each save.

Pages are those of a build, with drafts and scheduled texts; what the preview adds is in no file.
While there is an error, the last good pages stay, with what is wrong.
"""

from __future__ import annotations

import http.server
import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import watchfiles

from axtra.preview import toolbar
from axtra.preview.previewed_site import Answer, PreviewedSite
from infolettre.core.refusals import WrongUsage

HOST = "127.0.0.1"
_WATCHED = ("content", "newsletters", "theme", "plugins", "pelicanconf.py", "publishconf.py")
_PROGRAM = "plugins"
_ENOUGH = "assez"  # ends a stream
_MOST_STREAMS = 32  # open tabs that hear of each save
_PATIENCE = 60  # seconds for a request to come, and for an answer to be read
# An editor writes a file in two or three steps a few ms apart: wait for the last of them.
_PAUSE, _LONGEST = 8, 60  # ms


def serve(root: Path, *, port: int, say: Callable[[str], None]) -> None:
    """Serve the preview until Ctrl-C.

    Args:
        root: the project's folder.
        port: a port of this machine; 0 for any free port.
        say: shows a line to the editor, at once.

    Raises:
        WrongUsage: the port is taken.
    """
    site = PreviewedSite(root)
    try:
        server = _Server((HOST, port), site)
    except OSError:
        raise WrongUsage(f"le port {port} est déjà pris.", f"Essayez --port {port + 1}.") from None
    site.refresh()
    say(_summary(site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"Aperçu : http://{HOST}:{server.server_port}/   (Ctrl-C pour arrêter)")
    try:
        for changed in _changes(root):
            if any(path.is_relative_to(root / _PROGRAM) for path in changed):
                say("Le programme a changé : l’aperçu recommence.")
                _restart(server)
            site.take(changed)
            server.tell()
            say(_summary(site))
    finally:
        server.shutdown()
        server.server_close()


def _summary(site: PreviewedSite) -> str:
    return "\n".join([*map(str, site.problems), str(site)])


def _changes(root: Path) -> Iterator[set[Path]]:
    watched = [root / name for name in _WATCHED if (root / name).exists()]
    for changes in watchfiles.watch(
        *watched, debounce=_LONGEST, step=_PAUSE, rust_timeout=1000, raise_interrupt=True
    ):
        if changes:
            yield {Path(path) for _, path in changes}


def _restart(server: _Server) -> None:
    """Start the program again, as it is now, at the same address."""
    server.server_close()
    words = [*sys.orig_argv[1:]]
    if "--port" in words:
        words[words.index("--port") + 1] = str(server.server_port)
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606 - this very command


class _Server(http.server.ThreadingHTTPServer):
    """Serves a site on loopback only."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], site: PreviewedSite) -> None:
        self.site = site
        self._waiting: dict[queue.SimpleQueue[str], None] = {}  # the oldest first
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    def tell(self) -> None:
        """Make every open page reload."""
        with self._lock:
            for waiting in self._waiting:
                waiting.put("nouveau")

    def listen(self) -> Iterator[str]:
        """Yield an event for each change, until the page is closed or too many others are open.

        The oldest page gives way; its browser asks again a little later.
        """
        mine: queue.SimpleQueue[str] = queue.SimpleQueue()
        with self._lock:
            self._waiting[mine] = None
            if len(self._waiting) > _MOST_STREAMS:
                next(iter(self._waiting)).put(_ENOUGH)
                del self._waiting[next(iter(self._waiting))]
        try:
            while True:
                try:
                    news = mine.get(timeout=20)
                except queue.Empty:
                    yield ": toujours là\n\n"  # fails if the tab was closed
                else:
                    if news == _ENOUGH:
                        return
                    yield f"data: {json.dumps(news)}\n\n"
        finally:
            with self._lock:
                self._waiting.pop(mine, None)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Ignore a browser that leaves in the middle of an answer."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what the site holds; pages get a toolbar and the script that reloads them."""

    server: _Server
    timeout = _PATIENCE

    def do_GET(self) -> None:
        """Answer with an event stream, the script, a page or a file."""
        if not self._is_local():
            self._send(Answer(b"H\xc3\xb4te inconnu", "text/plain", HTTPStatus.FORBIDDEN))
        elif self.path == toolbar.EVENTS:
            self._stream()
        elif self.path == toolbar.SCRIPT:
            self._send(Answer(toolbar.RELOAD.encode(), "text/javascript"))
        else:
            self._send(self.server.site.answer(self.path))

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def _is_local(self) -> bool:
        """Refuse a Host that a hostile page could point here (DNS rebinding)."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        return host in {HOST, "localhost"}

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        kind = answer.kind + ("; charset=utf-8" if answer.kind.startswith("text/") else "")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        if answer.place:
            self.send_header("Location", answer.place)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _stream(self) -> None:
        """Send an event after each change (server-sent events)."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        changes = self.server.listen()
        try:
            for change in changes:
                self.wfile.write(change.encode())
                self.wfile.flush()
        except OSError:
            pass  # the tab was closed
        finally:
            changes.close()  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Log nothing: the terminal is for what the editor needs."""
