"""The screens put together: what they share, their addresses, and how they answer."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from axtra.atelier.access import TOKEN, PersonalFrames, Session, token_is_good
from axtra.atelier.accounts import Accounts
from axtra.atelier.announcements import AnnouncementNotes
from axtra.atelier.history import History
from axtra.atelier.journal import NewsroomJournal
from axtra.atelier.newsroom import Newsroom
from axtra.atelier.origin import Origin
from axtra.atelier.own_files import OwnFiles
from axtra.atelier.presence import Presence
from axtra.atelier.proposals import Proposals
from axtra.atelier.publication import Publisher
from axtra.atelier.reviews import Reviews
from axtra.atelier.roles import Act, Person, Role
from axtra.atelier.session_shelf import SessionShelf
from axtra.atelier.templates import Templates
from axtra.atelier.texts import Desk
from axtra.core.git_command import git
from axtra.core.system_errors import as_refusal
from axtra.door.confirmation_mail import Post
from axtra.door.limits import Limits
from infolettre.core.refusals import Refusal

MOST, _MOST_FIELDS = 4_000_000, 500  # bytes and fields of a form
NAVIGATION = (
    ("Accueil", "/"),
    ("Textes", "/textes"),
    ("Numéros", "/numeros"),
    ("Infolettres", "/infolettres"),
    ("Images", "/images"),
    ("Abonnés", "/abonnes"),
    ("Publication", "/publication"),
    ("Réglages", "/reglages"),
)
_NEEDED = {
    "/infolettres": Act.COMPOSE,
    "/abonnes": Act.SUBSCRIBERS,
    "/publication": Act.PUBLISH,
    "/reglages": Act.SETTINGS,
}
_log = logging.getLogger(__name__)
Endpoint = Callable[[Request], Awaitable[Response]]


class Invitations(Protocol):
    """The people of a team, and what sends them links."""

    accounts: Accounts
    post: Post | None
    invitations: Limits

    def link(self, person: Person) -> str:
        """Return the address of a new link of a person."""

    def send(self, person: Person, *, invited_by: str | None = None) -> None:
        """Send a person a link, or raise PostError."""


@dataclass(slots=True)
class Atelier:
    """What every screen uses, made for one person; `data` is the data folder.

    `folder` holds what this person has beside the files, `own` whose each file is;
    `newsroom`, and all that it returns, is what this person may read: see `Ateliers`. `clock`
    returns the present; `team` is None when one person works alone.
    """

    person: Person
    root: Path
    data: Path
    folder: Path
    own: OwnFiles
    newsroom: Newsroom
    desk: Desk
    history: History
    publisher: Publisher
    access: PersonalFrames
    templates: Templates
    clock: Callable[[], datetime]
    presence: Presence
    announced: AnnouncementNotes
    reviews: Reviews
    proposals: Proposals
    origin: Origin
    journal: NewsroomJournal
    team: Invitations | None = None
    shelf: SessionShelf = field(default_factory=SessionShelf)

    @property
    def signature(self) -> str:
        """Return the name under which this person publishes; alone, it is that of the account."""
        return self.person.name if self.person.address else ""

    def screen(
        self, request: Request, name: str, here: str, status: int = 200, **variables: object
    ) -> Response:
        """Return a screen; `here` is the word of the navigation that it belongs to."""
        session = request.state.session
        page = self.templates.page(
            name,
            **_menu(session),
            ici=here,
            qui=session.person,
            peut=session.person.may,
            equipe=self.team is not None,
            actes=Act,
            nonce=request.state.nonce,
            **variables,
        )
        return HTMLResponse(page, status)

    def refusal(
        self, request: Request, refusal: Refusal, here: str, back: str, status: int = 422
    ) -> Response:
        """Say what cannot be done, and what to do instead."""
        return self.screen(request, "refus", here, status, refus=refusal, retour=back)


def _menu(session: Session) -> dict[str, object]:
    """Return what the head of a page shows to a person who is in."""
    person = session.person
    return {
        "navigation": [at for at in NAVIGATION if person.may(_NEEDED.get(at[1], Act.WRITE_OWN))],
        "signataire": person.name if person.address else "",
        "jeton": session.token,
    }


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form, the first of each name; refuse one without its token.

    Raises:
        HTTPException: it is too long, is no form, or does not carry the token of its session.
    """
    fields = await form_fields(request)
    require_token(request, fields)
    return fields


async def form_fields(request: Request) -> dict[str, str]:
    """Return the fields of a form, the first of each name.

    Raises:
        HTTPException: it is too long, or is no form.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST or body.count(b"&") > _MOST_FIELDS:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        given = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    fields = {name: values[0] for name, values in given.items()}
    request.state.act = fields.get("acte", "")  # for the journal
    return fields


def require_token(request: Request, fields: Mapping[str, str]) -> None:
    """Refuse a form that does not carry the token of its session.

    Raises:
        HTTPException: it does not.
    """
    session: Session = request.state.session
    if not token_is_good(session, fields.get(TOKEN, "")):
        raise HTTPException(HTTPStatus.FORBIDDEN, _STALE)


def person_at(request: Request) -> Person:
    """Return who asks."""
    session: Session = request.state.session
    return session.person


def home_of(request: Request) -> str:
    """Return the address of the atelier, as its guard let it through; a team's is behind TLS."""
    scheme = "https" if person_at(request).address else "http"
    return f"{scheme}://{request.headers['host']}"


