"""Read a rendered mail from a file: the HTML alone, or a whole message."""

from __future__ import annotations

import quopri
import re
from email import message_from_bytes
from email.message import Message
from html import unescape
from pathlib import Path

from infolettre.checks import header_fields
from infolettre.checks.checked_mail import HOST, CheckedMail

SUFFIXES = frozenset({".html", ".htm", ".eml"})


def read(path: Path, name: str, *, host: str = HOST) -> CheckedMail:
    """Read a mail, whichever program made it.

    For a `courriel.html`, the text part is the `courriel.txt` beside it, if it exists, and the
    subject is the title.

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
    """Read a whole message; bytes that cannot be decoded are replaced."""
    source = _source(raw)
    raw, stray_lines = header_fields.without_stray_lines(raw)
    message = message_from_bytes(raw)
    leaves = {kind: _part(message, kind) for kind in ("text/html", "text/plain")}
    return CheckedMail(
        name,
        leaves["text/html"],
        text=leaves["text/plain"],
        subject=header_fields.decoded(str(message.get("Subject", ""))),
        source=source,
        host=host,
        day=header_fields.day(message),
        raw=raw,
        stray_lines=stray_lines,
        liste=header_fields.liste(message),
    )


def _part(message: Message, kind: str) -> str:
    """Return the first part of a content type, decoded."""
    for part in message.walk():
        if part.get_content_type() == kind and not part.get_filename():
            return _decoded(header_fields.payload(part), part.get_content_charset() or "utf-8")
    return ""


def _source(raw: bytes) -> str:
    """Undo quoted-printable line by line, so that words keep their line number."""
    lines = (quopri.decodestring(line).decode("utf-8", "replace") for line in raw.split(b"\n"))
    return "\n".join(line.replace("\n", " ") for line in lines)


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):  # a charset unknown to Python, or a codec that is not text
        return data.decode("utf-8", "replace")
