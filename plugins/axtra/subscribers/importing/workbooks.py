"""An Excel file, opened with care: the cells of each sheet as text, on the lines of Excel.

The file comes from outside: it may be a bomb, hold macros, or say that it has a billion lines. Its
formulas are never computed: what Excel computed last is read. A line that is struck out or hidden
says so in a column of its own, since that is how people take others off a list.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import openpyxl

from axtra.intake import safe_xml
from axtra.subscribers.importing.csv_cells import Row
from infolettre.core.diagnostics import Notes

STRUCK, HIDDEN = "Ligne barrée", "Ligne masquée"
_ZIP = b"PK\x03\x04"
_OTHERS = (
    (
        b"\xd0\xcf\x11\xe0",
        "c’est un ancien fichier Excel (.xls), ou un fichier protégé par un mot de passe",
    ),
    (b"%PDF", "c’est un PDF"),
)
_MOST = 200_000_000  # bytes of all that is unpacked
_MOST_XML = 64_000_000  # bytes of one of its files
_MOST_ELEMENTS = 4_000_000
_MOST_FILES = 2_000
_MOST_LINES, _LAST_LINE = 50_000, 1_048_576  # lines that hold something; the last that Excel has
_MOST_COLUMNS = 200
_AS_EXCEL = "Dans Excel : Enregistrer sous, « Classeur Excel (.xlsx) », sans mot de passe."
_DAMAGE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError,
    OSError, RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class _NotExcelError(Exception):
    """The file is something else; its message says what, in French."""


class _MacrosError(Exception):
    """The file holds programs."""


def is_workbook(data: bytes) -> bool:
    """Return whether a file is for this module: a file of Excel, or what people take for one."""
    return data.startswith((_ZIP, *(start for start, _ in _OTHERS)))


class Sheet(NamedTuple):
    """The lines of a sheet, and its day 0: some books of Excel count days from 1904."""

    rows: list[Row]
    first: date


def sheets(data: bytes, notes: Notes) -> dict[str, Sheet]:
    """Return the lines of each visible sheet that holds something, by its name.

    Shape: the number of a line is that of Excel; a line has as many cells as it needs.

    Args:
        data: the file.
        notes: receives why it cannot be read; nothing is returned then.
    """
    try:
        hidden: dict[str, set[int]] = {}
        clean = _clean(data, hidden)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of looks that are not read
            return dict(_read(clean, hidden))
    except _NotExcelError as error:
        notes.error("excel-illisible", None, str(error), _AS_EXCEL)
    except _MacrosError:
        problem = "ce fichier contient des macros, c’est-à-dire des programmes"
        notes.error("excel-macros", None, problem, _AS_EXCEL)
    except safe_xml.EndlessXmlError:
        notes.error(
            "excel-trop-grand",
            None,
            "ce fichier contient trop pour être ouvert sans risque",
            "Copiez les lignes utiles dans un classeur neuf, et importez celui-ci.",
        )
    except (*_DAMAGE, safe_xml.MalformedXmlError):
        problem = "ce n’est pas un fichier CSV, et ce fichier Excel est abîmé"
        notes.error("excel-illisible", None, problem, _AS_EXCEL)
    return {}


def _clean(data: bytes, hidden: dict[str, set[int]]) -> bytes:
    """Return the file with nothing but XML that was inspected.

    Args:
        data: the file.
        hidden: receives the hidden lines of each part.
    """
    for start, what in _OTHERS:
        if data.startswith(start):
            raise _NotExcelError(what)
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "mimetype" in names:
        raise _NotExcelError("c’est un fichier de LibreOffice")
    if not any(name.startswith("xl/") for name in names):
        raise _NotExcelError("ce n’est pas un fichier Excel")
    if any("vbaproject" in name.lower() or "macrosheet" in name.lower() for name in names):
        raise _MacrosError
    if len(entries) > _MOST_FILES:
        raise safe_xml.EndlessXmlError
    left = _MOST
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as target:
        for name in dict.fromkeys(entry.filename for entry in entries):
            if PurePosixPath(name).suffix.lower() not in {".xml", ".rels"}:
                continue  # images, printers: nothing of a list
            size = archive.getinfo(name).file_size
            left -= size
            if left < 0 or size > _MOST_XML:
                raise safe_xml.EndlessXmlError
            part = archive.read(name)
            _inspect(part, hidden.setdefault(name.lstrip("/"), set()))
            target.writestr(name, part)
    return made.getvalue()


def _inspect(part: bytes, hidden: set[int]) -> None:
    """Refuse a part that is dangerous; note its hidden lines."""
    lines = 0

    def visit(name: str, attributes: dict[str, str]) -> None:
        nonlocal lines
        if name != "row":
            return
        lines += 1
        number = int(attributes.get("r", lines))
        if number > _LAST_LINE:
            raise safe_xml.EndlessXmlError
        if attributes.get("hidden") in {"1", "true"}:
            hidden.add(number)

    safe_xml.inspect(part, most=_MOST_ELEMENTS, visit=visit)


def _read(clean: bytes, hidden: dict[str, set[int]]) -> Iterator[tuple[str, Sheet]]:
    book = openpyxl.load_workbook(
        io.BytesIO(clean), read_only=True, data_only=True, keep_links=False
    )
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()  # what a file announces is not believed
            part = sheet._worksheet_path.lstrip("/")  # noqa: SLF001 - nothing else names it
            rows = list(_rows(sheet.iter_rows(max_col=_MOST_COLUMNS), hidden.get(part, set())))
            if rows:
                yield str(sheet.title), Sheet(rows, book.epoch.date())
    finally:
        book.close()


def _rows(lines: Iterable[tuple[Any, ...]], hidden: set[int]) -> Iterator[Row]:
    """Yield the lines that hold something; those that are struck out or hidden say so."""
    kept: list[tuple[int, list[str], bool]] = []
    for number, cells in enumerate(lines, start=1):
        texts = [_text(cell.value) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            kept.append((number, texts, _is_struck(cells)))
        if len(kept) > _MOST_LINES:
            raise safe_xml.EndlessXmlError
    width = max((len(texts) for _, texts, _ in kept), default=0)
    first = next((number for number, texts, _ in kept if "@" in "".join(texts)), 0)
    marks = (
        (STRUCK, "oui", {number for number, _, struck in kept if struck and number >= first}),
        (HIDDEN, "masquée", hidden.intersection(n for n, _, _ in kept if n >= first)),
    )
    for number, texts, _ in kept:
        row = texts + [""] * (width - len(texts))
        for title, word, marked in marks:
            if marked:
                row.append(title if number < first else word if number in marked else "")
        yield number, row


def _is_struck(cells: Iterable[Any]) -> bool:
    """Return whether every cell of a line that holds something is struck out."""
    full = [cell for cell in cells if _text(cell.value)]
    return all(getattr(cell.font, "strike", False) for cell in full)


def _text(value: object) -> str:
    """Return what a cell holds as it would be typed."""
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case datetime() if value.time() == time():
            return f"{value:%Y-%m-%d}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case float() if math.isfinite(value) and value.is_integer():
            return str(int(value))
        case str() if value.startswith("#") and value.endswith(("!", "?", "/A")):
            return ""  # an error of Excel
        case _:
            return str(value).strip()
