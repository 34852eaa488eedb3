"""Abonnés: how many people each list has."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role
from axtra.atelier.roles import Act
from axtra.subscribers import Register

HERE, BOOK = "Abonnés", "abonnes.sqlite3"


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the screen."""

    async def lists(request: Request) -> Response:
        return await run_in_threadpool(_lists, atelier, request)

    return [Route("/abonnes", for_role(Act.SUBSCRIBERS, lists), methods=["GET"])]


def _lists(atelier: Atelier, request: Request) -> Response:
    atelier.newsroom.catch_up()
    names = {known.slug: known.name.plain for known in atelier.newsroom.library.newsletter_types}
    counts: dict[str, int] = {}
    if (atelier.data / BOOK).exists():
        with Register.open(atelier.data) as register:
            now = atelier.clock()
            counts = {liste: len(register.recipients(liste, now)[0]) for liste in register.lists()}
    return atelier.screen(
        request,
        "abonnes",
        HERE,
        listes=[(names.get(liste, liste), number) for liste, number in sorted(counts.items())],
        total=sum(counts.values()),
    )
