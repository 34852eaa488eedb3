"""Importing a list: the file, its columns and consent, a trial, then the people.

The rules are those of the command; the screens only ask what its options say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, require_token
from axtra.atelier.list_import import NEW, REMEDIES, REMOVALS, Import, ImportedList, WholeFileError
from axtra.atelier.people_books import (
    BASES,
    HERE,
    Answer,
    Fields,
    kept,
    known_lists,
    posted,
    register_of,
    said,
    session_of,
    shown,
    who,
)
from axtra.atelier.roles import Act
from axtra.atelier.screens.subscribers import download
from axtra.subscribers.importing import columns, layouts
from axtra.subscribers.importing.columns import FULL_NAME, NOTHING, STATUS
from axtra.subscribers.importing.date_columns import Order
from infolettre.core.diagnostics import Diagnostic, Notes
from infolettre.core.refusals import Refusal

ROLES = {
    "adresse": "Adresse de courriel",
    FULL_NAME: "Nom et prénom",
    "prenom": "Prénom",
    "nom": "Nom",
    "consentement": "Consentement",
    "date": "Date du consentement",
    "source": "Source du consentement",
    STATUS: "Dit qui reste abonné",
    NOTHING: "Ne pas garder",
}
_ORDERS = {
    Order.DAY_FIRST.value: "le jour : 05/06 est le 5 juin",
    Order.MONTH_FIRST.value: "le mois : 05/06 est le 6 mai",
}
_MOST_BYTES, _MOST_REFUSED = 20_000_000, 200  # of a file; shown of the lines that are refused

Step = Callable[[Atelier, Request, Fields, ImportedList], Response]


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the steps."""

    async def upload(request: Request) -> Response:
        name, data = await uploaded(request)
        done = await run_in_threadpool(
            said, atelier, request, lambda here, asked, _: _take(here, asked, name, data), {}
        )
        return kept(atelier, request, done)

    def with_file(act: Step) -> Answer:
        def answer(here: Atelier, asked: Request, fields: Fields) -> Response:
            return act(here, asked, fields, _found(here, asked, fields))

        return answer

    steps: dict[str, Step] = {
        "colonnes": _columns,
        "essai": _try,
        "confirmer": _confirm,
        "compte": _account,
    }
    return [
        Route("/abonnes/importer", shown(atelier, _ask), methods=["GET"]),
        Route("/abonnes/importer", for_role(Act.SUBSCRIBERS, upload), methods=["POST"]),
        *(
            Route(f"/abonnes/importer/{name}", posted(atelier, with_file(act)), methods=["POST"])
            for name, act in steps.items()
        ),
    ]


# --- the file ------------------------------------------------------------------------------------


async def uploaded(request: Request) -> tuple[str, bytes]:
    """Return the name and the bytes of the file of a form.

    Raises:
        HTTPException: it is too heavy, or does not carry the token of its session.
    """
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _MOST_BYTES:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    async with request.form(max_files=1, max_fields=20) as form:
        require_token(request, {k: v for k, v in form.items() if isinstance(v, str)})
        file = form.get("fichier")
        if not isinstance(file, UploadFile) or not file.filename:
            return "", b""
        return file.filename, await file.read()


def _ask(atelier: Atelier, request: Request, refusal: Refusal | None = None) -> Response:
    return atelier.screen(request, "importer", HERE, 422 if refusal else 200, refus=refusal)


def _take(atelier: Atelier, request: Request, name: str, data: bytes) -> Response:
    """Keep a file that can be read, and show its columns."""
    if not data:
        return _ask(
            atelier,
            request,
            Refusal("choisissez un fichier.", "Excel (.xlsx ou .xls), LibreOffice (.ods) ou CSV."),
        )
    notes = Notes(name)
    tables = layouts.tables(data, notes)
    if not tables:
        found = notes.found[0]
        return _ask(atelier, request, Refusal(f"« {name} » : {found.problem}.", found.remedy))
    file = ImportedList(name, tables, tuple(notes.found))
    token = atelier.shelf.keep(session_of(request), file)
    return _columns(atelier, request, {"fichier": token}, file)


