"""The editions of the infolettre as a series: frozen choices, what was forgotten, what is next."""

from axtra.editions.calendar import Entry, Sent, State, calendar, every, following, registered
from axtra.editions.forgotten import forgotten
from axtra.editions.freezing import freeze

__all__ = [
    "Entry",
    "Sent",
    "State",
    "calendar",
    "every",
    "following",
    "forgotten",
    "freeze",
    "registered",
]
