"""The sheet on which a family of drawings works: its inks, its axis, its random numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from axtra.design.illustration.composition_area import chance
from axtra.design.illustration.shapes import Point, Polygon
from infolettre.design.tokens import Palette

T = TypeVar("T")

AXIS = 62  # degrees, as everywhere in the theme
_EDGE = 8  # px by which shapes extend past the sheet, so that no paper shows


@dataclass(frozen=True, slots=True)
class Sheet:
    """A canvas of some px, with numbers derived from the seed by name.

    `count` is the number that the text gives, if any; `unit` is a hundredth of the short side.
    """

    seed: str
    width: int
    height: int
    palette: Palette
    count: int | None = None

    @property
    def unit(self) -> float:
        """Return a hundredth of the short side, in px."""
        return min(self.width, self.height) / 100

    @property
    def right(self) -> float:
        """Return where shapes end on the right, slightly outside the sheet."""
        return self.width + _EDGE

    @property
    def foot(self) -> float:
        """Return where shapes end below."""
        return self.height + _EDGE

    def between(self, name: str, low: float, high: float) -> float:
        """Return a random number between two bounds."""
        return low + (high - low) * chance(self.seed, name)

    def pick(self, name: str, choices: Sequence[T]) -> T:
        """Return a random choice."""
        return choices[int(chance(self.seed, name) * len(choices))]

    def number(self, name: str, low: int, high: int) -> int:
        """Return the number that the text gives, held between two bounds, else a random one."""
        if self.count is not None:
            return min(high, max(low, self.count))
        return low + int(chance(self.seed, name) * (high - low + 1))

    def place(self, across: tuple[float, float], down: tuple[float, float]) -> Point:
        """Return a random point, given as bounds in shares of the width and of the height."""
        return (
            self.between("across", *across) * self.width,
            self.between("down", *down) * self.height,
        )

    def stroke(self, at: Point, width: float, colour: str, angle: float = AXIS) -> Polygon:
        """Return a stroke through a point, from edge to edge, `width` units wide."""
        long, half = 2.0 * (self.width + self.height), width * self.unit / 2
        dx, dy = math.cos(math.radians(angle)), -math.sin(math.radians(angle))
        (x, y), (nx, ny) = at, (-dy * half, dx * half)
        a, b = (x - dx * long, y - dy * long), (x + dx * long, y + dy * long)
        corners = ((a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny))
        return Polygon((*corners, (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny)), colour)

    def on_axis(self, at: Point, y: float) -> Point:
        """Return the point of the axis through another, at a height."""
        return (at[0] + (at[1] - y) / math.tan(math.radians(AXIS)), y)
