"""Makes the tables of a PDF hold on their sheet: what is wider than paper would be lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from lxml.html import HtmlElement

from axtra.books import columns

# What a letter takes, in pt, and what stands between two columns: those of `pdf.css`.
_LETTER, _GAP = 5.0, 11.0
_SMALL_LETTER, _SMALL_GAP = 4.0, 5.5
_COLUMN, _SHEET, _TURNED_SHEET = 245.0, 510.0, 684.0  # pt
_LONGEST = 24  # letters; a longer word is cut rather than its column widened
_LONG_CELL = 80  # letters
_SHORT_TABLE = 700  # letters of a table that no page cuts
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
        _fit(table, _framed(table), free="corps" in table.getparent().classes)


def _framed(table: HtmlElement) -> HtmlElement:
    """Return the box that a table is put in, so that it can be brought back to the baseline."""
    frame: HtmlElement = table.makeelement("div", {"class": "tableau"})
    if len(table.text_content()) < _SHORT_TABLE:
        frame.classes.add("courte")
    frame.tail, table.tail = table.tail, None
    table.addprevious(frame)
    frame.append(table)
    return frame


def _fit(table: HtmlElement, frame: HtmlElement, *, free: bool) -> None:
    """Fit a table; `free` tells whether it may take both columns, and a sheet of its own."""
    words = _longest_words(table)
    capped = [min(letters, _LONGEST) for letters in words]
    wide = _width(capped, _LETTER, _GAP)
    short = "courte" in frame.classes
    if capped == words and wide <= _COLUMN and (short or not free):
        return
    if free:
        frame.classes.add(columns.LARGE)
    small = wide > (_SHEET if free else _COLUMN)
    if not small and capped == words:
        return
    if small:
        table.classes.add("serree")
    if free and _width(capped, _SMALL_LETTER, _SMALL_GAP) > _SHEET:
        frame.classes.add("tournee")
    table.classes.add("reglee")
    sizes = table.makeelement("colgroup")
    for letters in capped:
        share = 100 * (letters + 2) / sum(each + 2 for each in capped)
        sizes.append(sizes.makeelement("col", {"style": f"width: {share:.2f}%"}))
    table.insert(1 if table.find("caption") is not None else 0, sizes)


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
