"""The atelier of each person: the same screens, over what this person may read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from axtra.atelier.access import OPEN_TO_ALL, Frames, PersonalFrames
from axtra.atelier.acts import words_of
from axtra.atelier.announcements import AnnouncementNotes
from axtra.atelier.app import Atelier, answering, application
from axtra.atelier.history import History
from axtra.atelier.journal import Journal
from axtra.atelier.newsroom import Newsroom
from axtra.atelier.origin import Origin
from axtra.atelier.presence import Presence
from axtra.atelier.publication import Publisher
from axtra.atelier.review_pages import ReviewPages
from axtra.atelier.reviews import Reviews
from axtra.atelier.roles import Person
from axtra.atelier.screens import review
from axtra.atelier.templates import Templates
from axtra.atelier.texts import Desk

_FRAME = "/cadre/"
_MOST = 30  # people whose atelier is kept ready


@dataclass(slots=True)
class Ateliers:
    """Sends each request to the atelier of whoever asks; each has an application of its own.

    No screen chooses what to hide: it is given a newsroom in which nothing is to be hidden.

    Attributes:
        root: the project's folder.
        data: the data folder.
        frames: tells whose frame is asked for; that request carries no session.
        newsroom: everything.
        history: the past of every text, to be signed.
        publisher: what publishes the site.
        templates: of the screens.
        clock: returns the present.
        presence: who has what open.
        announced: what was announced.
        reviews: what is read and said of texts without an account.
        origin: the repository that the newsroom shares.
        journal: who did what.
        writing: held by whoever changes a file.
    """

    root: Path
    data: Path
    frames: Frames
    newsroom: Newsroom
    history: History
    publisher: Publisher
    templates: Templates
    clock: Callable[[], datetime]
    presence: Presence
    announced: AnnouncementNotes
    reviews: Reviews
    origin: Origin
    journal: Journal
    writing: threading.Lock
    entrance: Starlette = field(init=False)  # for those who are not let in yet
    _kept: dict[Person, Starlette] = field(default_factory=dict)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Make what answers without a session."""
        self.entrance = answering(
            self.templates,
            review.routes(self.reviews, ReviewPages(self.newsroom), self.templates),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, which the guard has let through."""
        await self._app(scope)(scope, receive, self._noting(scope, send))

    def _noting(self, scope: Scope, send: Send) -> Send:
        """Return what sends an answer, and notes in the journal what a form did."""
        session = scope.get("state", {}).get("session")
        if session is None or scope["method"] != "POST" or scope["path"].startswith(OPEN_TO_ALL):
            return send

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                noted = words_of(scope["path"], scope["state"].get("act", ""))
                if noted is not None:
                    self.journal.note(session.person, *noted)
            await send(message)

        return noting

    def _app(self, scope: Scope) -> Starlette:
        if scope["type"] == "http" and scope["path"].startswith(OPEN_TO_ALL):
            return self.entrance
        session = scope.get("state", {}).get("session")
        person: Person | None = session.person if session else None
        if person is None and scope["type"] == "http" and scope["path"].startswith(_FRAME):
            person = self.frames.whose(scope["path"].removeprefix(_FRAME).partition("/")[0])
        return self.entrance if person is None else self.of(person)

    def of(self, person: Person) -> Starlette:
        """Return the screens of a person; their `state.atelier` is what they use."""
        with self._making:
            app = self._kept.pop(person, None) or application(self._atelier(person))
            self._kept[person] = app  # the last one asked for is the last one forgotten
            while len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
        return app

    def forget(self, address: str) -> None:
        """Forget the atelier and the frames of a person whose role changed, or who left."""
        self.frames.forget(address)
        with self._making:
            for person in [person for person in self._kept if person.address == address]:
                del self._kept[person]

    def _atelier(self, person: Person) -> Atelier:
        newsroom, history = self.newsroom, self.history.signed(person)
        return Atelier(
            person=person,
            root=self.root,
            data=self.data,
            newsroom=newsroom,
            desk=Desk(
                newsroom, clock=self.clock, person=person, history=history, lock=self.writing
            ),
            history=history,
            publisher=self.publisher,
            access=PersonalFrames(self.frames, person),
            templates=self.templates,
            clock=self.clock,
            presence=self.presence,
            announced=self.announced,
            reviews=self.reviews,
            origin=self.origin,
            journal=self.journal,
        )
