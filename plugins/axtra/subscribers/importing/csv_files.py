"""CSV as spreadsheets and mailing services write it: read whole, each bad line named.

Shape: columns `adresse,prenom,nom,consentement,date,source`. No message quotes an address or a
name: a diagnostic may end in a log, the line number is enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType

from axtra.core.dates import ZONE
from axtra.subscribers.addresses import AddressError, folded, normalized
from axtra.subscribers.consent import Basis, Consent
from axtra.subscribers.importing import (
    columns,
    csv_cells,
    date_columns,
    departures,
    greeting_names,
    mistyped_addresses,
)
from axtra.subscribers.importing.columns import COLUMNS, write
from axtra.subscribers.importing.csv_cells import Notes, Problem, Row, words
from axtra.subscribers.importing.departures import Choices, Verdict

__all__ = ["COLUMNS", "Choices", "Defaults", "Entry", "Problem", "Sheet", "read", "write"]

_OLDEST = 1990
_LONGEST = 200  # characters of a cell worth keeping
_NAMED = 5  # lines that one message names

_BASES: Mapping[str, Basis] = MappingProxyType(
    {
        "expres": Basis.EXPRESS,
        "express": Basis.EXPRESS,
        "explicite": Basis.EXPRESS,
        "tacite": Basis.IMPLIED,
        "implicite": Basis.IMPLIED,
        "implied": Basis.IMPLIED,
        "tacite demande": Basis.INQUIRY,
    }
)
_FORMULA = re.compile(r"^'([=+@-])")  # as `write` makes them harmless
_INQUIRY = re.compile(r"demande\b")
_WRAPPED = re.compile(r"(?:[^<>]*<)?\s*(?:mailto:)?\s*([^<>\s]+@[^<>\s]+?)\s*>?;?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One good line."""

    line: int
    address: str
    first_name: str
    last_name: str
    consent: Consent


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a file without such columns leaves unsaid, and the person who imports it states."""

    basis: Basis | None = None
    day: date | None = None
    source: str = ""
    order: date_columns.Order | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: good lines, columns nobody asked for, and every problem.

    Attributes:
        left: addresses of people who, by the file, do not want to be written to; with
            `withdrawals`, all those to take off the list.
        aside: how many lines the person who imports did not keep.
        told: in French, what is to be looked at.
    """

    entries: tuple[Entry, ...]
    ignored: tuple[str, ...]
    repeated: int
    problems: tuple[Problem, ...]
    left: tuple[str, ...] = ()
    aside: int = 0
    told: tuple[str, ...] = ()


def read(
    data: bytes,
    name: str,
    moment: datetime,
    defaults: Defaults,
    choices: Choices | None = None,
    *,
    withdrawals: bool = False,
) -> Sheet:
    """Read a CSV file.

    Args:
        data: its bytes, in an encoding that `csvfile.rows` reads.
        name: how messages name it.
        moment: a consent later than this is a mistake.
        defaults: what is stated for the whole file.
        choices: what is said of its columns.
        withdrawals: read who left, nobody else: all of the file, where no column tells.
    """
    notes = Notes(name)
    rows = csv_cells.rows(data, notes, columns.is_known)
    if not rows:
        return Sheet((), (), 0, tuple(notes.found))
    places = columns.places(rows)
    stated = Defaults(Basis.EXPRESS, moment.date(), name) if withdrawals else defaults
    _require(rows[0], places, stated, notes)
    if "adresse" not in places:
        return Sheet((), _ignored(rows[0][1], places), 0, tuple(notes.found))
    choices = choices or Choices()
    ours = frozenset(index for indexes in places.values() for index in indexes)
    said = len(notes.found)
    verdict = departures.judge(rows, ours, choices, notes)
    if not withdrawals:
        _inspect_whole(rows, verdict, choices, notes)
    doubtful = len(notes.found) > said  # who left is not known: nobody is brought in
    reading = _Reading(name, moment, stated, places, notes)
    everyone = withdrawals and not verdict.columns
    left = reading.addresses(rows[1:], None if everyone else verdict.left)
    entries: tuple[Entry, ...] = ()
    if not withdrawals:
        kept = [row for row in rows[1:] if row[0] not in verdict.left | verdict.aside]
        gone = set(map(folded, left))
        entries = tuple(one for one in reading.entries(kept) if folded(one.address) not in gone)
    return Sheet(
        () if doubtful else entries,
        _ignored(rows[0][1], places, verdict.columns),
        reading.repeated,
        tuple(notes.found),
        left,
        len(verdict.aside),
        tuple(notes.told),
    )


