"""The calendar of the letters of a project, as the command says it; and the next, at a glance."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING

from axtra import site
from axtra.atelier.newsroom import Newsroom
from axtra.content import sent_letters
from axtra.newsletter.editions import CalendarEntry, Judgement, calendar, following

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


def next_letter(newsroom: Newsroom, moment: datetime) -> CalendarEntry | None:
    """Return the next edition to send, with what its file lacks; its mail is not made for that.

    Args:
        newsroom: the content, drafts and versions set aside included.
        moment: the present.
    """
    library, problems = newsroom.library, newsroom.problems
    try:
        sent = {each.edition for each in sent_letters.load(newsroom.root)}
    except sent_letters.RegisterError:
        sent = set()
    known = Judgement(sent, lambda letter: [p for p in problems if p.file == letter.source])
    coming = (
        entry
        for year in (moment.year, moment.year + 1)
        for entry in calendar(year, library, known)
        if entry.day >= moment.date()
    )
    return following(coming)
