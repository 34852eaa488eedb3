"""The compositions on two axes that cross."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from axtra.design.illustration.composition_area import CompositionArea, Ways
from axtra.design.illustration.shapes import Disc, Dots, Point, Polygon, Shape, common, overprint


def _stripes(start: float, widest: float, ratio: float, air: float, count: int) -> Iterator[Point]:
    """Yield stripes that thin out or widen: the near and far edges of each, in units."""
    for _ in range(count):
        yield (start, start + widest)
        start += widest + air
        widest *= ratio


def _crossroads(area: CompositionArea) -> Iterator[Shape]:
    """Cross two broad, unequal bands; fine lines run beside the broader band."""
    first_ink, second_ink, third_ink = area.inks
    broad, slim = area.between("broad", 9, 19), area.between("slim", 5, 9)
    under = list(area.band(0, -broad, broad, colour=first_ink))
    over = list(area.band(1, -slim, slim, colour=second_ink))
    thin, way = area.pick("thin", (0.8, 1.4, 2.4)), area.pick("way", (-1, 1))
    for near, far in _stripes(broad + 3.5, thin, 1, 2.6, area.pick("lines", (1, 2, 3))):
        under += area.band(0, way * near, way * far, colour=first_ink)
    yield from overprint(under, over, third_ink)
    yield from area.point(slim * 0.56, area.ground, ring=False)


def _bundle(area: CompositionArea) -> Iterator[Shape]:
    """Cross a bundle of stripes that thins out with a plain band."""
    first_ink, second_ink, third_ink = area.inks
    widest, slim = area.between("widest", 7, 12), area.between("slim", 7, 10)
    rhythm = (area.pick("ratio", (0.72, 0.8, 0.86)), area.between("air", 2, 3.4))
    way = area.pick("way", (-1, 1))
    under: list[Polygon] = []
    for near, far in _stripes(-widest / 2, widest, *rhythm, area.pick("count", (6, 8, 10))):
        under += area.band(0, way * near, way * far, colour=first_ink)
    yield from overprint(under, list(area.band(1, -slim, slim, colour=second_ink)), third_ink)
    yield from area.point(slim * 0.62, third_ink)


def _weave(area: CompositionArea) -> Iterator[Shape]:
    """Weave two bundles that thin out away from the crossing."""
    first_ink, second_ink, third_ink = area.inks
    layers: list[list[Polygon]] = []
    for axis, ink in ((0, first_ink), (1, second_ink)):
        widest = area.between(f"widest{axis}", 9, 13)
        rhythm = (area.pick(f"ratio{axis}", (0.5, 0.64, 0.76)), area.between("air", 2.4, 4))
        way, count = area.pick(f"way{axis}", (-1, 1)), area.pick(f"count{axis}", (3, 4, 5))
        stripes = _stripes(-widest / 2, widest, *rhythm, count)
        edges = [(way * near, way * far) for near, far in stripes]
        layers.append([s for edge in edges for s in area.band(axis, *edge, colour=ink)])
    yield from overprint(layers[0], layers[1], third_ink)
    yield from area.point(2.8, area.ground, ring=False)


def _fold(area: CompositionArea) -> Iterator[Shape]:
    """Fill a quarter of the area, rule the opposite quarter, leave the others white."""
    first_ink, second_ink, third_ink = area.inks
    ways = area.open_ways()
    yield Polygon(area.quarter(ways), first_ink)
    across = area.quarter((-ways[0], -ways[1]))
    axis = area.pick("ruling", (0, 1))
    way = -area.turn * (ways[1], -ways[0])[axis]
    air = area.between("air", 2.2, 4)
    ratio = area.pick("ratio", (0.8, 0.88, 0.94))
    for near, far in _stripes(air, area.between("widest", 5, 9), ratio, air, 16):
        for strip in area.band(axis, way * near, way * far, colour=second_ink):
            if points := common(strip.points, across):
                yield Polygon(points, second_ink)
    yield from area.point(area.between("radius", 9, 13), third_ink)


def _chevrons(area: CompositionArea) -> Iterator[Shape]:
    """Nest chevrons on both sides of the crossing, many on a side, few on the other."""
    first_ink, second_ink, third_ink = area.inks
    first, second = area.open_ways()
    hole = area.between("hole", 7, 10)
    ratio = area.pick("ratio", (0.84, 1, 1.16))
    for way, ink, count in ((1, first_ink, 7), (-1, second_ink, area.pick("few", (1, 2, 3)))):
        widest = area.between(f"widest{way}", 6, 10)
        for near, far in _stripes(hole, widest, ratio, widest * 0.75, count):
            yield Polygon(_chevron(area, (way * first, way * second), near, far), ink)
    yield from area.point(hole * 0.72, third_ink, ring=False)


def _chevron(area: CompositionArea, ways: Ways, near: float, far: float) -> tuple[Point, ...]:
    """Bend a strip around the crossing, its arms along the axes."""
    long = 3 * max(area.width, area.height) / area.unit
    angle = math.radians(area.axes[1] - area.axes[0])
    (first, second), stretch = ways, 1 / abs(math.sin(angle))
    inner, outer = near * stretch, far * stretch
    return (
        area.at(first * inner, second * inner),
        area.at(first * long, second * inner),
        area.at(first * long, second * outer),
        area.at(first * outer, second * outer),
        area.at(first * outer, second * long),
        area.at(first * inner, second * long),
    )


def _slide(area: CompositionArea) -> Iterator[Shape]:
    """Cut a large disc along an axis and slide its halves apart; the other axis crosses them."""
    first_ink, second_ink, third_ink = area.inks
    radius = area.between("radius", 27, 36)
    slide = area.pick("slide", (0.25, 0.5, 1)) * radius
    slim = area.between("slim", 1.4, 3.4)
    yield from area.band(1, -slim, slim, colour=third_ink)
    yield Disc(area.at(slide, 0), radius * area.unit, first_ink, area.axes[0])
    yield Disc(area.at(-slide, 0), radius * area.unit, second_ink, area.axes[0] + 180)
    yield from area.band(0, -0.4, 0.4, colour=third_ink)
    yield from area.point(area.between("point", 6, 9), third_ink)


def _crowd(area: CompositionArea) -> Iterator[Shape]:
    """Draw a crowd of dots with two open paths, and a dot alone on the crossing."""
    first_ink, second_ink, third_ink = area.inks
    step = area.between("step", 8.2, 9.8)
    dot = step * area.between("dot", 0.27, 0.35) * area.unit
    first, second = area.open_ways()
    for ink, quarters in (
        (first_ink, ((first, second), (-first, -second))),
        (second_ink, ((first, -second), (-first, second))),
    ):
        yield Dots(tuple(_rows(area, quarters, step, dot)), dot, ink)
    yield from area.point(step * 1.15, third_ink, ring=False)


def _rows(
    area: CompositionArea, quarters: Sequence[Ways], step: float, edge: float
) -> Iterator[Point]:
    """Place dots in rows along both axes, away from the crossing, over the edge of the area."""
    reach = range(1, 2 + int(2 * max(area.width, area.height) / (step * area.unit)))
    right, bottom = area.width + edge, area.height + edge
    (ax, ay), (bx, by) = area.steps  # not `at`, whose thousands of calls would cost the most
    for first, second in quarters:
        for row in reach:
            along = first * step * row
            left, top = area.cross[0] + ax * along, area.cross[1] + ay * along
            for rank in reach:
                across = second * step * rank
                x, y = left + bx * across, top + by * across
                inside = -edge < x < right and -edge < y < bottom
                if inside and (row, rank) != (1, 1):  # where the point stands
                    yield (x, y)


def _stairs(area: CompositionArea) -> Iterator[Shape]:
    """Put shorter and shorter bars along an axis, and rotate them about the crossing."""
    first_ink, second_ink, third_ink = area.inks
    first, second = area.open_ways()
    width, air = area.between("width", 7, 10), area.between("air", 2, 3.6)
    ratio = area.pick("ratio", (0.7, 0.78, 0.86))
    for way, ink in ((1, first_ink), (-1, second_ink)):
        long = area.between(f"longest{way}", 52, 76)
        for near, far in _stripes(air / 2, width, 1, air, 9):
            corners = ((near, air / 2), (far, air / 2), (far, long), (near, long))
            points = (area.at(way * first * a, way * second * b) for a, b in corners)
            yield Polygon(tuple(points), ink)
            long *= ratio
    yield from area.point(area.between("radius", 9, 12), third_ink)


COMPOSITIONS: Mapping[str, Callable[[CompositionArea], Iterator[Shape]]] = MappingProxyType(
    {
        compose.__name__: compose
        for compose in (
            _crossroads, _bundle, _weave, _fold, _chevrons, _slide, _crowd, _stairs,
        )
    }
)  # fmt: skip
