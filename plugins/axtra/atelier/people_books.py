"""The books of people as the screens open them, and the words for what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from axtra.atelier.access import Session
from axtra.atelier.app import Atelier, Endpoint, for_role, form_of, person_at, see
from axtra.atelier.roles import Act
from axtra.sending.ledger import Ledger
from axtra.subscribers import Basis, Consent, Register
from axtra.subscribers.database import SUBSCRIBERS, is_kept
from infolettre.core.dates import ZONE
from infolettre.core.refusals import Refusal

HERE, HOME = "Abonnés", "/abonnes"
KEPT = "/abonnes/vu"
BASES = {
    Basis.EXPRESS: "exprès : la personne a dit oui",
    Basis.IMPLIED: "tacite : une relation d’affaires ou une adhésion, qui vaut deux ans",
    Basis.INQUIRY: "tacite : une demande de renseignements, qui vaut six mois",
}
SOON = 60  # days
_OLDEST = 1990
_LONGEST = 200  # characters of what proves a consent

Fields = Mapping[str, str]
Answer = Callable[[Atelier, Request, Fields], Response]


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list that people may be on: its slug, and the name that people know it by."""

    slug: str
    name: str


def posted(atelier: Atelier, answer: Answer) -> Endpoint:
    """Return the endpoint of a form; what cannot be done is said on a screen.

    A screen that answers a form is kept under an address that tells nothing: the browser can come
    back to it, and to load it again repeats no act.
    """

    async def endpoint(request: Request) -> Response:
        fields = await form_of(request)
        done = await run_in_threadpool(said, atelier, request, answer, fields)
        return kept(atelier, request, done)

    return for_role(Act.SUBSCRIBERS, endpoint)


def kept(atelier: Atelier, request: Request, done: Response) -> Response:
    """Return the way to a screen that was kept; a refusal or a file is answered at once."""
    if done.status_code != HTTPStatus.OK or not isinstance(done, HTMLResponse):
        return done
    return see(f"{KEPT}/{atelier.shelf.keep(session_of(request), bytes(done.body))}")


def again(atelier: Atelier, request: Request) -> Response:
    """Return a screen that was kept; the first one, when it is kept no longer."""
    body = atelier.shelf.find(session_of(request), request.path_params["jeton"])
    return HTMLResponse(body) if isinstance(body, bytes) else see(HOME)


def session_of(request: Request) -> str:
    """Return what tells the session of a request from all others."""
    session: Session = request.state.session
    return session.cookie


def shown(atelier: Atelier, answer: Callable[[Atelier, Request], Response]) -> Endpoint:
    """Return the endpoint of a screen that names nobody in its address."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(
            said, atelier, request, lambda here, asked, _: answer(here, asked), {}
        )

    return for_role(Act.SUBSCRIBERS, endpoint)


def said(atelier: Atelier, request: Request, answer: Answer, fields: Fields) -> Response:
    """Return an answer, or a screen that says what cannot be done."""
    try:
        return answer(atelier, request, fields)
    except Refusal as refusal:
        return atelier.refusal(request, refusal, HERE, HOME)


def is_empty(atelier: Atelier) -> bool:
    """Return whether there is no register yet; nothing is made by looking at it."""
    return not is_kept(atelier.data, SUBSCRIBERS)


@contextmanager
def register_of(atelier: Atelier, *, changing: bool = False) -> Iterator[Register]:
    """Open the register; to change it, only the copy that counts.

    Raises:
        FolderError: it cannot serve.
    """
    with Register.open(atelier.data) as register:
        if changing:
            register.require()
        yield register


@contextmanager
def ledger_of(atelier: Atelier, *, changing: bool = False) -> Iterator[Ledger]:
    """Open the ledger of what is sent, in the same way.

    Raises:
        FolderError: it cannot serve.
    """
    with Ledger.open(atelier.data) as ledger:
        if changing:
            ledger.require()
        yield ledger


def lists_of(atelier: Atelier, register: Register | None) -> list[ListChoice]:
    """Return the lists that exist, and those that a type of letter announces."""
    atelier.newsroom.catch_up()
    names = {known.slug: known.name.plain for known in atelier.newsroom.library.newsletter_types}
    for slug in register.lists() if register else ():
        names.setdefault(slug, slug)
    return [ListChoice(slug, name) for slug, name in names.items()]


def known_lists(atelier: Atelier) -> list[ListChoice]:
    """Return the lists, without making a register where there is none."""
    if is_empty(atelier):
        return lists_of(atelier, None)
    with register_of(atelier) as register:
        return lists_of(atelier, register)


def who(request: Request) -> str:
    """Return who does something, for the history of a person."""
    return f"atelier, par {person_at(request).name}"


def consent_of(fields: Fields, present: datetime, by: str) -> Consent:
    """Read a consent that somebody describes, with who describes it.

    Raises:
        Refusal: it is not complete, or its day cannot be.
    """
    try:
        basis = Basis(fields.get("base", ""))
    except ValueError:
        raise Refusal(
            "dites quel consentement cette personne a donné.",
            "La loi demande de pouvoir le prouver : exprès, ou tacite.",
        ) from None
    day = day_of(fields.get("date", ""), present)
    source, proof = (line(fields.get(name, "")) for name in ("source", "preuve"))
    if not source:
        raise Refusal(
            "dites d’où vient ce consentement.", "Par exemple : formulaire d’adhésion 2019"
        )
    given = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return Consent(basis, given, source, "; ".join(filter(None, (proof, by))))


def day_of(typed: str, present: datetime) -> date:
    """Read the day of a consent.

    Raises:
        Refusal: it is no day, or a day on which nobody could consent.
    """
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise Refusal(
            "la date du consentement manque, ou n’existe pas.",
            "Écrivez année-mois-jour, par exemple : 2019-02-28",
        ) from None
    if day > present.date() or day.year < _OLDEST:
        raise Refusal(
            "la date du consentement est à venir, ou trop ancienne.",
            "Donnez le jour où la personne a consenti.",
        )
    return day


def line(typed: str) -> str:
    """Return a short line without signs that show nothing."""
    return " ".join("".join(c if c.isprintable() else " " for c in typed).split())[:_LONGEST]
