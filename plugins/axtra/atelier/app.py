"""The screens put together: what they share, their addresses, and how they answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from axtra.atelier.access import TOKEN, Access, Session, token_is_good
from axtra.atelier.announcements import AnnouncementNotes
from axtra.atelier.history import History
from axtra.atelier.newsroom import Newsroom
from axtra.atelier.presence import Presence
from axtra.atelier.publication import Publisher
from axtra.atelier.roles import Act, Person, Role
from axtra.atelier.templates import Templates
from axtra.atelier.texts import Desk
from axtra.core.git_command import git
from axtra.core.refusals import Refusal

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
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class Atelier:
    """What every screen uses; `data` is the data folder, `clock` returns the present."""

    root: Path
    data: Path
    newsroom: Newsroom
    desk: Desk
    history: History
    publisher: Publisher
    access: Access
    templates: Templates
    clock: Callable[[], datetime]
    presence: Presence
    announced: AnnouncementNotes

    def screen(
        self, request: Request, name: str, here: str, status: int = 200, **variables: object
    ) -> Response:
        """Return a screen; `here` is the word of the navigation that it belongs to."""
        session = request.state.session
        page = self.templates.page(
            name,
            navigation=NAVIGATION,
            ici=here,
            peut=session.person.may,
            actes=Act,
            jeton=session.token,
            nonce=request.state.nonce,
            **variables,
        )
        return HTMLResponse(page, status)

    def refusal(
        self, request: Request, refusal: Refusal, here: str, back: str, status: int = 422
    ) -> Response:
        """Say what cannot be done, and what to do instead."""
        return self.screen(request, "refus", here, status, refus=refusal, retour=back)


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form, the first of each name; refuse one without its token.

    Raises:
        HTTPException: it is too long, is no form, or does not carry the token of its session.
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
    require_token(request, fields)
    return fields


def require_token(request: Request, fields: Mapping[str, str]) -> None:
    """Refuse a form that does not carry the token of its session.

    Raises:
        HTTPException: it does not.
    """
    session: Session = request.state.session
    if not token_is_good(session, fields.get(TOKEN, "")):
        raise HTTPException(HTTPStatus.FORBIDDEN)


def person_at(request: Request) -> Person:
    """Return who asks."""
    session: Session = request.state.session
    return session.person


def require(request: Request, act: Act) -> None:
    """Refuse what the role of the person does not allow.

    Raises:
        HTTPException: it does not.
    """
    if not person_at(request).may(act):
        raise HTTPException(HTTPStatus.FORBIDDEN)


def for_role(act: Act, endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that answers only those whose role allows an act."""

    async def answer(request: Request) -> Response:
        require(request, act)
        return await endpoint(request)

    return answer


def see(address: str) -> Response:
    """Send the browser to a screen after an act, so that reloading does not repeat it."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def application(atelier: Atelier) -> Starlette:
    """Return the screens as an ASGI application, without its guard."""
    from axtra.atelier import screens  # noqa: PLC0415 - they import this module

    async def look(request: Request) -> Response:
        kind, data = atelier.templates.files[request.url.path]
        return Response(data, media_type=kind, headers={"Cache-Control": "max-age=3600"})

    async def refused(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return HTMLResponse(refusal_page(atelier.templates, status), status)

    app = Starlette(
        routes=[
            *(Route(path, look, methods=["GET"]) for path in atelier.templates.files),
            *(route for screen in screens.every() for route in screen.routes(atelier)),
        ],
        exception_handlers={HTTPException: refused, 500: refused},
    )
    app.state.atelier = atelier
    return app


_REASONS = {
    403: (
        "Cette page ne s’ouvre pas d’ici.",
        "L’adresse qui ouvre l’atelier sert une fois : l’atelier vient d’en donner une autre.",
    ),
    404: ("Il n’y a rien à cette adresse.", "Le texte a peut-être été renommé."),
    413: ("C’est trop long pour être envoyé.", "Coupez le texte en deux."),
    421: ("Cette adresse n’est pas celle de l’atelier.", "Reprenez celle qu’il a donnée."),
}
_ANY_REASON = (
    "L’atelier n’a pas pu répondre.",
    "Rien n’a changé. Revenez à la page précédente et recommencez.",
)


def refusal_page(templates: Templates, status: int) -> str:
    """Return the page that says why a request is refused; it needs no session."""
    title, explanation = _REASONS.get(status, _ANY_REASON)
    return templates.page("erreur", titre=title, explication=explanation)


def person_of(root: Path) -> Person:
    """Return who works here alone: the name that git knows, else « la rédaction »."""
    name = (git(root, "config", "user.name") or "").strip() or "la rédaction"
    return Person("", name, Role.DIRECTION)
