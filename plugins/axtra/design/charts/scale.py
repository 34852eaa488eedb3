"""The axis of a chart: it holds zero, and its marks are round numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

NBSP = "\u00a0"
_NEARLY = 1e-9  # what is lost in a division
_ROUND = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """A way from numbers to px; `start` is where the least stands, `end` where the most does."""

    least: float
    most: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a number stands."""
        span = (self.most - self.least) or 1.0  # all zeros
        return self.start + (value - self.least) / span * (self.end - self.start)

    def marks(self, most: int) -> list[float]:
        """List round numbers along the axis, at most so many beside zero."""
        if self.least == self.most:
            return [0.0]
        step = _step(self.most - self.least, most)
        first, last = ceil(self.least / step - _NEARLY), floor(self.most / step + _NEARLY)
        return [rank * step for rank in range(first, last + 1)]

    def widened(self, most: int) -> Scale:
        """Return the same scale, up to round numbers beyond the values."""
        if self.least == self.most:
            return self
        step = _step(self.most - self.least, most)
        least = floor(self.least / step + _NEARLY) * step
        return Scale(least, ceil(self.most / step - _NEARLY) * step, self.start, self.end)


def written(value: float, sign: str = "") -> str:
    """Write a round number as French does: « 1 500 », « 2,5 », « 40 % »."""
    digits = f"{round(value, 6):,.6f}".rstrip("0").rstrip(".")
    digits = digits.replace(",", NBSP).replace(".", ",").replace("-", "−")
    return f"{digits}{NBSP}{sign}" if sign else digits


def _step(span: float, most: int) -> float:
    size = 10.0 ** floor(log10(span / most))
    return next(factor * size for factor in _ROUND if span / (factor * size) <= most + _NEARLY)
