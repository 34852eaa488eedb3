"""Importing a list: the file, its columns and consent, a trial, then the people.

The rules are those of the command; the screens only ask what its options say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, require_token
from axtra.atelier.people_books import (
    BASES,
    HERE,
    Answer,
    Fields,
    ListChoice,
    day_of,
    is_empty,
    kept,
    line,
    lists_of,
    posted,
    register_of,
    said,
    session_of,
    shown,
    who,
)
from axtra.atelier.roles import Act
from axtra.atelier.screens.subscribers import download
from axtra.core.diagnostics import Diagnostic, Notes
from axtra.core.refusals import Refusal
from axtra.subscribers import Basis
from axtra.subscribers.importing import columns, csv_files, departures, layouts, list_changes
from axtra.subscribers.importing.columns import FULL_NAME, NOTHING, STATUS
from axtra.subscribers.importing.csv_cells import Table, words
from axtra.subscribers.importing.csv_files import CsvContents, LineFate
from axtra.subscribers.importing.date_columns import Order
from axtra.subscribers.importing.departures import Choices, StatusValue
from axtra.subscribers.importing.layouts import Layout
from axtra.subscribers.importing.person_lines import Defaults
from axtra.subscribers.register.people import checked_list
from axtra.subscribers.register.register import AddOutcome

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
_MOST_BYTES = 20_000_000
_MOST_VALUES, _MOST_REFUSED = 24, 200  # shown of a column; of what is refused
_EXAMPLE = 60  # characters
_NEW = "+"  # in the place of a list: one that does not exist yet
# What is wrong with the whole file, and what to do about it on this screen.
_WHOLE = {
    "csv-colonne-a-preciser": "Cochez ci-dessous les valeurs des personnes à garder.",
    "csv-colonne-qui-refuse": "Choisissez « Dit qui reste abonné » pour cette colonne.",
    "csv-valeur-absente": "Cochez au moins une valeur à garder.",
    "csv-colonne-manquante": "Dites ci-dessous quelle colonne la contient, ou remplissez le champ.",
    "csv-ordre-des-dates": "Choisissez ci-dessous ce qui vient d’abord.",
    "csv-personnes-parties": "Choisissez « Ne plus leur écrire », plus bas. Si ce sont des "
    "personnes abonnées, donnez un autre nom au fichier.",
}
_FATES = (
    (AddOutcome.ADDED, "ajoutées"),
    (AddOutcome.KEPT, "déjà abonnées"),
    (AddOutcome.LEFT, "désabonnées, qui le resteront"),
    (AddOutcome.SUPPRESSED, "à ne plus joindre, laissées telles quelles"),
    (LineFate.LEFT, "parties, d’après le fichier"),
    (LineFate.ASIDE, "laissées de côté par vos choix"),
    (LineFate.REPEATED, "répétées dans le fichier"),
    (LineFate.REFUSED, "refusées"),
    (LineFate.APART, "titres et totaux"),
)
_BLANK = "vides"


@dataclass(slots=True)
class UploadedList:
    """A file, cut into cells.

    `found` is what was wrong or doubtful in cutting it; `account` says what became of each line,
    once it was imported.
    """

    name: str
    tables: Mapping[str, Table]
    found: Sequence[Diagnostic]
    account: bytes = b""


Step = Callable[[Atelier, Request, Fields, UploadedList], Response]


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column as the screen shows it: what it seems to hold, and who stays by its values."""

    at: int
    title: str
    example: str
    role: str
    values: tuple[tuple[str, StatusValue, bool], ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What an import does: `account` says it of each line, by number, with the reasons."""

    contents: CsvContents
    counts: tuple[tuple[str, int], ...]
    account: tuple[tuple[int, str, str], ...]
    added: int
    expired: int
    still_here: int

    @property
    def lines(self) -> int:
        """Return how many lines the file has."""
        return sum(number for _, number in self.counts)


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the steps."""

    async def upload(request: Request) -> Response:
        name, data = await _uploaded(request)
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


async def _uploaded(request: Request) -> tuple[str, bytes]:
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
        return _ask(atelier, request, Refusal("choisissez un fichier.", "Excel (.xlsx) ou CSV."))
    notes = Notes(name)
    tables = layouts.tables(data, notes)
    if not tables:
        found = notes.found[0]
        return _ask(atelier, request, Refusal(f"« {name} » : {found.problem}.", found.remedy))
    file = UploadedList(name, tables, tuple(notes.found))
    token = atelier.shelf.keep(session_of(request), file)
    return _columns(atelier, request, {"fichier": token}, file)


def _found(atelier: Atelier, request: Request, fields: Fields) -> UploadedList:
    """Return the file of a form.

    Raises:
        Refusal: it is kept no longer.
    """
    found = atelier.shelf.find(session_of(request), fields.get("fichier", ""))
    if not isinstance(found, UploadedList):
        raise Refusal(
            "ce fichier n’est plus en mémoire : il n’y reste qu’une heure, et rien n’est écrit.",
            "Choisissez-le de nouveau.",
        )
    return found


# --- the columns ---------------------------------------------------------------------------------


def _layout(file: UploadedList, fields: Fields) -> tuple[Layout, str, tuple[str, ...]]:
    """Return the layout of the sheet that is read, its name, and those of all sheets."""
    tables = file.tables
    sheet = fields.get("feuille", "")
    sheet = sheet if sheet in tables else layouts.likeliest(tables)
    roles = _roles(fields, layouts.lay_out(tables[sheet], {}).keys)
    return layouts.lay_out(tables[sheet], roles), sheet, tuple(filter(None, tables))


def _roles(fields: Fields, keys: Sequence[str]) -> dict[str, str]:
    """Return what a person said of columns, by their keys."""
    given = {key: fields.get(f"role-{at}", "") for at, key in enumerate(keys)}
    return {key: role for key, role in given.items() if role in columns.ROLES}


def _choices_of(layout: Layout, fields: Fields) -> Iterator[ColumnChoice]:
    """Yield the columns that hold something; what was not said yet is guessed."""
    (_, titles), *people = layout.rows
    given, guessed = _roles(fields, layout.keys), layouts.guesses(layout)
    for at, (key, title) in enumerate(zip(layout.keys, titles, strict=True)):
        cells = [cell for _, row in people for cell in row[at : at + 1] if cell.strip()]
        if not title and not cells:
            continue
        role = given.get(key, "")
        ours = (role or guessed.get(key, NOTHING)) not in {STATUS, NOTHING}
        values = () if ours else departures.status_values(layout.rows, at, asked=role == STATUS)
        role = role or guessed.get(key) or (STATUS if values else NOTHING)
        asked = f"garder-{at}" in fields
        yield ColumnChoice(
            at,
            title,
            cells[0][:_EXAMPLE] if cells else "",
            role,
            tuple(
                (
                    f"garder-{at}-{rank}",
                    value,
                    f"garder-{at}-{rank}" in fields if asked else value.stays,
                )
                for rank, value in enumerate(_shown(values))
            ),
        )


def _shown(values: Sequence[StatusValue]) -> list[StatusValue]:
    """Return the values to show: those that say that people left come first, when many differ."""
    ordered = (
        sorted(values, key=lambda value: value.stays) if len(values) > _MOST_VALUES else values
    )
    return list(ordered[:_MOST_VALUES])


def _columns(
    atelier: Atelier,
    request: Request,
    fields: Fields,
    file: UploadedList,
    problems: Sequence[Diagnostic] = (),
    refusal: Refusal | None = None,
) -> Response:
    layout, sheet, sheets = _layout(file, fields)
    wrong = bool(problems or refusal)
    return atelier.screen(
        request,
        "importer-colonnes",
        HERE,
        422 if wrong else 200,
        fichier=file.name,
        jeton_fichier=fields.get("fichier", ""),
        feuille=sheet,
        feuilles=sheets,
        colonnes=list(_choices_of(layout, fields)),
        contenus=ROLES,
        bases=BASES,
        listes=_lists(atelier),
        neuve=_NEW,
        ordres={
            Order.DAY_FIRST.value: "le jour : 05/06 est le 5 juin",
            Order.MONTH_FIRST.value: "le mois : 05/06 est le 6 mai",
        },
        donnees=fields,
        constats=[(found, _WHOLE.get(found.rule, found.remedy)) for found in problems],
        refus=refusal,
        aujourdhui=atelier.clock().date().isoformat(),
    )


def _lists(atelier: Atelier) -> list[ListChoice]:
    if is_empty(atelier):
        return lists_of(atelier, None)
    with register_of(atelier) as register:
        return lists_of(atelier, register)


# --- the trial and the import --------------------------------------------------------------------


def _try(atelier: Atelier, request: Request, fields: Fields, file: UploadedList) -> Response:
    """Show what the import would do."""
    try:
        tried = _done(atelier, request, fields, file, trial=True)
    except Refusal as refusal:
        return _columns(atelier, request, fields, file, refusal=refusal)
    if isinstance(tried, list):
        return _columns(atelier, request, fields, file, tried)
    return _told(atelier, request, fields, file, tried, trial=True)


def _confirm(atelier: Atelier, request: Request, fields: Fields, file: UploadedList) -> Response:
    """Import the lines that have no error, as the trial showed."""
    tried = _done(atelier, request, fields, file, trial=False)
    if isinstance(tried, list):
        return _columns(atelier, request, fields, file, tried)
    rows = [(str(number), fate, why) for number, fate, why in tried.account]
    file.account = columns.write(rows, ("ligne", "sort", "raison"))
    return _told(atelier, request, fields, file, tried, trial=False)


def _account(_atelier: Atelier, _request: Request, _fields: Fields, file: UploadedList) -> Response:
    """Return what became of each line, as a file that names nobody."""
    return download(file.account, "compte-rendu.csv", "text/csv; charset=utf-8")


def _done(
    atelier: Atelier, request: Request, fields: Fields, file: UploadedList, *, trial: bool
) -> Tried | list[Diagnostic]:
    """Do an import, or return what is wrong with the whole file.

    Raises:
        Refusal: the list cannot be named so, or what is said of the consent cannot be.
    """
    now, removing = atelier.clock(), fields.get("geste") == "retraits"
    liste = fields.get("liste", "")
    liste = checked_list(line(fields.get("nouvelle", "")) if liste == _NEW else liste)
    layout, sheet, _ = _layout(file, fields)
    notes = Notes(file.name)
    notes.found.extend(file.found)
    contents = csv_files.read_tables(
        file.tables,
        notes,
        now,
        _defaults(atelier, request, fields),
        _choices(layout, sheet, fields),
        withdrawals=removing,
    )
    whole = [found for found in contents.errors if found.rule in _WHOLE or found in file.found]
    if whole or not contents.fates:
        return whole or list(contents.errors)
    leaving = contents.left if removing or fields.get("retirer") else ()
    with register_of(atelier, changing=not trial) as register:
        still = list_changes.count_subscribed(register, contents.left)
        outcomes = list_changes.outcomes(register, liste, contents.people, now, trial=trial)
        if leaving:
            how = f"retraits de {file.name}; {who(request)}"
            list_changes.remove_people(register, liste, leaving, now, how, trial=trial)
    fates: dict[int, AddOutcome | LineFate] = dict(contents.fates)
    fates |= dict(zip((person.line for person in contents.people), outcomes, strict=True))
    ends = (person.consent.expires for person in contents.people)
    counts = [(name, sum(fate is kind for fate in fates.values())) for kind, name in _FATES]
    said_of = dict(_FATES)
    return Tried(
        contents,
        (*counts, (_BLANK, contents.blank)),
        tuple(
            (number, said_of[fate], " ; ".join(contents.reasons.get(number, ())))
            for number, fate in sorted(fates.items())
        ),
        outcomes.count(AddOutcome.ADDED),
        sum(1 for end in ends if end and end <= now),
        still,
    )


def _choices(layout: Layout, sheet: str, fields: Fields) -> Choices:
    keep: dict[str, frozenset[str]] = {}
    ignored: set[str] = set()
    for column in _choices_of(layout, fields):
        title = words(column.title)
        if column.role == STATUS and column.values:
            if f"garder-{column.at}" not in fields:
                raise Refusal(
                    f"dites qui reste abonné d’après la colonne « {column.title} ».",
                    "Cochez ci-dessous les valeurs des personnes à garder.",
                )
            values = departures.status_values(layout.rows, column.at, asked=True)
            out = {value.text for _, value, kept in column.values if not kept}
            keep[title] = frozenset(
                words(value.text) or value.text.strip() for value in values if value.text not in out
            )
        elif column.role == NOTHING and departures.status_values(layout.rows, column.at):
            ignored.add(title)
    return Choices(keep, frozenset(ignored), roles=_roles(fields, layout.keys), sheet=sheet)


def _defaults(atelier: Atelier, request: Request, fields: Fields) -> Defaults:
    """Read what is said of the consent of the whole file."""
    day = fields.get("date", "").strip()
    base, order = fields.get("base", ""), fields.get("ordre", "")
    proof = "; ".join(filter(None, (line(fields.get("preuve", "")), who(request))))
    return Defaults(
        Basis(base) if base in {*Basis} else None,
        day_of(day, atelier.clock()) if day else None,
        line(fields.get("source", "")),
        Order(order) if order in {*Order} else None,
        proof,
    )


def _told(
    atelier: Atelier,
    request: Request,
    fields: Fields,
    file: UploadedList,
    tried: Tried,
    *,
    trial: bool,
) -> Response:
    refused = [(number, why) for number, _, why in tried.account if why]
    return atelier.screen(
        request,
        "importer-essai" if trial else "importer-fait",
        HERE,
        fichier=file.name,
        jeton_fichier=fields.get("fichier", ""),
        fait=tried,
        nombres=[(name, number) for name, number in tried.counts if number],
        refusees=refused[:_MOST_REFUSED],
        plus=max(0, len(refused) - _MOST_REFUSED),
        doutes=[
            found for found in tried.contents.diagnostics if found not in tried.contents.errors
        ],
        premieres=tried.contents.people[:3],
        bases=BASES,
        retraits=fields.get("geste") == "retraits",
        retires=bool(fields.get("retirer")),
        cachees=_hidden(fields),
    )


def _hidden(fields: Fields) -> Mapping[str, str]:
    """Return what the next form carries along."""
    return {name: value for name, value in fields.items() if name not in {"jeton", "retirer"}}
