"""A list of centres as somebody keeps it in a spreadsheet: a sheet for each line that has no error.

What the directory has already is never changed: its centres say what changed, each for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from axtra.content.editing import EditableText
from axtra.content.frontmatter import slugify
from axtra.content.loading import Folders, Reading
from axtra.content.model import Centre, Library
from axtra.content.schema import Type
from axtra.network import sheets
from axtra.subscribers.importing import date_columns, layouts
from axtra.subscribers.importing.csv_cells import Row, Table, words
from axtra.subscribers.importing.sheet_cells import HIDDEN, STRUCK
from infolettre.core.diagnostics import Notes, Severity, count, did_you_mean, errors
from infolettre.core.refusals import DiagnosedRefusal, Refusal

ADDED, KNOWN, REFUSED, ASIDE = "ajoutée", "déjà là", "refusée", "laissée de côté"
_FRONT = 10  # first lines, among which the titles are looked for
_OTHERS: Mapping[str, str] = {
    title: name
    for name, titles in {
        "nom": "centre,organisme,organisation,nom de l organisme,nom du centre",
        "adresse": "adresse civique,adresse postale,rue,numero et rue",
        "ville": "municipalite,localite",
        "code-postal": "cp",
        "region": "region administrative",
        "telephone": "tel,no de telephone,numero de telephone",
        "courriel": "email,e mail,adresse courriel,courriel general",
        "site": "site web,site internet,web,url",
        "specialites": "specialite,services,services offerts",
        "publics": "public,clientele,clienteles",
        "langues": "langue,langues de service",
        "heures": "horaire,heures d ouverture,heures",
        "coordonnees": "latitude et longitude",
        "verifie": "verifie le,verifiee le,derniere verification",
        sheets.PRESENTATION: "description,texte",
    }.items()
    for title in titles.split(",")
}
_SEPARATED = {Type.CATEGORIES: r"[;,\n]", Type.LINES: r"[;\n]", Type.HOURS: r"[;\n]"}
_POSTAL = re.compile(r"([A-Z]\d[A-Z])[ -]?(\d[A-Z]\d)")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/\S*)?")


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """What becomes of a line: its number, the name of its centre, its fate, and why it is so."""

    number: int
    name: str
    fate: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedList:
    """A list, read.

    Attributes:
        files: the sheets to write, by the names of their files in the project.
        lines: what becomes of each line below the titles.
        ignored: the titles of the columns that are not read.
    """

    files: Mapping[str, bytes]
    lines: Sequence[ReceivedLine]
    ignored: Sequence[str]

    def counted(self, fate: str) -> int:
        """Count the lines that meet a fate."""
        return sum(line.fate == fate for line in self.lines)

    @property
    def told(self) -> str:
        """Say how many lines meet each fate."""
        return (
            f"{count(self.counted(ADDED), ADDED)}, {self.counted(KNOWN)} {KNOWN}, "
            f"{count(self.counted(REFUSED), REFUSED)}, "
            f"{count(self.counted(ASIDE), 'laissée')} de côté"
        )


def read(
    data: bytes, name: str, root: Path, library: Library, moment: datetime, sheet: str = ""
) -> ReceivedList:
    """Read a list in a file of Excel, LibreOffice or CSV.

    Args:
        data: its bytes.
        name: its name in messages.
        root: the project's folder.
        library: what the project holds.
        moment: now.
        sheet: the name of the sheet to read; by default, the one with the most centres.

    Raises:
        DiagnosedRefusal: the file cannot be read.
        Refusal: it has no such sheet, or no column of names.
    """
    notes = Notes(name)
    tables = layouts.tables(data, notes)
    if not tables:
        raise DiagnosedRefusal(errors(notes.found))
    if sheet and sheet not in tables:
        raise Refusal(
            f"« {name} » n’a pas de feuille « {sheet} ».", did_you_mean(sheet, list(tables))
        )
    titled = {key: _titled(table) for key, table in tables.items() if sheet in {"", key}}
    key = max(titled, key=lambda name: ("nom" in titled[name][1].values(), len(titled[name][2])))
    titles, places, rows = titled[key]
    if "nom" not in places.values():
        raise Refusal(
            f"« {name} » n’a pas de colonne pour le nom des centres.",
            "Sur la première ligne, écrivez « Nom » au-dessus d’eux; les autres colonnes se "
            "nomment comme les clés d’une fiche : adresse, ville, region, telephone…",
        )
    ignored = [title for at, title in enumerate(titles) if at not in places and title.strip()]
    marks = {STRUCK, HIDDEN}
    return _sorted_out(
        list(_read_lines(rows, places, tables[key])),
        [title for title in ignored if title not in marks and "@" not in title],
        root,
        library,
        moment,
    )


def _titled(table: Table) -> tuple[list[str], dict[int, str], list[Row]]:
    """Return the titles of a table, the key of each column that is read, and the lines below."""
    known = {words(key.name): key.name for key in sheets.KIND.keys} | dict(_OTHERS)
    known[sheets.PRESENTATION] = sheets.PRESENTATION
    read_ones = {key.name for key in sheets.asked_keys()} | {"coordonnees", "verifie"}
    read_ones.add(sheets.PRESENTATION)

    def places_of(cells: Sequence[str]) -> dict[int, str]:
        places: dict[int, str] = {}
        for at, cell in enumerate(cells):
            name = known.get(words(cell.partition("(")[0]), "")
            if name in read_ones and name not in places.values():
                places[at] = name
        return places

    front = [places_of(cells) for _, cells in table.rows[:_FRONT]]
    at = max(range(len(front)), key=lambda rank: len(front[rank]))
    return table.rows[at][1], front[at], table.rows[at + 1 :]


def _read_lines(
    rows: Sequence[Row], places: Mapping[int, str], table: Table
) -> Iterator[tuple[int, dict[str, str], str]]:
    """Yield each line that names a centre: its number, its values, why it is left aside."""
    for number, cells in rows:
        values = {
            name: cells[at].strip()
            for at, name in places.items()
            if at < len(cells) and cells[at].strip()
        }
        if not values.get("nom") or len(values) == 1 < len(places):
            continue  # a total, the name of a group, a line without a centre
        yield number, _as_typed(values, table), table.marks.get(number, "")


def _as_typed(values: Mapping[str, str], table: Table) -> dict[str, str]:
    """Return values as a form would send them."""
    made = {}
    for name, value in values.items():
        key = sheets.KIND.key(name)
        text = value
        if key and (separator := _SEPARATED.get(key.type)):
            text = "\n".join(part.strip() for part in re.split(separator, value))
        elif name == "code-postal" and (found := _POSTAL.fullmatch(value.upper())):
            text = " ".join(found.groups())
        elif name == "courriel":
            text = value.removeprefix("mailto:")
        elif name == "site" and _HOST.fullmatch(value):
            text = f"https://{value}"
        elif name == "verifie" and (day := date_columns.read(value, None, counted=table.counted)):
            text = f"{day:%Y-%m-%d}"
        made[name] = text
    return made


def _sorted_out(
    found: Sequence[tuple[int, dict[str, str], str]],
    ignored: Sequence[str],
    root: Path,
    library: Library,
    moment: datetime,
) -> ReceivedList:
    """Say what becomes of each line: what is wrong in a sheet keeps it alone out."""
    taken = {item.slug for item in library.items if isinstance(item, Centre)}
    files: dict[str, bytes] = {}
    lines: dict[str, ReceivedLine] = {}
    others: list[ReceivedLine] = []
    for number, values, aside in found:
        name, slug = values["nom"], slugify(values["nom"])
        file = sheets.KIND.pattern.replace("{slug}", slug)
        if aside or not slug:
            others.append(ReceivedLine(number, name, ASIDE, aside or "son nom n’a pas de lettres"))
        elif slug in taken or file in files or (root / file).exists():
            others.append(ReceivedLine(number, name, KNOWN))
        else:
            try:
                files[file] = _file_of(values)
                lines[file] = ReceivedLine(number, name, ADDED)
            except Refusal as refusal:
                others.append(ReceivedLine(number, name, REFUSED, refusal.problem))
    faults: dict[str, list[str]] = {}
    folders = Folders(root, instead=files, coming=frozenset(files))
    for problem in Reading(folders, moment=moment).found:
        if problem.severity is Severity.ERROR:
            faults.setdefault(problem.file, []).append(problem.problem)
    lines |= {
        file: replace(line, fate=REFUSED, why="; ".join(faults[file]))
        for file, line in lines.items()
        if file in faults
    }
    told = sorted([*lines.values(), *others], key=lambda line: line.number)
    good = {file: data for file, data in files.items() if file not in faults}
    return ReceivedList(good, told, ignored)


def _file_of(values: Mapping[str, str]) -> bytes:
    """Return the file of a sheet.

    Raises:
        Refusal: its presentation is too long, or more than plain text.
    """
    kept = sheets.changed({sheets.PRESENTATION: ""}, values)
    kept |= {name: values[name] for name in ("coordonnees", "verifie") if name in values}
    body = kept.pop(sheets.PRESENTATION, "")
    text = EditableText.of(b"---\n---\n\n").with_fields(sheets.KIND, kept)
    return text.with_body(body).data.rstrip(b"\n") + b"\n"
