"""Read a rendered mail from a file: the HTML alone, or a whole message."""

from __future__ import annotations

import quopri
import re
from email import message_from_bytes
from email.message import Message
from html import unescape
from pathlib import Path

from axtra.checks import header_fields
from axtra.checks.checked_mail import HOST, CheckedMail

SUFFIXES = frozenset({".html", ".htm", ".eml"})


def read(path: Path, name: str, *, host: str = HOST) -> CheckedMail:
    """Read a mail, the project's or another's.

    The text part of a `courriel.html` is the `courriel.txt` beside it, when there is one; its
    title stands for its subject.

    Args:
        path: a file whose suffix is one of `SUFFIXES`.
        name: what diagnostics call it.
        host: where images may come from.

    Raises:
        OSError: the file cannot be read.
    """
    raw = path.read_bytes()
    if path.suffix.lower() == ".eml":
        return parse(raw, name, host=host)
    html = _decoded(raw, "utf-8")
    beside = path.with_suffix(".txt")
    text = _decoded(beside.read_bytes(), "utf-8") if beside.is_file() else None
    title = re.search(r"<title[^>]*>([^<]+)</title", html, re.IGNORECASE)
    subject = unescape(title[1]) if title else None
    return CheckedMail(name, html, text, subject, source=html, host=host)


def parse(raw: bytes, name: str, *, host: str = HOST) -> CheckedMail:
    """Read a whole message; what cannot be decoded reads as it can."""
    message = message_from_bytes(raw)
    leaves = {kind: _part(message, kind) for kind in ("text/html", "text/plain")}
    return CheckedMail(
        name,
        leaves["text/html"],
        text=leaves["text/plain"],
        subject=header_fields.decoded(str(message.get("Subject", ""))),
        source=_source(raw),
        host=host,
        day=header_fields.day(message),
        raw=raw,
    )


def _part(message: Message, kind: str) -> str:
    """Give the first part of a kind."""
    for part in message.walk():
        if part.get_content_type() == kind and not part.get_filename():
            return _decoded(header_fields.payload(part), part.get_content_charset() or "utf-8")
    return ""


def _source(raw: bytes) -> str:
    """Undo quoted-printable where lines stay lines, so that words are found at their place."""
    lines = (quopri.decodestring(line).decode("utf-8", "replace") for line in raw.split(b"\n"))
    return "\n".join(line.replace("\n", " ") for line in lines)


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):  # a charset that Python does not know, or that is no text
        return data.decode("utf-8", "replace")
