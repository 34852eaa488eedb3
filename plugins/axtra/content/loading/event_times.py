"""When an event takes place, as its header says it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from axtra.content.model import Event
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Notes


def times(start: date, end: date | None) -> dict[str, Any]:
    """Return the times of an event as its model holds them; a day without hour is no moment."""
    timed, ends_timed = isinstance(start, datetime), isinstance(end, datetime)
    return {
        "start": _moment(start),
        "end": end and _moment(end),
        "all_day": not (timed or ends_timed),
        "end_of_day": end is not None and not ends_timed,
    }


def _moment(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time(), ZONE)


def inspect(event: Event, start: object, line: int, notes: Notes) -> None:
    """Find an end that is not after the beginning, and an hour to end without one to begin."""
    closing = event.closing
    if closing and closing <= event.start:
        same = event.end == event.start
        notes.error(
            "fin-avant-debut",
            line,
            f"l’événement finit {'à l’instant où il commence' if same else 'avant de commencer'}",
            "Vérifiez « debut » et « fin »; sans heure de fin, effacez la ligne « fin ».",
        )
    elif not event.all_day and not isinstance(start, datetime):
        notes.error(
            "debut-sans-heure",
            line,
            "la fin de l’événement a une heure, et son début n’en a pas",
            f"Ajoutez-la, par exemple :  debut: {start} 09:00\nou ôtez celle de « fin ».",
        )
