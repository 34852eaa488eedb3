"""The series of editions: calendar, texts chosen one by one, what no edition has shown."""

from axtra.newsletter.editions.calendar import (
    STALE,
    CalendarEntry,
    EditionState,
    Judgement,
    calendar,
    every,
    following,
)
from axtra.newsletter.editions.composing import ComposedBody, Section
from axtra.newsletter.editions.fixing import freeze
from axtra.newsletter.editions.forgotten import forgotten

__all__ = [
    "STALE",
    "CalendarEntry",
    "ComposedBody",
    "EditionState",
    "Judgement",
    "Section",
    "calendar",
    "every",
    "following",
    "forgotten",
    "freeze",
]
