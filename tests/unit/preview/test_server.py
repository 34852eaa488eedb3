"""The server of the preview: what it says, and to whom it answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from axtra.preview import HOST, serve, toolbar
from axtra.preview.previewed_site import PreviewedSite
from axtra.preview.server import _Server
from infolettre.core.refusals import WrongUsage
from support.service_processes import wait_until


def test_a_port_that_is_taken_is_refused_with_the_next(tmp_path: Path) -> None:
    said: list[str] = []
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WrongUsage) as caught:
            serve(tmp_path, port=port, say=said.append)
    assert str(caught.value) == f"le port {port} est déjà pris.\n    → Essayez --port {port + 1}."
    assert said == []


@pytest.fixture
def server(tmp_path: Path) -> Iterator[_Server]:
    """Serve a project that nothing was read of."""
    with _Server((HOST, 0), PreviewedSite(tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def stream(server: _Server) -> socket.socket:
    """Open a stream of events, and return it once its head has come."""
    taken = socket.create_connection((HOST, server.server_port), timeout=10)
    taken.sendall(f"GET {toolbar.EVENTS} HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
    said = b""
    while not said.endswith(b"\r\n\r\n"):
        said += taken.recv(1)
    return taken


def newest(server: _Server) -> object:
    """Return the stream that the server knew last."""
    with server._lock:
        return next(reversed(server._waiting), None)


def test_streams_are_limited_and_the_last_ones_hear_of_a_save(server: _Server) -> None:
    with ExitStack() as stack:
        tabs = []
        for _ in range(100):
            before = newest(server)
            tabs.append(stack.enter_context(stream(server)))
            # The head comes first: only now is this stream after the others.
            wait_until(lambda before=before: newest(server) is not before)  # type: ignore[misc]
        for tab in tabs[:68]:
            assert tab.recv(100) == b""
        assert len(server._waiting) == 32
        server.tell()
        for tab in tabs[68:]:
            assert tab.recv(100) == b'data: "nouveau"\n\n'


def test_a_half_request_does_not_hold_a_thread_for_ever(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axtra.preview.server._Handler.timeout", 0.2)
    with socket.create_connection((HOST, server.server_port), timeout=10) as taken:
        taken.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert taken.recv(100) == b""
