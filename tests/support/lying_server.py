"""A raw SMTP server whose answers, or their timing, do not match what it does with a message.

It records what it received and what it accepted; tests rely on these records only.
"""

from __future__ import annotations

import random
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Said = str | bytes
OK, GO = "250 2.0.0 OK", "354 go on"


class _GoneError(Exception):
    """The client closed the connection, or this server must."""


@dataclass(frozen=True)
class Lie:
    """The answer to each command; the defaults are honest.

    `taken` is whether the server accepts the message once it has all of it; `early` is sent in the
    middle of the content, `late` a few milliseconds after the answer to RCPT; `cut` is where the
    server closes the connection.
    """

    mail: Said = OK
    rcpt: Said = OK
    data: Said = GO
    early: Said = ""
    end: Said = OK
    late: Said = ""
    cut: str = ""
    taken: bool = False
    reset: Said = OK
    banner: Said = "220 menteur.test"
    hello: Said = "250 menteur.test"
    start: Said = "220 go"  # to STARTTLS
    drip: float = 0.0


TRUTH = Lie(taken=True)
LIES = {
    "2xx instead of 354": Lie(data=OK),
    "220 instead of 354": Lie(data="220 ready"),
    "250 then 354": Lie(data=f"{OK}\r\n{GO}", end="554 5.7.1 no"),
    "354 and 250 at once": Lie(data=f"{GO}\r\n{OK}", end="554 5.7.1 no"),
    "354 twice": Lie(data=f"{GO}\r\n{GO}", end="554 5.7.1 no"),
    "354 twice, and taken": Lie(data=f"{GO}\r\n{GO}", taken=True),
    "MAIL answered twice": Lie(mail=f"{OK}\r\n{OK}", end="554 5.7.1 no"),
    "RCPT answered twice": Lie(rcpt=f"{OK}\r\n{OK}", end="554 5.7.1 no"),
    "RCPT answered twice, later": Lie(late=OK, end="554 5.7.1 no"),
    "RCPT answered twice, later, and taken": Lie(late=OK, taken=True),
    "accepted, it says, and refused": Lie(end="250 5.7.1 message refused"),
    "RCPT accepted and refused": Lie(rcpt="250 5.1.1 no such user", end="554 5.7.1 no"),
    "RCPT answered by 220": Lie(rcpt="220 ready"),
    "MAIL answered by 354": Lie(mail=GO),
    "early 250, then 554": Lie(early=OK, end="554 5.7.1 no"),
    "early 250, then 451": Lie(early=OK, end="451 4.3.0 later"),
    "early 250, then 250": Lie(early=OK, taken=True),
    "early 554, then 250": Lie(early="554 5.7.1 no", taken=True),
    "early 451, then 250": Lie(early="451 4.3.0 later", taken=True),
    "early 250, then nothing": Lie(early=OK, cut="end"),
    "early 250, then the end": Lie(early=OK, cut="content"),
    "250, then 554": Lie(end=f"{OK}\r\n554 5.7.1 no"),
    "554, then 250": Lie(end=f"554 5.7.1 no\r\n{OK}", taken=True),
    "354 at the end": Lie(end=GO),
    "220 at the end": Lie(end="220 ready"),
    "251 at the end": Lie(end="251 elsewhere"),
    "code 999": Lie(end="999 what"),
    "code 099": Lie(end="099 what"),
    "code 2x0": Lie(end="2x0 what"),
    "code 25": Lie(end="25 what"),
    "code 2500": Lie(end="2500 what"),
    "code with an underscore": Lie(end="250_OK"),
    "no code": Lie(end="OK"),
    "code 199 at RCPT": Lie(rcpt="199 wait"),
    "lines of two codes at RCPT": Lie(rcpt="250-yes\r\n550 no"),
    "lines of two codes at the end": Lie(end="250-yes\r\n554 no"),
    "lines of two codes, the other way": Lie(end="554-no\r\n250 yes"),
    "answers in advance": Lie(mail=f"{OK}\r\n{OK}\r\n{GO}\r\n{OK}"),
    "answers in advance, with garbage": Lie(rcpt=f"{OK}\r\n\x00\xff\r\n{GO}\r\n{OK}"),
    "zeros": Lie(end=b"\x00" * 40),
    "cut after DATA": Lie(cut="data"),
    "cut in the content": Lie(cut="content"),
    "cut after the end": Lie(cut="end"),
    "taken, then cut": Lie(cut="end", taken=True),
}


