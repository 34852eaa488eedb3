"""Reading a list of a spreadsheet or a mailing service: its people, and every bad line.

Shape: columns `adresse,prenom,nom,consentement,date,source`. No message quotes an address or a
name: a diagnostic may end in a log, the line number is enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from axtra.subscribers.addresses import folded
from axtra.subscribers.importing import csv_cells, departures, layouts, person_lines
from axtra.subscribers.importing.columns import COLUMNS
from axtra.subscribers.importing.csv_cells import Row, Table
from axtra.subscribers.importing.departures import Choices, Departures
from axtra.subscribers.importing.layouts import Layout
from axtra.subscribers.importing.person_lines import Defaults, ImportedPerson, PersonLines
from axtra.subscribers.register.consent import Basis
from infolettre.core.diagnostics import Diagnostic, Notes, errors


class LineFate(StrEnum):
    """What becomes of a line, before the register is asked; each value is what people read."""

    PERSON = "personne"
    REPEATED = "répétée"
    REFUSED = "refusée"
    LEFT = "partie, dit le fichier"
    ASIDE = "laissée de côté"
    APART = "titre ou total"


@dataclass(frozen=True, slots=True)
class CsvContents:
    """What a file holds.

    Attributes:
        people: those whose lines have no error.
        ignored: the titles of the columns that are not read.
        repeated: how many lines say again what another line says.
        diagnostics: every error and warning, in the order in which they were met.
        left: addresses of people who, by the file, do not want to be written to; with
            `withdrawals`, all those to take off the list.
        aside: how many lines the person who imports chose not to keep.
        fates: what becomes of each line that is not empty, by its number.
        reasons: why lines are refused, by their numbers.
        blank: how many lines are empty.
        sheet: the name of the sheet that was read, when it is an Excel file.
        others: the names of its other sheets.
    """

    people: tuple[ImportedPerson, ...]
    ignored: tuple[str, ...]
    repeated: int
    diagnostics: tuple[Diagnostic, ...]
    left: tuple[str, ...] = ()
    aside: int = 0
    fates: Mapping[int, LineFate] = field(default_factory=dict)
    reasons: Mapping[int, Sequence[str]] = field(default_factory=dict)
    blank: int = 0
    sheet: str = ""
    others: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Return what keeps a line, or the whole file, out."""
        return tuple(errors(self.diagnostics))


def read(
    data: bytes,
    name: str,
    moment: datetime,
    defaults: Defaults,
    choices: Choices | None = None,
    *,
    withdrawals: bool = False,
) -> CsvContents:
    """Read a list, in a CSV file or an Excel file.

    Args:
        data: its bytes; `layouts.tables` says in which forms.
        name: its name in messages.
        moment: now; no consent may be later.
        defaults: what is stated for the whole file.
        choices: what is said of its columns.
        withdrawals: read only the people who left: everyone, when no column says who left.
    """
    notes = Notes(name)
    tables = layouts.tables(data, notes)
    return read_tables(tables, notes, moment, defaults, choices, withdrawals=withdrawals)


