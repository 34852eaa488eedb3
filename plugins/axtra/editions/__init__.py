"""The editions of the infolettre as a series: frozen choices, what was forgotten, what is next."""

from axtra.editions.calendar import Entry, State, calendar, every, following
from axtra.editions.forgotten import forgotten
from axtra.editions.freezing import freeze

__all__ = ["Entry", "State", "calendar", "every", "following", "forgotten", "freeze"]
