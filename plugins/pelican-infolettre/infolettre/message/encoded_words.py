"""Encoded words, which let headers hold more than ASCII.

`email.header` ends a word wherever it is full. Here a cut follows a space or, in a long word,
avoids the spaces near it; it never splits a visible character. Names are encoded only where they
must be: several programs, among them Python's parser before 3.14, put a space between two encoded
words of a name.

Source: RFC 2047, 2 and 5.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

COLUMNS = 76
LONGEST = 75  # characters of an encoded word
_SHORTEST = 40  # a line with less room is not used
_AROUND = len("=?utf-8?q??=")
_UNSAFE = re.compile(
    rb"[^A-Za-z0-9!*+/ -]"
)  # the characters allowed anywhere in a header (5, rule 3)
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_JOINER = "\u200d"
_MODIFIERS = range(0x1F3FB, 0x1F400)  # skin tones


def encode(value: str, before: int) -> list[str]:
    """Write a value as encoded words, each after the first on a new line.

    Args:
        value: any text without control characters.
        before: number of characters before the first word on its line.
    """
    quoted = sum(map(_quoted_length, value))
    plain = 4 * ((len(value.encode()) + 2) // 3)
    letter, encoder = ("q", _quoted) if quoted <= plain else ("b", _base64)
    room = LONGEST - _AROUND
    pieces = _cut(value, encoder, min(room, LONGEST + 1 - _AROUND - before), room)
    return [f"=?utf-8?{letter}?{encoder(piece)}?=" for piece in pieces]


def phrase(name: str, before: int) -> str:
    """Write a name, with encoded words only where it is not ASCII.

    Args:
        name: any text without control characters.
        before: number of characters before it on its line.
    """
    lines: list[str] = [""]
    for is_plain, words in groupby(name.split(" "), _is_plain):
        for word in words if is_plain else [" ".join(words)]:
            start = len(lines[-1]) + 1 + (before if len(lines) == 1 else 0)
            if lines[-1] and COLUMNS - start < (len(word) if is_plain else _SHORTEST):
                lines.append("")
                start = 1
            pieces = [word] if is_plain else encode(word, start)
            lines[-1] += f" {pieces[0]}" if lines[-1] else pieces[0]
            lines += pieces[1:]
    return "\r\n ".join(lines)


def _is_plain(word: str) -> bool:
    return _ATOM.fullmatch(word) is not None and "=?" not in word


def _cut(value: str, encoder: Callable[[str], str], first: int, others: int) -> Iterator[str]:
    """Split a value into pieces whose encoded forms fit."""
    start, room = 0, first
    while start < len(value):
        end = _furthest(value, start, encoder, room)
        yield value[start:end]
        start, room = end, others


def _furthest(value: str, start: int, encoder: Callable[[str], str], room: int) -> int:
    """Return where a piece ends: as far as it fits, then back to a harmless cut."""
    end = min(start + room, len(value))
    while len(encoder(value[start:end])) > room:
        end -= 1
    if end == len(value):
        return end
    cuts = range(end, start, -1)
    after_space = (cut for cut in cuts if value[cut - 1] == " " and not value[cut].isspace())
    harmless = (cut for cut in cuts if _is_inside_a_word(value, cut))
    return next(after_space, next(harmless, end))


def _is_inside_a_word(value: str, cut: int) -> bool:
    before, after = value[cut - 1], value[cut]
    return not (
        before.isspace()
        or after.isspace()
        or unicodedata.category(after).startswith("M")
        or ord(after) in _MODIFIERS
        or _JOINER in {before, after}
    )


def _quoted_length(sign: str) -> int:
    data = sign.encode()
    return len(data) + 2 * len(_UNSAFE.findall(data))


def _quoted(piece: str) -> str:
    data = _UNSAFE.sub(lambda match: b"=%02X" % ord(match[0]), piece.encode())
    return data.decode("ascii").replace(" ", "_")


def _base64(piece: str) -> str:
    return base64.b64encode(piece.encode()).decode("ascii")
