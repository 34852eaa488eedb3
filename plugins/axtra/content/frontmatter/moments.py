"""Moments as editors type them: which exist in Quebec, and what is to be said of the others."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from axtra.content.schema import Key
from infolettre.core import dates
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Notes

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2})(?::|[ ]?h[ ]?)(\d{2})?)?")
_FORM = "Écrivez année-mois-jour en chiffres"
_HOUR = "%Y-%m-%d %H:%M"


def read_moment(text: str, line: int, key: Key, notes: Notes) -> datetime | None:
    """Read « 2019-03-27 » or « 2019-03-27 13:30 » as a moment in Quebec's time zone."""
    found = _DAY.fullmatch(text)
    try:
        if not found:
            raise ValueError  # noqa: TRY301 - one message for both reasons
        day = date(int(found[1]), int(found[2]), int(found[3]))
        clock = time(int(found[4] or 0), int(found[5] or 0))
    except ValueError:
        problem, remedy = _unread_moment(text, found)
        example = f"par exemple :  {key.name}: {key.example}"
        remedy = f"Écrivez :  {key.name}: {remedy}" if remedy else f"{_FORM}, {example}"
        notes.error("date-invalide", line, problem, remedy)
        return None
    return _clock_change(datetime.combine(day, clock, ZONE), line, key, notes)


def _unread_moment(text: str, found: re.Match[str] | None) -> tuple[str, str]:
    """Say why a moment cannot be read, and what to write where that is known."""
    if found and found[4]:
        with suppress(ValueError, OverflowError):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            midnight = (found[4], found[5] or "00") == ("24", "00")
            what = f"l’heure « {text[10:].strip()} » n’existe pas : elles vont de 00:00 à 23:59"
            return what, f"{day + timedelta(days=1)} 00:00" if midnight else ""
    with suppress(ValueError, OverflowError):
        precise = datetime.fromisoformat(text) if len(text) > len("2019-02-20 13:00") else None
        if precise and precise.tzinfo:
            there = precise.astimezone(ZONE)
            return f"« {text} » a un fuseau; les heures sont celles du Québec", f"{there:{_HOUR}}"
        if precise:
            return f"« {text} » a des secondes", f"{precise:{_HOUR}}"
    if not found and re.search(r"\d", text) and not re.search(r"[a-zéû]{3}", text.lower()):
        return f"la date « {text} » ne se lit pas avec certitude", ""
    return f"la date « {text} » n’existe pas", ""


def _clock_change(moment: datetime, line: int, key: Key, notes: Notes) -> datetime | None:
    """Refuse an hour that the clocks skip, and warn of one that comes twice."""
    said = f"{dates.hour(moment)} le {dates.day(moment)}"
    try:
        real = moment.astimezone(UTC).astimezone(ZONE)
    except OverflowError:
        notes.error(
            "date-invalide",
            line,
            f"{said} est après la fin du calendrier",
            f"Écrivez une date plus proche, par exemple :  {key.name}: {key.example}",
        )
        return None
    if real.replace(tzinfo=None) != moment.replace(tzinfo=None):
        notes.error(
            "date-invalide",
            line,
            f"il n’est jamais {said} : on avance l’heure cette nuit-là",
            f"Écrivez :  {key.name}: {real:{_HOUR}}",
        )
        return None
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        notes.warning(
            "heure-double",
            line,
            f"il est deux fois {said} : on recule l’heure cette nuit-là, et la première compte",
            "Choisissez une heure qui n’existe qu’une fois, ou précisez-le dans le texte.",
        )
    return moment


def read_otherwise(text: str) -> str:
    """Return how a moment that cannot be read may be meant; "" where nobody knows."""
    return _unread_moment(text, _DAY.fullmatch(text))[1]
