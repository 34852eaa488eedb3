"""Charts in lines: a series along years or other steps, the first number and the last one told."""

from __future__ import annotations

import re

from axtra.design import text_widths
from axtra.design.charts.canvas import LEADING, SIZE, SMALL, Canvas, Point
from axtra.design.charts.figures import FEW, Chart, Series
from axtra.design.charts.scale import Scale, written

_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_MARKS = 4
_AIR = 10.0  # px between a line and what is said of it
_LEADING = 16.0  # px between two lines of a name
_APART = 14.0  # px between two names on the axis


def curves(chart: Chart, canvas: Canvas, *, wide: bool) -> None:
    """Draw one or several lines."""
    top = canvas.legend(chart.series, 0.0) + SIZE + 8
    high = 210.0 if wide else 180.0
    least, most = chart.bounds
    vertical = Scale(least, most, top + high, top).widened(_MARKS)
    marks = vertical.marks(_MARKS)
    tongue = max(text_widths.width(written(mark, chart.sign), SMALL) for mark in marks) + _AIR
    ends = max(text_widths.width(series.shown[-1], SIZE, bold=True) for series in chart.series)
    names = _broken(chart.labels, canvas.width)
    first, last = (_wide(names[at]) / 2 for at in (0, -1))
    told = max(text_widths.width(series.shown[0], SIZE, bold=True) for series in chart.series) / 2
    right = max(ends / 2, last)
    if len(chart.series) > 1:
        right = max(right, ends + _AIR)
    start, end = max(tongue + told, first) + 4, canvas.width - right - 6
    edge = end + 6 if len(chart.series) > 1 else canvas.width
    for mark in marks:
        y = vertical(mark)
        if mark:
            canvas.rule((tongue, y), (edge, y))
        canvas.text(
            (tongue - 6, y + 4), written(mark, chart.sign), size=SMALL, anchor="end", soft=True
        )
    canvas.rule((tongue, vertical(0)), (edge, vertical(0)), strong=True)
    across = _places(chart.labels, start, end)
    foot = _names(names, across, canvas, vertical.start + SMALL + 8)
    lines = [
        [(x, vertical(value)) for x, value in zip(across, series.values, strict=True)]
        for series in chart.series
    ]
    for rank, points in enumerate(lines):
        canvas.curve(points, rank)
        for point in points:
            canvas.dot(point, rank)
    if len(lines) == 1:
        _tell(chart.series[0], lines[0], canvas)
    else:
        _tell_ends(chart, lines, canvas)
    canvas.height = foot + 6


def years(labels: tuple[str, ...]) -> list[int] | None:
    """Return the years that all the names are, else None: years stand as far apart as they are."""
    if all(map(_YEAR.fullmatch, labels)):
        return [int(label) for label in labels]
    return None


def _places(labels: tuple[str, ...], start: float, end: float) -> list[float]:
    known = years(labels) or list(range(len(labels)))
    along = Scale(known[0], known[-1], start, end)
    return [along(at) for at in known]


def _broken(labels: tuple[str, ...], width: float) -> list[list[str]]:
    """Break the names of the steps, so that each keeps to its own."""
    room = max(64.0, width / len(labels) - _APART)
    return [text_widths.broken(label, SMALL, room) for label in labels]


def _wide(lines: list[str]) -> float:
    return max((text_widths.width(line, SMALL) for line in lines), default=0.0)


def _names(names: list[list[str]], across: list[float], canvas: Canvas, y: float) -> float:
    """Name the steps; those that would touch another, the first or the last, go without.

    Returns:
        The height of the last line.
    """
    last = len(names) - 1
    edge = across[last] - _wide(names[last]) / 2 - _APART
    reached, foot = float("-inf"), y
    for rank, lines in enumerate(names):
        half = _wide(lines) / 2
        left, right = across[rank] - half, across[rank] + half
        if rank == last or (left > reached and (rank == 0 or right < edge)):
            for at, words in enumerate(lines):
                canvas.text((across[rank], y + at * _LEADING), words, size=SMALL, anchor="middle")
            reached = right + _APART
            foot = max(foot, y + (len(lines) - 1) * _LEADING)
    return foot


def _tell(series: Series, points: list[Point], canvas: Canvas) -> None:
    """Write the numbers of a line: all of them when they are few, else those of its turns."""
    ranks = range(len(points))
    if len(points) > FEW:
        least = min(ranks, key=series.values.__getitem__)
        most = max(ranks, key=series.values.__getitem__)
        told = sorted({0, len(points) - 1, least, most})
    else:
        told = [*ranks]
    reached = float("-inf")
    for rank in told:
        x, y = points[rank]
        half = text_widths.width(series.shown[rank], SIZE, bold=True) / 2
        if x - half < reached and rank != told[-1]:
            continue
        above = rank in {0, told[-1]} or y <= max(points[rank - 1][1], points[rank + 1][1])
        canvas.text(
            (x, y - 11 if above else y + 21), series.shown[rank], bold=True, anchor="middle"
        )
        reached = x + half + 4


def _tell_ends(chart: Chart, lines: list[list[Point]], canvas: Canvas) -> None:
    """Write the last number of each line beside its end, one above the other."""
    ends = sorted((points[-1][1], rank) for rank, points in enumerate(lines))
    reached = float("-inf")
    for y, rank in ends:
        y = max(y, reached + LEADING - 3)  # noqa: PLW2901 - pushed down by the one above
        x = lines[rank][-1][0] + _AIR
        canvas.text((x, y + 5), chart.series[rank].shown[-1], bold=True)
        reached = y
