"""The area of a composition: its axes, inks and random numbers, which depend on the seed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from axtra.design.illustration.shapes import Disc, Point, Polygon, along, cut
from infolettre.design.tokens import Palette

T = TypeVar("T")
Inks: TypeAlias = tuple[str, str, str]
Ways: TypeAlias = tuple[int, int]

RISING = (48, 54, 58, 62, 66)  # degrees; a steeper or flatter axis looks like a frame
FALLING = (154, 146, 136, 126, 118)
_EDGE = 8  # px by which shapes extend past the area, so that no paper shows


@dataclass(frozen=True, slots=True)
class CompositionArea:
    """A canvas with a crossing, two axes, inks, and numbers derived from the seed by name.

    `unit` is a hundredth of the short side, in px; angles are in degrees, counterclockwise.
    """

    seed: str
    width: int
    height: int
    cross: Point
    axes: tuple[float, float]
    ground: str
    inks: Inks

    @property
    def unit(self) -> float:
        """Return a hundredth of the short side."""
        return min(self.width, self.height) / 100

    @property
    def whole(self) -> tuple[Point, ...]:
        """Return the corners of the area, slightly outside its edges."""
        right, bottom = self.width + _EDGE, self.height + _EDGE
        return ((-_EDGE, -_EDGE), (right, -_EDGE), (right, bottom), (-_EDGE, bottom))

    def between(self, name: str, low: float, high: float) -> float:
        """Return a random number between two bounds."""
        return low + (high - low) * chance(self.seed, name)

    def pick(self, name: str, choices: Sequence[T]) -> T:
        """Return a random choice."""
        return choices[int(chance(self.seed, name) * len(choices))]

    def side(self, points: Sequence[Point], axis: int, away: float, way: int) -> tuple[Point, ...]:
        """Cut a shape beyond a distance (in units) from an axis, on either of its sides."""
        dx, dy = along(self.axes[axis], 1)
        x, y = self.cross
        limit = dy * x - dx * y + away * self.unit
        return cut(points, (dy * way, -dx * way), limit * way)

    def band(self, axis: int, near: float, far: float, *, colour: str) -> Iterator[Polygon]:
        """Yield a strip along an axis, between two distances from it, unless it is off the area."""
        points = self.side(self.side(self.whole, axis, min(near, far), 1), axis, max(near, far), -1)
        if points:
            yield Polygon(points, colour)

    @property
    def turn(self) -> int:
        """Tell whether the second axis lies on the left (1) or on the right (-1) of the first."""
        return 1 if math.sin(math.radians(self.axes[1] - self.axes[0])) > 0 else -1

    def quarter(self, ways: Ways) -> tuple[Point, ...]:
        """Return the part of the area between two arms of the axes, forward (1) or back (-1)."""
        first, second = ways
        beside = self.side(self.whole, 0, 0, second * self.turn)
        return self.side(beside, 1, 0, -first * self.turn)

    def open_ways(self) -> Ways:
        """Choose two arms between which the area is long, such as left or right if it is wide."""
        same = along(self.axes[0], 1)[0] * along(self.axes[1], 1)[0] > 0
        level = 1 if same else -1
        way = self.pick("way", (1, -1))
        if self.width > self.height or self.pick("level", (True, False)):
            return (way, way * level)
        return (way, -way * level)

    @property
    def steps(self) -> tuple[Point, Point]:
        """Return the vector of a unit along each axis."""
        return along(self.axes[0], self.unit), along(self.axes[1], self.unit)

    def at(self, along: float, across: float) -> Point:
        """Return the point at given distances (in units) from the crossing, along each axis."""
        (ax, ay), (bx, by) = self.steps
        x, y = self.cross
        return (x + ax * along + bx * across, y + ay * along + by * across)

    def point(self, radius: float, colour: str, *, ring: bool = True) -> Iterator[Disc]:
        """Yield the point on the crossing: the person who is « sur son X »."""
        if ring:
            yield Disc(self.cross, radius * self.unit, self.ground)
            radius *= 0.58
        yield Disc(self.cross, radius * self.unit, colour)


def lay_out(seed: str, palette: Palette, width: int, height: int) -> CompositionArea:
    """Choose from a seed where the axes cross, their angles and the inks."""
    axes = (pick(seed, "rising", RISING), pick(seed, "falling", FALLING))
    if chance(seed, "order") < 1 / 2:
        axes = (axes[1], axes[0])
    across = pick(seed, "across", (0.36, 0.62)) + 0.06 * chance(seed, "x")
    down = pick(seed, "down", (0.38, 0.54))
    down += 0.1 * chance(seed, "y")
    ground, *inks = pick(seed, "inks", _printings(palette))
    cross = (across * width, down * height)
    return CompositionArea(seed, width, height, cross, axes, ground, (inks[0], inks[1], inks[2]))


def _printings(palette: Palette) -> tuple[tuple[str, str, str, str], ...]:
    """List the possible inks: the background, two inks, and the ink where they overlap."""
    p = palette
    return (
        (p.paper, p.bright, p.support, p.ink),
        (p.paper, p.support, p.bright, p.ink),
        (p.paper, p.ink, p.support, p.bright),
        (p.paper, p.ink, p.bright, p.support),
        (p.paper, p.bright, p.ink, p.support),
        (p.paper, p.pale, p.bright, p.ink),
        (p.paper, p.bright, p.pale, p.ink),
        (p.paper, p.pale, p.ink, p.bright),
        (p.ink, p.bright, p.pale, p.support),
        (p.ink, p.support, p.bright, p.paper),
        (p.bright, p.ink, p.paper, p.support),
    )


def chance(seed: str, name: str) -> float:
    """Return a number from 0 to 1 that depends only on the seed and the name."""
    digest = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def pick(seed: str, name: str, choices: Sequence[T]) -> T:
    """Return a choice that depends only on the seed and the name."""
    return choices[int(chance(seed, name) * len(choices))]
