"""Bilan: what each message of a letter became, while it leaves and after, and what to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, form_of, person_at, require, see
from axtra.atelier.mailroom import Mailroom
from axtra.atelier.roles import Act
from axtra.atelier.screens.editions import (
    HERE,
    Departure,
    address,
    departure,
    found,
    lasting,
    letter_of,
)
from axtra.content import skeletons
from axtra.content.schema import KINDS
from axtra.sending import dispatch
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import Decision, MessageState, ReportLine, is_welcome
from infolettre.core import dates
from infolettre.core.diagnostics import count, thousands
from infolettre.core.refusals import Refusal

RESUME, REMOVE, RECTIFY = "reprendre", "retirer", "rectifier"
_PATIENCE = 2.0  # seconds for the message in flight to land
_MINUTE = 60.0  # seconds
_MOST_NAMED = 200  # people of a list
_ROWS: Mapping[MessageState, str] = {
    MessageState.ACCEPTED: "Acceptées par leur serveur",
    MessageState.DEFERRED: "Reportées : le serveur demande d’attendre",
    MessageState.REFUSED: "Refusées",
    MessageState.UNSURE: "Incertaines",
    MessageState.FLYING: "En vol",
    MessageState.TO_SEND: "Pas encore parties",
    MessageState.EXCLUDED: "Exclues avant l’envoi",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the account: a state, how many people are in it, and what is to be known."""

    words: str
    number: int
    note: str


@dataclass(frozen=True, slots=True)
class Account:
    """What a letter came to, at one moment; the numbers are those of one reading of the ledger.

    Attributes:
        rows: one for each state.
        total: how many people were frozen: the sum of the rows.
        sent, to_send: how many messages left, and how many are to leave in all.
        rest: how long the rest takes, "" when nobody knows.
        doubts: the messages that may have arrived.
        refused: those that were refused and settled.
        proposals: the people whom a server says do not exist, with its words.
    """

    where: Departure
    rows: list[Row]
    total: int
    sent: int
    to_send: int
    rest: str
    doubts: list[ReportLine]
    refused: list[ReportLine]
    deferred: list[ReportLine]
    proposals: list[tuple[str, str]]
    said: str

    @property
    def accepted(self) -> int:
        """Return how many messages a server took."""
        return self.where.counts.get(MessageState.ACCEPTED, 0)

    @property
    def sentence(self) -> str:
        """Say in a sentence how far it is."""
        accepted, every = self.accepted, self.to_send
        if not every:
            return "Personne n’est à qui écrire."
        if accepted == every:
            return f"Les {thousands(every)} lettres sont arrivées à leur serveur."
        verb = "sont arrivées" if accepted > 1 else "est arrivée"
        noun = "lettres" if accepted > 1 else "lettre"
        whose = "leur" if accepted > 1 else "son"
        return f"{thousands(accepted)} {noun} sur {thousands(every)} {verb} à {whose} serveur."

    @property
    def standing(self) -> tuple[str, str]:
        """Say what happens now, and what that means."""
        if self.where.goes_on:
            return "L’envoi avance.", "Vous pouvez fermer cette page : il continue."
        if self.where.decision is Decision.OPEN:
            return "L’envoi est en pause.", "Il attend que vous décidiez des retraits proposés."
        if self.where.unfinished:
            return "L’envoi est arrêté.", "Rien de ce qui est parti ne repart."
        to_decide = len(self.doubts) + len(self.proposals)
        if to_decide:
            what = count(to_decide, "adresse")
            return "L’envoi est fini.", f"Il reste {what} à décider; rien ne presse."
        return "L’envoi est fini.", "Chaque personne est dans une ligne, et une seule."


def routes(atelier: Atelier, mailroom: Mailroom) -> list[Route]:
    """Return the addresses of the report and of its live part."""

    async def report(request: Request) -> Response:
        slug = request.path_params["slug"]
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_act, atelier, mailroom, request, slug, fields)
        return await run_in_threadpool(_show, atelier, mailroom, request, slug)

    async def live(request: Request) -> Response:
        slug = request.path_params["slug"]
        return await run_in_threadpool(_live, atelier, mailroom, request, slug)

    return [
        Route("/infolettres/{slug}/bilan", for_role(Act.COMPOSE, report), methods=["GET", "POST"]),
        Route("/infolettres/{slug}/bilan/compte", for_role(Act.COMPOSE, live), methods=["GET"]),
    ]


# --- what is shown -------------------------------------------------------------------------------


