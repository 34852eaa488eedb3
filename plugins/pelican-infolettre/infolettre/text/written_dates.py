"""Dates as texts write them, « mardi 3 décembre 2026 », and the days of the week that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from infolettre.core.dates import MONTHS, WEEKDAYS

_SPACE = r"[ \u00a0\u202f\n]"
# Groups: the day of the week, the number, the month, the year.
DATE = re.compile(
    rf"\b(?:({'|'.join(WEEKDAYS)}),?{_SPACE}(?:le{_SPACE})?)?"
    rf"(\d{{1,2}})(?:er)?{_SPACE}({'|'.join(MONTHS)}){_SPACE}(\d{{4}})\b",
    re.IGNORECASE,
)
DAY_WITHOUT_YEAR = re.compile(
    rf"\b({'|'.join(WEEKDAYS)}),?{_SPACE}(?:le{_SPACE})?(\d{{1,2}})(?:er)?{_SPACE}"
    rf"({'|'.join(MONTHS)})\b(?!{_SPACE}\d{{4}})",
    re.IGNORECASE,
)
# What both hold, and which is quick to find.
_DAY_OF_MONTH = re.compile(rf"\d(?:er)?{_SPACE}(?:{'|'.join(MONTHS)})", re.IGNORECASE)
_FIRST_YEAR = 1900  # before, a date may be that of another calendar


def existing(year: int, month: str, number: str) -> date | None:
    """Return the day that a text names, when there is one."""
    try:
        return date(year, MONTHS.index(month.casefold()) + 1, int(number))
    except ValueError:
        return None


def wrong_weekdays(text: str, known: tuple[date, ...] = ()) -> Iterator[tuple[re.Match[str], date]]:
    """Yield each date whose day of the week is another one, with the day that it is.

    Args:
        text: plain text, or Markdown.
        known: days that the text is about, by which a date without a year is judged.
    """
    if not _DAY_OF_MONTH.search(text):
        return
    for found in DATE.finditer(text):
        day = existing(int(found[4]), found[3], found[2])
        if day and day.year >= _FIRST_YEAR and found[1] and not _named(day, found[1]):
            yield found, day
    for found in DAY_WITHOUT_YEAR.finditer(text) if known else ():
        days = [day for day in known if existing(day.year, found[3], found[2]) == day]
        if days and not any(_named(day, found[1]) for day in days):
            yield found, days[0]


def _named(day: date, name: str) -> bool:
    return WEEKDAYS[day.weekday()] == name.casefold()
