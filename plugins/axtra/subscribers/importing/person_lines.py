"""The people of a list: a person for each line below the titles; each bad line is named.

No message quotes an address or a name: a diagnostic may end in a log, and the number of the line
is enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType

from axtra.subscribers.addresses import AddressError, folded, normalized, unwrapped
from axtra.subscribers.importing import (
    csv_cells,
    date_columns,
    departures,
    greeting_names,
    mistyped_addresses,
)
from axtra.subscribers.importing.columns import FULL_NAME
from axtra.subscribers.importing.csv_cells import Row, words
from axtra.subscribers.register.consent import Basis, Consent
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Diagnostic, Notes

_OLDEST = 1990
_LONGEST = 200  # characters of a cell that are kept
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
_FORMULA = re.compile(r"^'([=+@-])")  # as `columns.write` makes them harmless
_INQUIRY = re.compile(r"demande\b")
_SEVERAL = re.compile(r"[^\s<>()\[\],;/|\"]+@[^\s<>()\[\],;/|\"]+[^\s<>()\[\],;/|\".]")
_NO_DATE = "cette date n’existe pas"
_UNCLEAR = "est-ce le jour ou le mois qui vient d’abord dans la date?"


@dataclass(frozen=True, slots=True)
class ImportedPerson:
    """A person of a file, from a line without errors."""

    line: int
    address: str
    first_name: str
    last_name: str
    consent: Consent


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the person who imports states for a file without such columns."""

    basis: Basis | None = None
    day: date | None = None
    source: str = ""
    order: date_columns.Order | None = None
    proof: str = ""  # where the evidence is, beside the file


def refuse_damaged(line: int, notes: Notes) -> None:
    """Note that the accents of a line were lost before the file was made."""
    notes.error(
        "accents-abimes",
        line,
        "les accents de cette ligne sont perdus ou écrits deux fois",
        "Exportez la liste de nouveau, en UTF-8, sans l’ouvrir dans un autre logiciel.",
    )


