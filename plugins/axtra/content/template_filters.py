"""What both looks, the site's and the mail's, may do in a template: filters and strict rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from jinja2 import StrictUndefined
from markupsafe import Markup

from axtra.content.model import Event, Text
from axtra.core import dates, diagnostics

STRICT: Mapping[str, Any] = MappingProxyType(
    {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
)


def jour(value: date) -> Text:
    """Write « 27 mars 2019 »."""
    return Text.of(dates.day(value))


def jour_semaine(value: date) -> Text:
    """Write « mercredi 27 mars 2019 »."""
    return Text.of(dates.weekday(value))


def heure(value: datetime) -> Text:
    """Write « 13 h 30 »."""
    return Text.of(dates.hour(value))


def mois(value: date) -> str:
    """Write « mars 2019 »."""
    return dates.month(value)


def iso(value: date) -> str:
    """Write a day as « 2019-03-27 », for `<time datetime>` and metadata."""
    return f"{value:%Y-%m-%d}"


def periode(event: Event) -> Text:
    """Write when an event takes place, with its hours when it has any."""
    start, end = event.start, event.end
    if event.all_day:
        return Text.of(dates.span(start.date(), end.date() if end else None))
    if end is None:
        return Text.of(f"{dates.day(start)}, à {dates.hour(start)}")
    if event.end_of_day and start.date() == end.date():
        return Text.of(f"{dates.day(start)}, à partir de {dates.hour(start)}")
    if event.end_of_day:
        return Text.of(f"du {dates.day(start)}, {dates.hour(start)}, au {dates.day(end)}")
    if start.date() == end.date():
        return Text.of(f"{dates.day(start)}, de {dates.hour(start)} à {dates.hour(end)}")
    return Text.of(
        f"du {dates.day(start)}, {dates.hour(start)}, au {dates.day(end)}, {dates.hour(end)}"
    )


def nombre(value: int, noun: str) -> str:
    """Write « 1 article », « 10 articles »."""
    return diagnostics.count(value, noun)


def poids(size: int) -> str:
    """Write a size in bytes as « 820 Ko » or « 1,4 Mo »."""
    thousands = max(1, round(size / 1000))
    if thousands < 1000:  # noqa: PLR2004 - a Mo is a thousand Ko
        return f"{thousands}\u00a0Ko"
    return f"{thousands / 1000:.1f}\u00a0Mo".replace(".", ",")


def noms(people: tuple[Any, ...]) -> Markup:
    """Join names as French does: « A », « A et B », « A, B et C »."""
    names = [Markup.escape(person.title) for person in people]
    first = Markup(", ").join(names[:-1])
    return Markup("{} et {}").format(first, names[-1]) if first else Markup().join(names)


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            jour,
            jour_semaine,
            heure,
            mois,
            iso,
            periode,
            nombre,
            poids,
            noms,
        )
    }
)
