"""Dates and hours as Quebec writes them, without a locale of the machine."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Toronto")
NBSP = "\u00a0"

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def has_come(moment: datetime, present: datetime) -> bool:
    """Tell whether a moment is over, or is now.

    Two moments of one zone are compared by Python as their clocks say, and in autumn an hour comes
    twice: a text of 1 h 30 would be hidden again at the second 1 h 10.
    """
    return moment.timestamp() <= present.timestamp()


def day(value: date) -> str:
    """Return « 1er mars 2019 », « 27 mars 2019 ».

    Source: OQLF, Banque de dépannage linguistique, « Date et heure ».
    """
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{MONTHS[value.month - 1]} {value.year}"


def weekday(value: date) -> str:
    """Return « mercredi 27 mars 2019 »."""
    return f"{WEEKDAYS[value.weekday()]} {day(value)}"


def month(value: date) -> str:
    """Return « mars 2019 »."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def hour(value: datetime) -> str:
    """Return « 9 h », « 13 h 30 », « 12 h 05 ».

    Source: OQLF, « Écriture des heures ».
    """
    text = f"{value.hour}{NBSP}h"
    return f"{text}{NBSP}{value.minute:02d}" if value.minute else text


def span(start: date, end: date | None) -> str:
    """Return « 27 mars 2019 », « du 20 au 22 février 2019 », « du 30 juin au 2 juillet 2019 »."""
    if end is None or end == start:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        first = "1er" if start.day == 1 else str(start.day)
    elif start.year == end.year:
        first = day(start).rpartition(" ")[0]
    else:
        first = day(start)
    return f"du {first} au {day(end)}"


def months(start: date, end: date) -> str:
    """Return « mars 2014 », « de mars à juin 2014 », « d’avril 2014 à juin 2015 »."""
    last = f"{MONTHS[end.month - 1]}{NBSP}{end.year}"
    first = MONTHS[start.month - 1]
    if start.year != end.year:
        first += f"{NBSP}{start.year}"
    elif start.month == end.month:
        return last
    return f"{'d’' if first[0] in 'ao' else 'de '}{first} à {last}"
