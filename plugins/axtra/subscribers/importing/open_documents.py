"""A spreadsheet of LibreOffice (.ods): what it holds, and which lines are struck out or hidden.

Calamine reads the cells; how they look is read in the file itself. A file says a thousand times a
cell in a few bytes: what it would unfold to is counted before anything unfolds.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

from axtra.intake import safe_xml
from axtra.subscribers.importing import date_columns
from axtra.subscribers.importing.sheet_cells import (
    LAST_LINE,
    MOST_COLUMNS,
    PROTECTED,
    MacrosError,
    NotExcelError,
    Sheet,
    marked,
    strike,
    visible_lines,
)

_TYPE, _CONTENT, _STYLES = "mimetype", "content.xml", "styles.xml"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_MOST_XML = 64_000_000  # bytes
_MOST_ELEMENTS = 4_000_000
_MOST_CELLS = 8_000_000  # down to the last that holds something, empty ones too
_NAMES = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


def is_one(data: bytes) -> bool:
    """Return whether an archive is of LibreOffice."""
    return _TYPE in zipfile.ZipFile(io.BytesIO(data)).namelist()


def sheets(data: bytes) -> dict[str, Sheet]:
    """Return the lines of each visible sheet that holds something, by its name.

    Raises:
        NotExcelError: it is no spreadsheet, or a password protects it.
        MacrosError: it holds programs.
        EndlessXmlError: it holds too much.
        Exception: any other means that it is damaged.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    names = archive.namelist()
    if not archive.read(_TYPE).startswith(_SPREADSHEET):
        raise NotExcelError("c’est un document de LibreOffice qui n’est pas un classeur")
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in names):
        raise MacrosError
    if b"encryption-data" in _part(archive, "META-INF/manifest.xml"):
        raise NotExcelError(PROTECTED)
    content = safe_xml.parse(_part(archive, _CONTENT), most=_MOST_ELEMENTS)
    styles = _struck_styles(content)
    if _STYLES in names:
        common = safe_xml.parse(_part(archive, _STYLES), most=_MOST_ELEMENTS)
        styles = _struck_styles(common, content)
    tables = {
        _get(table, "table:name"): _looks(table, styles)
        for table in content.iterfind(".//office:spreadsheet/table:table", _NAMES)
    }
    made = io.BytesIO()  # with nothing but what was inspected
    with zipfile.ZipFile(made, "w") as clean:
        for name in (_TYPE, "META-INF/manifest.xml", _CONTENT, _STYLES):
            if name in names:
                clean.writestr(name, _part(archive, name))
    return {
        name: marked(lines, looks.struck, looks.hidden, date_columns.FIRST)
        for name, lines in visible_lines(made.getvalue()).items()
        for looks in [tables[name]]
    }


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_XML:
        raise safe_xml.EndlessXmlError
    return archive.read(name)


# --- how it looks --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Looks:
    """What `strike` says of the lines of a sheet, and the numbers of those that are hidden."""

    struck: dict[int, str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


def _struck_styles(*parts: Any) -> frozenset[str]:  # noqa: ANN401 - elements of lxml
    """Return the names of the styles that strike out, those that follow another included."""
    own: dict[str, str | None] = {}
    parents: dict[str, str] = {}
    for part in parts:
        for style in part.iterfind(".//style:style", _NAMES):
            name = _get(style, "style:name")
            words = style.find("style:text-properties", _NAMES)
            said = [_get(words, f"style:text-line-through-{a}") for a in ("style", "type")]
            lines = [line for line in said if line]
            own[name] = (max(lines) if {*lines} - {"none"} else "none") if lines else None
            parents[name] = _get(style, "style:parent-style-name")

    def strikes(name: str, deep: int = 0) -> bool:
        line = own.get(name)
        if line is None:
            return name in parents and deep < len(parents) and strikes(parents[name], deep + 1)
        return line != "none"

    return frozenset(name for name in own if strikes(name))


def _looks(table: Any, struck: frozenset[str]) -> _Looks:  # noqa: ANN401
    """Return which lines are struck out or hidden.

    Raises:
        EndlessXmlError: what is repeated would make too many cells.
    """
    looks, number, width = _Looks(), 0, 0
    columns = [
        _get(column, "table:default-cell-style-name")
        for column in table.iterfind(".//table:table-column", _NAMES)
        for _ in range(min(_times(column, "columns"), MOST_COLUMNS))
    ]
    for row in table.iterfind(".//table:table-row", _NAMES):
        lines, at, full = _times(row, "rows"), 0, []
        for cell in row.iterfind("*"):
            cells = _times(cell, "columns")
            if _get(cell, "office:value-type") or cell.find("text:p", _NAMES) is not None:
                default = _get(row, "table:default-cell-style-name") or "".join(
                    columns[at : at + 1]
                )
                style = _get(cell, "table:style-name") or default
                full.append(("".join(cell.itertext()).strip(), _is_struck(cell, style, struck)))
                width = max(width, at + cells)
            at += cells
        if full and (number + lines > LAST_LINE or (number + lines) * width > _MOST_CELLS):
            raise safe_xml.EndlessXmlError
        here = range(number + 1, number + lines + 1) if full else ()
        looks.struck.update(dict.fromkeys(here, strike(full)))
        if _get(row, "table:visibility") in {"collapse", "filter"}:
            looks.hidden.update(here)
        number += lines
    return looks


def _is_struck(cell: Any, style: str, struck: frozenset[str]) -> bool:  # noqa: ANN401
    """Return whether a cell is struck out, by its style or by that of all its words."""
    if style in struck:
        return True
    spans = cell.findall(".//text:span", _NAMES)
    inside = "".join(
        "".join(span.itertext()) for span in spans if _get(span, "text:style-name") in struck
    )
    return bool(inside) and inside == "".join(cell.itertext()).strip()


def _times(element: Any, what: str) -> int:  # noqa: ANN401
    return max(1, int(_get(element, f"table:number-{what}-repeated") or 1))


def _get(element: Any, name: str) -> str:  # noqa: ANN401
    """Return an attribute; "" without it, or without an element."""
    prefix, _, local = name.partition(":")
    return "" if element is None else str(element.get(f"{{{_NAMES[prefix]}}}{local}", ""))
