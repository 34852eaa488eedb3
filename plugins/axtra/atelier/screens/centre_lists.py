"""A list of centres, from a spreadsheet: what would become of each line, then the sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, form_of, person_at, see
from axtra.atelier.people_books import session_of
from axtra.atelier.roles import Act
from axtra.atelier.screens import centres
from axtra.atelier.screens.importing import uploaded
from axtra.network import received_lists
from axtra.network.received_lists import ReceivedList
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole

_PLACE = f"{centres.ADDRESS}/importer"
_MOST_SHOWN = 200  # lines


@dataclass(frozen=True, slots=True)
class _GivenList:
    """A file that waits for a person to agree."""

    name: str
    data: bytes


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of both steps."""

    async def give(request: Request) -> Response:
        name, data = await uploaded(request)
        return await run_in_threadpool(_try, atelier, request, name, data)

    async def confirm(request: Request) -> Response:
        fields = await form_of(request)
        return await run_in_threadpool(_write, atelier, request, fields)

    return [
        Route(_PLACE, for_role(Act.PUBLISH, give), methods=["POST"]),
        Route(f"{_PLACE}/ecrire", for_role(Act.PUBLISH, confirm), methods=["POST"]),
    ]


def _read(atelier: Atelier, given: _GivenList) -> ReceivedList:
    atelier.newsroom.catch_up()
    library = atelier.newsroom.library
    return received_lists.read(given.data, given.name, atelier.root, library, atelier.clock())


def _try(atelier: Atelier, request: Request, name: str, data: bytes) -> Response:
    """Show what would become of each line."""
    if not data:
        missing = Refusal("choisissez un fichier.", "Excel (.xlsx ou .xls), LibreOffice ou CSV.")
        return centres.show(atelier, request, missing)
    given = _GivenList(name, data)
    try:
        made = _read(atelier, given)
    except Refusal as refusal:
        return centres.show(atelier, request, refusal)
    return atelier.screen(
        request,
        "centres-importer",
        centres.HERE,
        fichier=name,
        jeton_fichier=atelier.shelf.keep(session_of(request), given),
        adresse=f"{_PLACE}/ecrire",
        ajoutees=made.counted(received_lists.ADDED),
        sorts=made.told,
        lignes=made.lines[:_MOST_SHOWN],
        plus=max(0, len(made.lines) - _MOST_SHOWN),
        laissees=made.ignored,
    )


def _write(atelier: Atelier, request: Request, fields: Mapping[str, str]) -> Response:
    """Write the sheets, each a version of the history."""
    given = atelier.shelf.find(session_of(request), fields.get("fichier", ""))
    if not isinstance(given, _GivenList):
        gone = Refusal(
            "ce fichier n’est plus en mémoire : il n’y reste qu’une heure, et rien n’est écrit.",
            "Choisissez-le de nouveau.",
        )
        return centres.show(atelier, request, gone)
    try:
        for name, data in _read(atelier, given).files.items():
            (atelier.root / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(atelier.root / name, data)
            atelier.history.record(name, "Centre d’une liste")
            atelier.own.note(name, person_at(request))
    except Refusal as refusal:
        return centres.show(atelier, request, refusal)
    atelier.newsroom.catch_up()
    return see(f"{centres.ADDRESS}?fait=importe")
