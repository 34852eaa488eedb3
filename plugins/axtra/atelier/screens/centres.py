"""Centres: how fresh each sheet is, asking the centres, and what they answer."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.differences import differences
from axtra.atelier.roles import Act
from axtra.atelier.screens.texts import address as text_address
from axtra.content.model import Centre
from axtra.door.confirmation_mail import PostError, Relay
from axtra.network import reminders, sheets
from axtra.network.answers import Answers
from axtra.network.sheet_requests import RequestState, SheetRequest, SheetRequests
from axtra.subscribers import Register
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal

HERE, ADDRESS = "Textes", "/centres"
_AT_ONCE = 20  # mails that leave while somebody waits for the screen


@dataclass(frozen=True, slots=True)
class Change:
    """A key of a sheet, or its presentation, and how the centre says that it should be."""

    label: str
    pieces: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a centre answered; `plain` when its sheet is confirmed and still says the same."""

    request: SheetRequest
    centre: Centre | None
    changes: tuple[Change, ...]
    plain: bool


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the screen."""

    async def centres(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_act, atelier, request, fields)
        return await run_in_threadpool(show, atelier, request)

    return [Route(ADDRESS, for_role(Act.ACCEPT, centres), methods=["GET", "POST"])]


def _act(atelier: Atelier, request: Request, fields: Mapping[str, str]) -> Response:
    try:
        with SheetRequests.open(atelier.data) as requests:
            said = _do(atelier, requests, fields.get("acte", ""))
    except Refusal as refusal:
        return show(atelier, request, refusal)
    return see(f"{ADDRESS}?fait={said}")


def _do(atelier: Atelier, requests: SheetRequests, act: str) -> str:
    """Do what a button says; return the word of what was done."""
    word, _, identity = act.partition("-")
    if word == "relancer":
        return _ask(atelier, requests)
    taker = _taker(atelier, requests)
    waiting = requests.answers()
    if word == "noter":
        for answer in waiting:
            if taker.is_plain(answer):
                taker.take(answer)
        return "note"
    chosen = next((answer for answer in waiting if answer.id == identity), None)
    if chosen is None:
        raise Refusal("cette réponse a déjà été traitée.")
    if word == "accepter":
        taker.take(chosen)
        return "accepte"
    requests.settle(chosen.id, atelier.clock())
    return "ecarte"


def _taker(atelier: Atelier, requests: SheetRequests) -> Answers:
    def write(name: str, data: bytes) -> None:
        before = (atelier.root / name).read_bytes()
        atelier.history.write(name, data, "Fiche vérifiée par le centre", before)

    atelier.newsroom.catch_up()
    return Answers(atelier.root, atelier.newsroom.library, requests, atelier.clock, write)


def _ask(atelier: Atelier, requests: SheetRequests) -> str:
    """Write to the centres that are to be asked, a few at once."""
    facts = atelier.newsroom.library.facts
    if "courriel" in facts.demonstration:
        raise Refusal(
            "le courriel du site est une valeur de démonstration.",
            "Mettez la vraie adresse dans les réglages.",
        )
    relay = Relay.of(os.environ, atelier.data, facts.email.rpartition("@")[2])
    if relay is None:
        raise Refusal(
            "aucun serveur d’envoi n’est réglé.",
            "Les courriels s’écrivent aussi dans un dossier :  axtra centres relancer",
        )
    lines = sheets.freshness(atelier.newsroom.library, requests.open_since(), atelier.clock())
    with Register.open(atelier.data) as register:
        keys = register.keys
    failed: list[str] = []
    for centre in sheets.to_ask(lines, atelier.clock())[:_AT_ONCE]:
        made = reminders.prepare(centre, atelier.root, facts, requests, keys, atelier.clock())
        try:
            relay.send(facts.email, centre.email, made.data)
        except PostError as error:
            failed.append(f"{centre.title.plain} : {error.problem}")
    if failed:
        raise Refusal(
            f"{count(len(failed), 'courriel')} sans réponse du serveur.", "\n".join(failed)
        )
    return "relance"


def show(atelier: Atelier, request: Request, refusal: Refusal | None = None) -> Response:
    """Show the sheets and what the centres answer."""
    atelier.newsroom.catch_up()
    library, moment = atelier.newsroom.library, atelier.clock()
    with SheetRequests.open(atelier.data) as requests:
        lines = sheets.freshness(library, requests.open_since(), moment)
        taker = Answers(atelier.root, library, requests, atelier.clock)
        answers = [_answer(taker, waiting) for waiting in requests.answers()]
    return atelier.screen(
        request,
        "centres",
        HERE,
        422 if refusal else 200,
        fiches=lines,
        reponses=[answer for answer in answers if not answer.plain],
        confirmees=[answer for answer in answers if answer.plain],
        a_relancer=len(sheets.to_ask(lines, moment)),
        d_un_coup=_AT_ONCE,
        corrige=RequestState.CORRECTED,
        adresse=text_address,
        service=bool(library.facts.service),
        fait=request.query_params.get("fait", ""),
        refus=refusal,
    )


def _answer(taker: Answers, waiting: SheetRequest) -> Answer:
    labels = {key.name: sheets.label_of(key) for key in sheets.asked_keys()}
    labels[sheets.PRESENTATION] = "présentation"
    changes = tuple(
        Change(labels.get(name, name), _pieces(name, waiting.sheet.get(name, ""), value))
        for name, value in waiting.changes.items()
    )
    return Answer(waiting, taker.centre(waiting), changes, taker.is_plain(waiting))


def _pieces(name: str, before: str, after: str) -> list[tuple[str, str]]:
    """Return what a centre takes away and adds: word by word where it is a text."""
    if name == sheets.PRESENTATION:
        return differences(before, after)
    shown = [("retiré", before.replace("\n", ", ")), ("ajouté", after.replace("\n", ", "))]
    return [piece for piece in shown if piece[1]]
