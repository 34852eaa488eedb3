"""The atelier of several people, behind TLS: who is let in, and how it is served."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from axtra.atelier.access import Entrance, Frames, Guard, Session
from axtra.atelier.accounts import Accounts
from axtra.atelier.roles import Person
from axtra.atelier.server import guarded, theme_of
from axtra.atelier.sign_in import ENTER, LEAVE, LinkMails, SignIn
from axtra.content import site_facts
from axtra.content.model import Facts
from axtra.door import connections
from axtra.door.confirmation_mail import Post, Relay
from axtra.door.limits import Limits
from axtra.door.middleware import describe
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import errors
from infolettre.core.refusals import WrongUsage

PORT = 8002
_GRACE = 5  # seconds left to an answer when the atelier stops
_LONGEST_HEAD = 16_384  # bytes
_QUARTER = 900.0  # seconds


class TeamAccess:
    """Sessions as the accounts keep them, and the frames; no key lets anybody in."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts, self.frames = accounts, Frames()

    def session(self, cookie: str) -> Session | None:
        """Return the session of a cookie."""
        person = self.accounts.whose(cookie) if cookie else None
        return Session(person, cookie) if person else None

    def enter(self, _key: str) -> Session | None:
        """Return nothing: people come in by a link that they confirm."""
        return None

    def is_here(self, person: Person) -> bool:
        """Return whether a person has a session, and the role that they had."""
        return self.accounts.is_here(person)


def facts_of(root: Path) -> Facts:
    """Return what the site says of its publisher.

    Raises:
        WrongUsage: it has errors, or does not say where the atelier is.
    """
    facts, _, _, diagnostics = site_facts.read(root / "content", "content")
    if errors(diagnostics):
        raise WrongUsage("content/site.toml a des erreurs.", "axtra verifier")
    if not facts.atelier:
        raise WrongUsage(
            "content/site.toml ne dit pas à quelle adresse l’équipe trouve l’atelier.",
            'Ajoutez-y, avant les tables :  atelier = "https://redaction.exemple.org"',
        )
    return facts


def mails(
    accounts: Accounts,
    facts: Facts,
    data: Path,
    environment: Mapping[str, str],
    say: Callable[[str], object],
) -> LinkMails:
    """Return what sends the links of the atelier, by the server of the letters.

    Raises:
        WrongUsage: the settings of the server cannot be used.
    """
    relay: Post | None = Relay.of(environment, data, facts.email.rpartition("@")[2])
    return LinkMails(accounts, facts.atelier, facts, relay, _now, say)


def serve(
    root: Path,
    data: Path,
    environment: Mapping[str, str],
    *,
    host: str,
    port: int,
    say: Callable[[str], object],
    log: Callable[[str], object],
) -> None:
    """Serve the atelier of a team until it is stopped.

    Args:
        root: the project's folder.
        data: the data folder.
        environment: the settings of the mail server.
        host: the interface to listen to; a web server brings TLS.
        port: a port of it; 0 for any free port.
        say: receives each line for the terminal; the first is the address.
        log: receives each line of the journal, with its end of line.

    Raises:
        FolderError: the data folder cannot be used.
        WrongUsage: a setting cannot be used, or the port is taken.
    """
    facts = facts_of(root)
    with closing(Accounts(data, _now)) as accounts:
        sender = mails(accounts, facts, data, environment, log)
        app = team(root, data, accounts, sender, watches=True)
        try:
            listening = socket.create_server((host, port))
        except OSError:
            raise WrongUsage(
                f"{host}:{port} est déjà pris ou interdit.", "axtra atelier --equipe --port 8003"
            ) from None
        with listening:
            here = f"http://{host}:{listening.getsockname()[1]}"
            say(f"Atelier : {facts.atelier}/   (derrière le serveur web : {here})")
            if not accounts.members():
                say("Personne n’y entre encore :  axtra atelier inviter ADRESSE --role direction")
            if sender.post is None:
                say(
                    "Sans AXTRA_SMTP_URL, aucun lien ne part par courriel : "
                    "« axtra atelier inviter » les affiche."
                )
            _server(_quiet(app, log), log).run(sockets=[listening])


def team(
    root: Path, data: Path, accounts: Accounts, sender: LinkMails, *, watches: bool = False
) -> Guard:
    """Return the atelier of a team as an ASGI application; `watches` as for `guarded`.

    Raises:
        WrongUsage: the theme cannot be used.
    """
    host = urlsplit(sender.address).netloc.removesuffix(":443")  # as browsers name it
    entrance = Entrance.team(host, ENTER, LEAVE)
    templates = theme_of(root)
    sign_in = SignIn(
        accounts,
        sender,
        templates,
        entrance,
        visitors=Limits(time.monotonic, each=10, near=40, total=2_000),
        boxes=Limits(time.monotonic, each=3, near=2_000, total=2_000, window=_QUARTER),
        tries=Limits(time.monotonic, each=20, near=80, total=2_000),
    )
    access = TeamAccess(accounts)
    return guarded(
        root,
        data,
        access,
        entrance,
        templates=templates,
        entering=sign_in.routes(),
        team=sender,
        watches=watches,
    )


def _server(app: ASGIApp, log: Callable[[str], object]) -> uvicorn.Server:
    """Return uvicorn without its access log, which would hold the secrets of links and frames."""
    most = connections.capacity()
    config = uvicorn.Config(
        app,
        http=connections.protocol(most, log),
        limit_concurrency=most + 1,
        backlog=connections.BURST,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        access_log=False,
        log_level="error",
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GRACE,
    )
    return uvicorn.Server(config)


def _quiet(app: ASGIApp, log: Callable[[str], object]) -> ASGIApp:
    """Return an application whose failures are logged without their message, which may quote."""

    async def quiet(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - see above
            log(f"erreur : {describe(error)}\n")

    return quiet


def _now() -> datetime:
    return datetime.now(ZONE)
