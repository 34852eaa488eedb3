"""The series of editions: calendar, fixed choices (« figer »), content that none has shown."""

from axtra.newsletter.editions.calendar import (
    STALE,
    CalendarEntry,
    EditionState,
    Judgement,
    calendar,
    every,
    following,
)
from axtra.newsletter.editions.fixing import freeze
from axtra.newsletter.editions.forgotten import forgotten

__all__ = [
    "STALE",
    "CalendarEntry",
    "EditionState",
    "Judgement",
    "calendar",
    "every",
    "following",
    "forgotten",
    "freeze",
]
