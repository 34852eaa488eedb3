"""Starting the atelier of a folder, alone, on the loopback."""

from __future__ import annotations

import os
import socket
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.routing import Route

from axtra.atelier.acceptance import Acceptance
from axtra.atelier.access import KEY, Access, Doorkeeper, Entrance, Guard
from axtra.atelier.announcements import AnnouncementNotes
from axtra.atelier.app import Invitations, person_of, refusal_page
from axtra.atelier.history import COPIES, History
from axtra.atelier.journal import NewsroomJournal
from axtra.atelier.mailroom import Mailroom
from axtra.atelier.newsroom import Newsroom
from axtra.atelier.origin import Origin
from axtra.atelier.own_files import OwnFiles
from axtra.atelier.personal import Ateliers
from axtra.atelier.presence import Presence
from axtra.atelier.proposals import PROPOSALS, Proposals
from axtra.atelier.publication import Publisher
from axtra.atelier.reviews import REVIEWS, Reviews
from axtra.atelier.roles import Act
from axtra.atelier.scheduled import Schedule
from axtra.atelier.set_aside import SetAside, WritingLock, personal_folder, project_folder
from axtra.atelier.templates import Templates
from axtra.atelier.texts import is_draft
from axtra.atelier.timekeeper import Timekeeper
from infolettre.core.dates import ZONE
from infolettre.core.refusals import WrongUsage
from infolettre.design.tokens import TokenError

HOST = "127.0.0.1"
_GRACE = 5  # seconds left to an answer when the atelier stops


def serve(root: Path, data: Path, *, port: int, say: Callable[[str], object], opens: bool) -> None:
    """Serve the atelier of a project until it is stopped.

    Args:
        root: the project's folder.
        data: the data folder, where versions set aside are kept.
        port: a port of this machine; 0 for any free port.
        say: receives each line for the terminal; the first is the address.
        opens: whether to open the browser.

    Raises:
        WrongUsage: the port is taken, or the theme cannot be used.
    """
    try:
        listening = socket.create_server((HOST, port))
    except OSError:
        raise WrongUsage(f"le port {port} est déjà pris.", "axtra atelier") from None
    with listening:
        port = listening.getsockname()[1]
        access = Access(person_of(root))

        def announce() -> None:
            say(f"Atelier : http://{HOST}:{port}/?{KEY}={access.new_key()}")

        entrance = Entrance.alone(HOST, "localhost", port=port)
        app = guarded(root, data, access, entrance, used_up=announce, watches=True)
        announce()
        say("Cette adresse sert une fois; Ctrl-C arrête l’atelier.")
        if opens:  # with a key of its own: other accounts see what a browser is started with
            with suppress(webbrowser.Error, OSError):
                webbrowser.open(f"http://{HOST}:{port}/?{KEY}={access.new_key()}")
        config = uvicorn.Config(
            app,
            access_log=False,
            log_level="warning",
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=_GRACE,
        )
        uvicorn.Server(config).run(sockets=[listening])


def guarded(
    root: Path,
    data: Path,
    access: Doorkeeper,
    entrance: Entrance,
    *,
    used_up: Callable[[], object] = lambda: None,
    templates: Templates | None = None,
    entering: Sequence[Route] = (),
    team: Invitations | None = None,
    watches: bool = False,
) -> Guard:
    """Return the atelier of a project as an ASGI application; its `app` holds everyone's.

    Args:
        root: the project's folder.
        data: the data folder.
        access: keys, sessions and frames.
        entrance: where browsers reach it.
        used_up: called when a key has served.
        templates: of the screens; by default, those of the theme.
        entering: what is answered to those who are not in.
        team: the people; None when one works alone.
        watches: whether threads keep step with the shared repository, if there is one, and
            publish what is scheduled.

    Raises:
        WrongUsage: the theme cannot be used.
    """
    look = templates or theme_of(root)
    folder = project_folder(data, root)
    aside = SetAside(folder)
    aside.prune()
    newsroom, writing = Newsroom(root, aside), WritingLock(folder)
    own = OwnFiles(folder, _now)

    def aside_of(name: str, data: bytes) -> SetAside:
        """Return where a version of a text is set aside: where whoever may change it looks."""
        owner = team.accounts.member(own.whose(name)) if team and is_draft(data) else None
        alone = owner is not None and not owner.person.may(Act.READ_OTHERS)
        return SetAside(personal_folder(folder, owner.person.address)) if alone and owner else aside

    origin = Origin(
        root,
        lock=folder / COPIES / "git.lock",
        aside_of=aside_of,
        is_text=lambda name: name.endswith(".md") and newsroom.folders.place(name) is not None,
        changing=writing,
        clock=_now,
    )
    history = History(root, folder / COPIES, person_of(root), _now, origin.wake)
    history.finish()
    publisher = Publisher(root, data, os.environ, _now)
    if watches:
        origin.watch()
        acceptance = Acceptance(Schedule(folder), newsroom, history, writing)
        Timekeeper(acceptance, publisher, _now, Mailroom(root, data, os.environ, _now)).start()
    ateliers = Ateliers(
        root=root,
        data=data,
        folder=folder,
        access=access,
        entering=entering,
        newsroom=newsroom,
        history=history,
        publisher=publisher,
        templates=look,
        clock=_now,
        presence=Presence(_now),
        announced=AnnouncementNotes(folder),
        reviews=Reviews(folder / REVIEWS, _now),
        proposals=Proposals(folder / PROPOSALS),
        origin=origin,
        journal=NewsroomJournal(folder, _now),
        writing=writing,
        team=team,
    )
    return Guard(
        ateliers,
        access,
        entrance=entrance,
        used_up=used_up,
        refuse=lambda status: refusal_page(look, status),
    )


def theme_of(root: Path) -> Templates:
    """Return the templates of the screens of a project.

    Raises:
        WrongUsage: the theme cannot be used.
    """
    try:
        return Templates.load(root / "theme", root / ".cache" / "polices")
    except TokenError as error:
        raise WrongUsage(str(error)) from None


def _now() -> datetime:
    return datetime.now(ZONE)