def _found(atelier: Atelier, request: Request, fields: Fields) -> ImportedList:
    """Return the file of a form.

    Raises:
        Refusal: it is kept no longer.
    """
    found = atelier.shelf.find(session_of(request), fields.get("fichier", ""))
    if not isinstance(found, ImportedList):
        raise Refusal(
            "ce fichier n’est plus en mémoire : il n’y reste qu’une heure, et rien n’est écrit.",
            "Choisissez-le de nouveau.",
        )
    return found


# --- the columns ---------------------------------------------------------------------------------


def _columns(
    atelier: Atelier,
    request: Request,
    fields: Fields,
    file: ImportedList,
    problems: Sequence[Diagnostic] = (),
    refusal: Refusal | None = None,
) -> Response:
    return atelier.screen(
        request,
        "importer-colonnes",
        HERE,
        422 if problems or refusal else 200,
        fichier=file.name,
        jeton_fichier=fields.get("fichier", ""),
        feuille=file.sheet(fields),
        feuilles=file.sheets,
        colonnes=list(file.choices(fields)),
        contenus=ROLES,
        bases=BASES,
        listes=known_lists(atelier),
        neuve=NEW,
        ordres=_ORDERS,
        donnees=fields,
        constats=[(found, REMEDIES.get(found.rule, found.remedy)) for found in problems],
        refus=refusal,
        aujourdhui=atelier.clock().date().isoformat(),
    )


# --- the trial and the import --------------------------------------------------------------------


def _try(atelier: Atelier, request: Request, fields: Fields, file: ImportedList) -> Response:
    """Show what the import would do."""
    return _bring_in(atelier, request, fields, file, trial=True)


def _confirm(atelier: Atelier, request: Request, fields: Fields, file: ImportedList) -> Response:
    """Import the lines that have no error, as the trial showed."""
    return _bring_in(atelier, request, fields, file, trial=False)


def _bring_in(
    atelier: Atelier, request: Request, fields: Fields, file: ImportedList, *, trial: bool
) -> Response:
    try:
        with register_of(atelier, changing=not trial) as register:
            done = file.bring_in(fields, register, atelier.clock(), who(request), trial=trial)
    except WholeFileError as error:
        return _columns(atelier, request, fields, file, error.problems)
    except Refusal as refusal:
        return _columns(atelier, request, fields, file, refusal=refusal)
    if not trial:
        rows = [(str(number), fate, why) for number, fate, why in done.account]
        file.account = columns.write(rows, ("ligne", "sort", "raison"))
    return _told(atelier, request, fields, file, done, trial=trial)


def _account(_atelier: Atelier, _request: Request, _fields: Fields, file: ImportedList) -> Response:
    """Return what became of each line, as a file that names nobody."""
    return download(file.account, "compte-rendu.csv", "text/csv; charset=utf-8")


def _told(
    atelier: Atelier,
    request: Request,
    fields: Fields,
    file: ImportedList,
    done: Import,
    *,
    trial: bool,
) -> Response:
    contents = done.contents
    refused = [(number, why) for number, _, why in done.account if why]
    return atelier.screen(
        request,
        "importer-essai" if trial else "importer-fait",
        HERE,
        fichier=file.name,
        jeton_fichier=fields.get("fichier", ""),
        fait=done,
        nombres=[(name, number) for name, number in done.counts if number],
        refusees=refused[:_MOST_REFUSED],
        plus=max(0, len(refused) - _MOST_REFUSED),
        doutes=[found for found in contents.diagnostics if found not in contents.errors],
        premieres=contents.people[:3],
        retraits=fields.get("geste") == REMOVALS,
        retires=bool(fields.get("retirer")),
        cachees=_hidden(fields),
    )


def _hidden(fields: Fields) -> Mapping[str, str]:
    """Return what the next form carries along."""
    return {name: value for name, value in fields.items() if name not in {"jeton", "retirer"}}
