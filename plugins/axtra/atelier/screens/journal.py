"""Journal: who did what, and when; for those who may change people and settings."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role
from axtra.atelier.journal import Line
from axtra.atelier.roles import Act
from axtra.atelier.screens.texts import page_number

HERE = "Réglages"
_SHOWN = 100


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the journal."""

    async def journal(request: Request) -> Response:
        return await run_in_threadpool(_show, atelier, request)

    return [Route("/journal", for_role(Act.SETTINGS, journal), methods=["GET"])]


def _lines(atelier: Atelier, most: int) -> list[Line]:
    """List the last acts, those of accounts among them, the newest first."""
    entered = atelier.team.accounts.journal(most) if atelier.team else []
    lines = [
        Line(event.moment, event.name, "", f": {event.act}", event.detail) for event in entered
    ]
    return sorted([*lines, *atelier.journal.last(most)], key=lambda line: line.moment, reverse=True)


def _show(atelier: Atelier, request: Request) -> Response:
    first = page_number(request.query_params.get("de", ""))
    lines = _lines(atelier, first + _SHOWN + 1)[first:]
    return atelier.screen(
        request,
        "journal",
        HERE,
        lignes=lines[:_SHOWN],
        titres={text.name: text.title for text in atelier.newsroom.texts()},
        avant=f"/journal?de={first + _SHOWN}" if len(lines) > _SHOWN else "",
        apres=f"/journal?de={max(0, first - _SHOWN)}" if first else "",
    )
