"""Read a rendered mail from a file: the HTML alone, or a whole message."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from axtra.checks.mail import HOST, CheckedMail

SUFFIXES = frozenset({".html", ".htm", ".eml"})


def read(path: Path, name: str, *, host: str = HOST) -> CheckedMail:
    """Read a mail, the project's or another's.

    The text part of a `courriel.html` is the `courriel.txt` beside it, when there is one.

    Args:
        path: a file whose suffix is one of `SUFFIXES`.
        name: what diagnostics call it.
        host: where images may come from.

    Raises:
        OSError: the file cannot be read.
    """
    if path.suffix.lower() == ".eml":
        return parse(path.read_bytes(), name, host=host)
    html = path.read_bytes().decode("utf-8", "replace")
    beside = path.with_suffix(".txt")
    text = beside.read_bytes().decode("utf-8", "replace") if beside.is_file() else None
    return CheckedMail(name, html, text=text, source=html, host=host)


def parse(raw: bytes, name: str, *, host: str = HOST) -> CheckedMail:
    """Read a whole message."""
    message = message_from_bytes(raw, policy=policy.default)
    html, text = (_part(message, kind) for kind in ("text/html", "text/plain"))
    return CheckedMail(
        name,
        html,
        text=text,
        subject=_subject(message),
        source=raw.decode("utf-8", "replace"),
        host=host,
        raw=raw,
    )


def _subject(message: EmailMessage) -> str:
    try:
        return str(message.get("Subject", ""))
    except (ValueError, IndexError, AttributeError):  # the parser gives up on some broken words
        return ""


def _part(message: EmailMessage, kind: str) -> str:
    """Give the first part of a kind; one that is missing or does not decode reads as it can."""
    for one in message.walk():
        if one.get_content_type() == kind and not one.get_filename():
            payload = one.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
            try:
                return data.decode(one.get_content_charset() or "utf-8", "replace")
            except LookupError:
                return data.decode("utf-8", "replace")
    return ""