def read_tables(
    tables: Mapping[str, Table],
    notes: Notes,
    moment: datetime,
    defaults: Defaults,
    choices: Choices | None = None,
    *,
    withdrawals: bool = False,
) -> CsvContents:
    """Read a list whose file was cut into cells; the arguments are those of `read`."""
    choices, name = choices or Choices(), notes.file
    sheet = choices.sheet or (layouts.likeliest(tables) if tables else "")
    table = tables.get(sheet)
    if table is None:
        _inspect_sheet(tables, sheet, notes)
        return CsvContents((), (), 0, tuple(notes.found))
    layout = layouts.lay_out(table, choices.roles)
    rows, places = layout.rows, layout.places
    stated = Defaults(Basis.EXPRESS, moment.date(), name) if withdrawals else defaults
    _inspect_roles(layout, choices, notes)
    _require(rows[0], places, stated, notes)
    if "adresse" not in places:
        ignored = _ignored(rows[0][1], places)
        return CsvContents((), ignored, 0, tuple(notes.found))
    ours = frozenset(index for indexes in places.values() for index in indexes)
    before = len(notes.found)
    departed = departures.judge(rows, ours, choices, notes)
    if not withdrawals:
        _inspect_whole(rows, departed, choices, notes)
    doubtful = len(notes.found) > before  # as long as it is unclear who left, nobody is imported
    lines = PersonLines(name, moment, stated, places, notes, layout.counted)
    everyone = withdrawals and not departed.columns
    left = lines.addresses(rows[1:], None if everyone else departed.left)
    people: tuple[ImportedPerson, ...] = ()
    if not withdrawals:
        out = departed.left | departed.aside
        kept = [row for row in rows[1:] if row[0] not in out]
        gone = set(map(folded, left))
        people = tuple(
            person for person in lines.people(kept) if folded(person.address) not in gone
        )
    fates = dict.fromkeys((number for number, _ in rows[1:]), LineFate.LEFT)
    fates |= dict.fromkeys(departed.aside, LineFate.ASIDE)
    fates |= dict.fromkeys(lines.repeated, LineFate.REPEATED)
    fates |= dict.fromkeys(lines.refused, LineFate.REFUSED)
    fates |= dict.fromkeys((person.line for person in people), LineFate.PERSON)
    fates |= dict.fromkeys(layout.apart, LineFate.APART)
    return CsvContents(
        () if doubtful else people,
        _ignored(rows[0][1], places, departed.columns),
        len(lines.repeated),
        tuple(notes.found),
        left,
        len(departed.aside),
        fates,
        lines.refused,
        layout.blank,
        sheet,
        tuple(name for name in tables if name != sheet),
    )


def _inspect_sheet(tables: Mapping[str, Table], sheet: str, notes: Notes) -> None:
    """Note that a sheet that was named is not in the file."""
    if tables:
        notes.error(
            "excel-feuille",
            None,
            f"le fichier n’a pas de feuille « {sheet} »",
            f"Ses feuilles :  {', '.join(tables)}" if any(tables) else "C’est un fichier CSV.",
        )


def _inspect_roles(layout: Layout, choices: Choices, notes: Notes) -> None:
    for key in sorted(choices.roles.keys() - {*layout.keys}):
        departures.refuse_unknown(key, layout.rows[0][1], notes)


def _inspect_whole(
    rows: Sequence[Row], departed: Departures, choices: Choices, notes: Notes
) -> None:
    """Refuse a file of people who left, by its columns or by its name."""
    everyone = len(rows) > 1 and len(departed.left) == len(rows) - 1
    if everyone:
        problem = "d’après ce fichier, toutes ces personnes ont quitté la liste d’où il vient"
    elif not departed.columns and departures.names_leavers(notes.file):
        problem = "le nom de ce fichier annonce des personnes qui ont quitté la liste"
    else:
        return
    remedy = f"Pour ne plus leur écrire d’ici non plus :  {choices.command} --retraits"
    if not everyone:
        remedy += "\nSi ce sont des personnes abonnées, donnez un autre nom au fichier."
    notes.error("csv-personnes-parties", None, problem, remedy)


def _ignored(
    titles: Sequence[str], places: Mapping[str, list[int]], others: frozenset[int] = frozenset()
) -> tuple[str, ...]:
    read_ones = {*others, *(index for indexes in places.values() for index in indexes)}
    return tuple(
        title.strip()
        for index, title in enumerate(titles)
        if index not in read_ones and title.strip()
        if "@" not in title  # a file without titles shows nobody's address
    )


def _require(
    titles: Row, places: Mapping[str, list[int]], defaults: Defaults, notes: Notes
) -> None:
    """Note which columns are missing, without a value stated in their place."""
    line, cells = titles
    stated = {
        "consentement": defaults.basis is not None,
        "date": defaults.day is not None,
        "source": bool(defaults.source),
    }
    needed = ("adresse",) if "adresse" not in places else ("consentement", "date", "source")
    for column in needed:
        if column not in places and not stated.get(column):
            option = f" ou ajoutez --{column} à la commande" if column in stated else ""
            notes.error(
                "csv-colonne-manquante",
                line,
                f"la première ligne ne nomme aucune colonne « {column} »",
                f"Mettez en première ligne :  {','.join(COLUMNS)}{option}",
            )
    if any(map(csv_cells.is_damaged, cells)):
        person_lines.refuse_damaged(line, notes)