def _account(mailroom: Mailroom, slug: str) -> Account:
    """Return what an edition came to.

    Raises:
        HTTPException: it never began to leave.
        Refusal: the registers cannot be read.
    """
    if not mailroom.has_ledger:
        raise HTTPException(404)
    with mailroom.books(reading=True) as books:
        ledger = books.ledger
        if not ledger.leaving(slug):
            raise HTTPException(404)
        lines = dispatch.report(ledger, books.register, slug).lines
        where = departure(mailroom, ledger, slug)
        proposals = {
            proposal.address: proposal.detail or proposal.reason.value
            for proposal in books.register.proposals(slug)
        }
        pace = _pace(mailroom, ledger)
    counts = Counter(line.state for line in lines)
    to_send = len(lines) - counts[MessageState.EXCLUDED]
    left = counts[MessageState.TO_SEND] + counts[MessageState.DEFERRED]
    named: dict[MessageState, list[ReportLine]] = {state: [] for state in MessageState}
    for line in lines:
        named[line.state].append(line)
    return Account(
        Departure(where.frozen, counts, where.scheduled, where.goes_on, where.decision),
        [
            Row(words, counts[state], _note(state, named[state], mailroom.clock()))
            for state, words in _ROWS.items()
        ],
        len(lines),
        to_send - left - counts[MessageState.FLYING],
        to_send,
        lasting(left / pace * _MINUTE) if pace and left and where.goes_on else "",
        named[MessageState.UNSURE],
        [line for line in named[MessageState.REFUSED] if line.address not in proposals],
        named[MessageState.DEFERRED],
        sorted(proposals.items()),
        mailroom.last_words(slug) if where.unfinished and not where.goes_on else "",
    )


def _pace(mailroom: Mailroom, ledger: Ledger) -> float:
    """Return how many messages leave in a minute, 0 when nobody knows yet."""
    limit = mailroom.settings().per_minute
    taken = ledger.accepted_since(ledger.clock() - _MINUTE)
    return min(taken, limit) if limit and taken else limit or taken


def _note(state: MessageState, lines: list[ReportLine], now: datetime) -> str:
    if not lines:
        return ""
    match state:
        case MessageState.EXCLUDED:
            reasons = Counter(line.reason for line in lines)
            return ", ".join(f"{number} : {why}" for why, number in reasons.most_common())
        case MessageState.DEFERRED:
            soonest = datetime.fromtimestamp(min(line.not_before for line in lines), dates.ZONE)
            return f"nouvel essai à {dates.hour(soonest)}" if soonest > now else "à retenter"
        case MessageState.UNSURE:
            return "à décider"
    return ""


def _show(
    atelier: Atelier,
    mailroom: Mailroom,
    request: Request,
    slug: str,
    refusal: Refusal | None = None,
) -> Response:
    title, place, rectified = _named(atelier, slug)
    try:
        account = _account(mailroom, slug)
    except Refusal as closed:
        return atelier.refusal(request, closed, HERE, place)
    return atelier.screen(
        request,
        "bilan",
        HERE,
        422 if refusal else 200,
        titre=title,
        lieu=place,
        adresse=address(slug, "bilan"),
        compte=account,
        heure=dates.hour(atelier.clock()),
        rectifie=rectified,
        plus=_MOST_NAMED,
        refus=refusal,
        fait=request.query_params.get("fait", ""),
    )


def _named(atelier: Atelier, slug: str) -> tuple[str, str, str]:
    """Return the title of an edition, where it is written, and the edition that it rectifies.

    Raises:
        HTTPException: there is none.
    """
    if is_welcome(slug):  # a letter of the ledger alone
        return "La lettre de bienvenue", "/abonnes/bienvenue", ""
    letter = letter_of(found(atelier, slug))
    title = letter.title.plain if letter else slug
    return title, address(slug), letter.rectified if letter else ""


def _live(atelier: Atelier, mailroom: Mailroom, request: Request, slug: str) -> Response:
    """Return the part of the page that moves while a letter leaves."""
    try:
        account = _account(mailroom, slug)
    except Refusal:
        raise HTTPException(503) from None
    page = atelier.templates.page(
        "compte",
        compte=account,
        heure=dates.hour(atelier.clock()),
        adresse=address(slug, "bilan"),
        jeton=request.state.session.token,
        peut=person_at(request).may,
        actes=Act,
        plus=_MOST_NAMED,
    )
    return HTMLResponse(page)


# --- acts ----------------------------------------------------------------------------------------


def _act(
    atelier: Atelier, mailroom: Mailroom, request: Request, slug: str, fields: dict[str, str]
) -> Response:
    act = fields.get("acte", "")
    require(request, Act.COMPOSE if act == RECTIFY else Act.SEND)
    _named(atelier, slug)
    try:
        if act == RECTIFY:
            return see(address(_rectify(atelier, mailroom, slug)))
        with mailroom.books() as books:
            match act:
                case "arreter":
                    dispatch.pause(books.ledger, slug, mailroom.clock(), _PATIENCE)
                case "retirer" | "garder":
                    decision = Decision.REMOVE if act == REMOVE else Decision.KEEP
                    dispatch.settle_proposals(
                        books.ledger,
                        books.register,
                        slug,
                        decision,
                        mailroom.clock(),
                        fields.get("adresse"),
                    )
                case "recue":
                    who = person_at(request).name
                    dispatch.hold_received(books.ledger, slug, fields.get("adresse", ""), who)
        if act == RESUME:
            mailroom.settings().required()
            mailroom.start(slug)
    except Refusal as refusal:
        return _show(atelier, mailroom, request, slug, refusal)
    return see(f"{address(slug, 'bilan')}?fait={act}")


def _rectify(atelier: Atelier, mailroom: Mailroom, slug: str) -> str:
    """Begin the letter that rectifies an edition; return its name."""
    with mailroom.books(reading=True) as books:
        dispatch.check_rectified(books.ledger, slug)
    path = skeletons.create(
        atelier.newsroom.folders,
        KINDS["infolettre"],
        title=None,
        numero=None,
        day=atelier.clock().date(),
        rectified=slug,
    )
    return path.stem
