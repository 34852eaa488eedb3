"""The headers of a message as anyone may have written them: reading one never fails."""

from __future__ import annotations

import re
from datetime import date
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime


def head(raw: bytes) -> bytes:
    """Give the headers of a message, as they are written."""
    return re.split(rb"\r?\n\r?\n|\r\r", raw, maxsplit=1)[0]


def value(message: Message, name: str) -> str:
    """Give a header on one line, its words still coded; nothing when there is none."""
    return unfolded(str(message.get(name, "")))


def unfolded(text: str) -> str:
    """Undo folding: a line break before a space is no part of a header."""
    return re.sub(r"\r?\n(?=[ \t])", "", text).strip("\r\n")


def decoded(text: str) -> str:
    """Decode the coded words of a header; what cannot be stays as written."""
    try:
        return str(make_header(decode_header(unfolded(text))))
    except (LookupError, ValueError, HeaderParseError):
        return text


def readable(word: str) -> bool:
    """Tell whether a coded word is in UTF-8 and whole by itself."""
    try:
        ((data, charset),) = decode_header(word)
        if charset not in {"utf-8", "us-ascii"} or not isinstance(data, bytes):
            return False
        data.decode(charset)
    except (ValueError, HeaderParseError):
        return False
    return True


def written(part: Message) -> str:
    """Give the body of a part as it is written, still coded."""
    try:
        return str(part.get_payload())
    except (LookupError, ValueError):
        return ""


def payload(part: Message) -> bytes:
    """Give the bytes of a part, decoded as it says."""
    try:
        data = part.get_payload(decode=True)
    except (LookupError, ValueError):
        return b""
    return data if isinstance(data, bytes) else b""


def day(message: Message) -> date | None:
    """Give the day on which a message says it was sent."""
    try:
        return parsedate_to_datetime(value(message, "Date")).date()
    except ValueError:
        return None
