"""What the sheets of any workbook become: cells as text, on the lines that a spreadsheet shows.

A line that is struck out or hidden says so in a column of its own, since that is how people take
others off a list.
"""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import NamedTuple

import python_calamine

from axtra.intake import safe_xml
from axtra.subscribers.importing.csv_cells import Row

STRUCK, HIDDEN, PARTLY = "Ligne barrée", "Ligne masquée", "en partie"
LAST_LINE = 1_048_576  # that a spreadsheet has
MOST_COLUMNS = 200
PROTECTED = "un mot de passe protège ce fichier"
_MOST_LINES = 50_000  # that hold something


class Sheet(NamedTuple):
    """The lines of a sheet, and its day 0: some books of Excel count days from 1904.

    `marks` says, by their numbers, which lines are struck out or hidden.
    """

    rows: list[Row]
    first: date
    marks: Mapping[int, str]


class NotExcelError(Exception):
    """The file is something else, or does not open; its message says what, in French."""


class MacrosError(Exception):
    """The file holds programs."""


def visible_lines(data: bytes) -> dict[str, list[Row]]:
    """Return the lines of each visible sheet that holds something, by its name.

    Raises:
        PasswordError: the file is protected.
        ValueError, CalamineError: it is damaged.
        EndlessXmlError: it has more lines than anybody types.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = {
            sheet.name: list(
                full_lines(
                    row[:MOST_COLUMNS]
                    for row in book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                )
            )
            for sheet in book.sheets_metadata
            if sheet.visible is python_calamine.SheetVisibleEnum.Visible
            if sheet.typ is python_calamine.SheetTypeEnum.WorkSheet
        }
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # what Rust did not expect
            raise ValueError from error
        raise
    return {name: lines for name, lines in found.items() if lines}


def full_lines(lines: Iterable[Iterable[object]]) -> Iterator[Row]:
    """Yield the lines that hold something, with their numbers, without the empty cells at the end.

    Raises:
        EndlessXmlError: there are more than anybody types.
    """
    kept = 0
    for number, cells in enumerate(lines, start=1):
        texts = [text_of(value) for value in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            kept += 1
            yield number, texts
        if kept > _MOST_LINES:
            raise safe_xml.EndlessXmlError


def strike(cells: Iterable[tuple[str, bool]]) -> str:
    """Say whether a line is struck out: all of it or all of its addresses, a part of it, or "".

    Args:
        cells: what each cell says, and whether it is struck out.
    """
    full = [(text, struck) for text, struck in cells if text]
    mails = [struck for text, struck in full if "@" in text]
    if not any(struck for _, struck in full):
        return ""
    return "oui" if all(mails or (struck for _, struck in full)) else PARTLY


def marked(
    lines: list[Row], struck: Mapping[int, str], hidden: Collection[int], first_day: date
) -> Sheet:
    """Return a sheet of lines of one width; below the titles, those struck out or hidden say so.

    Args:
        lines: those that hold something.
        struck: what `strike` says of them, by their numbers.
        hidden: the numbers of those that do not show.
        first_day: its day 0.
    """
    width = max((len(texts) for _, texts in lines), default=0)
    first = next((number for number, texts in lines if "@" in "".join(texts)), 0)
    numbers = {number for number, _ in lines if number >= first}
    marks = (
        (STRUCK, {number: struck[number] for number in numbers if struck.get(number)}),
        (HIDDEN, dict.fromkeys(numbers.intersection(hidden), "masquée")),
    )
    made: list[Row] = []
    for number, texts in lines:
        row = texts + [""] * (width - len(texts))
        for title, said in marks:
            if said:
                row.append(title if number < first else said.get(number, ""))
        made.append((number, row))
    said = {
        number: f"{STRUCK.lower()} {how}".removesuffix(" oui")
        for number, how in struck.items()
        if how
    }
    return Sheet(made, first_day, dict.fromkeys(hidden, HIDDEN.lower()) | said)


def text_of(value: object) -> str:
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
