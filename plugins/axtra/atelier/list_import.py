"""A list that somebody imports: what its columns hold, and what becomes of each of its lines.

The rules are those of the command: what a person chooses on a screen is what its options say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from axtra.atelier.people_books import Fields, day_of, line
from axtra.subscribers import Basis, Register
from axtra.subscribers.importing import columns, csv_files, departures, layouts, list_changes
from axtra.subscribers.importing.columns import NOTHING, STATUS
from axtra.subscribers.importing.csv_cells import Table, words
from axtra.subscribers.importing.csv_files import CsvContents, LineFate
from axtra.subscribers.importing.date_columns import Order
from axtra.subscribers.importing.departures import Choices, StatusValue
from axtra.subscribers.importing.layouts import Layout
from axtra.subscribers.importing.person_lines import Defaults
from axtra.subscribers.register.people import checked_list
from axtra.subscribers.register.register import AddOutcome
from infolettre.core.diagnostics import Diagnostic, Notes
from infolettre.core.refusals import Refusal

NEW = "+"  # in the place of a list: one that does not exist yet
REMOVALS = "retraits"  # what to do with people who left elsewhere
# What is wrong with the whole file, and what to do about it on the screen of its columns.
REMEDIES = {
    "csv-colonne-a-preciser": "Cochez ci-dessous les valeurs des personnes à garder.",
    "csv-colonne-qui-refuse": "Choisissez « Dit qui reste abonné » pour cette colonne.",
    "csv-valeur-absente": "Cochez au moins une valeur à garder.",
    "csv-colonne-manquante": "Dites ci-dessous quelle colonne la contient, ou remplissez le champ.",
    "csv-ordre-des-dates": "Choisissez ci-dessous ce qui vient d’abord.",
    "csv-personnes-parties": "Choisissez « Ne plus leur écrire », plus bas. Si ce sont des "
    "personnes abonnées, donnez un autre nom au fichier.",
}
_MOST_VALUES = 24  # shown of a column
_EXAMPLE = 60  # characters
_FATES = {
    AddOutcome.ADDED: "ajoutées",
    AddOutcome.KEPT: "déjà abonnées",
    AddOutcome.LEFT: "désabonnées, qui le resteront",
    AddOutcome.SUPPRESSED: "à ne plus joindre, laissées telles quelles",
    LineFate.LEFT: "parties, d’après le fichier",
    LineFate.ASIDE: "laissées de côté par vos choix",
    LineFate.REPEATED: "répétées dans le fichier",
    LineFate.REFUSED: "refusées",
    LineFate.APART: "titres et totaux",
}
_BLANK = "vides"


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column as a screen shows it: what it seems to hold, and who stays by its values.

    Shape: each value has the name of its field, and whether those who have it are kept.
    """

    at: int
    title: str
    example: str
    role: str
    values: tuple[tuple[str, StatusValue, bool], ...]


@dataclass(frozen=True, slots=True)
class Import:
    """What an import does, or would do.

    Attributes:
        contents: what the file holds.
        counts: how many lines meet each fate.
        account: the fate of each line, by number, with the reasons.
        added: how many people are new.
        expired: how many consents are over already.
        still_here: how many people who, by the file, left are on a list here.
    """

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


