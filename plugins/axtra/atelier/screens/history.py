"""Historique: the versions of a text, what each changed, and how to come back to one."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, form_of, see
from axtra.atelier.differences import changed_parts
from axtra.atelier.newsroom import TextEntry
from axtra.atelier.screens.texts import address as text_address

HERE = "Textes"


def address(name: str) -> str:
    """Return the screen of the past of a text."""
    return f"/historique/{quote(name)}"


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the past of each text."""

    async def history(request: Request) -> Response:
        name = request.path_params["name"]
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_restore, atelier, name, fields.get("version", ""))
        return await run_in_threadpool(_show, atelier, request, name)

    return [Route("/historique/{name:path}", history, methods=["GET", "POST"])]


def _entry(atelier: Atelier, name: str) -> TextEntry:
    atelier.newsroom.catch_up()
    entry = atelier.newsroom.text(name)
    if entry is None:
        raise HTTPException(404)
    return entry


def _show(atelier: Atelier, request: Request, name: str) -> Response:
    entry = _entry(atelier, name)
    mark = request.query_params.get("version", "")
    chosen = atelier.history.data(name, mark) if mark else None
    if mark and chosen is None:
        raise HTTPException(404)
    now = atelier.newsroom.data(name)
    past = atelier.history.past(name)
    for version in () if mark else past[:2]:  # the newest is the text as it is, or what it was
        if (data := atelier.history.data(name, version.mark)) not in {None, now}:
            mark, chosen = version.mark, data
            break
    changes = changed_parts(chosen, now, entry.kind) if chosen is not None else []
    return atelier.screen(
        request,
        "historique",
        HERE,
        entree=entry,
        versions=past,
        choisie=mark,
        changements=changes,
        adresse=address(name),
        texte=text_address(name),
        git=atelier.history.has_git,
    )


def _restore(atelier: Atelier, name: str, mark: str) -> Response:
    entry = _entry(atelier, name)
    data = atelier.history.data(name, mark)
    if data is None:
        raise HTTPException(404)
    atelier.desk.restore(entry, data)
    return see(f"{text_address(name)}?garde=revenu")
