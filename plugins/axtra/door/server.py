"""Starting the door under uvicorn: a single process, without an access log."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.routing import Route

from axtra.content import site_facts
from axtra.door import connections, relay_posts
from axtra.door.app import Door
from axtra.door.confirmation_mail import Relay
from axtra.door.limits import SharedLimits
from axtra.door.page_templates import Pages
from axtra.door.sparing_journal import SparingJournal
from axtra.sending import settings
from axtra.sending.settings import ADDRESS
from axtra.subscribers import Pool, Register
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import errors
from infolettre.core.refusals import WrongUsage
from infolettre.design.tokens import TokenError

_LAST_PORT = 65_535
_LONGEST_HEAD = 16_384  # bytes
_GRACE = 10  # seconds left to an answer when the service stops


def serve(
    start: Path,
    folder: Path,
    environment: Mapping[str, str],
    *,
    host: str,
    port: int,
    announce: Callable[[str], object],
    log: Callable[[str], object],
) -> None:
    """Serve until a signal stops the service.

    Args:
        start: a folder of the project.
        folder: the data folder.
        environment: the settings of the mail server.
        host: the interface to listen to.
        port: the port to listen to, or 0 for any free port.
        announce: is given the line that says where the service listens.
        log: is given each line of the journal, with its end of line.

    Raises:
        FolderError: the data folder cannot be used.
        WrongUsage: there is no valid project here, a setting cannot be used, or the port is taken.
    """
    journal = SparingJournal(log)
    with closing(Pool(folder)) as pool:  # a folder that cannot be used is refused at once
        pool.do(Register.require)
        root = _project_root(start)
        with _listen(host, port) as listening:
            address = f"http://{host}:{listening.getsockname()[1]}"
            door = _door(root, pool, address, environment, journal)
            if door.post is None:
                log(f"Sans {ADDRESS}, personne ne peut s’abonner; le désabonnement fonctionne.\n")
            announce(f"Service : {address}/   (Ctrl-C pour arrêter)\n")
            server(door, connections.capacity()).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        if 0 <= port <= _LAST_PORT:  # for any other port, the socket would be left open
            return socket.create_server((host, port))
    except OSError:
        pass
    raise WrongUsage(f"{host}:{port} est déjà pris ou interdit.", "Essayez --port 0")


def _door(
    root: Path,
    pool: Pool,
    address: str,
    environment: Mapping[str, str],
    log: Callable[[str], object],
) -> Door:
    """Build the door of a project.

    Args:
        root: the project's folder.
        pool: lends the register.
        address: where the door listens, for a project that names no public address.
        environment: the settings of the mail server.
        log: is given each line of the journal.

    Raises:
        WrongUsage: the project's facts, its token file or the settings have errors.
    """
    facts, _, types, diagnostics = site_facts.read(root / "content", "content")
    if errors(diagnostics):
        raise WrongUsage("content/site.toml a des erreurs.", "axtra verifier")
    relay = Relay.of(environment, pool.folder, facts.email.rpartition("@")[2])
    fonts_cache = root / ".cache" / "polices"
    try:
        pages = Pages.load(root / "theme", fonts_cache, facts, facts.service or address)
    except TokenError as error:
        raise WrongUsage(str(error)) from None
    return Door(
        pool=pool,
        facts=facts,
        offered={letter_type.slug: letter_type.name.plain for letter_type in types},
        pages=pages,
        post=relay,
        limits=SharedLimits(time.time),
        clock=lambda: datetime.now(ZONE),
        say=log,
        relay=_relay(pool, environment, log),
    )


def _relay(
    pool: Pool, environment: Mapping[str, str], log: Callable[[str], object]
) -> Route | None:
    """Return where the notifications of Amazon SES come, when the settings name their topic.

    Raises:
        SettingsError: a setting cannot be used.
    """
    topic = settings.read(environment, pool.folder).topic
    return relay_posts.route(pool, topic, lambda: datetime.now(ZONE), log) if topic else None


def server(door: Door, most: int = connections.MOST) -> uvicorn.Server:
    """Return uvicorn without its access log, which would hold tokens and IP addresses.

    Args:
        door: what it serves.
        most: connections at once.
    """
    config = uvicorn.Config(
        door.app(),
        http=connections.protocol(most, door.say),
        limit_concurrency=most + 1,
        backlog=connections.BURST,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        access_log=False,
        log_level="error",  # anyone can cause a warning, as often as they like
        server_header=False,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=_GRACE,
    )
    return uvicorn.Server(config)


def _project_root(start: Path) -> Path:
    for folder in (start, *start.parents):
        if (folder / "content" / "site.toml").is_file() and (folder / "theme").is_dir():
            return folder
    raise WrongUsage(
        "aucun content/site.toml ici ni au-dessus.", "Allez dans le dossier du projet."
    )
