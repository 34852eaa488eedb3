"""An SMTP server that fails on demand: the name of a recipient's mailbox chooses the failure.

`python smtp_server.py PORT SECONDS` serves on its own, with that delay, for measurements.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

UNKNOWN, FULL, GREY, BUSY, POLICY = "inconnu", "pleine", "grise", "occupe", "politique"
CUT, AFTER, SLOW, CLOSING = "coupe", "apres", "lente", "ferme"
FAULTS = (UNKNOWN, FULL, GREY, BUSY, POLICY, CUT, AFTER, SLOW, CLOSING)


def numbered(number: int, kind: str = "bon") -> list[str]:
    """Return addresses whose mailboxes all behave in the way of a kind."""
    return [f"{kind}-{index}@exemple.test" for index in range(number)]


@dataclass(frozen=True)
class ReceivedMessage:
    """A message that the server received, whatever it answered."""

    recipient: str
    sender: str
    content: bytes

    @property
    def message_id(self) -> str:
        """Return its identifier, without the brackets."""
        headers = BytesHeaderParser().parsebytes(self.content)
        return str(headers["Message-ID"]).strip("<>")


@dataclass
class MailHandler:
    """The handler of the server; `delay` is the duration of a round trip, in seconds.

    `storm` is an answer to every RCPT; `ends` an answer to every message once `spared` were
    accepted; `says` has the answers to RCPT by the start of a mailbox's name.
    """

    taken: list[ReceivedMessage] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    refused: list[bytes] = field(default_factory=list)  # contents answered with a 4xx
    storm: str = ""
    ends: str = ""
    spared: int = 0
    says: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    slowness: float = 1.2
    connections: int = 0
    transports: list[asyncio.Transport] = field(default_factory=list)

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, responses: list[str]
    ) -> list[str]:
        session.host_name = name
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.delay)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _opts: list[str]
    ) -> str:
        await asyncio.sleep(self.delay)
        self.tried[address] += 1
        if self.storm:
            return self.storm
        kind = address.partition("-")[0]
        if kind in self.says:
            return self.says[kind]
        match kind:
            case "inconnu":
                return f"550 5.1.1 <{address}>: user unknown"
            case "pleine":
                return "552 5.2.2 mailbox full"
            case "grise" if self.tried[address] == 1:
                return "450 4.2.0 greylisted, try again later"
            case "politique":
                return "550 5.7.1 message refused by policy"
            case "ferme" if self.tried[address] == 1:
                return "421 4.3.2 closing, come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.delay)
        (address,) = envelope.rcpt_tos
        content = bytes(envelope.original_content or b"")
        kind = address.partition("-")[0]
        if self.ends and len(self.taken) >= self.spared:
            return self.ends
        if kind == BUSY and self.tried[address] == 1:
            self.refused.append(content)
            return "451 4.3.0 try again later"
        self.taken.append(ReceivedMessage(address, str(envelope.mail_from), content))
        if kind == AFTER:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if kind == SLOW:
            await asyncio.sleep(self.slowness)
        return "250 2.0.0 queued"

    def recipients(self) -> Counter[str]:
        """Count the messages of each recipient."""
        return Counter(message.recipient for message in self.taken)


class Server(SMTP):
    """aiosmtpd, which can also close the connection in the middle of a message."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.event_handler.transports.append(transport)
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        await asyncio.sleep(self.event_handler.delay)
        recipients = self.envelope.rcpt_tos if self.envelope else []
        if any(recipient.startswith(CUT) for recipient in recipients):
            await self.push("354 go on")
            await self._reader.readline()
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class FastServer(Server):
    """The same, but fast: it reads a message at once, so that only its sender is measured."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: ARG002, N802
        await asyncio.sleep(self.event_handler.delay)
        await self.push("354 go on")
        self._reader._limit = 1 << 22
        await self._reader.readuntil(b"\r\n.\r\n")
        await asyncio.sleep(self.event_handler.delay)
        self._set_post_data_state()
        await self.push("250 2.0.0 queued")


@dataclass(frozen=True)
class RunningServer:
    """A running server."""

    port: int
    post: MailHandler
    loop: asyncio.AbstractEventLoop

    def drop(self) -> None:
        """Close every connection without a word, as a server does of who said nothing for long."""
        for transport in self.post.transports:
            self.loop.call_soon_threadsafe(transport.abort)

    @property
    def url(self) -> str:
        """Return the value for AXTRA_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}?tls=aucun"


@contextmanager
def opened(
    post: MailHandler | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    wrapped: bool = False,
    password: str | None = None,
) -> Iterator[RunningServer]:
    """Serve on a free port of the loopback, in a thread.

    Args:
        post: the handler.
        tls: a TLS context.
        wrapped: TLS from the first byte, instead of STARTTLS.
        password: the only password that AUTH accepts.
    """
    post = post or MailHandler()

    def authenticate(
        _server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: Any
    ) -> Any:
        return AuthResult(success=data.password == (password or "").encode(), handled=False)

    def make() -> Server:
        post.connections += 1
        return Server(
            post,
            hostname="poste.test",
            tls_context=None if wrapped else tls,
            require_starttls=bool(tls) and not wrapped,
            auth_required=password is not None,
            auth_require_tls=True,
            authenticator=authenticate if password is not None else None,
            loop=loop,
            data_size_limit=None,
        )

    loop = asyncio.new_event_loop()
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    # Always in its own thread: the browser of other tests runs a loop in the main thread.
    opening = loop.create_server(make, sock=listening, ssl=tls if wrapped else None)
    made = asyncio.run_coroutine_threadsafe(opening, loop).result(5)
    try:
        yield RunningServer(listening.getsockname()[1], post, loop)
    finally:

        async def close() -> None:
            made.close()
            current = asyncio.current_task()
            rest = [task for task in asyncio.all_tasks() if task is not current]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def main(port: int, delay: float) -> None:
    """Serve until killed."""
    post = MailHandler(delay=delay)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: FastServer(post, hostname="poste.test", loop=loop, data_size_limit=None),
            "127.0.0.1",
            port,
        )
        async with server:
            await server.serve_forever()

    asyncio.run(serve())


def leaving(content: bytes) -> str:
    """Return the token of the List-Unsubscribe header of a message."""
    match = re.search(rb"desabonnement(?:/|%20)([A-Za-z0-9_.-]+)", content)
    assert match
    return match[1].decode()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
