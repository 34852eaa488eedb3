"""Opening hours as people write them, « lundi au jeudi : 8 h 30 à 16 h 30 », read for machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from axtra.core.dates import WEEKDAYS

_DAY = "|".join(WEEKDAYS)
_DAYS = re.compile(rf"({_DAY})(?:s?\s*(?:au|à|-|–)\s*({_DAY}))?s?", re.IGNORECASE)
_HOUR = r"(\d{1,2})\s*(?:h|:)\s*(\d{2})?"
_SPAN = re.compile(rf"{_HOUR}\s*(?:à|-|–|a)\s*{_HOUR}", re.IGNORECASE)
_CLOSED = re.compile(r"ferm", re.IGNORECASE)
_LEFT = re.compile(r"[\s:,;.]|\b(?:du|de|le|les|et|puis|tous)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpenHours:
    """A span of hours on some days; days count from Monday, 0."""

    days: tuple[int, ...]
    opens: time
    closes: time


def read(line: str) -> tuple[OpenHours, ...] | None:
    """Read a line; None when a part of it is neither a day nor an hour.

    A line that says « fermé » opens nothing. What no program reads is shown as it was typed.
    """
    text = " ".join(line.split())
    days = tuple(_days(text))
    if not days:
        return None
    if _CLOSED.search(text):
        return ()
    spans = [_hours(found) for found in _SPAN.finditer(text)]
    rest = _LEFT.sub("", _DAYS.sub("", _SPAN.sub("", text)))
    if rest or not spans or not all(spans):
        return None
    return tuple(OpenHours(days, *span) for span in spans if span)


def _days(text: str) -> Iterator[int]:
    for found in _DAYS.finditer(text):
        first = WEEKDAYS.index(found[1].lower())
        last = WEEKDAYS.index(found[2].lower()) if found[2] else first
        yield from (day % 7 for day in range(first, last + (7 if last < first else 0) + 1))


def _hours(found: re.Match[str]) -> tuple[time, time] | None:
    try:
        opens = time(int(found[1]), int(found[2] or 0))
        closes = time(int(found[3]), int(found[4] or 0))
    except ValueError:
        return None
    return (opens, closes) if opens < closes else None
