"""CSV as spreadsheets and mailing services write it: read whole, each bad line named.

Shape: columns `adresse,prenom,nom,consentement,date,source`. No message quotes an address or a
name: a diagnostic may end in a log, the line number is enough.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType

from axtra.core.dates import ZONE
from axtra.subscribers.addresses import AddressError, folded, normalized
from axtra.subscribers.consent import Basis, Consent

COLUMNS = ("adresse", "prenom", "nom", "consentement", "date", "source")
_OLDEST = 1990
_LONGEST = 200  # characters of a cell worth keeping

# What common exports (Excel, listmonk, Mailchimp, Mailjet, Brevo, Google) call the same things.
_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "adresse": (
            "adresse", "courriel", "adresse courriel", "adresse de courriel", "adresse email",
            "adresse e mail", "email", "e mail", "mail", "email address", "e mail address",
            "e mail 1 value", "contact email",
        ),
        "prenom": ("prenom", "first name", "firstname", "given name", "fname"),
        "nom": ("nom", "nom de famille", "last name", "lastname", "family name", "lname", "name"),
        "consentement": ("consentement", "consent", "type de consentement", "consent type"),
        "date": (
            "date", "date du consentement", "date de consentement", "date d inscription",
            "consent date", "confirm time", "optin time", "created at", "subscribed at",
        ),
        "source": ("source", "origine", "provenance", "consent source", "optin source"),
    }
)  # fmt: skip
_COLUMN = {name: column for column, names in _NAMES.items() for name in names}
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
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_FORMULA = re.compile(r"^'([=+@-])")  # as `write` makes them harmless
_INQUIRY = re.compile(r"demande\b")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a line of the file (None: with the whole file), and what to do."""

    file: str
    line: int | None
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place} : {self.problem}.\n    → {self.remedy}"


@dataclass(slots=True)
class Notes:
    """Collects problems, so that one run says everything."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def error(self, line: int | None, problem: str, remedy: str) -> None:
        """Note what keeps a line, or the whole file, out."""
        self.found.append(Problem(self.file, line, problem, remedy))


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: good lines, columns nobody asked for, and every problem."""

    entries: tuple[Entry, ...]
    ignored: tuple[str, ...]
    repeated: int
    problems: tuple[Problem, ...]


def read(data: bytes, name: str, moment: datetime, defaults: Defaults) -> Sheet:
    """Read a CSV file.

    Args:
        data: its bytes: UTF-8, with its mark or not, UTF-16 with its mark, or Windows-1252.
        name: how messages name it.
        moment: a consent later than this is a mistake.
        defaults: what is stated for the whole file.
    """
    notes = Notes(name)
    text = _decode(data, notes)
    rows = _rows(text, notes) if text is not None else []
    if text is not None and not rows and not notes.found:
        notes.error(
            None,
            "le fichier est vide",
            "Exportez la liste de nouveau, avec ses titres.",
        )
    if not rows:
        return Sheet((), (), 0, tuple(notes.found))
    places, ignored = _columns(rows[0], notes, defaults)
    reading = _Reading(name, moment, defaults, places, notes)
    entries = tuple(reading.entries(rows[1:])) if "adresse" in places else ()
    return Sheet(entries, ignored, reading.repeated, tuple(notes.found))


def _decode(data: bytes, notes: Notes) -> str | None:
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    notes.error(
        None,
        "ce n’est pas un fichier CSV",
        "Dans Excel : Enregistrer sous, « CSV UTF-8 (délimité par des virgules) ».",
    )
    return None


def _rows(text: str, notes: Notes) -> list[tuple[int, list[str]]]:
    """Cut into cells; each row has the number of the line on which it starts."""
    lines = text.splitlines(keepends=True)
    offset = 0
    separator = ""
    if lines and (stated := re.fullmatch(r'"?sep=(.)"?\s*', lines[0], re.IGNORECASE)):
        separator, offset = stated[1], 1
    first = next((line for line in lines[offset:] if line.strip()), "")
    separator = separator or max(";,\t", key=lambda sign: (_known(first, sign), first.count(sign)))
    reader = csv.reader(
        io.StringIO("".join(lines[offset:]), newline=""), delimiter=separator, strict=True
    )
    rows: list[tuple[int, list[str]]] = []
    start = offset + 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((start, row))
            start = offset + reader.line_num + 1
    except csv.Error:
        notes.error(
            start,
            "un guillemet droit s’ouvre ici et ne se ferme pas comme il faut",
            'Un champ entre guillemets se ferme par un guillemet; à l’intérieur, doublez-le : "".',
        )
    return rows


def _known(line: str, separator: str) -> int:
    return sum(_words(cell) in _COLUMN for cell in line.split(separator))