@dataclass
class Liar:
    """A running server; `lie` chooses how it treats each message, from its recipient."""

    port: int
    lie: Callable[[str], Lie]
    tls: ssl.SSLContext | None = None
    whole: Counter[str] = field(default_factory=Counter)  # messages received completely
    taken: Counter[str] = field(default_factory=Counter)  # messages accepted
    tried: Counter[str] = field(default_factory=Counter)

    def serve(self, sock: socket.socket) -> None:
        """Serve a connection until either side closes it."""
        sock.settimeout(20)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = _Session(self, sock)
        with suppress(OSError, _GoneError):
            session.talk()
        session.leave()


class _Session:
    def __init__(self, liar: Liar, sock: socket.socket) -> None:
        self._liar, self._sock, self._held = liar, sock, b""
        self._lie, self._name = TRUTH, ""

    def leave(self) -> None:
        """Close the socket."""
        self._sock.close()

    def talk(self) -> None:
        """Answer commands until either side closes the connection."""
        self._say(self._liar.lie("").banner)
        while True:
            line = self._until(b"\r\n").decode("latin-1")
            match line[:4].upper():
                case "MAIL":
                    # The recipient is not known yet: a lie at MAIL applies to everyone.
                    self._say(self._liar.lie("").mail)
                case "RCPT":
                    self._name = line.partition("<")[2].partition(">")[0]
                    self._lie = self._liar.lie(self._name)
                    self._liar.tried[self._name] += 1
                    self._say(self._lie.rcpt)
                    if self._lie.late:  # from this thread: no two may use a TLS socket at once
                        time.sleep(0.003)
                        self._say(self._lie.late)
                case "DATA":
                    self._content()
                case "STAR":
                    self._say(self._liar.lie("").start)
                    self._secure()
                case "QUIT":
                    self._say("221 bye")
                    return
                case "RSET":
                    self._say(self._lie.reset)
                case _:
                    self._say(self._liar.lie("").hello)

    def _secure(self) -> None:
        assert self._liar.tls
        self._sock = self._liar.tls.wrap_socket(self._sock, server_side=True)

    def _content(self) -> None:
        lie = self._lie
        if lie.cut == "data":
            raise _GoneError
        self._say(lie.data)
        if GO not in str(lie.data):
            return
        first = self._until(b"\r\n")
        if lie.early:
            self._say(lie.early)
        if lie.cut == "content":
            raise _GoneError
        if first != b".":
            self._until(b"\r\n.\r\n")
        self._liar.whole[self._name] += 1
        if lie.taken:
            self._liar.taken[self._name] += 1
        if lie.cut == "end":
            raise _GoneError
        self._say(lie.end)

    def _say(self, said: Said) -> None:
        data = said if isinstance(said, bytes) else said.encode("latin-1")
        if self._lie.drip:
            for byte in data:
                self._sock.sendall(bytes([byte]))
                time.sleep(self._lie.drip)
            data = b""
        self._sock.sendall(data + b"\r\n")

    def _until(self, end: bytes) -> bytes:
        while end not in self._held:
            more = self._sock.recv(65_536)
            if not more:
                raise _GoneError
            self._held += more
        received, _, self._held = self._held.partition(end)
        return received


@contextmanager
def lying(lie: Callable[[str], Lie], tls: ssl.SSLContext | None = None) -> Iterator[Liar]:
    """Serve on a free port of the loopback, in threads that end with their connections.

    Args:
        lie: chooses how each message is treated; called with "" before a recipient is known.
        tls: the context for STARTTLS.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        liar = Liar(listening.getsockname()[1], lie, tls)

        def welcome() -> None:
            with suppress(OSError):
                while True:
                    sock, _ = listening.accept()
                    threading.Thread(target=liar.serve, args=(sock,), daemon=True).start()

        threading.Thread(target=welcome, daemon=True).start()
        yield liar
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def sometimes(lies: list[Lie], seed: int, part: float = 0.3) -> Callable[[str], Lie]:
    """Lie about a random part of the recipients, and only the first time for each."""
    chance, met = random.Random(seed), set[str]()  # noqa: S311

    def draw(name: str) -> Lie:
        if not name or name in met or chance.random() > part:
            return TRUTH
        met.add(name)
        return chance.choice(lies)

    return draw
