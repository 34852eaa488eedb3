"""A workbook of Excel as older files, and those of LibreOffice, hold the same."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from html import escape
from typing import Any

import openpyxl
import xlwt
from openpyxl.cell.cell import MergedCell

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2"'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
)
_STYLES = (
    '<office:automatic-styles><style:style style:name="barre" style:family="table-cell">'
    '<style:text-properties style:text-line-through-style="solid"'
    ' style:text-line-through-type="single"/></style:style>'
    '<style:style style:name="barre2" style:family="table-cell"'
    ' style:parent-style-name="barre"/>'
    '<style:style style:name="cachee" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
)
_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def as_xls(data: bytes) -> bytes:
    """Return a workbook in the format of Excel before 2007."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    made = xlwt.Workbook(encoding="utf-8")
    made.dates_1904 = book.epoch.year > 1900
    styles = {
        (struck, dated): xlwt.easyxf(
            f"font: struck_out {'on' if struck else 'off'}",
            num_format_str="YYYY-MM-DD" if dated else "General",
        )
        for struck in (False, True)
        for dated in (False, True)
    }
    for sheet in book.worksheets:
        target = made.add_sheet(sheet.title, cell_overwrite_ok=True)
        target.visibility = 0 if sheet.sheet_state == "visible" else 1
        for at, cells in enumerate(sheet.iter_rows()):
            target.row(at).hidden = bool(sheet.row_dimensions[at + 1].hidden)
            for cell in cells:
                if not isinstance(cell, MergedCell) and cell.value is not None:
                    style = styles[bool(cell.font.strike), isinstance(cell.value, date)]
                    target.write(at, cell.column - 1, cell.value, style)
        for area in sheet.merged_cells.ranges:
            first, last = (area.min_row - 1, area.max_row - 1), (area.min_col - 1, area.max_col - 1)
            target.merge(*first, *last)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def as_ods(data: bytes) -> bytes:
    """Return a workbook in the format of LibreOffice, whose empty cells and lines are repeated."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    tables = []
    for sheet in book.worksheets:
        hidden = "" if sheet.sheet_state == "visible" else ' table:style-name="cachee"'
        lines = "".join(
            _line(cells, hidden=bool(sheet.row_dimensions[at].hidden))
            for at, cells in enumerate(sheet.iter_rows(), start=1)
        )
        tables.append(
            f'<table:table table:name="{escape(sheet.title)}"{hidden}>'
            f'<table:table-column table:number-columns-repeated="1024"/>{lines}'
            '<table:table-row table:number-rows-repeated="1048000">'
            '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
            "</table:table>"
        )
    return packed(
        f"{_HEAD}{_STYLES}<office:body><office:spreadsheet>{''.join(tables)}"
        "</office:spreadsheet></office:body></office:document-content>"
    )


def packed(content: str, manifest: str = _MANIFEST, **more: str) -> bytes:
    """Return a file of LibreOffice with some content, and other parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", _TYPE)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
        for name, part in more.items():
            archive.writestr(name, part)
    return file.getvalue()


def _line(cells: tuple[Any, ...], *, hidden: bool) -> str:
    look = ' table:visibility="filter"' if hidden else ""
    return f"<table:table-row{look}>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(cell: Any) -> str:
    if isinstance(cell, MergedCell):
        return "<table:covered-table-cell/>"
    value = cell.value
    if value is None:
        return "<table:table-cell/>"
    style = ' table:style-name="barre2"' if cell.font.strike else ""
    words = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    match value:
        case datetime() | date():
            typed = f'"date" office:date-value="{value:%Y-%m-%d}"'
        case int() | float():
            typed = f'"float" office:value="{value}"'
        case _:
            typed = '"string"'
    return f"<table:table-cell{style} office:value-type={typed}>{words}</table:table-cell>"
