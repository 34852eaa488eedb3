"""Flat shapes, their SVG, and the intersection of convex shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Polygon:
    """A flat shape, which may extend past the edge of the canvas."""

    points: tuple[Point, ...]
    colour: str

    def path(self) -> str:
        """Write the outline, in whole px."""
        corners = [(round(x), round(y)) for x, y in self.points]
        steps = pairwise(corners)
        lines = " ".join(f"{x - px}{' ' if y >= py else ''}{y - py}" for (px, py), (x, y) in steps)
        return f"M{corners[0][0]} {corners[0][1]}l{lines}z".replace(" -", "-")


@dataclass(frozen=True, slots=True)
class Disc:
    """A disc, or only the half to the left of the direction `half`, in degrees."""

    centre: Point
    radius: float
    colour: str
    half: float | None = None

    def path(self) -> str:
        """Write the outline, in whole px."""
        (x, y), r = self.centre, round(self.radius)
        if self.half is None:
            arc = f"a{r} {r} 0 1 0 "
            return f"M{x - r:.0f} {y:.0f}{arc}{2 * r} 0{arc}-{2 * r} 0z"
        dx, dy = along(self.half, r)
        return f"M{x - dx:.0f} {y - dy:.0f}A{r} {r} 0 0 1 {x + dx:.0f} {y + dy:.0f}z"


@dataclass(frozen=True, slots=True)
class Dots:
    """Many small discs of the same size."""

    centres: tuple[Point, ...]
    radius: float
    colour: str

    def path(self) -> str:
        """Write each dot as a stroke without length, in whole px: the caps make the disc."""
        corners = [(round(x), round(y)) for x, y in self.centres]
        return "".join(f"M{x} {y}h0" for x, y in corners)


@dataclass(frozen=True, slots=True)
class Outline:
    """A shape drawn by hand: the data of an SVG path."""

    data: str
    colour: str

    def path(self) -> str:
        """Return the outline as given."""
        return self.data


Shape: TypeAlias = Polygon | Disc | Dots | Outline


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a background (None: transparent), from back to front, sizes in px."""

    width: int
    height: int
    ground: str | None
    shapes: tuple[Shape, ...]

    def svg(self) -> str:
        """Return the SVG; successive shapes of the same colour share a path.

        A drawing with a background fills a frame of another shape, and is cropped.
        """
        paths: list[tuple[str, str]] = []
        if self.ground:
            paths.append((f'fill="{self.ground}"', f"M0 0h{self.width}v{self.height}H0z"))
        for shape in self.shapes:
            paint = _paint(shape)
            before = paths.pop()[1] if paths and paths[-1][0] == paint else ""
            paths.append((paint, before + shape.path()))
        body = "".join(f'<path {paint} d="{path}"/>' for paint, path in paths)
        crop = ' preserveAspectRatio="xMidYMid slice"' if self.ground else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}"'
            f' viewBox="0 0 {self.width} {self.height}"{crop}>{body}</svg>'
        )


def _paint(shape: Shape) -> str:
    if isinstance(shape, Dots):
        width = round(2 * shape.radius)
        return f'stroke="{shape.colour}" stroke-width="{width}" stroke-linecap="round"'
    return f'fill="{shape.colour}"'


def overprint(under: Sequence[Polygon], over: Sequence[Polygon], colour: str) -> Iterator[Polygon]:
    """Yield convex shapes, corners clockwise, over others, with a third ink where they overlap."""
    yield from under
    yield from over
    for low in under:
        for high in over:
            if points := common(low.points, high.points):
                yield Polygon(points, colour)


def along(angle: float, length: float) -> Point:
    """Return the vector of a length at an angle, in degrees counterclockwise."""
    turn = math.radians(angle)
    return (length * math.cos(turn), -length * math.sin(turn))


def cut(points: Sequence[Point], normal: Point, limit: float) -> tuple[Point, ...]:
    """Keep the part of a convex shape where `normal · point` is at least `limit`."""
    kept: list[Point] = []
    for at, (x, y) in enumerate(points):
        px, py = points[at - 1]
        here = normal[0] * x + normal[1] * y - limit
        before = normal[0] * px + normal[1] * py - limit
        if (here < 0) != (before < 0):
            share = before / (before - here)
            kept.append((px + (x - px) * share, py + (y - py) * share))
        if here >= 0:
            kept.append((x, y))
    return tuple(kept)


def common(subject: Sequence[Point], other: Sequence[Point]) -> tuple[Point, ...]:
    """Intersect two convex shapes whose corners turn clockwise."""
    kept = tuple(subject)
    for at, (x, y) in enumerate(other):
        px, py = other[at - 1]
        kept = cut(kept, (py - y, x - px), (py - y) * x + (x - px) * y)
    return kept


def vector(angle: float, length: float) -> Point:
    """Return the step of `length` px at `angle` degrees above the horizontal; y goes down."""
    turn = math.radians(angle)
    return (length * math.cos(turn), -length * math.sin(turn))
