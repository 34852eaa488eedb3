"""The drawings of AXE: two oblique axes that cross, and a point on their crossing.

Where a photograph is missing, a drawing stands in: covers, articles, social cards, mastheads. It
is composed from its seed alone, in three flat inks on warm paper; where two meet, the third shows.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from axtra.tokens import Palette

T = TypeVar("T")
Point: TypeAlias = tuple[float, float]
Inks: TypeAlias = tuple[str, str, str]
Ways: TypeAlias = tuple[int, int]

RISING = (48, 54, 58, 62, 66)  # degrees; an axis steeper or flatter reads as a frame, not an axis
FALLING = (154, 146, 136, 126, 118)
# The A, the thick arm of the X and the E; they stand on a line at 132.
LETTERS = (
    "M14 132 67.2 32H76.2L129.4 132H105.4L64.2 54.6L23 132H14ZM41 94H87V100H38L41 94Z"
    "M0 127H37V132H0V127ZM92 127H143V132H92V127Z"
    "M148 32H174L227.2 132H201.2L148 32ZM135 32H187V37H135V32ZM188 127H240V132H188V127Z"
    "M256 32H330V57H326Q322 37 304 37H288V78"
    "H298Q312 78 314 65H318V98H314Q312 85 298 85H288V127"
    "H306Q326 127 331 103H335L333 132H256V127H264V37H256V32Z"
)
_EDGE = 8  # px that shapes run over the sheet, so that no seam of paper shows


class Format(Enum):
    """The sheets a drawing is composed for: width and height in px of a nominal canvas."""

    COVER = (900, 1200)
    LANDSCAPE = (1600, 900)
    SQUARE = (1000, 1000)
    SOCIAL = (1200, 630)


@dataclass(frozen=True, slots=True)
class Polygon:
    """A flat shape; it may run over the edge of the canvas."""

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
    """A disc, or only the half on the left of someone who walks at `half` degrees."""

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
        dx, dy = _along(self.half, r)
        return f"M{x - dx:.0f} {y - dy:.0f}A{r} {r} 0 0 1 {x + dx:.0f} {y + dy:.0f}z"


@dataclass(frozen=True, slots=True)
class Dots:
    """Many small discs of one size."""

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
        """Give the outline as it was drawn."""
        return self.data


Shape: TypeAlias = Polygon | Disc | Dots | Outline


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a ground (None: on nothing), from back to front, sizes in px."""

    width: int
    height: int
    ground: str | None
    shapes: tuple[Shape, ...]

    def svg(self) -> str:
        """Print the drawing; neighbours of one colour share a path.

        A drawing with a ground fills a frame of another shape, and is cropped there.
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


def draw(seed: str, palette: Palette, format_: Format) -> Drawing:
    """Compose the drawing of a seed: the same seed, palette and format give the same drawing.

    Its composition, angles and inks belong to the seed and the palette; a format only moves the
    crossing and lets more or less of the bands be seen.
    """
    width, height = format_.value
    sheet = _sheet(seed, palette, width, height)
    compose = sheet.pick("composition", tuple(_COMPOSITIONS.values()))
    return Drawing(width, height, sheet.ground, tuple(compose(sheet)))


def overprint(under: Sequence[Polygon], over: Sequence[Polygon], colour: str) -> Iterator[Polygon]:
    """Lay convex shapes, corners clockwise, over others; where two meet, a third ink shows."""
    yield from under
    yield from over
    for low in under:
        for high in over:
            if points := _common(low.points, high.points):
                yield Polygon(points, colour)


def mark(*, band: str, axis: str, point: str, ground: str | None = None) -> Drawing:
    """Draw the X alone, on a square: an icon for a tab, a signature for a page."""
    shapes = (
        _stroke((4, 0), (60, 64), 17, band),
        _stroke((13, 64), (51, 0), 17, axis),
        Disc((32, 32), 6, point),
    )
    return Drawing(64, 64, ground, shapes)


def wordmark(*, letters: str, axis: str, ground: str | None = None) -> Drawing:
    """Draw « AXE » as the masthead of the site does: the thin arm of the X is the axis.

    Args:
        letters: Their colour.
        axis: The colour of the axis.
        ground: What lies behind; None for nothing.
    """
    arm = Polygon(((230, 0), (240, 0), (158, 176), (148, 176)), axis)
    return Drawing(336, 176, ground, (Outline(LETTERS, letters), arm))


def _stroke(foot: Point, head: Point, width: float, colour: str) -> Polygon:
    """Lean a stroke whose ends are level, `width` px wide at its ends."""
    (x, y), (a, b), half = foot, head, width / 2
    return Polygon(((x - half, y), (a - half, b), (a + half, b), (x + half, y)), colour)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A canvas, its crossing, its two axes, its inks, and numbers drawn from the seed by name.

    Units: `unit` is a hundredth of the short side, in px; angles in degrees, counted upwards.
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
        return min(self.width, self.height) / 100

    @property
    def whole(self) -> tuple[Point, ...]:
        right, bottom = self.width + _EDGE, self.height + _EDGE
        return ((-_EDGE, -_EDGE), (right, -_EDGE), (right, bottom), (-_EDGE, bottom))

    def between(self, name: str, low: float, high: float) -> float:
        return low + (high - low) * _chance(self.seed, name)

    def pick(self, name: str, choices: Sequence[T]) -> T:
        return choices[int(_chance(self.seed, name) * len(choices))]

    def side(self, points: Sequence[Point], axis: int, away: float, way: int) -> tuple[Point, ...]:
        """Keep what lies beyond a distance (in units) from an axis, on one of its two sides."""
        dx, dy = _along(self.axes[axis], 1)
        x, y = self.cross
        limit = dy * x - dx * y + away * self.unit
        return _cut(points, (dy * way, -dx * way), limit * way)

    def band(self, axis: int, near: float, far: float, *, colour: str) -> Iterator[Polygon]:
        """Lay a strip along an axis, between two distances from it; none if off the sheet."""
        points = self.side(self.side(self.whole, axis, min(near, far), 1), axis, max(near, far), -1)
        if points:
            yield Polygon(points, colour)

    @property
    def turn(self) -> int:
        """Tell whether the second axis lies on the left (1) or on the right (-1) of the first."""
        return 1 if math.sin(math.radians(self.axes[1] - self.axes[0])) > 0 else -1

    def quarter(self, ways: Ways) -> tuple[Point, ...]:
        """Cut the part of the sheet between two arms of the axes, forward (1) or back (-1)."""
        first, second = ways
        beside = self.side(self.whole, 0, 0, second * self.turn)
        return self.side(beside, 1, 0, -first * self.turn)

    def open_ways(self) -> Ways:
        """Choose two arms between which the sheet is long: left or right on a wide sheet."""
        same = _along(self.axes[0], 1)[0] * _along(self.axes[1], 1)[0] > 0
        level = 1 if same else -1
        way = self.pick("way", (1, -1))
        if self.width > self.height or self.pick("level", (True, False)):
            return (way, way * level)
        return (way, -way * level)

    @property
    def steps(self) -> tuple[Point, Point]:
        """Give one unit along each axis."""
        return _along(self.axes[0], self.unit), _along(self.axes[1], self.unit)

    def at(self, along: float, across: float) -> Point:
        """Find a point by its distances (in units) from the crossing, along each axis."""
        (ax, ay), (bx, by) = self.steps
        x, y = self.cross
        return (x + ax * along + bx * across, y + ay * along + by * across)

    def point(self, radius: float, colour: str, *, ring: bool = True) -> Iterator[Disc]:
        """Set the point on the crossing: whoever is « sur son X »."""
        if ring:
            yield Disc(self.cross, radius * self.unit, self.ground)
            radius *= 0.58
        yield Disc(self.cross, radius * self.unit, colour)


def _sheet(seed: str, palette: Palette, width: int, height: int) -> _Sheet:
    axes = (_pick(seed, "rising", RISING), _pick(seed, "falling", FALLING))
    if _chance(seed, "order") < 1 / 2:
        axes = (axes[1], axes[0])
    across = _pick(seed, "across", (0.36, 0.62)) + 0.06 * _chance(seed, "x")
    down = 0.6 if height > width else _pick(seed, "down", (0.38, 0.54))
    down += 0.1 * _chance(seed, "y")
    ground, *inks = _pick(seed, "inks", _printings(palette))
    cross = (across * width, down * height)
    return _Sheet(seed, width, height, cross, axes, ground, (inks[0], inks[1], inks[2]))


def _printings(palette: Palette) -> tuple[tuple[str, str, str, str], ...]:
    """List the ways to print: the ground, two inks, and the ink where they meet."""
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


def _chance(seed: str, name: str) -> float:
    """Draw a number from 0 to 1, always the same for one seed and one name."""
    digest = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _pick(seed: str, name: str, choices: Sequence[T]) -> T:
    return choices[int(_chance(seed, name) * len(choices))]


def _along(angle: float, length: float) -> Point:
    turn = math.radians(angle)
    return (length * math.cos(turn), -length * math.sin(turn))


def _cut(points: Sequence[Point], normal: Point, limit: float) -> tuple[Point, ...]:
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


def _common(one: Sequence[Point], other: Sequence[Point]) -> tuple[Point, ...]:
    """Intersect two convex shapes whose corners turn clockwise."""
    kept = tuple(one)
    for at, (x, y) in enumerate(other):
        px, py = other[at - 1]
        kept = _cut(kept, (py - y, x - px), (py - y) * x + (x - px) * y)
    return kept


def _stripes(start: float, widest: float, ratio: float, air: float, count: int) -> Iterator[Point]:
    """Space stripes that thin out or swell: the near and far edge of each, in units."""
    for _ in range(count):
        yield (start, start + widest)
        start += widest + air
        widest *= ratio


def _crossroads(sheet: _Sheet) -> Iterator[Shape]:
    """Cross two broad bands, unequal; fine lines keep the broader one company."""
    one, two, three = sheet.inks
    broad, slim = sheet.between("broad", 9, 19), sheet.between("slim", 5, 9)
    under = list(sheet.band(0, -broad, broad, colour=one))
    over = list(sheet.band(1, -slim, slim, colour=two))
    thin, way = sheet.pick("thin", (0.8, 1.4, 2.4)), sheet.pick("way", (-1, 1))
    for near, far in _stripes(broad + 3.5, thin, 1, 2.6, sheet.pick("lines", (1, 2, 3))):
        under += sheet.band(0, way * near, way * far, colour=one)
    yield from overprint(under, over, three)
    yield from sheet.point(slim * 0.56, sheet.ground, ring=False)


def _bundle(sheet: _Sheet) -> Iterator[Shape]:
    """Cross a bundle of stripes that thins out with one plain band."""
    one, two, three = sheet.inks
    widest, slim = sheet.between("widest", 7, 12), sheet.between("slim", 7, 10)
    rhythm = (sheet.pick("ratio", (0.72, 0.8, 0.86)), sheet.between("air", 2, 3.4))
    way = sheet.pick("way", (-1, 1))
    under: list[Polygon] = []
    for near, far in _stripes(-widest / 2, widest, *rhythm, sheet.pick("count", (6, 8, 10))):
        under += sheet.band(0, way * near, way * far, colour=one)
    yield from overprint(under, list(sheet.band(1, -slim, slim, colour=two)), three)
    yield from sheet.point(slim * 0.62, three)


def _weave(sheet: _Sheet) -> Iterator[Shape]:
    """Weave two bundles that thin out away from the crossing."""
    one, two, three = sheet.inks
    layers: list[list[Polygon]] = []
    for axis, ink in ((0, one), (1, two)):
        widest = sheet.between(f"widest{axis}", 9, 13)
        rhythm = (sheet.pick(f"ratio{axis}", (0.5, 0.64, 0.76)), sheet.between("air", 2.4, 4))
        way, count = sheet.pick(f"way{axis}", (-1, 1)), sheet.pick(f"count{axis}", (3, 4, 5))
        stripes = _stripes(-widest / 2, widest, *rhythm, count)
        edges = [(way * near, way * far) for near, far in stripes]
        layers.append([s for edge in edges for s in sheet.band(axis, *edge, colour=ink)])
    yield from overprint(layers[0], layers[1], three)
    yield from sheet.point(2.8, sheet.ground, ring=False)


def _fold(sheet: _Sheet) -> Iterator[Shape]:
    """Fill one quarter of the sheet, rule the one across it, leave two white."""
    one, two, three = sheet.inks
    ways = sheet.open_ways()
    yield Polygon(sheet.quarter(ways), one)
    across = sheet.quarter((-ways[0], -ways[1]))
    axis = sheet.pick("ruling", (0, 1))
    way = -sheet.turn * (ways[1], -ways[0])[axis]
    air = sheet.between("air", 2.2, 4)
    ratio = sheet.pick("ratio", (0.8, 0.88, 0.94))
    for near, far in _stripes(air, sheet.between("widest", 5, 9), ratio, air, 16):
        for strip in sheet.band(axis, way * near, way * far, colour=two):
            if points := _common(strip.points, across):
                yield Polygon(points, two)
    yield from sheet.point(sheet.between("radius", 9, 13), three)


def _chevrons(sheet: _Sheet) -> Iterator[Shape]:
    """Nest chevrons on either side of the crossing, many one way, few the other."""
    one, two, three = sheet.inks
    first, second = sheet.open_ways()
    hole = sheet.between("hole", 7, 10)
    ratio = sheet.pick("ratio", (0.84, 1, 1.16))
    for way, ink, count in ((1, one, 7), (-1, two, sheet.pick("few", (1, 2, 3)))):
        widest = sheet.between(f"widest{way}", 6, 10)
        for near, far in _stripes(hole, widest, ratio, widest * 0.75, count):
            yield Polygon(_chevron(sheet, (way * first, way * second), near, far), ink)
    yield from sheet.point(hole * 0.72, three, ring=False)


def _chevron(sheet: _Sheet, ways: Ways, near: float, far: float) -> tuple[Point, ...]:
    """Bend a strip around the crossing, its arms along the axes."""
    long = 3 * max(sheet.width, sheet.height) / sheet.unit
    angle = math.radians(sheet.axes[1] - sheet.axes[0])
    (first, second), stretch = ways, 1 / abs(math.sin(angle))
    inner, outer = near * stretch, far * stretch
    return (
        sheet.at(first * inner, second * inner),
        sheet.at(first * long, second * inner),
        sheet.at(first * long, second * outer),
        sheet.at(first * outer, second * outer),
        sheet.at(first * outer, second * long),
        sheet.at(first * inner, second * long),
    )


def _slide(sheet: _Sheet) -> Iterator[Shape]:
    """Cut a great disc along one axis, slide its halves apart; the other axis holds them."""
    one, two, three = sheet.inks
    radius = sheet.between("radius", 27, 36)
    slide = sheet.pick("slide", (0.25, 0.5, 1)) * radius
    slim = sheet.between("slim", 1.4, 3.4)
    yield from sheet.band(1, -slim, slim, colour=three)
    yield Disc(sheet.at(slide, 0), radius * sheet.unit, one, sheet.axes[0])
    yield Disc(sheet.at(-slide, 0), radius * sheet.unit, two, sheet.axes[0] + 180)
    yield from sheet.band(0, -0.4, 0.4, colour=three)
    yield from sheet.point(sheet.between("point", 6, 9), three)


def _crowd(sheet: _Sheet) -> Iterator[Shape]:
    """Draw up a crowd of dots that leaves two paths open; one dot has found its X."""
    one, two, three = sheet.inks
    step = sheet.between("step", 8.2, 9.8)
    dot = step * sheet.between("dot", 0.27, 0.35) * sheet.unit
    first, second = sheet.open_ways()
    for ink, quarters in (
        (one, ((first, second), (-first, -second))),
        (two, ((first, -second), (-first, second))),
    ):
        yield Dots(tuple(_rows(sheet, quarters, step, dot)), dot, ink)
    yield from sheet.point(step * 1.15, three, ring=False)


def _rows(sheet: _Sheet, quarters: Sequence[Ways], step: float, edge: float) -> Iterator[Point]:
    """Place dots in rows along both axes, away from the crossing, over the edge of the sheet."""
    reach = range(1, 2 + int(2 * max(sheet.width, sheet.height) / (step * sheet.unit)))
    right, bottom = sheet.width + edge, sheet.height + edge
    (ax, ay), (bx, by) = sheet.steps  # not `at`, whose thousands of calls would cost the most
    for first, second in quarters:
        for row in reach:
            along = first * step * row
            left, top = sheet.cross[0] + ax * along, sheet.cross[1] + ay * along
            for rank in reach:
                across = second * step * rank
                x, y = left + bx * across, top + by * across
                inside = -edge < x < right and -edge < y < bottom
                if inside and (row, rank) != (1, 1):  # where the point stands
                    yield (x, y)


def _stairs(sheet: _Sheet) -> Iterator[Shape]:
    """Lean bars on one axis, each shorter than the last, and turn them about the crossing."""
    one, two, three = sheet.inks
    first, second = sheet.open_ways()
    width, air = sheet.between("width", 7, 10), sheet.between("air", 2, 3.6)
    ratio = sheet.pick("ratio", (0.7, 0.78, 0.86))
    for way, ink in ((1, one), (-1, two)):
        long = sheet.between(f"longest{way}", 52, 76)
        for near, far in _stripes(air / 2, width, 1, air, 9):
            corners = ((near, air / 2), (far, air / 2), (far, long), (near, long))
            points = (sheet.at(way * first * a, way * second * b) for a, b in corners)
            yield Polygon(tuple(points), ink)
            long *= ratio
    yield from sheet.point(sheet.between("radius", 9, 12), three)


_COMPOSITIONS: Mapping[str, Callable[[_Sheet], Iterator[Shape]]] = MappingProxyType(
    {
        compose.__name__: compose
        for compose in (
            _crossroads, _bundle, _weave, _fold, _chevrons, _slide, _crowd, _stairs,
        )
    }
)  # fmt: skip