def require(request: Request, act: Act) -> None:
    """Refuse what the role of the person does not allow.

    Raises:
        HTTPException: it does not.
    """
    if not person_at(request).may(act):
        raise HTTPException(HTTPStatus.FORBIDDEN, act)


def for_role(act: Act, endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that answers only those whose role allows an act."""

    async def answer(request: Request) -> Response:
        require(request, act)
        return await endpoint(request)

    return answer


def see(address: str) -> Response:
    """Send the browser to a screen after an act, so that reloading does not repeat it."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


class _AnyPath(PathConvertor):
    """Paths in addresses, where the name of a file may hold any sign: an end of line too."""

    regex = r"[\s\S]*"


register_url_convertor("path", _AnyPath())


def application(atelier: Atelier) -> Starlette:
    """Return the screens as an ASGI application, without its guard."""
    from axtra.atelier import screens  # noqa: PLC0415 - they import this module

    app = answering(
        atelier.templates,
        (route for screen in screens.every() for route in screen.routes(atelier)),
    )
    app.state.atelier = atelier
    return app


def answering(templates: Templates, routes: Iterable[BaseRoute]) -> Starlette:
    """Return routes as an application, with the styles and fonts, and pages for refusals."""

    async def look(request: Request) -> Response:
        kind, data = templates.files[request.url.path]
        return Response(data, media_type=kind, headers={"Cache-Control": "max-age=3600"})

    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        why = error.detail if isinstance(error, HTTPException) else ""
        return HTMLResponse(refusal_page(templates, status, request, why), status)

    async def told(request: Request, error: Exception) -> Response:
        """Say what stops any screen: the settings of Pelican, a disk, a register."""
        session: Session | None = getattr(request.state, "session", None)
        status = HTTPStatus.SERVICE_UNAVAILABLE
        if isinstance(error, (OSError, sqlite3.Error)):
            _log.warning("%s", error)
            error = as_refusal(error)
            if session and not session.person.may(Act.READ_OTHERS):  # it may name a file of others
                session = None
        if session is None:
            return HTMLResponse(refusal_page(templates, status), status)
        return HTMLResponse(templates.page("empeche", **_head(request), refus=error), status)

    return Starlette(
        routes=[*(Route(path, look, methods=["GET"]) for path in templates.files), *routes],
        exception_handlers={
            HTTPException: refused,
            500: refused,
            **dict.fromkeys((Refusal, OSError, sqlite3.Error), told),
        },
    )


def _head(request: Request | None) -> dict[str, object]:
    """Return what the head of a page that says why shows; nothing to those who are not in."""
    session: Session | None = getattr(request.state, "session", None) if request else None
    return {**_menu(session), "ici": ""} if session else {}


_STALE = "jeton"
_REASONS = {
    403: (
        "Cette page ne s’ouvre pas d’ici.",
        "L’adresse qui ouvre l’atelier sert une fois : l’atelier vient d’en donner une autre.",
    ),
    404: ("Il n’y a rien à cette adresse.", "Le texte a peut-être été renommé."),
    413: ("C’est trop long pour être envoyé.", "Coupez le texte en deux."),
    421: ("Cette adresse n’est pas celle de l’atelier.", "Reprenez celle qu’il a donnée."),
}
_STALE_REASON = (
    "Cette page date d’une autre visite.",
    "Rien n’a changé. Revenez à la page précédente, rechargez-la, puis recommencez.",
)
_ROLE_REASON = "Il faudrait pouvoir {} : une personne de la direction peut vous donner ce rôle."
_ANY_REASON = (
    "L’atelier n’a pas pu répondre.",
    "Rien n’a changé. Revenez à la page précédente et recommencez.",
)


def refusal_page(
    templates: Templates, status: int, request: Request | None = None, why: str = ""
) -> str:
    """Return the page that says why a request is refused; it needs no session."""
    title, explanation = _REASONS.get(status, _ANY_REASON)
    if why == _STALE:
        title, explanation = _STALE_REASON
    elif why in {*Act}:
        title, explanation = "Votre rôle ne le permet pas.", _ROLE_REASON.format(why)
    return templates.page("erreur", **_head(request), titre=title, explication=explanation)


def person_of(root: Path) -> Person:
    """Return who works here alone: the name that git knows, else « la rédaction »."""
    name = (git(root, "config", "user.name") or "").strip() or "la rédaction"
    return Person("", name, Role.DIRECTION)
