"""A fake store of objects: it passes requests on to a real one, except those that it answers."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from axtra.publishing.manifest import of_the_site

_NOT_PASSED = {"connection", "transfer-encoding", "date", "server"}


@dataclass
class Asked:
    """A request: its method, the name of the object, its headers and bytes, which may be changed.

    Attributes:
        headers: by names in small letters.
    """

    method: str
    path: str
    headers: dict[str, str]
    data: bytes


@dataclass(frozen=True)
class Refused:
    """An answer of the fake itself; `code` is what a store calls the error, or its whole words."""

    status: int
    code: str = ""

    def body(self) -> bytes:
        """Return the words of the answer."""
        if self.code.startswith("<"):
            return self.code.encode()
        return f"<Error><Code>{self.code}</Code><Message>x</Message></Error>".encode()


Answer = Callable[[Asked], Refused | None]


@dataclass
class FakeStore:
    """A running fake: its address, what it was asked, and what it does of it.

    Attributes:
        url: its address.
        answer: returns what the fake answers by itself; None to pass the request on.
        asked: every request.
    """

    url: str
    answer: Answer = lambda _: None
    asked: list[Asked] = field(default_factory=list)

    def put_names(self, target: str) -> set[str]:
        """Return the files of the site that were sent to a target."""
        start = target.removeprefix("s3:/") + "/"
        puts = {asked.path.removeprefix(start) for asked in self.asked if asked.method == "PUT"}
        return {name for name in puts if of_the_site(name)}


@contextmanager
def fake_store(real: str = "", context: ssl.SSLContext | None = None) -> Iterator[FakeStore]:
    """Run a fake in front of a real store; it ends with the block.

    Args:
        real: the address of the real one.
        context: what makes it speak TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, unquote(self.path), headers, self.rfile.read(length))
            fake.asked.append(asked)
            refused = fake.answer(asked)
            if refused:
                self._send(refused.status, {}, refused.body())
                return
            onward = http.client.HTTPConnection(urlsplit(real).netloc, timeout=30)
            asked.headers["content-length"] = str(len(asked.data))
            onward.request(self.command, self.path, asked.data, asked.headers)
            got = onward.getresponse()
            self._send(got.status, dict(got.getheaders()), got.read())
            onward.close()

        def _send(self, status: int, headers: dict[str, str], data: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in _NOT_PASSED | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of clients that leave."""

    server = Server(("127.0.0.1", 0), Handler)
    if context:
        # The handshake is that of a handler: a client that begins none would hold everything.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    fake = FakeStore(f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