class WholeFileError(Exception):
    """Something is wrong with the whole file: nobody is imported."""

    def __init__(self, problems: Sequence[Diagnostic]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(slots=True)
class ImportedList:
    """A file, cut into cells.

    `found` is what was wrong or doubtful in cutting it; `account` says what became of each line,
    once it was imported.
    """

    name: str
    tables: Mapping[str, Table]
    found: Sequence[Diagnostic]
    account: bytes = b""

    @property
    def sheets(self) -> tuple[str, ...]:
        """Return the names of its sheets, when it is an Excel file."""
        return tuple(filter(None, self.tables))

    def sheet(self, fields: Fields) -> str:
        """Return the name of the sheet that is read."""
        named = fields.get("feuille", "")
        return named if named in self.tables else layouts.likeliest(self.tables)

    def choices(self, fields: Fields) -> Iterator[ColumnChoice]:
        """Yield the columns that hold something; what was not said yet is guessed."""
        layout, given = self._layout(fields)
        (_, titles), *people = layout.rows
        guessed = layouts.guesses(layout)
        for at, (key, title) in enumerate(zip(layout.keys, titles, strict=True)):
            cells = [cell for _, row in people for cell in row[at : at + 1] if cell.strip()]
            if not title and not cells:
                continue
            role = given.get(key, "")
            ours = (role or guessed.get(key, NOTHING)) not in {STATUS, NOTHING}
            values = () if ours else departures.status_values(layout.rows, at, asked=role == STATUS)
            asked = f"garder-{at}" in fields
            yield ColumnChoice(
                at,
                title,
                cells[0][:_EXAMPLE] if cells else "",
                role or guessed.get(key) or (STATUS if values else NOTHING),
                tuple(
                    (name, value, name in fields if asked else value.stays)
                    for rank, value in enumerate(_shown(values))
                    for name in [f"garder-{at}-{rank}"]
                ),
            )

    def bring_in(
        self, fields: Fields, register: Register, moment: datetime, by: str, *, trial: bool
    ) -> Import:
        """Import the lines without errors, or try to.

        Args:
            fields: what was chosen on the screens.
            register: where the people go.
            moment: now.
            by: who imports.
            trial: nothing is kept.

        Raises:
            WholeFileError: something is wrong with the file as a whole.
            Refusal: the list cannot be named so, or what is said of the consent cannot be.
        """
        liste = fields.get("liste", "")
        liste = checked_list(line(fields.get("nouvelle", "")) if liste == NEW else liste)
        removing = fields.get("geste") == REMOVALS
        notes = Notes(self.name)
        notes.found.extend(self.found)
        contents = csv_files.read_tables(
            self.tables,
            notes,
            moment,
            _defaults(fields, moment, by),
            self._said(fields),
            withdrawals=removing,
        )
        whole = [found for found in contents.errors if found.rule in REMEDIES]
        whole += [found for found in contents.errors if found in self.found]
        if whole or not contents.fates:
            raise WholeFileError(whole or contents.errors)
        leaving = contents.left if removing or fields.get("retirer") else ()
        still = list_changes.count_subscribed(register, contents.left)
        with nullcontext() if trial else register.together():
            outcomes = list_changes.outcomes(register, liste, contents.people, moment, trial=trial)
            how = f"retraits de {self.name}; {by}"
            list_changes.remove_people(register, liste, leaving, moment, how, trial=trial)
        return _accounted(contents, outcomes, moment, still)

    def _layout(self, fields: Fields) -> tuple[Layout, dict[str, str]]:
        """Return the layout of the sheet that is read, and what a person said of its columns."""
        table = self.tables[self.sheet(fields)]
        keys = layouts.lay_out(table, {}).keys
        said = {key: fields.get(f"role-{at}", "") for at, key in enumerate(keys)}
        given = {key: role for key, role in said.items() if role in columns.ROLES}
        return layouts.lay_out(table, given), given

    def _said(self, fields: Fields) -> Choices:
        """Return the choices of the screens as the options of the command."""
        layout, given = self._layout(fields)
        keep: dict[str, frozenset[str]] = {}
        ignored: set[str] = set()
        for column in self.choices(fields):
            title = words(column.title)
            if column.role == STATUS and column.values:
                if f"garder-{column.at}" not in fields:
                    raise Refusal(
                        f"dites qui reste abonné d’après la colonne « {column.title} ».",
                        REMEDIES["csv-colonne-a-preciser"],
                    )
                out = {value.text for _, value, kept in column.values if not kept}
                values = departures.status_values(layout.rows, column.at, asked=True)
                keep[title] = frozenset(
                    words(value.text) or value.text for value in values if value.text not in out
                )
            elif column.role == NOTHING and departures.status_values(layout.rows, column.at):
                ignored.add(title)
        return Choices(keep, frozenset(ignored), roles=given, sheet=self.sheet(fields))


def _shown(values: Sequence[StatusValue]) -> Sequence[StatusValue]:
    """Return the values to show: those of people who left come first, when many differ."""
    if len(values) <= _MOST_VALUES:
        return values
    return sorted(values, key=lambda value: value.stays)[:_MOST_VALUES]


def _defaults(fields: Fields, moment: datetime, by: str) -> Defaults:
    """Read what is said of the consent of the whole file."""
    day = fields.get("date", "").strip()
    base, order = fields.get("base", ""), fields.get("ordre", "")
    return Defaults(
        Basis(base) if base in {*Basis} else None,
        day_of(day, moment) if day else None,
        line(fields.get("source", "")),
        Order(order) if order in {*Order} else None,
        "; ".join(filter(None, (line(fields.get("preuve", "")), by))),
    )


def _accounted(
    contents: CsvContents, outcomes: Sequence[AddOutcome], moment: datetime, still: int
) -> Import:
    fates: dict[int, AddOutcome | LineFate] = dict(contents.fates)
    fates |= dict(zip((person.line for person in contents.people), outcomes, strict=True))
    counts = [(name, sum(fate is kind for fate in fates.values())) for kind, name in _FATES.items()]
    ends = (person.consent.expires for person in contents.people)
    return Import(
        contents,
        (*counts, (_BLANK, contents.blank)),
        tuple(
            (number, _FATES[fate], "; ".join(contents.reasons.get(number, ())))
            for number, fate in sorted(fates.items())
        ),
        outcomes.count(AddOutcome.ADDED),
        sum(1 for end in ends if end and end <= moment),
        still,
    )
