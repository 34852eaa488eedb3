"""Starting the atelier of a folder, alone, on the loopback."""

from __future__ import annotations

import os
import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import uvicorn

from axtra.atelier.access import KEY, Access, Guard
from axtra.atelier.announcements import AnnouncementNotes
from axtra.atelier.app import Atelier, application, person_of, refusal_page
from axtra.atelier.history import History
from axtra.atelier.newsroom import Newsroom
from axtra.atelier.presence import Presence
from axtra.atelier.publication import Publisher
from axtra.atelier.set_aside import SetAside, project_folder
from axtra.atelier.templates import Templates
from axtra.atelier.texts import Desk
from axtra.core.dates import ZONE
from axtra.core.refusals import WrongUsage
from axtra.design.tokens import TokenError

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

        app = guarded(root, data, access, port, used_up=announce)
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
    root: Path, data: Path, access: Access, port: int, *, used_up: Callable[[], object]
) -> Guard:
    """Return the atelier of a project as an ASGI application.

    Raises:
        WrongUsage: the theme cannot be used.
    """
    try:
        templates = Templates.load(root / "theme", root / ".cache" / "polices")
    except TokenError as error:
        raise WrongUsage(str(error)) from None
    aside = SetAside(project_folder(data, root))
    aside.prune()
    newsroom = Newsroom(root, aside)
    person = person_of(root).name
    publisher = Publisher(root, data, os.environ, _now)
    history = History(root, project_folder(data, root) / "versions", person, _now)
    desk = Desk(newsroom, clock=_now, person=person, history=history)
    presence = Presence(_now)
    announced = AnnouncementNotes(project_folder(data, root))
    atelier = Atelier(
        root, data, newsroom, desk, history, publisher, access, templates, _now, presence, announced
    )
    hosts = frozenset({f"{HOST}:{port}", f"localhost:{port}"})
    return Guard(
        application(atelier),
        access,
        hosts=lambda: hosts,
        used_up=used_up,
        refuse=lambda status: refusal_page(templates, status),
    )


def _now() -> datetime:
    return datetime.now(ZONE)
