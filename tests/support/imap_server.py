"""A small IMAP server over TLS: the part of RFC 3501 that a client needs to read new mail.

It checks that the client follows the protocol, over real sockets with a real handshake.
"""

from __future__ import annotations

import base64
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Box:
    """A folder of an account; `said` records the commands, without passwords."""

    person: str
    password: str
    folder: bytes
    mails: dict[int, bytes]
    seen: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    port: int = 0


@contextmanager
def served(box: Box, pem: Path) -> Iterator[Box]:
    """Serve a mailbox on the loopback until the block ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    class Talk(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("* OK IMAP4rev1 ready")
            for line in self.rfile:
                tag, _, words = line.decode().rstrip("\r\n").partition(" ")
                box.said.append("LOGIN" if words.startswith("LOGIN") else words)
                if not self.answer(tag, words):
                    return

        def answer(self, tag: str, words: str) -> bool:
            match words.split(" ", 2):
                case ["CAPABILITY"]:
                    self.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN")
                case ["LOGIN", person, password]:
                    plain = re.sub(r"\\(.)", r"\1", password[1:-1])
                    return self.settle(tag, (person.strip('"'), plain))
                case ["AUTHENTICATE", "PLAIN"]:
                    self.say("+ ")
                    given = base64.b64decode(self.rfile.readline()).decode()
                    return self.settle(tag, tuple(given.split("\0")[1:]))
                case ["SELECT", *name] if " ".join(name).encode() == box.folder:
                    self.say(f"* {len(box.mails)} EXISTS")
                case ["SELECT", *_]:
                    self.say(f"{tag} NO no such folder")
                    return True
                case ["UID", "SEARCH", _]:
                    new = " ".join(str(number) for number in box.mails if number not in box.seen)
                    self.say(f"* SEARCH {new}".rstrip())
                case ["UID", "FETCH", rest]:
                    number = int(rest.split(" ")[0])
                    data = box.mails[number]
                    self.say(f"* 1 FETCH (UID {number} BODY[] {{{len(data)}}}")
                    self.wfile.write(data)
                    self.say(")")
                case ["UID", "STORE", rest]:
                    match = re.fullmatch(r"(\d+) \+FLAGS \(?\\Seen\)?", rest)
                    assert match, rest
                    box.seen.add(int(match[1]))
                case ["LOGOUT"]:
                    self.say("* BYE")
                    self.say(f"{tag} OK done")
                    return False
            self.say(f"{tag} OK done")
            return True

        def settle(self, tag: str, given: tuple[str, ...]) -> bool:
            known = given == (box.person, box.password)
            self.say(f"{tag} OK in" if known else f"{tag} NO who are you")
            return True

    class Server(socketserver.ThreadingTCPServer):
        def get_request(self) -> tuple[socket.socket, object]:
            """Do the TLS handshake; some tests expect the client to refuse it."""
            plain, address = super().get_request()
            plain.settimeout(10)
            return context.wrap_socket(plain, server_side=True), address

    with Server(("127.0.0.1", 0), Talk) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
