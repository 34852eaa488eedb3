"""The calendar of the letters of a project, as the command says it, read once between changes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from axtra import site
from axtra.newsletter.editions import CalendarEntry, following

if TYPE_CHECKING:
    from axtra.atelier.app import Atelier


class LetterCalendar:
    """The editions of a project: what is in the files, whatever waits to be published.

    Args:
        atelier: whose project it is.
    """

    def __init__(self, atelier: Atelier) -> None:
        self._atelier = atelier
        self._lock = threading.Lock()
        self._known: dict[int | None, list[CalendarEntry]] = {}
        self._mark: object = None

    def entries(self, year: int | None) -> list[CalendarEntry]:
        """List the editions of a year with those still to be written, or every one that exists."""
        now = self._atelier.clock()
        with self._lock:
            mark = (self._atelier.newsroom.stamp, now.date(), now.hour)
            if mark != self._mark:
                self._known, self._mark = {}, mark
            if year not in self._known:
                root = self._atelier.root
                library, problems = site.read(root, moment=now)
                self._known[year] = site.calendar(root, library, problems, year)
            return self._known[year]

    def next_one(self) -> CalendarEntry | None:
        """Return the next edition to send this year."""
        return following(self.entries(self._atelier.clock().year))
