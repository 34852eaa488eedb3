"""The live preview: build, serve on loopback, build again on each save, tell the browser.

Standard library but for the watcher. Pages are those of the build, drafts and scheduled texts
included; only the reload script is added, and only in what is served.
"""

from __future__ import annotations

import http.server
import json
import queue
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

import watchfiles
from markupsafe import escape

from axtra import diagnostics, site
from axtra.dates import ZONE
from axtra.diagnostics import Diagnostic

HOST = "127.0.0.1"
EVENTS = "/__axtra/changements"
SCRIPT = "/__axtra/apercu.js"
_RELOAD = f"""const changements = new EventSource("{EVENTS}");
changements.onmessage = () => {{
  sessionStorage.setItem("axtra-y", scrollY);
  location.reload();
}};
addEventListener("load", () => {{
  const y = sessionStorage.getItem("axtra-y");
  if (y !== null) scrollTo(0, Number(y));
  sessionStorage.removeItem("axtra-y");
}});
"""
_WATCHED = ("content", "newsletters", "theme", "plugins", "pelicanconf.py", "publishconf.py")


@dataclass(slots=True)
class State:
    """What the browser is shown: the last good output, and what the last build found."""

    root: Path
    output: Path
    found: tuple[Diagnostic, ...] = ()
    waiting: set[queue.SimpleQueue[str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def build(self) -> None:
        """Build again; on an error the last good pages stay."""
        start = time.perf_counter()
        report = site.build(self.root, moment=datetime.now(ZONE), target=self.output, preview=True)
        self.found = report.diagnostics
        seconds = f"{time.perf_counter() - start:.1f}".replace(".", ",")
        if self.found:
            sys.stdout.write("\n".join(map(str, self.found)) + "\n")
        sys.stdout.write(f"{diagnostics.summary(self.found)}, {seconds}\u00a0s\n")
        sys.stdout.flush()
        with self.lock:
            for waiting in self.waiting:
                waiting.put("nouveau")


def serve(root: Path, *, port: int) -> int:
    """Serve the preview until Ctrl-C.

    Args:
        root: the project's folder.
        port: a port of this machine; 0 for any free one.

    Returns:
        The exit code: 2 when the port is taken.
    """
    with tempfile.TemporaryDirectory(prefix="axtra-apercu-") as folder:
        state = State(root, Path(folder) / "site")
        try:
            server = _Server((HOST, port), state)
        except OSError:
            sys.stderr.write(
                f"axtra : le port {port} est déjà pris.\n    → Essayez --port {port + 1}.\n"
            )
            return 2
        state.build()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(f"Aperçu : http://{HOST}:{server.server_port}/   (Ctrl-C pour arrêter)\n")
        sys.stdout.flush()
        try:
            for _ in _changes(root):
                state.build()
        finally:
            server.shutdown()
            server.server_close()
    return 0


def _changes(root: Path) -> Iterator[object]:
    watched = [root / name for name in _WATCHED if (root / name).exists()]
    yield from watchfiles.watch(*watched, debounce=200, step=50, raise_interrupt=True)


class _Server(http.server.ThreadingHTTPServer):
    """A server of one state, on loopback only."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], state: State) -> None:
        self.state = state
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A browser that leaves in the middle of an answer is no news."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the output; pages get the reload script and the list of problems."""

    server: _Server

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, directory=str(args[2].state.output), **options)

    def do_GET(self) -> None:
        """Answer with an event stream, the script, a page or a file."""
        if not self._is_local():
            self.send_error(HTTPStatus.FORBIDDEN, "Hôte inconnu")
        elif self.path == EVENTS:
            self._stream()
        elif self.path == SCRIPT:
            self._send(_RELOAD.encode(), "text/javascript; charset=utf-8")
        elif page := site.desk_page(self.server.state.root, self.path, moment=datetime.now(ZONE)):
            self._send(self._added(page.encode()), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _is_local(self) -> bool:
        """Refuse a Host that a hostile page could point here (DNS rebinding)."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        return host in {HOST, "localhost"}

    def send_head(self) -> IO[bytes] | None:  # type: ignore[override]
        """Serve a page with its additions; anything else as it is."""
        path = Path(self.translate_path(self.path))
        page = path / "index.html" if path.is_dir() else path
        if page.suffix != ".html" or (path.is_dir() and not self.path.endswith("/")):
            return super().send_head()
        status = HTTPStatus.OK
        if not page.is_file():
            page, status = self.server.state.output / "404.html", HTTPStatus.NOT_FOUND
        body = page.read_bytes() if page.is_file() else b"<body></body>"
        self._send(self._added(body), "text/html; charset=utf-8", status)
        return None

    def _added(self, body: bytes) -> bytes:
        """Add the problems and the script; addresses of production lead back here."""
        extra = _panel(self.server.state.found) + _desk(self.path)
        extra += f'<script src="{SCRIPT}" defer></script>'
        return body.replace(b"</body>", extra.encode() + b"</body>")

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        """Send an event after each build (server-sent events)."""
        mine: queue.SimpleQueue[str] = queue.SimpleQueue()
        state = self.server.state
        with state.lock:
            state.waiting.add(mine)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        try:
            while True:
                self.wfile.write(f"data: {json.dumps(mine.get())}\n\n".encode())
                self.wfile.flush()
        except OSError:
            pass  # the tab was closed
        finally:
            with state.lock:
                state.waiting.discard(mine)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Keep the terminal for what the editor needs."""


def _desk(path: str) -> str:
    """Lead from an edition's page to its planche, and from the list to the calendar."""
    found = re.fullmatch(r"/infolettres/(?:([\w-]+)/)?", path)
    if not found:
        return ""
    address = f"{site.PLANCHES}{found[1]}/" if found[1] else site.CALENDAR
    label = "Voir la planche de cette édition" if found[1] else "Voir le calendrier de l’année"
    return (
        '<p style="position:fixed;inset:auto 16px 16px auto;z-index:8;margin:0;padding:8px 16px;'
        f'background:#0f3d5c;font:16px/1.4 sans-serif"><a style="color:#fff" href="{address}">'
        f"{label}</a></p>"
    )


def _panel(found: Sequence[Diagnostic]) -> str:
    """Show the problems of the last build on the page."""
    if not found:
        return ""
    rows = "".join(f"<li><pre>{escape(str(one))}</pre></li>" for one in found)
    title = escape(diagnostics.summary(found))
    return (
        '<details open id="axtra-constats" style="position:fixed;inset:auto 0 0 0;z-index:9;'
        "max-height:45vh;overflow:auto;padding:8px 16px;background:#fff;color:#000;"
        'border-top:3px solid #b00020;font:14px/1.4 sans-serif">'
        f"<summary>{title}</summary><ul>{rows}</ul></details>"
    )
