"""An SFTP server that says it wrote a file, and keeps only its beginning."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

from support.sftp_server import learn, make_key


def environment(folder: Path) -> dict[str, str]:
    """Return the settings of who publishes there."""
    return {
        "AXTRA_SFTP_CLE": str(folder / "compte"),
        "AXTRA_SFTP_HOTES": str(folder / "hotes"),
    }


@contextmanager
def serving(folder: Path, kept: int) -> Iterator[str]:
    """Run the server, which keeps so many bytes of a file; it ends with the block.

    Returns:
        what comes before the path in the address of a target.
    """
    folder.mkdir()
    make_key(folder / "hote")
    make_key(folder / "compte")

    class Lying(asyncssh.SFTPServer):
        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            super().write(file_obj, offset, data[: max(0, kept - offset)])
            return len(data)

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[str(folder / "hote")],
            authorized_client_keys=str(folder / "compte.pub"),
            sftp_factory=Lying,
        )

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(30)

    async def stop() -> None:
        server.close()
        await server.wait_closed()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        learn(folder, server.get_port())
        yield f"sftp://compte@127.0.0.1:{server.get_port()}"
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
