"""The compositions: what can be made of two axes that cross."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from axtra.design.illustration.composition_area import Sheet, Ways
from axtra.design.illustration.shapes import Disc, Dots, Point, Polygon, Shape, common, overprint


def _stripes(start: float, widest: float, ratio: float, air: float, count: int) -> Iterator[Point]:
    """Space stripes that thin out or swell: the near and far edge of each, in units."""
    for _ in range(count):
        yield (start, start + widest)
        start += widest + air
        widest *= ratio


def _crossroads(sheet: Sheet) -> Iterator[Shape]:
    """Cross two broad bands, unequal; fine lines keep the broader one company."""
    first_ink, second_ink, third_ink = sheet.inks
    broad, slim = sheet.between("broad", 9, 19), sheet.between("slim", 5, 9)
    under = list(sheet.band(0, -broad, broad, colour=first_ink))
    over = list(sheet.band(1, -slim, slim, colour=second_ink))
    thin, way = sheet.pick("thin", (0.8, 1.4, 2.4)), sheet.pick("way", (-1, 1))
    for near, far in _stripes(broad + 3.5, thin, 1, 2.6, sheet.pick("lines", (1, 2, 3))):
        under += sheet.band(0, way * near, way * far, colour=first_ink)
    yield from overprint(under, over, third_ink)
    yield from sheet.point(slim * 0.56, sheet.ground, ring=False)


def _bundle(sheet: Sheet) -> Iterator[Shape]:
    """Cross a bundle of stripes that thins out with one plain band."""
    first_ink, second_ink, third_ink = sheet.inks
    widest, slim = sheet.between("widest", 7, 12), sheet.between("slim", 7, 10)
    rhythm = (sheet.pick("ratio", (0.72, 0.8, 0.86)), sheet.between("air", 2, 3.4))
    way = sheet.pick("way", (-1, 1))
    under: list[Polygon] = []
    for near, far in _stripes(-widest / 2, widest, *rhythm, sheet.pick("count", (6, 8, 10))):
        under += sheet.band(0, way * near, way * far, colour=first_ink)
    yield from overprint(under, list(sheet.band(1, -slim, slim, colour=second_ink)), third_ink)
    yield from sheet.point(slim * 0.62, third_ink)


def _weave(sheet: Sheet) -> Iterator[Shape]:
    """Weave two bundles that thin out away from the crossing."""
    first_ink, second_ink, third_ink = sheet.inks
    layers: list[list[Polygon]] = []
    for axis, ink in ((0, first_ink), (1, second_ink)):
        widest = sheet.between(f"widest{axis}", 9, 13)
        rhythm = (sheet.pick(f"ratio{axis}", (0.5, 0.64, 0.76)), sheet.between("air", 2.4, 4))
        way, count = sheet.pick(f"way{axis}", (-1, 1)), sheet.pick(f"count{axis}", (3, 4, 5))
        stripes = _stripes(-widest / 2, widest, *rhythm, count)
        edges = [(way * near, way * far) for near, far in stripes]
        layers.append([s for edge in edges for s in sheet.band(axis, *edge, colour=ink)])
    yield from overprint(layers[0], layers[1], third_ink)
    yield from sheet.point(2.8, sheet.ground, ring=False)


def _fold(sheet: Sheet) -> Iterator[Shape]:
    """Fill one quarter of the sheet, rule the one across it, leave two white."""
    first_ink, second_ink, third_ink = sheet.inks
    ways = sheet.open_ways()
    yield Polygon(sheet.quarter(ways), first_ink)
    across = sheet.quarter((-ways[0], -ways[1]))
    axis = sheet.pick("ruling", (0, 1))
    way = -sheet.turn * (ways[1], -ways[0])[axis]
    air = sheet.between("air", 2.2, 4)
    ratio = sheet.pick("ratio", (0.8, 0.88, 0.94))
    for near, far in _stripes(air, sheet.between("widest", 5, 9), ratio, air, 16):
        for strip in sheet.band(axis, way * near, way * far, colour=second_ink):
            if points := common(strip.points, across):
                yield Polygon(points, second_ink)
    yield from sheet.point(sheet.between("radius", 9, 13), third_ink)


def _chevrons(sheet: Sheet) -> Iterator[Shape]:
    """Nest chevrons on either side of the crossing, many one way, few the other."""
    first_ink, second_ink, third_ink = sheet.inks
    first, second = sheet.open_ways()
    hole = sheet.between("hole", 7, 10)
    ratio = sheet.pick("ratio", (0.84, 1, 1.16))
    for way, ink, count in ((1, first_ink, 7), (-1, second_ink, sheet.pick("few", (1, 2, 3)))):
        widest = sheet.between(f"widest{way}", 6, 10)
        for near, far in _stripes(hole, widest, ratio, widest * 0.75, count):
            yield Polygon(_chevron(sheet, (way * first, way * second), near, far), ink)
    yield from sheet.point(hole * 0.72, third_ink, ring=False)


def _chevron(sheet: Sheet, ways: Ways, near: float, far: float) -> tuple[Point, ...]:
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


def _slide(sheet: Sheet) -> Iterator[Shape]:
    """Cut a great disc along one axis, slide its halves apart; the other axis holds them."""
    first_ink, second_ink, third_ink = sheet.inks
    radius = sheet.between("radius", 27, 36)
    slide = sheet.pick("slide", (0.25, 0.5, 1)) * radius
    slim = sheet.between("slim", 1.4, 3.4)
    yield from sheet.band(1, -slim, slim, colour=third_ink)
    yield Disc(sheet.at(slide, 0), radius * sheet.unit, first_ink, sheet.axes[0])
    yield Disc(sheet.at(-slide, 0), radius * sheet.unit, second_ink, sheet.axes[0] + 180)
    yield from sheet.band(0, -0.4, 0.4, colour=third_ink)
    yield from sheet.point(sheet.between("point", 6, 9), third_ink)


def _crowd(sheet: Sheet) -> Iterator[Shape]:
    """Draw up a crowd of dots that leaves two paths open; one dot has found its X."""
    first_ink, second_ink, third_ink = sheet.inks
    step = sheet.between("step", 8.2, 9.8)
    dot = step * sheet.between("dot", 0.27, 0.35) * sheet.unit
    first, second = sheet.open_ways()
    for ink, quarters in (
        (first_ink, ((first, second), (-first, -second))),
        (second_ink, ((first, -second), (-first, second))),
    ):
        yield Dots(tuple(_rows(sheet, quarters, step, dot)), dot, ink)
    yield from sheet.point(step * 1.15, third_ink, ring=False)


def _rows(sheet: Sheet, quarters: Sequence[Ways], step: float, edge: float) -> Iterator[Point]:
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


def _stairs(sheet: Sheet) -> Iterator[Shape]:
    """Lean bars on one axis, each shorter than the last, and turn them about the crossing."""
    first_ink, second_ink, third_ink = sheet.inks
    first, second = sheet.open_ways()
    width, air = sheet.between("width", 7, 10), sheet.between("air", 2, 3.6)
    ratio = sheet.pick("ratio", (0.7, 0.78, 0.86))
    for way, ink in ((1, first_ink), (-1, second_ink)):
        long = sheet.between(f"longest{way}", 52, 76)
        for near, far in _stripes(air / 2, width, 1, air, 9):
            corners = ((near, air / 2), (far, air / 2), (far, long), (near, long))
            points = (sheet.at(way * first * a, way * second * b) for a, b in corners)
            yield Polygon(tuple(points), ink)
            long *= ratio
    yield from sheet.point(sheet.between("radius", 9, 12), third_ink)


COMPOSITIONS: Mapping[str, Callable[[Sheet], Iterator[Shape]]] = MappingProxyType(
    {
        compose.__name__: compose
        for compose in (
            _crossroads, _bundle, _weave, _fold, _chevrons, _slide, _crowd, _stairs,
        )
    }
)  # fmt: skip
