"""A workbook of Excel or LibreOffice, opened with care: the cells of each sheet as text.

The file comes from outside: it may be a bomb, hold macros, or say that it has a billion lines. Its
formulas are never computed: what was computed last is read.
"""

from __future__ import annotations

import codecs
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

import openpyxl
import xlrd
from openpyxl.cell.rich_text import CellRichText, TextBlock
from python_calamine import CalamineError

from axtra.intake import safe_xml
from axtra.subscribers.importing import old_workbooks, open_documents
from axtra.subscribers.importing.sheet_cells import (
    LAST_LINE,
    MOST_COLUMNS,
    MacrosError,
    NotExcelError,
    Sheet,
    full_lines,
    marked,
    strike,
    text_of,
)
from infolettre.core.diagnostics import Notes

_ZIP = b"PK\x03\x04"
_OTHERS = (
    (rb"%PDF", "c’est un PDF"),
    (
        rb"(?i)<(?:!doctype|\?xml|html|head|meta|style|table)\b",
        "c’est une page Web ou du XML, sous le nom d’un fichier Excel",
    ),
)
_MOST = 200_000_000  # bytes of all that is unpacked
_MOST_XML = 64_000_000  # bytes of one of its files
_MOST_ELEMENTS = 4_000_000
_MOST_FILES = 2_000
_AS_EXCEL = "Dans Excel : Enregistrer sous, « Classeur Excel (.xlsx) », sans mot de passe."
_DAMAGE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError,
    OSError, RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def is_workbook(data: bytes) -> bool:
    """Return whether a file is for this module: a file of Excel, or what people take for one."""
    return data.startswith((_ZIP, old_workbooks.OLE)) or bool(_other(data))


def _other(data: bytes) -> str:
    """Say what a file is that people take for one of Excel; "" for anything else."""
    front = data[:512].removeprefix(codecs.BOM_UTF8).lstrip()
    return next((what for start, what in _OTHERS if re.match(start, front)), "")


def sheets(data: bytes, notes: Notes) -> dict[str, Sheet]:
    """Return the lines of each visible sheet that holds something, by its name.

    Shape: the number of a line is that of Excel; a line has as many cells as it needs.

    Args:
        data: the file.
        notes: receives why it cannot be read; nothing is returned then.
    """
    if other := _other(data):
        notes.error("excel-illisible", None, other, _AS_EXCEL)
        return {}
    try:
        if data.startswith(old_workbooks.OLE):
            return old_workbooks.sheets(data)
        if open_documents.is_one(data):
            return open_documents.sheets(data)
        hidden: dict[str, set[int]] = {}
        clean = _clean(data, hidden)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of looks that are not read
            return dict(_read(clean, hidden))
    except NotExcelError as error:
        notes.error("excel-illisible", None, str(error), _AS_EXCEL)
    except MacrosError:
        problem = "ce fichier contient des macros, c’est-à-dire des programmes"
        notes.error("excel-macros", None, problem, _AS_EXCEL)
    except safe_xml.EndlessXmlError:
        notes.error(
            "excel-trop-grand",
            None,
            "ce fichier contient trop pour être ouvert sans risque",
            "Copiez les lignes utiles dans un classeur neuf, et importez celui-ci.",
        )
    except (*_DAMAGE, CalamineError, xlrd.XLRDError, safe_xml.MalformedXmlError):
        problem = "ce n’est pas un fichier CSV, et ce fichier Excel est abîmé"
        notes.error("excel-illisible", None, problem, _AS_EXCEL)
    return {}


def _clean(data: bytes, hidden: dict[str, set[int]]) -> bytes:
    """Return the file with nothing but XML that was inspected.

    Args:
        data: the file.
        hidden: receives the hidden lines of each part.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if not any(name.startswith("xl/") for name in names):
        raise NotExcelError("ce n’est pas un fichier Excel")
    if any("vbaproject" in name.lower() or "macrosheet" in name.lower() for name in names):
        raise MacrosError
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
        if number > LAST_LINE:
            raise safe_xml.EndlessXmlError
        if attributes.get("hidden") in {"1", "true"}:
            hidden.add(number)

    safe_xml.inspect(part, most=_MOST_ELEMENTS, visit=visit)


def _read(clean: bytes, hidden: dict[str, set[int]]) -> Iterator[tuple[str, Sheet]]:
    book = openpyxl.load_workbook(
        io.BytesIO(clean), read_only=True, data_only=True, keep_links=False, rich_text=True
    )
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()  # what a file announces is not believed
            part = sheet._worksheet_path.lstrip("/")  # noqa: SLF001 - nothing else names it
            struck: dict[int, str] = {}
            lines = list(full_lines(_values(sheet.iter_rows(max_col=MOST_COLUMNS), struck)))
            if lines:
                there = hidden.get(part, ())
                yield str(sheet.title), marked(lines, struck, there, book.epoch.date())
    finally:
        book.close()


def _values(lines: Iterable[tuple[Any, ...]], struck: dict[int, str]) -> Iterator[list[object]]:
    """Yield what the cells of each line hold; note the lines that are struck out."""
    for number, cells in enumerate(lines, start=1):
        struck[number] = strike((text_of(cell.value), _is_struck(cell)) for cell in cells)
        yield [cell.value for cell in cells]


def _is_struck(cell: Any) -> bool:  # noqa: ANN401 - of openpyxl
    """Return whether a cell is struck out, or each of its words."""
    if isinstance(cell.value, CellRichText):
        pieces = [piece for piece in cell.value if str(piece).strip()]
        if all(isinstance(piece, TextBlock) and piece.font.strike for piece in pieces):
            return bool(pieces)
    return bool(getattr(cell.font, "strike", False))
