"""The atelier of a project, served on the loopback by uvicorn in a thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from axtra.atelier.access import Access, Entrance
from axtra.atelier.app import person_of
from axtra.atelier.server import guarded
from support.service_processes import wait_until


@dataclass(frozen=True)
class ServedAtelier:
    """An atelier: its address, and what gives keys."""

    address: str
    access: Access

    def entrance(self) -> str:
        """Return an address that lets one browser in."""
        return f"{self.address}/?cle={self.access.new_key()}"


@contextmanager
def served_atelier(root: Path, data: Path) -> Iterator[ServedAtelier]:
    """Serve the atelier of a project."""
    access = Access(person_of(root))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        entrance = Entrance.alone("127.0.0.1", "localhost", port=port)
        app = guarded(root, data, access, entrance, used_up=lambda: None)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        try:
            yield ServedAtelier(f"http://127.0.0.1:{port}", access)
        finally:
            for serving in server.servers:
                serving.get_loop().call_soon_threadsafe(_close, server)
            server.should_exit = server.force_exit = True
            thread.join()


def _close(server: uvicorn.Server) -> None:
    """Close the connections that a browser keeps; collected later, they would fail other tests."""
    for connection in [*server.server_state.connections]:
        if transport := getattr(connection, "transport", None):
            transport.abort()
