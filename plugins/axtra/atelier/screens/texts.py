"""Textes: every text of the site, with its state, and how to begin a new one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, form_of, see
from axtra.atelier.forms import label_of
from axtra.atelier.newsroom import State, TextEntry
from axtra.atelier.roles import Act
from axtra.content import skeletons
from axtra.content.schema import KINDS, Kind
from infolettre.core.refusals import Refusal

HERE = "Textes"
WAITING, PROPOSED, TITLE = "en attente", "à relire", "titre"
PAGE = 50  # texts shown at once
_DIGITS = 7
_FILTERS = (
    ("", "Tous"),
    (State.DRAFT, "Brouillons"),
    (PROPOSED, "À relire"),
    (WAITING, "En attente"),
    (State.SCHEDULED, "À venir"),
    (State.PUBLISHED, "Publiés"),
    (State.FAULTY, "En erreur"),
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_BEGUN_ELSEWHERE = frozenset({"infolettre"})  # on the screen of the letters

_DATA = {"genre": "nouvelle", "titre": "", "numero": ""}  # what an address may fill of a new text


def address(name: str) -> str:
    """Return the screen of a text."""
    return f"/texte/{quote(name)}"


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the list and of a new text."""

    async def listing(request: Request) -> Response:
        return await run_in_threadpool(_listing, atelier, request)

    async def begin(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_begin, atelier, request, fields)
        return await run_in_threadpool(_beginning, atelier, request)

    return [
        Route("/textes", listing, methods=["GET"]),
        Route("/textes/nouveau", begin, methods=["GET", "POST"]),
    ]


def _listing(atelier: Atelier, request: Request) -> Response:
    atelier.newsroom.catch_up()
    texts = atelier.newsroom.texts()
    wanted = request.query_params.get("etat", "")
    words = folded(request.query_params.get("q", "")).split()
    found = [text for text in texts if _holds(atelier, text, words)] if words else texts
    everything = atelier.proposals.all(atelier.person).items()
    proposed = {name for name, made in everything if any(proposal.waits for proposal in made)}
    counts = {state: sum(_is(text, state, proposed) for text in found) for state, _ in _FILTERS}
    kept = [text for text in found if _is(text, wanted, proposed)]
    if request.query_params.get("tri") == TITLE:
        kept.sort(key=lambda text: folded(text.title))
    first = page_number(request.query_params.get("de", ""))
    shown, after = kept[first : first + PAGE], max(0, len(kept) - first - PAGE)
    asked = {"etat": wanted, "q": request.query_params.get("q", "")}
    by_title = {"tri": TITLE} if request.query_params.get("tri") == TITLE else {}
    return atelier.screen(
        request,
        "textes",
        HERE,
        textes=[(text, label_of(text.item) if text.item else text.kind.label) for text in shown],
        adresse=address,
        filtres=[(state, words, counts[state]) for state, words in _FILTERS],
        etat=wanted,
        a_relire=proposed,
        cherche=request.query_params.get("q", ""),
        tris=[
            ("Par date", _listed(asked), not by_title),
            ("Par titre", _listed(asked, tri=TITLE), bool(by_title)),
        ],
        avant=_listed(asked | by_title, de=str(max(0, first - PAGE))) if first else "",
        apres=_listed(asked | by_title, de=str(first + PAGE)) if after else "",
        restent=after,
    )


def _listed(asked: dict[str, str], **more: str) -> str:
    """Return the address of a part of the list."""
    return f"/textes?{urlencode({name: v for name, v in (asked | more).items() if v})}"


def page_number(typed: str) -> int:
    """Return how many lines of a list come before what is asked for; 0 for what is no number."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < _DIGITS else 0


def _is(text: TextEntry, state: str, proposed: Collection[str]) -> bool:
    if state == PROPOSED:
        return text.name in proposed
    if state == WAITING:
        return text.version is not None
    return not state or text.state == state


def _holds(atelier: Atelier, text: TextEntry, words: list[str]) -> bool:
    text_of = atelier.newsroom.data(text.name).decode(errors="replace")
    whole = folded(f"{text.title} {text.signatures} {text_of}")
    return all(word in whole for word in words)


def folded(text: str) -> str:
    """Return a text in lower case and without accents, as searches compare it."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))


def _beginning(
    atelier: Atelier,
    request: Request,
    refusal: Refusal | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    atelier.newsroom.catch_up()
    kinds = list(_begun_here(atelier))
    kinds.sort(key=lambda kind: kind.name not in {"nouvelle", "article"})
    asked = {name: value for name, value in request.query_params.items() if name in _DATA}
    if asked.get("genre") == "numero" and asked.get("numero"):
        asked["mois"] = asked["numero"]
    return atelier.screen(
        request,
        "nouveau",
        HERE,
        422 if refusal else 200,
        genres=kinds,
        numeros=atelier.newsroom.library.numeros,
        refus=refusal,
        donnees={**_DATA, "mois": f"{atelier.clock():%Y-%m}"} | asked | (given or {}),
    )


def _begun_here(atelier: Atelier) -> Iterator[Kind]:
    """Yield the kinds of text that this person begins here; a numéro is everybody's."""
    for kind in KINDS.values():
        mine = kind.name != "numero" or atelier.person.may(Act.READ_OTHERS)
        if kind.name not in _BEGUN_ELSEWHERE and mine:
            yield kind


def _begin(atelier: Atelier, request: Request, fields: dict[str, str]) -> Response:
    kinds = {kind.name: kind for kind in _begun_here(atelier)}
    kind = kinds.get(fields.get("genre", ""))
    title = " ".join(fields.get("titre", "").split())
    if kind is None or not title:
        return _beginning(atelier, request, Refusal("il manque le titre ou le genre."), fields)
    try:
        path = skeletons.create(
            atelier.newsroom.folders,
            kind,
            title=title,
            numero=fields.get("mois" if kind.name == "numero" else "numero") or None,
            day=atelier.clock().date(),
        )
    except Refusal as refusal:
        return _beginning(atelier, request, refusal, fields)
    name = path.relative_to(atelier.root).as_posix()
    atelier.own.note(name, atelier.person)
    return see(address(name))
