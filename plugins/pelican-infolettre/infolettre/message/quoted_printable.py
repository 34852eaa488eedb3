"""Quoted-printable in which a piece can be replaced without moving the others.

Source: RFC 2045, 6.7.
"""

from __future__ import annotations

import re

LINE = 76  # characters, including the `=` of a soft line break
SOFT = b"=\r\n"
_UNSAFE = re.compile(rb"[^\t\x20-\x3c\x3e-\x7e]")
_BEFORE_BREAK = re.compile(rb"[\t ]\Z")
# mbox files escape « From » at the start of a line, and that would break a signature; a lone
# point ends a mail for a careless server.
_RISKY_START = re.compile(rb"(?:From |\.)")


def encode(text: str, *, ends_line: bool = True) -> bytes:
    r"""Encode a text from the start of a line; `\n` becomes CRLF.

    Args:
        text: what to encode.
        ends_line: whether a line break or the end follows, so that a final space must be encoded.
    """
    *whole, last = text.split("\n")
    lines = [_encode_line(line, ends_line=True) for line in whole]
    lines.append(_encode_line(last, ends_line=ends_line))
    return b"\r\n".join(lines)


def _encode_line(line: str, *, ends_line: bool) -> bytes:
    data = _UNSAFE.sub(_escape, line.encode())
    if ends_line:
        data = _BEFORE_BREAK.sub(_escape, data)
    if len(data) < LINE and not _RISKY_START.match(data):
        return data
    lines = []
    at, end = 0, len(data)
    while at < end:
        head = b""
        if _RISKY_START.match(data, at):
            head, at = b"=%02X" % data[at], at + 1
        cut = min(at + LINE - 1 - len(head), end)
        if cut < end:
            if data[cut - 1] == _EQUALS:
                cut -= 1
            elif data[cut - 2] == _EQUALS:
                cut -= 2
        lines.append(head + data[at:cut])
        at = cut
    return SOFT.join(lines)


_EQUALS = ord("=")


def _escape(match: re.Match[bytes]) -> bytes:
    return b"=%02X" % ord(match[0])
