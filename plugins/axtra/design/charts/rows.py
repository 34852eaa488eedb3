"""Charts in rows: bars, points, and the parts of a whole.

On a wide page, the name of a row stands on its left, and an axis below all of them; on a narrow
one the name stands above its row, which has the whole width.
"""

from __future__ import annotations

from dataclasses import dataclass

from axtra.design import text_widths
from axtra.design.charts.canvas import LEADING, SIZE, SMALL, Canvas
from axtra.design.charts.figures import Chart, Form
from axtra.design.charts.scale import Scale, written

_LABELS = 0.36  # of the width, at most, for the names
_GAP, _AIR = 12.0, 8.0  # px between a name and its row; between a mark and its number
_MARKS = 4  # of the axis beside zero
_FULL, _SHARED = 26.0, 15.0  # px; the height of a bar that is alone in its row, or is not
_DOT = 22.0
_PITCH = 14.0  # px between two rows


@dataclass(slots=True)
class _Rows:
    """The place of the rows of a chart on a canvas."""

    chart: Chart
    canvas: Canvas
    wide: bool
    left: float = 0.0
    scale: Scale = Scale(0, 1, 0, 1)  # noqa: RUF009 - frozen

    def draw(self, y: float) -> None:
        """Draw every row from a height."""
        names = [self._broken(label) for label in self.chart.labels]
        if self.wide:
            widths = (text_widths.width(line, SIZE) for lines in names for line in lines)
            self.left = max(widths, default=0.0) + _GAP
        self._measure()
        top = y
        for rank, lines in enumerate(names):
            y = self._row(rank, lines, y)
        foot = y - _PITCH + 6 if self.wide else y - _PITCH
        if self.wide:
            self._axis(top, foot)
        self.canvas.height = foot + (SMALL + 12 if self.wide else 2)

    def _broken(self, label: str) -> list[str]:
        room = self.canvas.width * _LABELS if self.wide else self.canvas.width
        return text_widths.broken(label, SIZE, room)

    def _measure(self) -> None:
        """Find the axis that leaves the numbers their room at both ends."""
        least, most = self.chart.bounds
        before = after = 0.0
        for series in self.chart.series:
            for value, shown in zip(series.values, series.shown, strict=True):
                wide = text_widths.width(shown, SIZE, bold=True) + _AIR
                # A number beside a mark that does not reach the end leaves it room already.
                if value < 0:
                    before = max(before, wide)
                else:
                    after = max(after, wide)
        dot = 6.0 if self.chart.form is Form.POINTS else 0.0
        start, end = self.left + before + dot, self.canvas.width - after - dot
        self.scale = Scale(least, most, start, end)

    def _row(self, rank: int, lines: list[str], y: float) -> float:
        """Draw a row; return where the next one begins."""
        high = self._height
        if self.wide:
            tall = max(high, len(lines) * LEADING)
            first = y + (tall - len(lines) * LEADING) / 2 + SIZE - 1
            self.canvas.lines((self.left - _GAP, first), lines, anchor="end")
            self._marks(rank, y + (tall - high) / 2)
            return y + tall + _PITCH
        self.canvas.lines((0, y + SIZE), lines)
        y += len(lines) * LEADING + 5
        self._marks(rank, y)
        self.canvas.rule((self.scale(0), y - 2), (self.scale(0), y + high + 2), strong=True)
        return y + high + _PITCH

    @property
    def _height(self) -> float:
        count = len(self.chart.series)
        if self.chart.form is Form.POINTS:
            return _DOT
        return _FULL if count == 1 else count * _SHARED + (count - 1) * 3

    def _marks(self, rank: int, y: float) -> None:
        if self.chart.form is Form.POINTS:
            self._dots(rank, y + _DOT / 2)
            return
        high = _FULL if len(self.chart.series) == 1 else _SHARED
        zero = self.scale(0)
        for at, series in enumerate(self.chart.series):
            value, end = series.values[rank], self.scale(series.values[rank])
            self.canvas.bar((min(zero, end), y), (abs(end - zero), high), at)
            self._number(series.shown[rank], end, y + high / 2, before=value < 0)
            y += high + 3

    def _dots(self, rank: int, y: float) -> None:
        """Draw the points of a row, joined, with the numbers of the least and of the most."""
        series = enumerate(self.chart.series)
        places = [(self.scale(each.values[rank]), at) for at, each in series]
        least, most = min(places), max(places)
        self.canvas.rule((min(self.scale(0), least[0]), y), (max(self.scale(0), most[0]), y))
        for x, at in reversed(places):
            self.canvas.dot((x, y), at)
        shown = [each.shown[rank] for each in self.chart.series]
        negative = self.chart.series[most[1]].values[rank] < 0
        before = negative and len(places) == 1
        self._number(shown[most[1]], most[0] + (-6 if before else 6), y, before=before)
        room = text_widths.width(shown[least[1]], SIZE, bold=True) + _AIR + 6
        if len(places) > 1 and least[0] < most[0] and least[0] - room >= self.left:
            self._number(shown[least[1]], least[0] - 6, y, before=True)

    def _number(self, shown: str, x: float, middle: float, *, before: bool) -> None:
        x += -_AIR if before else _AIR
        anchor = "end" if before else ""
        self.canvas.text((x, middle + 5), shown, bold=True, anchor=anchor)

    def _axis(self, top: float, foot: float) -> None:
        for mark in self.scale.marks(_MARKS):
            x = self.scale(mark)
            if mark:
                self.canvas.under((x, top - 6), (x, foot))
            words = written(mark, self.chart.sign)
            half = text_widths.width(words, SMALL) / 2
            if half <= x <= self.canvas.width - half:
                place = (x, foot + SMALL + 6)
                self.canvas.text(place, words, size=SMALL, anchor="middle", soft=True)
        self.canvas.rule((self.scale(0), top - 6), (self.scale(0), foot), strong=True)


def rows(chart: Chart, canvas: Canvas, *, wide: bool) -> None:
    """Draw bars or points."""
    y = canvas.legend(chart.series, 0.0)
    _Rows(chart, canvas, wide).draw(y + (6 if wide else 0))


def parts(chart: Chart, canvas: Canvas, *, wide: bool) -> None:
    """Draw the parts of a whole: each begins where the last one ends, so none needs a colour."""
    (series,) = chart.series
    whole = sum(series.values)
    high, y, start = (_FULL if wide else 22.0), 0.0, 0.0
    numbers = max(text_widths.width(shown, SIZE, bold=True) for shown in series.shown)
    for label, value, shown in zip(chart.labels, series.values, series.shown, strict=True):
        lines = text_widths.broken(label, SIZE, canvas.width - numbers - _GAP)
        canvas.lines((0, y + SIZE), lines)
        canvas.text((canvas.width, y + SIZE), shown, bold=True, anchor="end")
        y += len(lines) * LEADING + 4
        part = value / whole * canvas.width
        canvas.track((0, y), (canvas.width, high))
        canvas.bar((start, y), (part, high), 0)
        start += part
        y += high + _PITCH
    canvas.height = y - _PITCH
