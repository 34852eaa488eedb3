"""Charts: the numbers of a table drawn as SVG, for a page, a book or a picture."""

from __future__ import annotations

from axtra.design.charts.canvas import Canvas, Inks
from axtra.design.charts.curves import curves, years
from axtra.design.charts.figures import MOST_PARTS, MOST_SERIES, Chart, Form, Series
from axtra.design.charts.rows import parts, rows

__all__ = [
    "MOST_PARTS", "MOST_SERIES", "NARROW", "WIDE", "Chart", "Form", "Inks", "Series", "draw",
    "years",
]  # fmt: skip

WIDE, NARROW = 592, 335  # px: the column of a text, and that of a telephone


def draw(
    chart: Chart, words: str, *, width: int = WIDE, inks: Inks | None = None, margin: int = 0
) -> str:
    """Return a chart as SVG.

    Args:
        chart: what it shows.
        words: what it says to who does not see it.
        width: in px; below the width of a text, names stand above their rows.
        inks: its colours; without them, the classes of a page give them.
        margin: px of paper around it, beyond its width.
    """
    wide = width >= WIDE - 100
    canvas = Canvas(width, inks)
    match chart.form:
        case Form.LINES:
            curves(chart, canvas, wide=wide)
        case Form.PARTS:
            parts(chart, canvas, wide=wide)
        case _:
            rows(chart, canvas, wide=wide)
    return canvas.svg("trace large" if wide else "trace etroit", words, margin)
