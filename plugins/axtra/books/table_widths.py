"""Makes the tables of a PDF hold on their sheet: what is wider than paper would be lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from lxml.html import HtmlElement

# What a letter takes, in mm, and what stands between two columns: those of `pdf.css`.
_LETTER, _GAP = 1.85, 4.0
_SMALL_LETTER, _SMALL_GAP = 1.4, 2.0
_COLUMN, _SHEET, _TURNED_SHEET = 122.0, 173.9, 239.4  # mm
_LONGEST = 24  # letters; a longer word is cut rather than its column widened
_LONG_CELL = 80  # letters
_BREAK = re.compile(r"[\s-]+")


def fit(root: HtmlElement) -> None:
    """Set the class and the columns of each table that would overflow.

    A head is repeated on each page, and a row kept on one, only when both are short: a head that
    does not hold beside a row would be left out.
    """
    for table in root.iter("table"):
        for part in (*table.iter("thead"), *table.iter("tr")):
            if any(len(cell.text_content()) > _LONG_CELL for cell in part.iter("th", "td")):
                part.classes.add("longue")
        _fit(table, free="corps" in table.getparent().classes)


def _fit(table: HtmlElement, *, free: bool) -> None:
    """Fit a table; `free` tells whether it may take both columns, and a sheet of its own."""
    words, room = _longest_words(table), _SHEET if free else _COLUMN
    capped = [min(letters, _LONGEST) for letters in words]
    small = _width(capped, _LETTER, _GAP) > room
    if not small and capped == words:
        return
    if small:
        table.classes.add("serree")
    if free and _width(capped, _SMALL_LETTER, _SMALL_GAP) > room:
        table.classes.add("tournee")
    table.classes.add("reglee")
    columns = table.makeelement("colgroup")
    for letters in capped:
        share = 100 * (letters + 2) / sum(each + 2 for each in capped)
        columns.append(columns.makeelement("col", {"style": f"width: {share:.2f}%"}))
    table.insert(1 if table.find("caption") is not None else 0, columns)


def _longest_words(table: HtmlElement) -> list[int]:
    """List the letters of the longest word of each column."""
    rows = [list(_cells(row)) for row in table.iter("tr")]
    return [max(column) for column in zip_longest(*rows, fillvalue=0)]


def _cells(row: HtmlElement) -> Iterator[int]:
    """Yield the letters of the longest word for each column of a row; a wide cell asks nothing."""
    for cell in row.iterchildren("th", "td"):
        wide = int(cell.get("colspan") or 1)
        yield from [max(map(len, _BREAK.split(cell.text_content())))] if wide == 1 else [0] * wide


def _width(letters: Sequence[int], letter: float, gap: float) -> float:
    return sum(letters) * letter + gap * (len(letters) - 1)
