"""A small IMAP server of our own, over TLS: enough of RFC 3501 for a client that reads new mail.

It is not a mail server; it holds the client to the protocol by real sockets and a real handshake.
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
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Box:
    """A folder of one account; `said` keeps the commands, without passwords."""

    person: str
    password: str
    folder: bytes
    mails: dict[int, bytes]
    seen: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    port: int = 0


def certificate(folder: Path, name: str) -> Path:
    """Make a key and a certificate for a name or an address, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    known: x509.GeneralName = x509.DNSName(name)
    if name[0].isdigit():
        known = x509.IPAddress(ip_address(name))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([known]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def served(box: Box, pem: Path) -> Iterator[Box]:
    """Serve a box on the loopback until the block ends."""
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
                    new = " ".join(str(mail) for mail in box.mails if mail not in box.seen)
                    self.say(f"* SEARCH {new}".rstrip())
                case ["UID", "FETCH", rest]:
                    number = int(rest.split(" ")[0])
                    data = box.mails[number]
                    self.say(f"* 1 FETCH (UID {number} BODY[] {{{len(data)}}}")
                    self.wfile.write(data)
                    self.say(")")
                case ["UID", "STORE", rest]:
                    found = re.fullmatch(r"(\d+) \+FLAGS \(?\\Seen\)?", rest)
                    assert found, rest
                    box.seen.add(int(found[1]))
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
            """Shake hands; a client that refuses is what some tests want."""
            plain, address = super().get_request()
            plain.settimeout(10)
            return context.wrap_socket(plain, server_side=True), address

    with Server(("127.0.0.1", 0), Talk) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