def _inspect_whole(rows: Sequence[Row], verdict: Verdict, choices: Choices, notes: Notes) -> None:
    """Refuse a file of people who left: by what it says of each, or by its name."""
    everyone = len(rows) > 1 and len(verdict.left) == len(rows) - 1
    if everyone:
        problem = "d’après ce fichier, toutes ces personnes ont quitté la liste d’où il vient"
    elif not verdict.columns and departures.names_leavers(notes.file):
        problem = "le nom de ce fichier annonce des personnes qui ont quitté la liste"
    else:
        return
    remedy = f"Pour ne plus leur écrire d’ici non plus :  {choices.command} --retraits"
    if not everyone:
        remedy += "\n    → Si ce sont des personnes abonnées, donnez un autre nom au fichier."
    notes.error(None, problem, remedy)


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
    """Say which columns are missing, that nothing stands for."""
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
                line,
                f"la première ligne ne nomme aucune colonne « {column} »",
                f"Mettez en première ligne :  {','.join(COLUMNS)}{option}",
            )
    if any(map(csv_cells.is_damaged, cells)):
        _refuse_damaged(line, notes)


def _refuse_damaged(line: int, notes: Notes) -> None:
    notes.error(
        line,
        "les accents de cette ligne sont perdus ou écrits deux fois",
        "Exportez la liste de nouveau, en UTF-8, sans l’ouvrir dans un autre logiciel.",
    )