@dataclass(slots=True)
class PersonLines:
    """Reads the lines below the titles; `counted` is the day 0 of a workbook."""

    name: str
    moment: datetime
    defaults: Defaults
    places: Mapping[str, list[int]]
    notes: Notes
    counted: date | None = None
    repeated: list[int] = field(default_factory=list)  # lines that say again what another says
    refused: dict[int, list[str]] = field(default_factory=dict)  # why, by line
    seen: dict[str, ImportedPerson] = field(default_factory=dict)
    order: date_columns.Order | None = None

    def addresses(self, rows: Sequence[Row], lines: frozenset[int] | None) -> tuple[str, ...]:
        """Return the addresses of some lines, or of all lines, and note the bad addresses."""
        addresses: dict[str, str] = {}
        for line, row in rows:
            if lines is None or line in lines:
                address = self._address(line, row)
                if address:
                    addresses.setdefault(folded(address), address)
        return tuple(addresses.values())

    def people(self, rows: Sequence[Row]) -> Iterator[ImportedPerson]:
        """Yield the person of each good line; the same person and consent twice count once."""
        dates = [self._cell(row, "date") for _, row in rows]
        self.order = self.defaults.order or date_columns.order(dates)
        unclear = [
            line
            for (line, _), text in zip(rows, dates, strict=True)
            if self.order is None and date_columns.is_unclear(text)
        ]
        if unclear:
            self.notes.error(
                "csv-ordre-des-dates",
                unclear[0],
                f"{_lines(unclear)} : {_UNCLEAR}",
                "Ajoutez à la commande :  --dates jour-mois   ou   --dates mois-jour",
            )
        said = len(self.notes.found)
        wrong: list[int] = []
        for line, row in rows:
            person = self._person(line, row, wrong, said_already=line in unclear)
            if person is None:
                continue
            key = folded(person.address)
            former = self.seen.setdefault(key, person)
            if former is person:
                self._doubt(person)
                yield person
            elif (former.consent.basis, former.consent.given) == (
                person.consent.basis,
                person.consent.given,
            ):
                self.repeated.append(line)
            else:
                again = f"la même adresse est à la ligne {former.line}, avec un autre consentement"
                self.refused[line] = [again]
                self.notes.error(
                    "csv-personne-en-double", line, again, "Gardez une seule des deux lignes."
                )
        if wrong:
            several = f"{_lines(wrong)} : " if len(wrong) > 1 else ""
            self.notes.found.insert(
                said,
                Diagnostic(
                    self.name,
                    wrong[0],
                    "csv-date",
                    f"{several}{_NO_DATE}",
                    "Écrivez année-mois-jour en chiffres, par exemple :  2019-02-28",
                ),
            )

    def _person(
        self, line: int, row: Sequence[str], wrong: list[int], *, said_already: bool
    ) -> ImportedPerson | None:
        before, bad = len(self.notes.found), len(wrong)
        address = self._address(line, row)
        source = self._cell(row, "source") or self.defaults.source
        given = None if said_already else self._given(line, self._cell(row, "date"), wrong)
        basis = self._basis(line, self._cell(row, "consentement"), source)
        if not source and "source" in self.places:
            self.notes.error(
                "csv-source",
                line,
                "la source du consentement manque",
                "Dites d’où il vient, par exemple :  formulaire d’adhésion 2019",
            )
        if len(row) <= max(max(indexes) for indexes in self.places.values()):
            self.notes.error(
                "csv-ligne-courte",
                line,
                "la ligne a moins de champs que la première",
                "Complétez-la; un champ vide se note par un séparateur.",
            )
        ours = ["".join(row[at : at + 1]) for at in self._ours()]
        if any(map(csv_cells.is_damaged, ours)):
            refuse_damaged(line, self.notes)
        if any(map(departures.says_so_in_words, ours)):
            self.notes.error(
                "csv-depart-ecrit",
                line,
                "un nom ou une source semble dire que cette personne ne veut plus rien recevoir",
                "Ôtez cette ligne, ou ces mots s’ils parlent d’autre chose.",
            )
        reasons = [found.problem for found in self.notes.found[before:]]
        reasons += [_NO_DATE] if len(wrong) > bad else []
        reasons += [_UNCLEAR] if said_already else []
        if reasons or basis is None or given is None or not source:
            self.refused[line] = reasons or ["il manque ce qui prouve son consentement"]
            return None
        first, last = self._names(row)
        return ImportedPerson(
            line,
            address,
            greeting_names.cleaned(first, last),
            last,
            Consent(basis, given, source, self._proof(line)),
        )

    def _proof(self, line: int) -> str:
        beside = f"; {self.defaults.proof}" if self.defaults.proof else ""
        return f"{self.name}, ligne {line}{beside}"

    def _names(self, row: Sequence[str]) -> tuple[str, str]:
        first, last = greeting_names.parted(self._cell(row, FULL_NAME))
        return self._cell(row, "prenom") or first, self._cell(row, "nom") or last

    def _ours(self) -> Iterator[int]:
        for indexes in self.places.values():
            yield from indexes

    def _cells(self, row: Sequence[str], column: str) -> list[str]:
        """Return the cells that are not empty; no control character may reach a mail."""
        cells = []
        for index in self.places.get(column, ()):
            text = unicodedata.normalize("NFC", row[index]) if index < len(row) else ""
            plain = "".join(sign if sign.isprintable() else " " for sign in text)
            cell = _FORMULA.sub(r"\1", " ".join(plain.split()))[:_LONGEST]
            if cell:
                cells.append(cell)
        return cells

    def _cell(self, row: Sequence[str], column: str) -> str:
        return next(iter(self._cells(row, column)), "")

    def _address(self, line: int, row: Sequence[str]) -> str:
        addresses = [
            address for cell in self._cells(row, "adresse") for address in _addresses(cell)
        ]
        if len(set(map(folded, addresses))) > 1:
            self.notes.error(
                "csv-deux-adresses",
                line,
                "cette ligne a deux adresses de courriel",
                "Gardez celle à laquelle la personne a consenti.",
            )
            return ""
        try:
            return normalized(next(iter(addresses), ""))
        except AddressError as error:
            self.notes.error(
                "csv-adresse-invalide",
                line,
                error.problem,
                "Corrigez l’adresse, ou retirez cette ligne.",
            )
            return ""

    def _doubt(self, person: ImportedPerson) -> None:
        if doubt := mistyped_addresses.doubt(person.address):
            self.notes.warning(
                "csv-adresse-douteuse",
                person.line,
                doubt,
                "Corrigez cette adresse dans le fichier, ou laissez-la si elle est bonne.",
            )

    def _basis(self, line: int, text: str, source: str) -> Basis | None:
        said = re.sub(r"\b(consentement|consent)\b", "", words(text)).strip()
        basis = _BASES.get(said) if text else self.defaults.basis
        if basis is None and ("consentement" in self.places or text):
            self.notes.error(
                "csv-consentement",
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
        day = date_columns.read(text, self.order, counted=self.counted)
        if day and day.year >= _OLDEST and day <= self.moment:
            return day
        if not text and "date" not in self.places:
            return None  # already noted for the titles
        if text and not (day and day > self.moment):
            wrong.append(line)
            return None
        self.notes.error(
            "csv-date",
            line,
            "la date du consentement est à venir" if day else "la date du consentement manque",
            "Écrivez année-mois-jour en chiffres, par exemple :  2019-02-28",
        )
        return None


def _addresses(cell: str) -> list[str]:
    """Return the addresses of a cell; what is not quite an address stays as it was typed."""
    if cell.count("@") > 1 and (several := _SEVERAL.findall(cell)):
        return list(map(unwrapped, several))
    return [unwrapped(cell)]


def _lines(numbers: Sequence[int]) -> str:
    """Return the first few line numbers, and how many others there are."""
    if len(numbers) == 1:
        return f"ligne {numbers[0]}"
    shown = ", ".join(map(str, numbers[:_NAMED]))
    rest = len(numbers) - _NAMED
    return f"lignes {shown}" + (f" et {rest} autre{'s' if rest > 1 else ''}" if rest > 0 else "")
