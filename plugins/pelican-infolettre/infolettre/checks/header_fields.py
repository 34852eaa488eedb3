"""Header fields of a message from any source; reading them never fails."""

from __future__ import annotations

import re
from datetime import date
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

# A header, a continuation, or the first line of a message in a mailbox file.
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]|From |\r?\n?$")
_DOMAIN = re.compile(r"(?<![\w.-])[\w-]+(?:\.[\w-]+)+(?![\w.-]*@)")


def head(raw: bytes) -> bytes:
    """Return the header section of a message, as written."""
    return re.split(rb"\r?\n\r?\n|\r\r", raw, maxsplit=1)[0]


def without_stray_lines(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return a message without the lines among its headers that are none, and these lines.

    Python, like mail servers, would take such a line and all that follows for the body. A message
    that begins with another thing than a header is left as it is.
    """
    top = head(raw)
    lines = top.splitlines(keepends=True)
    if not lines or not _HEADER.match(lines[0]):
        return raw, ()
    stray = [line for line in lines if not _HEADER.match(line)]
    if not stray:
        return raw, ()
    kept = b"".join(line for line in lines if _HEADER.match(line))
    shown = tuple(line.decode("utf-8", "replace").strip() for line in stray)
    return kept.rstrip(b"\r\n") + raw[len(top.rstrip(b"\r\n")) :], shown


def value(message: Message, name: str) -> str:
    """Return a header on one line, its words still encoded; empty when it is absent."""
    return unfolded(str(message.get(name, "")))


def unfolded(text: str) -> str:
    """Undo folding: remove each line break that a space or a tab follows."""
    return re.sub(r"\r?\n(?=[ \t])", "", text).strip("\r\n")


def decoded(text: str) -> str:
    """Decode the encoded words of a header; leave as written those that cannot be decoded."""
    try:
        return str(make_header(decode_header(unfolded(text))))
    except (LookupError, ValueError, HeaderParseError):
        return text


def readable(word: str) -> bool:
    """Tell whether an encoded word is in UTF-8 and can be decoded by itself."""
    try:
        ((data, charset),) = decode_header(word)
        if charset not in {"utf-8", "us-ascii"} or not isinstance(data, bytes):
            return False
        data.decode(charset)
    except (ValueError, HeaderParseError):
        return False
    return True


def coded_body(part: Message) -> str:
    """Return the body of a part as written, still encoded."""
    try:
        return str(part.get_payload())
    except (LookupError, ValueError):
        return ""


def payload(part: Message) -> bytes:
    """Return the bytes of a part, decoded as it declares."""
    try:
        data = part.get_payload(decode=True)
    except (LookupError, ValueError):
        return b""
    return data if isinstance(data, bytes) else b""


def day(message: Message) -> date | None:
    """Return the day on which a message says it was sent."""
    try:
        return parsedate_to_datetime(value(message, "Date")).date()
    except ValueError:
        return None


def liste(message: Message) -> str:
    """Return the first label of List-Id: the list, when its domain is ours; empty without one."""
    named = re.search(r"<([\w-]+)\.[\w.-]+>", value(message, "List-Id"))
    return named[1] if named else ""


def domains(raw: bytes) -> list[str]:
    """List the domains that the headers of a message name as those of who sends it."""
    message = message_from_bytes(raw)
    names = ("From", "Reply-To", "Sender", "List-Id", "List-Unsubscribe", "Message-ID")
    values = (value(message, name) for name in names)
    return [domain for text in values for domain in _DOMAIN.findall(text)]
