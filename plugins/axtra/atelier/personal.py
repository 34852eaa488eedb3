"""The atelier of each person: the same screens, over what this person may read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from starlette.applications import Starlette
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from axtra.atelier.access import Doorkeeper, PersonalFrames
from axtra.atelier.acts import words_of
from axtra.atelier.announcements import AnnouncementNotes
from axtra.atelier.app import Atelier, Invitations, answering, application
from axtra.atelier.history import History
from axtra.atelier.journal import NewsroomJournal
from axtra.atelier.newsroom import Newsroom
from axtra.atelier.origin import Origin
from axtra.atelier.own_files import OwnFiles, OwnHistory, PublicFiles
from axtra.atelier.presence import Presence
from axtra.atelier.proposals import Proposals
from axtra.atelier.publication import Publisher
from axtra.atelier.review_pages import ReviewPages
from axtra.atelier.reviews import Link, Reviews
from axtra.atelier.roles import Act, Person
from axtra.atelier.screens import review
from axtra.atelier.set_aside import SetAside, personal_folder
from axtra.atelier.templates import Templates
from axtra.atelier.texts import Desk

_FRAME = "/cadre/"
_REFUSED = 400  # statuses from here on say that nothing was done
_MOST = 20  # people whose atelier is kept ready


@dataclass(slots=True)
class Ateliers:
    """Sends each request to the atelier of whoever asks; each has an application of its own.

    No screen chooses what to hide: it is given a newsroom in which nothing is to be hidden.

    Attributes:
        root: the project's folder.
        data: the data folder.
        folder: where the project keeps what is beside its files.
        access: tells whose frame is asked for; that request carries no session.
        entering: what is answered to those who are not in.
        newsroom: everything.
        history: the past of every text, to be signed.
        publisher: what publishes the site.
        templates: of the screens.
        clock: returns the present.
        presence: who has what open.
        announced: what was announced.
        reviews: what is read and said of texts without an account.
        proposals: what somebody asks another to accept.
        origin: the repository that the newsroom shares.
        journal: who did what.
        writing: held by whoever changes a file.
        team: the people; None when one works alone.
        own: whose each file is.
        public: what everybody may read.
    """

    root: Path
    data: Path
    folder: Path
    access: Doorkeeper
    entering: Sequence[Route]
    newsroom: Newsroom
    history: History
    publisher: Publisher
    templates: Templates
    clock: Callable[[], datetime]
    presence: Presence
    announced: AnnouncementNotes
    reviews: Reviews
    proposals: Proposals
    origin: Origin
    journal: NewsroomJournal
    writing: AbstractContextManager[object]
    team: Invitations | None
    own: OwnFiles = field(init=False)
    public: PublicFiles = field(init=False)
    _entrance: Starlette = field(init=False)
    _kept: dict[Person, Starlette] = field(default_factory=dict)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Make what answers without a session."""
        self.own = OwnFiles(self.folder, self.clock)
        self.public = PublicFiles(self.root, self.clock)
        pages = ReviewPages(self.newsroom, self._aside_of)
        self.entering = [*self.entering, *review.routes(self.reviews, pages, self.templates)]
        self._entrance = answering(self.templates, self.entering)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, which the guard has let through."""
        person = self._whose(scope) if scope["type"] == "http" else None
        if person is not None and scope["method"] == "POST":
            send = self._noting(person, scope, send)
        app = self._entrance if person is None else self.of(person)
        await app(scope, receive, send)

    def _noting(self, person: Person, scope: Scope, send: Send) -> Send:
        """Return what sends an answer, and notes in the journal what a form did."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < _REFUSED:
                noted = words_of(scope["path"], scope["state"].get("act", ""))
                if noted is not None:
                    self.journal.note(person, *noted)
            await send(message)

        return noting

    def _whose(self, scope: Scope) -> Person | None:
        if any(route.matches(scope)[0] is not Match.NONE for route in self.entering):
            return None
        if session := scope["state"].get("session"):
            return cast("Person", session.person)
        path: str = scope["path"]
        if not path.startswith(_FRAME):
            return None
        person = self.access.frames.whose(path.removeprefix(_FRAME).partition("/")[0])
        return person if person and self.access.is_here(person) else None

    def of(self, person: Person) -> Starlette:
        """Return the screens of a person; their `state.atelier` is what they use."""
        with self._making:
            app = self._kept.pop(person, None) or application(self._atelier(person))
            self._kept[person] = app  # the last one asked for is the last one forgotten
            while len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
        return app

    def _aside_of(self, link: Link) -> SetAside:
        """Return where the versions of whoever shared a text are set aside."""
        return SetAside(personal_folder(self.folder, link.address) if link.alone else self.folder)

    def _atelier(self, person: Person) -> Atelier:
        newsroom, history, folder = self.newsroom, self.history.signed(person), self.folder
        if not person.may(Act.READ_OTHERS):
            folder = personal_folder(self.folder, person.address)
            aside = SetAside(folder)
            aside.prune()
            newsroom = Newsroom(self.root, aside, lambda: self.public.hidden(self.own, person))
            history = OwnHistory(self.history, self.own, person)
        return Atelier(
            person=person,
            root=self.root,
            data=self.data,
            folder=folder,
            own=self.own,
            newsroom=newsroom,
            desk=Desk(
                newsroom,
                clock=self.clock,
                person=person,
                history=history,
                proposals=self.proposals,
                lock=self.writing,
            ),
            history=history,
            publisher=self.publisher,
            access=PersonalFrames(self.access.frames, person),
            templates=self.templates,
            clock=self.clock,
            presence=self.presence,
            announced=self.announced,
            reviews=self.reviews,
            proposals=self.proposals,
            origin=self.origin,
            journal=self.journal,
            team=self.team,
        )
