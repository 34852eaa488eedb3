"""Numéros: the articles of each in order, its cover, and what it still lacks."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, form_of, require, see
from axtra.atelier.newsroom import TextEntry
from axtra.atelier.roles import Act
from axtra.atelier.screens import editions, frames
from axtra.atelier.screens.texts import address as text_address
from axtra.atelier.texts import Desk, MovedError
from axtra.content import skeletons
from axtra.content.model import Article, Numero
from axtra.content.schema import KINDS
from infolettre.core.diagnostics import errors
from infolettre.core.refusals import Refusal

HERE = "Numéros"
_UP, _DOWN, _ORDER = "monter", "descendre", "sommaire"
_COVER, _LETTER = "une", "lancement"
_LEAST_ON_COVER = 4  # places offered; there is always one left


def address(slug: str) -> str:
    """Return the screen of a numéro."""
    return f"/numeros/{quote(slug)}"


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the list and of each numéro."""

    async def listing(request: Request) -> Response:
        return await run_in_threadpool(_listing, atelier, request)

    async def numero(request: Request) -> Response:
        slug = request.path_params["slug"]
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_act, atelier, request, slug, fields)
        return await run_in_threadpool(_show, atelier, request, slug)

    return [
        Route("/numeros", listing, methods=["GET"]),
        Route("/numeros/{slug}", numero, methods=["GET", "POST"]),
    ]


def _listing(atelier: Atelier, request: Request) -> Response:
    atelier.newsroom.catch_up()
    library = atelier.newsroom.library
    return atelier.screen(
        request,
        "numeros",
        HERE,
        numeros=[
            (numero, address(numero.slug), len(library.articles_in(numero)), entry)
            for numero in library.numeros
            if (entry := atelier.newsroom.text(numero.source))
        ],
    )


def _find(atelier: Atelier, slug: str) -> Numero:
    atelier.newsroom.catch_up()
    found = atelier.newsroom.library.find(slug, Numero)
    if not isinstance(found, Numero):
        raise HTTPException(404)
    return found


def _show(
    atelier: Atelier, request: Request, slug: str, refusal: Refusal | None = None
) -> Response:
    numero = _find(atelier, slug)
    library, newsroom = atelier.newsroom.library, atelier.newsroom
    secret = atelier.access.frame()
    articles = library.articles_in(numero)
    texts = [(article, newsroom.text(article.source)) for article in articles]
    stem = f"{numero.url}{library.facts.book_name(numero.slug)}"
    files = [
        (words, frames.address(secret, f"{stem}{suffix}"))
        for words, suffix in (("Le PDF comme il sera", ".pdf"), ("L’EPUB comme il sera", ".epub"))
        if newsroom.holds(f"{stem}{suffix}")
    ]
    return atelier.screen(
        request,
        "numero",
        HERE,
        422 if refusal else 200,
        numero=numero,
        texte=newsroom.text(numero.source),
        adresse=address(slug),
        lieu_du_texte=text_address,
        articles=[(article, entry, _lacks(entry)) for article, entry in texts if entry],
        une=_cover(library.featured(numero)),
        fichiers=files,
        cadre=frames.address(secret, numero.url),
        refus=refusal,
        garde=request.query_params.get("garde", ""),
    )


def _cover(featured: Sequence[Article]) -> list[str]:
    """Return the slugs of the articles of the cover, then blanks."""
    left = max(1, _LEAST_ON_COVER - len(featured))
    return [article.slug for article in featured] + [""] * left


def _lacks(entry: TextEntry) -> str:
    """Say what keeps an article from appearing; "" when nothing does."""
    wrong = errors(entry.problems)
    if wrong:
        return wrong[0].problem
    return ""


def _act(atelier: Atelier, request: Request, slug: str, fields: dict[str, str]) -> Response:
    numero = _find(atelier, slug)
    require(request, Act.COMPOSE if _LETTER in fields else Act.READ_OTHERS)
    try:
        if _LETTER in fields:
            return see(editions.address(_launch(atelier, slug)))
        moved = fields.get(_UP) or fields.get(_DOWN)
        if fields.get(_ORDER):
            _reorder(atelier, numero, fields[_ORDER].split())
        elif moved:
            _move(atelier, numero, moved, -1 if _UP in fields else 1)
        else:
            _choose_cover(atelier, numero, fields)
    except Refusal as refusal:
        return _show(atelier, request, slug, refusal)
    return see(f"{address(slug)}?garde=enregistre")


def _move(atelier: Atelier, numero: Numero, slug: str, step: int) -> None:
    """Exchange an article with the one before or after it in its rubrique."""
    articles = atelier.newsroom.library.articles_in(numero)
    order = [article.slug for article in articles]
    if slug not in order:
        return
    at = order.index(slug)
    to = at + step
    if not 0 <= to < len(order) or articles[at].rubrique is not articles[to].rubrique:
        return
    order[at], order[to] = order[to], order[at]
    _reorder(atelier, numero, order)


def _reorder(atelier: Atelier, numero: Numero, order: list[str]) -> None:
    """Number the articles as they come, if all are there; save those whose rank changed."""
    articles = atelier.newsroom.library.articles_in(numero)
    if sorted(order) != sorted(article.slug for article in articles):
        raise Refusal("le sommaire a changé pendant que vous le rangiez.", "Reprenez ci-dessous.")
    for article in articles:
        rank = order.index(article.slug) + 1
        if article.order != rank:
            _set(atelier.desk, atelier.newsroom.text(article.source), {"ordre": str(rank)})


def _choose_cover(atelier: Atelier, numero: Numero, fields: dict[str, str]) -> None:
    known = {article.slug for article in atelier.newsroom.library.articles_in(numero)}
    chosen = [value for name, value in fields.items() if name.startswith(_COVER)]
    named = dict.fromkeys(slug for slug in chosen if slug in known)
    _set(atelier.desk, atelier.newsroom.text(numero.source), {"a-la-une": "\n".join(named)})


def _set(desk: Desk, entry: TextEntry | None, fields: dict[str, str]) -> None:
    if entry is None:
        return
    try:
        desk.save(entry, desk.open(entry).base, fields)
    except MovedError:
        raise Refusal(
            f"deux versions de « {entry.title} » attendent un choix.", "Ouvrez ce texte d’abord."
        ) from None


def _launch(atelier: Atelier, slug: str) -> str:
    """Begin the letter that announces a numéro; return its name."""
    path = skeletons.create(
        atelier.newsroom.folders,
        KINDS["infolettre"],
        title=None,
        numero=slug,
        day=atelier.clock().date(),
    )
    return path.stem
