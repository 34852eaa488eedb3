"""What a chart shows: names, and the numbers of each series."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_SERIES = 4  # that differ by ink and by shape, without any colour
MOST_PARTS = 5
_SIGNS = 32  # that stand along a line on a telephone, with air between its numbers
FEW = 8  # points of a line, each of which can have its number


class Form(StrEnum):
    """The forms of a chart, by the word that an editor types."""

    BARS = "barres"
    LINES = "lignes"
    PARTS = "parts"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of a column; `shown` is how each is written: « 1 234,5 », « 45 % »."""

    name: str
    values: tuple[float, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; each series has as many numbers as there are labels, all in one unit.

    `sign` is what stands after the numbers of its axis: « % », « $ », or nothing.
    """

    form: Form
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    sign: str = ""

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the axis, of which zero is always a point."""
        values = [value for series in self.series for value in series.values]
        return min(0.0, *values), max(0.0, *values)

    @property
    def tells_all(self) -> bool:
        """Tell whether each number is written on the drawing."""
        match self.form:
            case Form.LINES:
                (first, *others) = self.series
                signs = sum(map(len, first.shown))
                return not others and len(first.shown) <= FEW and signs <= _SIGNS
            case Form.POINTS:
                return len(self.series) == 1
        return True
