"""The series of editions: calendar, fixed choices (« figer »), content that none has shown."""

from axtra.newsletter.editions.calendar import (
    CalendarEntry,
    EditionState,
    Sent,
    calendar,
    every,
    following,
    registered,
)
from axtra.newsletter.editions.fixing import freeze
from axtra.newsletter.editions.forgotten import forgotten

__all__ = [
    "CalendarEntry",
    "EditionState",
    "Sent",
    "calendar",
    "every",
    "following",
    "forgotten",
    "freeze",
    "registered",
]
