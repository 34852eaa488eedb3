"""A message template, made once, and each reader's message, made by replacing a few bytes.

The template is itself a whole message, with a sentinel, never split across lines, in place of
each personal value. A reader's message is made by joining bytes: only personal values are encoded
again.

Source: RFC 5322, 2046 (multipart), 2919 (List-Id), 2369 (List-Help, List-Archive) and 8058 (leaving
a list); Feedback-ID, of Gmail’s feedback loop.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from infolettre.message import headers
from infolettre.message.headers import HeaderError
from infolettre.message.quoted_printable import SOFT, encode
from infolettre.text import first_names, personal_values
from infolettre.text.personal_values import Personal
from infolettre.words import say

_SENTINEL = re.compile(f"{personal_values.LINK.pattern}|{first_names.SENTINEL.pattern}")
_HTML = "Content-Type: text/html; charset=utf-8"
_TEXT = "Content-Type: text/plain; charset=utf-8"
_QUOTED = "Content-Transfer-Encoding: quoted-printable"
_TO = b"To: personne@personnel.invalid\r\n"
_MESSAGE_ID = b"Message-ID: <message@personnel.invalid>\r\n"
_LEAVE = f"List-Unsubscribe: <{Personal.UNSUBSCRIBE}>\r\n".encode()
_IDENTITY = re.compile(r"<[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+>", re.ASCII)
_BOUNDARY = re.compile(rb'boundary="([^"]+)"\r\n\r\n')


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The headers that are the same for all readers; `moment` has a time zone.

    `list_id` is a name under the domain, such as `membres.exemple.org`. `archive` is the
    page of past editions; `feedback` names the edition to who counts complaints, from the most to
    the least precise, between colons. Each may be empty.
    """

    sender: str
    address: str
    reply_to: str
    subject: str
    moment: datetime
    language: str
    list_name: str
    list_id: str
    archive: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderValues:
    """The personal values of a reader.

    `unsubscribe` is the address by which they unsubscribe: `https:`, where a single POST is
    enough, or `mailto:` without a server; `by_mail` is a second address, by mail. `message_id`
    includes its angle brackets.
    """

    address: str
    message_id: str
    unsubscribe: str
    by_mail: str = ""
    first_name: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentinel of the body; `soft` tells whether a soft line break follows it."""

    sentinel: str
    html: bool
    soft: bool

    def fill(self, reader: ReaderValues) -> bytes:
        links = {Personal.UNSUBSCRIBE: reader.unsubscribe}
        value = personal_values.personalise(
            self.sentinel, links, first_name=reader.first_name, html=self.html
        )
        data = encode(value, ends_line=not self.soft)
        return data + SOFT if self.soft and data else data


class Template:
    """A message without its personal values."""

    def __init__(self, data: bytes) -> None:
        """Read a template that `compose` wrote.

        Raises:
            ValueError: it is not a template.
        """
        self.data = data
        head, _, body = data.partition(b"\r\n\r\n")
        marks = (_TO, _MESSAGE_ID, _LEAVE)
        match = _BOUNDARY.search(data)
        if match is None or not all(mark in head for mark in marks):
            raise ValueError("this is not a template of a message")
        self._head: list[bytes] = []
        rest = head + b"\r\n\r\n"
        for mark in marks:
            before, _, rest = rest.partition(mark)
            self._head.append(before)
        self._head.append(rest)
        second = body.index(b"--%b\r\n%b\r\n" % (match[1], _HTML.encode()))
        self._body: list[bytes | _Place] = [
            *_places(body[:second], html=False),
            *_places(body[second:], html=True),
        ]

    @property
    def digest(self) -> str:
        """Return a digest, which changes with anything that readers receive."""
        return hashlib.sha256(self.data).hexdigest()

    def fill(self, reader: ReaderValues) -> bytes:
        """Make the message of a reader, with the same bytes each time.

        Raises:
            HeaderError: a personal value cannot be in a header.
        """
        if not _IDENTITY.fullmatch(reader.message_id):
            raise HeaderError(say("l’en-tête {} ne peut pas être écrit", "Message-ID"))
        leaving = [reader.unsubscribe, reader.by_mail] if reader.by_mail else [reader.unsubscribe]
        first, second, third, rest = self._head
        filled = [
            first,
            headers.mailbox("To", "", reader.address),
            second,
            headers.machine("Message-ID", reader.message_id),
            third,
            headers.addresses("List-Unsubscribe", leaving),
        ]
        if reader.unsubscribe.startswith("https:"):
            filled.append(headers.machine("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        filled.append(rest)
        filled += [part if isinstance(part, bytes) else part.fill(reader) for part in self._body]
        return b"".join(filled)


def compose(head: Head, html: str, text: str, *, online: str) -> Template:
    r"""Make the template of a message.

    Args:
        head: what the headers say.
        html: the HTML part; personal values are sentinels.
        text: the text part, likewise, whose lines end with `\n`.
        online: the public address of the edition.

    Raises:
        HeaderError: a value cannot stand in a header.
    """
    html = html.replace(Personal.ONLINE, escape(online))
    text = text.replace(Personal.ONLINE, online)
    parts = [
        f"{kind}\r\n{_QUOTED}\r\n\r\n".encode() + _encode(part) + b"\r\n"
        for kind, part in ((_TEXT, text), (_HTML, html))
    ]
    # `=_` cannot appear in quoted-printable: no part can hold the boundary.
    boundary = b"=_" + hashlib.sha256(b"".join(parts)).hexdigest()[:32].encode()
    lines = [
        headers.mailbox("From", head.sender, head.address),
        _TO,
        headers.text("Subject", head.subject),
        headers.machine("Date", format_datetime(head.moment)),
        _MESSAGE_ID,
        headers.mailbox("Reply-To", head.sender, head.reply_to),
        headers.list_id(head.list_name, head.list_id),
        headers.addresses("List-Help", [f"mailto:{head.reply_to}"]),
        *([headers.addresses("List-Archive", [head.archive])] if head.archive else []),
        *([headers.machine("Feedback-ID", head.feedback)] if head.feedback else []),
        _LEAVE,
        headers.machine("Content-Language", head.language),
        headers.machine("MIME-Version", "1.0"),
        b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n' % boundary,
        *(b"--%b\r\n%b" % (boundary, part) for part in parts),
        b"--%b--\r\n" % boundary,
    ]
    return Template(b"".join(lines))


def identify(*what: str, domain: str) -> str:
    """Return a Message-ID that depends only on the arguments and reveals none of them."""
    digest = hashlib.sha256("\0".join(what).encode()).hexdigest()[:40]
    return f"<{digest}@{domain}>"


def _encode(part: str) -> bytes:
    """Encode a part; each sentinel stays whole, on its own line between soft line breaks."""
    encoded: list[bytes] = []
    starts_line = True
    at = 0

    def add(piece: str, *, ends_line: bool) -> None:
        nonlocal starts_line
        if piece and not starts_line and not piece.startswith("\n"):
            encoded.append(SOFT)
        encoded.append(encode(piece, ends_line=ends_line))
        starts_line = piece.endswith("\n")

    for match in _SENTINEL.finditer(part):
        if match.start() > at:
            add(part[at : match.start()], ends_line=False)
        add(match[0], ends_line=False)
        at = match.end()
    if at < len(part):
        add(part[at:], ends_line=True)
    return b"".join(encoded)


def _places(body: bytes, *, html: bool) -> Iterator[bytes | _Place]:
    at = 0
    for match in re.finditer(_SENTINEL.pattern.encode(), body):
        soft = body.startswith(SOFT, match.end())
        yield body[at : match.start()]
        yield _Place(match[0].decode(), html, soft)
        at = match.end() + len(SOFT) * soft
    yield body[at:]
