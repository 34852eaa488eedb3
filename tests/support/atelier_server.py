"""The atelier of a project, served on the loopback by uvicorn in a thread."""

from __future__ import annotations

import asyncio
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


class _Server(uvicorn.Server):
    """Closes what a browser keeps and opens last: collected later, that fails other tests."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in [*self.server_state.connections]:
            if transport := getattr(connection, "transport", None):
                transport.abort()
        await asyncio.sleep(0.01)  # until they are


@contextmanager
def served_atelier(root: Path, data: Path) -> Iterator[ServedAtelier]:
    """Serve the atelier of a project."""
    access = Access(person_of(root))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        entrance = Entrance.alone("127.0.0.1", "localhost", port=port)
        app = guarded(root, data, access, entrance, used_up=lambda: None)
        server = _Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        try:
            yield ServedAtelier(f"http://127.0.0.1:{port}", access)
        finally:
            server.should_exit = server.force_exit = True
            thread.join()