@dataclass(slots=True)
class _Reading:
    """The reading of the lines under the titles."""

    name: str
    moment: datetime
    defaults: Defaults
    places: Mapping[str, list[int]]
    notes: Notes
    repeated: int = 0
    seen: dict[str, Entry] = field(default_factory=dict)
    order: date_columns.Order | None = None

    def addresses(self, rows: Sequence[Row], lines: frozenset[int] | None) -> tuple[str, ...]:
        """Give the addresses of some lines, or of all; those that cannot be one are said."""
        found: dict[str, str] = {}
        for line, row in rows:
            if lines is None or line in lines:
                address = self._address(line, row)
                if address:
                    found.setdefault(folded(address), address)
        return tuple(found.values())

    def entries(self, rows: Sequence[Row]) -> Iterator[Entry]:
        """Read every line; the same person twice with the same consent counts once."""
        dates = [self._cell(row, "date") for _, row in rows]
        self.order = self.defaults.order or date_columns.order(dates)
        unclear = [
            line
            for (line, _), text in zip(rows, dates, strict=True)
            if self.order is None and date_columns.is_unclear(text)
        ]
        if unclear:
            self.notes.error(
                unclear[0],
                f"{_lines(unclear)} : est-ce le jour ou le mois qui vient d’abord dans la date ?",
                "Ajoutez à la commande :  --dates jour-mois   ou   --dates mois-jour",
            )
        said = len(self.notes.found)
        wrong: list[int] = []
        for line, row in rows:
            entry = self._entry(line, row, wrong, said_already=line in unclear)
            if entry is None:
                continue
            key = folded(entry.address)
            former = self.seen.setdefault(key, entry)
            if former is entry:
                self._doubt(entry)
                yield entry
            elif (former.consent.basis, former.consent.given) == (
                entry.consent.basis,
                entry.consent.given,
            ):
                self.repeated += 1
            else:
                self.notes.error(
                    line,
                    f"la même adresse est à la ligne {former.line}, avec un autre consentement",
                    "Gardez une seule des deux lignes.",
                )
        if wrong:
            several = f"{_lines(wrong)} : " if len(wrong) > 1 else ""
            self.notes.found.insert(
                said,
                Problem(
                    self.name,
                    wrong[0],
                    f"{several}cette date n’existe pas",
                    "Écrivez année-mois-jour en chiffres, par exemple :  2019-02-28",
                ),
            )

    def _entry(
        self, line: int, row: Sequence[str], wrong: list[int], *, said_already: bool
    ) -> Entry | None:
        before = len(self.notes.found)
        address = self._address(line, row)
        source = self._cell(row, "source") or self.defaults.source
        given = None if said_already else self._given(line, self._cell(row, "date"), wrong)
        basis = self._basis(line, self._cell(row, "consentement"), source)
        if not source and "source" in self.places:
            self.notes.error(
                line,
                "la source du consentement manque",
                "Dites d’où il vient, par exemple :  formulaire d’adhésion 2019",
            )
        if len(row) <= max(max(indexes) for indexes in self.places.values()):
            self.notes.error(
                line,
                "la ligne a moins de champs que la première",
                "Complétez-la; un champ vide se note par un séparateur.",
            )
        if any(csv_cells.is_damaged("".join(row[at : at + 1])) for at in self._ours()):
            _refuse_damaged(line, self.notes)
        if len(self.notes.found) > before or basis is None or given is None or not source:
            return None
        last = self._cell(row, "nom")
        return Entry(
            line,
            address,
            greeting_names.cleaned(self._cell(row, "prenom"), last),
            last,
            Consent(basis, given, source, f"{self.name}, ligne {line}"),
        )

    def _ours(self) -> Iterator[int]:
        for indexes in self.places.values():
            yield from indexes

    def _cells(self, row: Sequence[str], column: str) -> list[str]:
        """Give the cells that are not empty, on one line each: no control sign may reach a mail."""
        found = []
        for index in self.places.get(column, ()):
            text = unicodedata.normalize("NFC", row[index]) if index < len(row) else ""
            plain = "".join(one if one.isprintable() else " " for one in text)
            cell = _FORMULA.sub(r"\1", " ".join(plain.split()))[:_LONGEST]
            if cell:
                found.append(cell)
        return found

    def _cell(self, row: Sequence[str], column: str) -> str:
        return next(iter(self._cells(row, column)), "")

    def _address(self, line: int, row: Sequence[str]) -> str:
        found = [
            wrapped[1] if (wrapped := _WRAPPED.fullmatch(cell)) else cell
            for cell in self._cells(row, "adresse")
        ]
        if len(set(map(folded, found))) > 1:
            self.notes.error(
                line,
                "cette ligne a deux adresses de courriel",
                "Gardez celle à laquelle la personne a consenti.",
            )
            return ""
        try:
            return normalized(next(iter(found), ""))
        except AddressError as error:
            self.notes.error(line, str(error), "Corrigez l’adresse, ou retirez cette ligne.")
            return ""

    def _doubt(self, entry: Entry) -> None:
        if doubt := mistyped_addresses.doubt(entry.address):
            self.notes.told.append(f"{self.name}:{entry.line} : à vérifier : {doubt}")

    def _basis(self, line: int, text: str, source: str) -> Basis | None:
        said = re.sub(r"\b(consentement|consent)\b", "", words(text)).strip()
        basis = _BASES.get(said) if text else self.defaults.basis
        if basis is None and ("consentement" in self.places or text):
            self.notes.error(
                line,
                "le consentement manque" if not text else "ce consentement n’est pas connu",
                "Écrivez expres, tacite (relation : 2 ans) ou tacite-demande (demande : 6 mois).",
            )
        if basis is Basis.IMPLIED and _INQUIRY.match(words(source)):
            return Basis.INQUIRY
        return basis

    def _given(self, line: int, text: str, wrong: list[int]) -> datetime | None:
        if not text and self.defaults.day:
            return datetime.combine(self.defaults.day, time(), ZONE)
        day = date_columns.read(text, self.order)
        if day and day.year >= _OLDEST and day <= self.moment:
            return day
        if not text and "date" not in self.places:
            return None  # said once, about the titles
        if text and not (day and day > self.moment):
            wrong.append(line)
            return None
        self.notes.error(
            line,
            "la date du consentement est à venir" if day else "la date du consentement manque",
            "Écrivez année-mois-jour en chiffres, par exemple :  2019-02-28",
        )
        return None


def _lines(numbers: Sequence[int]) -> str:
    """Name some lines, and count the others."""
    if len(numbers) == 1:
        return f"ligne {numbers[0]}"
    shown = ", ".join(map(str, numbers[:_NAMED]))
    rest = len(numbers) - _NAMED
    return f"lignes {shown}" + (f" et {rest} autre{'s' if rest > 1 else ''}" if rest > 0 else "")