def _words(text: str) -> str:
    """Reduce a title to its words: no accent, no capital, no punctuation."""
    bare = unicodedata.normalize("NFKD", text)
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", letters.casefold()))


def _columns(
    first: tuple[int, list[str]], notes: Notes, defaults: Defaults
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Find the columns by their titles."""
    line, titles = first
    places: dict[str, int] = {}
    ignored: list[str] = []
    for index, title in enumerate(titles):
        column = _COLUMN.get(_words(title))
        if column is not None and column not in places:
            places[column] = index
        elif title.strip() and "@" not in title:  # a file without titles shows nobody's address
            ignored.append(title.strip())
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
    return places, tuple(ignored)


@dataclass(slots=True)
class _Reading:
    """The reading of the lines under the titles."""

    name: str
    moment: datetime
    defaults: Defaults
    places: Mapping[str, int]
    notes: Notes
    repeated: int = 0
    seen: dict[str, Entry] = field(default_factory=dict)

    def entries(self, rows: Sequence[tuple[int, list[str]]]) -> Iterator[Entry]:
        """Read every line; the same person twice with the same consent counts once."""
        for line, row in rows:
            entry = self._entry(line, row)
            if entry is None:
                continue
            key = folded(entry.address)
            former = self.seen.setdefault(key, entry)
            if former is entry:
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

    def _entry(self, line: int, row: Sequence[str]) -> Entry | None:
        before = len(self.notes.found)
        address = self._address(line, self._cell(row, "adresse"))
        given = self._given(line, self._cell(row, "date"))
        source = self._cell(row, "source") or self.defaults.source
        basis = self._basis(line, self._cell(row, "consentement"), source)
        if not source and "source" in self.places:
            self.notes.error(
                line,
                "la source du consentement manque",
                "Dites d’où il vient, par exemple :  formulaire d’adhésion 2019",
            )
        width = len(row) - max(self.places.values()) - 1
        if width < 0:
            self.notes.error(
                line,
                "la ligne a moins de champs que la première",
                "Complétez-la; un champ vide se note par un séparateur.",
            )
        if len(self.notes.found) > before or basis is None or given is None or not source:
            return None
        proof = f"{self.name}, ligne {line}"
        return Entry(
            line,
            address,
            self._cell(row, "prenom"),
            self._cell(row, "nom"),
            Consent(basis, given, source, proof),
        )

    def _cell(self, row: Sequence[str], column: str) -> str:
        """Give a cell on one line: no control sign may reach a header of a mail."""
        index = self.places.get(column, len(row))
        text = unicodedata.normalize("NFC", row[index]) if index < len(row) else ""
        plain = "".join(one if one.isprintable() else " " for one in text)
        return _FORMULA.sub(r"\1", " ".join(plain.split()))[:_LONGEST]

    def _address(self, line: int, text: str) -> str:
        try:
            return normalized(text)
        except AddressError as error:
            self.notes.error(line, str(error), "Corrigez l’adresse, ou retirez cette ligne.")
            return ""

    def _basis(self, line: int, text: str, source: str) -> Basis | None:
        basis = _BASES.get(_words(text)) if text else self.defaults.basis
        if basis is None and ("consentement" in self.places or text):
            self.notes.error(
                line,
                "le consentement manque" if not text else "ce consentement n’est pas connu",
                "Écrivez expres, tacite (relation : 2 ans) ou tacite-demande (demande : 6 mois).",
            )
        if basis is Basis.IMPLIED and _INQUIRY.match(_words(source)):
            return Basis.INQUIRY
        return basis

    def _given(self, line: int, text: str) -> datetime | None:
        if not text and self.defaults.day:
            return datetime.combine(self.defaults.day, time(), ZONE)
        found = _DAY.fullmatch(text)
        try:
            day = datetime(*map(int, found.groups()), tzinfo=ZONE) if found else None  # type: ignore[misc,arg-type]
        except ValueError:
            day = None
        if day and day.year >= _OLDEST and day <= self.moment:
            return day
        if not text and "date" not in self.places:
            return None  # said once, about the titles
        late = "la date du consentement est à venir" if day and day > self.moment else ""
        self.notes.error(
            line,
            late or ("la date du consentement manque" if not text else "cette date n’existe pas"),
            "Écrivez année-mois-jour en chiffres, par exemple :  2019-02-28",
        )
        return None


def write(rows: Sequence[Sequence[str]], columns: Sequence[str] = COLUMNS) -> bytes:
    """Write a CSV file that Excel in French opens with its accents and its columns.

    A cell that a spreadsheet would take for a formula starts with an apostrophe, addresses too:
    anyone may choose theirs, and `read` takes the apostrophe away again.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(map(_inert, row) for row in rows)
    return codecs.BOM_UTF8 + text.getvalue().encode()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
