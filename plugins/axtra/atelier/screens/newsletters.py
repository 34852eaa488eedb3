"""Infolettres: every edition with its state, and how to begin the next one."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.roles import Act
from axtra.atelier.screens.texts import address
from axtra.content import skeletons
from axtra.content.schema import KINDS
from axtra.core.refusals import Refusal

HERE = "Infolettres"


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the list."""

    async def listing(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_begin, atelier, request, fields)
        return await run_in_threadpool(_listing, atelier, request)

    return [Route("/infolettres", for_role(Act.COMPOSE, listing), methods=["GET", "POST"])]


def _listing(atelier: Atelier, request: Request, refusal: Refusal | None = None) -> Response:
    atelier.newsroom.catch_up()
    texts = [text for text in atelier.newsroom.texts() if text.kind.name == "infolettre"]
    return atelier.screen(
        request,
        "infolettres",
        HERE,
        422 if refusal else 200,
        textes=texts,
        adresse=address,
        types=atelier.newsroom.library.newsletter_types,
        refus=refusal,
    )


def _begin(atelier: Atelier, request: Request, fields: dict[str, str]) -> Response:
    try:
        path = skeletons.create(
            atelier.newsroom.folders,
            KINDS["infolettre"],
            title=None,
            numero=None,
            day=atelier.clock().date(),
            newsletter_type=fields.get("type") or None,
        )
    except Refusal as refusal:
        return _listing(atelier, request, refusal)
    return see(address(path.relative_to(atelier.root).as_posix()))
