"""What a link of review opens, without an account: a text as it would be, commented by paragraph.

The secret of the link is all that this asks for, and gives nothing but that text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import parse_qs, quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from axtra.atelier import passages
from axtra.atelier.access import REVIEW as PLACE
from axtra.atelier.review_pages import ReviewPage, ReviewPages, with_notes
from axtra.atelier.reviews import MOST_NAME, MOST_WORDS, Comment, Link, Reviews, TooManyError
from axtra.atelier.screens.frames import under
from axtra.atelier.templates import LOOK, Templates
from infolettre.core.refusals import Refusal

NAME, WORDS, PASSAGE, RANK, TRAP = "nom", "commentaire", "passage", "rang", "site"
_COOKIE = "axe-relecture-nom"  # so that the name is typed once
_MOST = 64_000  # bytes of a form
_YEAR = 365 * 24 * 3_600  # seconds
_DIGITS = 6
_EXCERPT = 60  # characters
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def address(secret: str) -> str:
    """Return the path that a link opens."""
    return f"{PLACE}{secret}"


def routes(reviews: Reviews, pages: ReviewPages, templates: Templates) -> list[Route]:
    """Return the addresses of texts under review."""

    def gone() -> Response:
        page = templates.page(
            "erreur",
            titre="Ce lien de relecture ne s’ouvre plus.",
            explication="Demandez-en un autre à la personne qui vous l’a donné.",
        )
        return HTMLResponse(page, HTTPStatus.NOT_FOUND)

    def show(
        request: Request, link: Link, typed: Mapping[str, str], refusal: Refusal | None = None
    ) -> Response:
        page = pages.page(link)
        if page is None:
            words = templates.page(
                "erreur",
                titre="Ce texte ne peut pas être montré pour l’instant.",
                explication="Revenez plus tard : le lien reste bon jusqu’à son dernier jour.",
            )
            return HTMLResponse(words, HTTPStatus.SERVICE_UNAVAILABLE)
        mine = [comment for comment in reviews.comments(link.text) if comment.link == link.mark]
        name = typed.get(NAME) or unquote(request.cookies.get(_COOKIE, ""))
        status = HTTPStatus.OK
        if refusal is not None:
            many = isinstance(refusal, TooManyError)
            status = HTTPStatus.TOO_MANY_REQUESTS if many else HTTPStatus.UNPROCESSABLE_ENTITY
        shown = {"lien": link, "adresse": address(link.secret), "nom": name, "refus": refusal}
        return HTMLResponse(
            _document(templates, page, mine, {**shown, "tape": typed}),
            status,
            {"Content-Security-Policy": _POLICY},
        )

    async def text(request: Request) -> Response:
        link = reviews.link(request.path_params["secret"])
        if link is None:
            return gone()
        if request.method == "POST":
            fields = await _fields(request)
            return await run_in_threadpool(say, request, link, fields)
        return await run_in_threadpool(show, request, link, {})

    def say(request: Request, link: Link, fields: dict[str, str]) -> Response:
        if pages.page(link) is None:
            return show(request, link, {})
        if fields.get(TRAP):  # a field that nobody sees
            return RedirectResponse(address(link.secret), HTTPStatus.SEE_OTHER)
        rank = fields.get(RANK, "")
        try:
            made = reviews.say(
                link,
                fields.get(NAME, ""),
                fields.get(WORDS, "").replace("\r\n", "\n"),
                fields.get(PASSAGE, ""),
                int(rank) if rank.isascii() and rank.isdecimal() and len(rank) < _DIGITS else 0,
            )
        except Refusal as refusal:
            return show(request, link, fields, refusal)
        back = f"{address(link.secret)}#commentaire-{made.mark}"
        answer = RedirectResponse(back, HTTPStatus.SEE_OTHER)
        answer.set_cookie(
            _COOKIE,
            quote(made.name),
            max_age=_YEAR,
            httponly=True,
            samesite="lax",
            path=address(link.secret),
        )
        return answer

    async def file(request: Request) -> Response:
        link = reviews.link(request.path_params["secret"])
        path = f"/{request.path_params['path']}"
        found = await run_in_threadpool(pages.file, link, path) if link else None
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        data, kind = found
        if kind == "text/css" and link is not None:
            data = under(f"{address(link.secret)}/".encode(), data)
        return Response(data, headers={"Content-Security-Policy": "sandbox"}, media_type=kind)

    return [
        Route(f"{PLACE}{{secret}}", text, methods=["GET", "POST"]),
        Route(f"{PLACE}{{secret}}/{{path:path}}", file, methods=["GET"]),
    ]


async def _fields(request: Request) -> dict[str, str]:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        given = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    return {name: values[0] for name, values in given.items()}


def _document(
    templates: Templates, page: ReviewPage, mine: Sequence[Comment], shown: Mapping[str, object]
) -> str:
    """Return the whole page: a banner, and under each paragraph what was said and can be said."""
    placed: dict[int | None, list[Comment]] = {}
    for comment in mine:
        at = passages.find(comment.passage, comment.rank, page.passages)
        placed.setdefault(at, []).append(comment)
    limits = {"le_plus": MOST_WORDS, "nom_le_plus": MOST_NAME}
    notes = [
        templates.page(
            "relecture-passage",
            rang=rank,
            passage=words,
            extrait=words if len(words) <= _EXCERPT else f"{words[:_EXCERPT]}…",
            commentaires=placed.get(rank, []),
            **limits,
            **shown,
        )
        for rank, words in enumerate(page.passages)
    ]
    head = templates.page("relecture-tete", **shown)
    end = templates.page("relecture-fin", perdus=placed.get(None, []), **shown)
    document = under(f"{shown['adresse']}/".encode(), page.document)
    return with_notes(document, f"{LOOK}relecture.css", head, notes, end)
