"""Reading the dates of a column, in the order of its days and months when it is certain."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from enum import StrEnum

from axtra.subscribers.importing.csv_cells import words
from infolettre.core.dates import ZONE

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ,]+\d{1,2}:\d{2}.*)?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")  # how Excel counts days, in a cell that is no date
FIRST = date(1899, 12, 30)  # the day 0 of Excel
_NAMED = re.compile(
    r"(?:(?:lun|mar|mercre|jeu|vendre|same)di |dimanche )?(?:le )?"
    r"(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})\b.*"
)
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
    """What comes first in 05/06/2021; the values are those of the command's option."""

    DAY_FIRST = "jour-mois"
    MONTH_FIRST = "mois-jour"


def order(texts: Iterable[str]) -> Order | None:
    """Return the order of a column, by numbers above 12, which are days; None if unclear."""
    matches = map(_SHORT.fullmatch, texts)
    pairs = [(int(match[1]), int(match[2])) for match in matches if match]
    first = any(number > max(_MONTHS.values()) for number, _ in pairs)
    second = any(number > max(_MONTHS.values()) for _, number in pairs)
    if first is second:
        return None
    return Order.DAY_FIRST if first else Order.MONTH_FIRST


def is_unclear(text: str) -> bool:
    """Return whether a date would be another date in the other order."""
    match = _SHORT.fullmatch(text)
    return match is not None and match[1].lstrip("0") != match[2].lstrip("0")


def is_date(text: str, *, counted: date | None = None) -> bool:
    """Return whether a text is a date, in one order or the other."""
    return any(read(text, known, counted=counted) for known in Order)


def read(text: str, known: Order | None, *, counted: date | None = None) -> datetime | None:
    """Return a date, or None when it is not a date or needs an order that is not known.

    Args:
        text: the cell.
        known: the order of its column.
        counted: the day 0 of a workbook, where a number may be a day; None: it is not.
    """
    parts: tuple[int, int, int] | None = None
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        parts = int(match[1]), int(match[2]), int(match[3])
    elif counted and (match := _SERIAL.fullmatch(text)):
        day = counted + timedelta(days=int(match[1]))
        parts = day.year, day.month, day.day
    elif match := _SHORT.fullmatch(text):
        first, second, year = map(int, match.groups())
        if known or not is_unclear(text):
            parts = (year, first, second) if known is Order.MONTH_FIRST else (year, second, first)
    elif match := _NAMED.fullmatch(words(text)):
        year = int(match[3]) + (2000 if int(match[3]) < _CENTURY else 0)
        parts = year, _MONTHS.get(match[2], 0), int(match[1])
    elif match := _ENGLISH.fullmatch(words(text)):
        parts = int(match[3]), _MONTHS.get(match[1], 0), int(match[2])
    with suppress(ValueError):  # a day that no calendar has
        return datetime(*parts, tzinfo=ZONE) if parts else None
    return None
