"""Start the door under uvicorn: one process, no access log."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import uvicorn

from axtra.content import site_facts
from axtra.core.dates import ZONE
from axtra.core.diagnostics import errors
from axtra.design.tokens import TokenError
from axtra.door.app import Door
from axtra.door.confirmation_mail import PostError, Relay
from axtra.door.limits import Limits
from axtra.door.middleware import to_stderr
from axtra.door.page_templates import Pages
from axtra.sending.settings import ADDRESS
from axtra.subscribers import Register

USAGE, PROBLEMS, DONE = 2, 1, 0
_GRACE = 10  # seconds left to an answer when the service stops


def serve(
    start: Path, folder: Path, environment: Mapping[str, str], *, host: str, port: int
) -> int:
    """Serve until a signal stops it.

    Args:
        start: a folder of the project.
        folder: the data folder.
        environment: the settings of the mail server.
        host: the interface to listen to.
        port: 0 for any free one.

    Returns:
        The exit code.

    Raises:
        FolderError: the data folder cannot serve.
    """
    Register.open(folder).close()  # whatever refuses, refuses now
    root = _root(start)
    try:
        relay = Relay.of(environment, folder)
        listening = socket.create_server((host, port))
        address = f"http://{host}:{listening.getsockname()[1]}"
        door = make(root, folder, address, relay) if root else None
    except (PostError, TokenError) as error:
        sys.stderr.write(f"axtra : {error}\n")
        return USAGE
    except (OSError, OverflowError):
        sys.stderr.write(
            f"axtra : {host}:{port} est déjà pris ou interdit.\n    → Essayez --port 0\n"
        )
        return USAGE
    if door is None:
        sys.stderr.write("axtra : aucun content/site.toml sans erreur ici ni au-dessus.\n")
        return USAGE
    with listening:
        if relay is None:
            to_stderr(f"Sans {ADDRESS}, personne ne peut s’abonner; le désabonnement fonctionne.\n")
        sys.stdout.write(f"Service : {address}/   (Ctrl-C pour arrêter)\n")
        sys.stdout.flush()
        server(door).run(sockets=[listening])
    return DONE


def make(root: Path, folder: Path, address: str, relay: Relay | None) -> Door | None:
    """Make the door of a project; None when its facts have errors.

    Args:
        root: the project's folder.
        folder: the data folder.
        address: where the door listens, for a project that names no public address.
        relay: what sends mail.

    Raises:
        TokenError: the token file cannot be used.
    """
    facts, _, types, found = site_facts.read(root / "content", "content")
    if errors(found):
        return None
    pages = Pages.load(root / "theme", root / ".cache" / "polices", facts, facts.service or address)
    return Door(
        folder=folder,
        facts=facts,
        offered={one.slug: one.name.plain for one in types},
        pages=pages,
        post=relay,
        limits=Limits(time.monotonic),
        clock=lambda: datetime.now(ZONE),
        say=to_stderr,
    )


def server(door: Door) -> uvicorn.Server:
    """Configure uvicorn; its access log would write tokens and the addresses of machines."""
    config = uvicorn.Config(
        door.app(),
        access_log=False,
        log_level="warning",
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GRACE,
    )
    return uvicorn.Server(config)


def _root(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        if (folder / "content" / "site.toml").is_file() and (folder / "theme").is_dir():
            return folder
    return None
