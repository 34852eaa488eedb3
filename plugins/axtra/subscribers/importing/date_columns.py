"""The dates of a column, read in the order of its days and months where that is certain."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum

from axtra.core.dates import ZONE
from axtra.subscribers.importing.csv_cells import words

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ,]+\d{1,2}:\d{2}.*)?")
_NAMED = re.compile(r"(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})\b.*")
_ENGLISH = re.compile(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})\b.*")
_MONTHS = {
    name: rank
    for rank, names in enumerate(
        (
            "janvier janv jan january", "fevrier fevr fev feb february", "mars mar march",
            "avril avr apr april", "mai may", "juin june jun", "juillet juil july jul",
            "aout aug august", "septembre sept sep september", "octobre oct october",
            "novembre nov november", "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_CENTURY = 100


class Order(StrEnum):
    """Which comes first in 05/06/2021; the values are those of the option."""

    DAY_FIRST = "jour-mois"
    MONTH_FIRST = "mois-jour"


def order(texts: Iterable[str]) -> Order | None:
    """Find the order of a column: a number above 12 is a day. None where nothing tells."""
    pairs = [(int(one[1]), int(one[2])) for one in map(_SHORT.fullmatch, texts) if one]
    first = any(one > max(_MONTHS.values()) for one, _ in pairs)
    second = any(other > max(_MONTHS.values()) for _, other in pairs)
    if first is second:
        return None
    return Order.DAY_FIRST if first else Order.MONTH_FIRST


def is_unclear(text: str) -> bool:
    """Tell whether a date is another one in the other order."""
    found = _SHORT.fullmatch(text)
    return found is not None and found[1].lstrip("0") != found[2].lstrip("0")


def read(text: str, known: Order | None) -> datetime | None:
    """Read a date; None when it is none, or when only an order that is not known would tell."""
    parts: tuple[int, int, int] | None = None
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        parts = int(found[1]), int(found[2]), int(found[3])
    elif found := _SHORT.fullmatch(text):
        one, other, year = map(int, found.groups())
        if known or not is_unclear(text):
            parts = (year, one, other) if known is Order.MONTH_FIRST else (year, other, one)
    elif found := _NAMED.fullmatch(words(text)):
        year = int(found[3]) + (2000 if int(found[3]) < _CENTURY else 0)
        parts = year, _MONTHS.get(found[2], 0), int(found[1])
    elif found := _ENGLISH.fullmatch(words(text)):
        parts = int(found[3]), _MONTHS.get(found[1], 0), int(found[2])
    with suppress(ValueError):  # a day that no calendar has
        return datetime(*parts, tzinfo=ZONE) if parts else None
    return None
