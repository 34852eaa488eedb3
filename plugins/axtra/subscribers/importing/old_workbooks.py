"""A file of Excel before 2007 (.xls): what it holds, and which lines are struck out or hidden.

Calamine reads the cells, as it does those of other workbooks; xlrd alone reads how they look.
"""

from __future__ import annotations

import io
from datetime import date

import python_calamine
import xlrd

from axtra.intake import safe_xml
from axtra.subscribers.importing.sheet_cells import (
    PROTECTED,
    MacrosError,
    NotExcelError,
    Sheet,
    marked,
    strike,
    visible_lines,
)

OLE = b"\xd0\xcf\x11\xe0"  # how files of Office began, and a protected one still does
_MOST = 20_000_000  # bytes; such a file is not compressed
_PROTECTED, _MACROS = (name.encode("utf-16-le") for name in ("EncryptedPackage", "_VBA_PROJECT"))
_FIRST = {0: date(1899, 12, 30), 1: date(1904, 1, 1)}


def sheets(data: bytes) -> dict[str, Sheet]:
    """Return the lines of each visible sheet that holds something, by its name.

    Raises:
        NotExcelError: a password protects it.
        MacrosError: it holds programs.
        EndlessXmlError: it holds too much.
        Exception: any other means that it is damaged.
    """
    if len(data) > _MOST:
        raise safe_xml.EndlessXmlError
    if _PROTECTED in data:
        raise NotExcelError(PROTECTED)
    if _MACROS in data:
        raise MacrosError
    try:
        found = visible_lines(data)
        looks = xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO(), on_demand=True
        )
    except python_calamine.PasswordError:
        raise NotExcelError(PROTECTED) from None
    made = {}
    for name, lines in found.items():
        look = looks.sheet_by_name(name)
        struck = {
            number: strike(
                (text, bool(text) and _is_struck(looks, look, number - 1, column))
                for column, text in enumerate(texts)
            )
            for number, texts in lines
        }
        hidden = {at + 1 for at, row in look.rowinfo_map.items() if row.hidden}
        made[name] = marked(lines, struck, hidden, _FIRST[looks.datemode])
    return made


def _is_struck(looks: xlrd.book.Book, look: xlrd.sheet.Sheet, at: int, column: int) -> bool:
    font = looks.font_list[looks.xf_list[look.cell_xf_index(at, column)].font_index]
    return bool(font.struck_out)
