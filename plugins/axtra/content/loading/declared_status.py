"""What a faulty file says of its status, read line by line: its header may not be one at all.

An unfinished text stops nothing but itself, so a file with mistakes is one as soon as a line of its
header says so: « statut: brouillon », more or less well typed, or a day still to come. A file of
which nothing tells that it is unfinished is as good as published: its mistakes are the site's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import datetime

from axtra.content.model import Status

_LINE = re.compile(r"\s{0,3}[\"'«]?\s*(?P<key>[^\W\d_]+)\s*[\"'»]?(?:\s*[:=]|\s)\s*(?P<value>\S.*)")
_DAY = re.compile(r"(\d{4})(?:\D(\d{1,2})\D(\d{1,2})(?:\D+(\d{1,2})\D(\d{2}))?)?")
_DRAFT = ("brouillon", "draft")
_LIKE = 0.75  # how much a mistyped word is like the one that was meant, from 0 to 1
_UNSEEN = re.compile("[\0\u00ad\u200b-\u200d\u2060\ufeff\ufffd]")  # half of UTF-16 too


def declared_status(data: bytes, moment: datetime) -> Status:
    """Return what a file with mistakes says of its status at a moment."""
    draft = to_come = False
    for key, value in _header(data):
        if _is_like(key, "statut", "status"):
            draft = _is_like(value, *_DRAFT)  # of two, the last one counts
        elif key in {"date", "embargo"}:
            to_come |= _is_to_come(value, moment)
    if draft:
        return Status.DRAFT
    return Status.SCHEDULED if to_come else Status.PUBLISHED


def _header(data: bytes) -> Iterator[tuple[str, str]]:
    """Walk the keys and the values of what stands for a header, in lower case.

    Without a closing line, it ends with the first empty one.
    """
    lines = _UNSEEN.sub("", data.decode("utf-8", "replace")).strip().splitlines()
    if lines and _is_bar(lines[0]):
        del lines[0]
    closed = any(map(_is_bar, lines))
    for line in lines:
        if _is_bar(line) or not (closed or line.strip()):
            return
        if typed := _LINE.fullmatch(line.rstrip()):
            yield typed["key"].casefold(), typed["value"].casefold()


def _is_bar(line: str) -> bool:
    return re.fullmatch(r"\s*(-{2,}|—|\.{3})\s*", line) is not None


def _is_like(typed: str, *words: str) -> bool:
    """Tell whether the first word of what was typed is one of these, mistyped or not."""
    first = re.search(r"[^\W\d_]+", typed)
    return bool(first and difflib.get_close_matches(first[0], words, 1, _LIKE))


def _is_to_come(typed: str, moment: datetime) -> bool:
    """Tell whether a day is to come, even one that is on no calendar: « 2099-02-31 »."""
    day = _DAY.search(typed)
    if day is None:
        return False
    given = tuple(int(part) for part in day.groups() if part)
    now = (moment.year, moment.month, moment.day, moment.hour, moment.minute)
    return given > now[: len(given)]
