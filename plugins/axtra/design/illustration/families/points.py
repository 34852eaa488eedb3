"""The family « points »: one counts, chooses, looks closely."""

from __future__ import annotations

import math
from collections.abc import Iterator

from axtra.design.illustration.shapes import Disc, Dots, Point, Polygon, Shape, vector
from axtra.design.illustration.sheet import AXIS, Sheet


def field(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw a field of dots in which one counts."""
    p = sheet.palette
    ground, dots = sheet.pick("ground", ((p.paper, p.bright), (p.pale, p.ink), (p.ink, p.pale)))

    def shapes() -> Iterator[Shape]:
        at, unit = sheet.place((0.36, 0.64), (0.4, 0.6)), sheet.unit
        step = sheet.between("step", 5.6, 6.6) * unit
        sizes: dict[tuple[float, str], list[Point]] = {}
        rows = int(sheet.height / (step * 0.88)) + 3
        for row in range(-1, rows):
            y = row * step * 0.88
            axis = sheet.on_axis(at, y)[0]
            for rank in range(-1, int(sheet.width / step) + 3):
                x = (rank + (row % 2) / 2) * step
                away = abs(x - axis) / unit
                if math.hypot(x - at[0], y - at[1]) < 13 * unit:
                    continue
                size = max(0.7, 2.3 - away / 52)
                colour = p.support if away < step / unit * 0.5 else dots
                sizes.setdefault((round(size, 1), colour), []).append((x, y))
        for (size, colour), centres in sorted(sizes.items()):
            yield Dots(tuple(centres), size * unit, colour)
        yield Disc(at, 10 * unit, p.ink if ground != p.ink else p.paper)

    return ground, shapes()


def lens(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw dots seen through a lens."""
    p = sheet.palette
    ground, small, big = sheet.pick(
        "inks", ((p.ink, p.bright, p.ink), (p.pale, p.bright, p.ink), (p.bright, p.pale, p.ink))
    )

    def shapes() -> Iterator[Shape]:
        at = sheet.place((0.42, 0.58), (0.42, 0.5))
        radius = sheet.between("radius", 29, 34) * sheet.unit
        step = sheet.between("step", 7, 8.4) * sheet.unit
        grid = (
            ((rank + 0.5) * step, (row + 0.5) * step)
            for row in range(int(sheet.height / step) + 1)
            for rank in range(int(sheet.width / step) + 1)
        )
        clear = radius + 2 * sheet.unit
        yield Dots(tuple(c for c in grid if math.dist(c, at) > clear), 1.3 * sheet.unit, small)
        way = sheet.pick("way", (1, -1))
        foot = (at[0] + way * 70 * sheet.unit, at[1] + 70 * sheet.unit)
        handle = vector(-45 if way > 0 else -135, radius * 0.98)
        start = (at[0] + handle[0], at[1] + handle[1])
        nx, ny = 3.6 * sheet.unit, 3.6 * sheet.unit * way
        corners = ((start[0] + nx, start[1] - ny), (foot[0] + nx, foot[1] - ny))
        yield Polygon(
            (*corners, (foot[0] - nx, foot[1] + ny), (start[0] - nx, start[1] + ny)), p.support
        )
        yield Disc(at, radius, p.paper)
        inside = _hexagons(at, radius / 4.1, radius * 0.82)
        lit = sheet.number("lit", 2, min(9, len(inside)))
        turn = int(sheet.between("first", 0, len(inside)))
        order = sorted(range(len(inside)), key=lambda rank: (rank * 7 + turn) % len(inside))
        bright = {inside[rank] for rank in order[:lit]}
        yield Dots(tuple(c for c in inside if c not in bright), radius / 9.4, big)
        yield Dots(tuple(sorted(bright)), radius / 9.4, p.support)

    return ground, shapes()


def _hexagons(at: Point, step: float, reach: float) -> list[Point]:
    """List the centres of a honeycomb, within a distance of a point."""
    found = []
    for row in range(-3, 4):
        for rank in range(-4, 5):
            x, y = at[0] + (rank + (row % 2) / 2) * step * 1.28, at[1] + row * step * 1.1
            if math.dist((x, y), at) <= reach:
                found.append((round(x, 1), round(y, 1)))
    return found


def columns(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw columns of dots that make a bell, some of them lit."""
    p = sheet.palette
    ground, dots = sheet.pick("ground", ((p.pale, p.ink), (p.paper, p.bright), (p.ink, p.pale)))

    def shapes() -> Iterator[Shape]:
        step = sheet.between("step", 6.6, 7.6) * sheet.unit
        columns = int(sheet.width / step)
        left = (sheet.width - (columns - 1) * step) / 2
        peak = sheet.between("peak", 0.4, 0.68) * columns
        wide = sheet.between("wide", 0.1, 0.15) * columns
        most = int(sheet.height * sheet.between("most", 0.78, 0.9) / step)
        lit = sheet.number("lit", 2, 9)
        plain: list[Point] = []
        bright: list[Point] = []
        for column in range(columns):
            bell = math.exp(-(((column - peak) / wide) ** 2) / 2)
            for row in range(max(1, round(most * bell))):
                x, y = left + column * step, sheet.height - (row + 0.6) * step
                along = round(peak + row / math.tan(math.radians(AXIS)) - 1)
                chosen = column == along and len(bright) < lit and row < most * bell - 1
                (bright if chosen else plain).append((x, y))
        yield Dots(tuple(plain), step * 0.37, dots)
        if bright:
            yield Dots(tuple(bright), step * 0.37, p.support)
        away = sheet.width * (0.2 if peak > columns / 2 else 0.8)
        yield Disc(
            (away, 0.35 * sheet.height),
            10 * sheet.unit,
            p.paper if ground != p.paper else p.support,
        )

    return ground, shapes()
