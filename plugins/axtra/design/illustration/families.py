"""The families of drawings: a rubrique is recognised by its motif, even small and in grey.

Each family has three variants. What they count (steps, rays, dots) is a number of the text where
it gives one; a drawing has neither scale nor labels, and imitates no diagram.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias

from axtra.design.illustration.shapes import Disc, Dots, Point, Polygon, Shape
from axtra.design.illustration.sheet import AXIS, Sheet

Variant: TypeAlias = Callable[[Sheet], tuple[str, Iterator[Shape]]]


def _staircase(sheet: Sheet, heights: list[float], start: float = -8) -> tuple[Point, ...]:
    """Return the outline of stairs whose heights are shares of the sheet, from left to right."""
    step = (sheet.right - start) / len(heights)
    points: list[Point] = [(start, sheet.foot)]
    for rank, height in enumerate(heights):
        y = sheet.height * (1 - height)
        points += [(start + rank * step, y), (start + (rank + 1) * step, y)]
    return (*points, (sheet.right, sheet.foot))


# --- marches: what rises, what falls, where they cross -----------------------------------------


def _crossed_steps(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    ground, falls = sheet.pick("ground", ((p.paper, p.pale), (p.pale, p.paper)))

    def shapes() -> Iterator[Shape]:
        steps = 2 * sheet.number("steps", 3, 6)
        low, high = sheet.between("low", 0.14, 0.26), sheet.between("high", 0.7, 0.86)
        bend = sheet.between("bend", 0.85, 1.25)
        share = [(rank / (steps - 1)) ** bend for rank in range(steps)]
        rising = [low + (high - low) * at for at in share]
        falling = [high - (high - low) * sheet.between("fall", 0.8, 1) * at for at in share]
        if sheet.pick("way", (True, False)):
            rising, falling = rising[::-1], falling[::-1]
        yield Polygon(_staircase(sheet, falling), falls)
        yield Polygon(_staircase(sheet, rising), p.bright)
        lowest = [min(pair) for pair in zip(rising, falling, strict=True)]
        yield Polygon(_staircase(sheet, lowest), p.ink)
        apart = [abs(up - down) for up, down in zip(rising, falling, strict=True)]
        at = apart.index(min(apart))
        cross = ((at + 0.5) / steps * sheet.width, sheet.height * (1 - lowest[at]))
        yield sheet.stroke(cross, sheet.between("slim", 1.8, 3), p.support)
        yield Disc(cross, 9 * sheet.unit, ground)

    return ground, shapes()


def _arcs(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    first, second = sheet.pick(
        "inks", ((p.pale, p.bright), (p.bright, p.pale), (p.support, p.pale))
    )

    def shapes() -> Iterator[Shape]:
        left = sheet.pick("side", (True, False))
        across = sheet.between("across", 0.06, 0.24) * sheet.width
        centre = (across if left else sheet.width - across, sheet.height * 1.03)
        count = sheet.number("arcs", 3, 7)
        widest = sheet.between("widest", 1.1, 1.35) * math.hypot(sheet.width, sheet.height) * 0.72
        for rank in range(count):
            outer = widest * (count - rank) / count
            yield Disc(centre, outer, (first, second)[rank % 2])
            yield Disc(centre, outer - widest / count * 0.52, p.ink)
        y = sheet.between("down", 0.34, 0.46) * sheet.height
        reach = next(
            reach
            for rank in range(1, 40)
            if (reach := widest * (count - rank / 3) / count) <= 0.78 * sheet.width
        )
        aside = math.sqrt(max(0.0, reach**2 - (centre[1] - y) ** 2))
        aside = min(max(aside, 0.2 * sheet.width), 0.62 * sheet.width)
        at = (centre[0] + (aside if left else -aside), y)
        colour = p.bright if first == p.support else p.support
        yield sheet.stroke(at, 2.2, colour)
        yield Disc(at, 7.5 * sheet.unit, p.paper)

    return p.ink, shapes()


def _stairs(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    ground, sun = sheet.pick(
        "ground", ((p.pale, p.paper), (p.paper, p.support), (p.bright, p.paper))
    )
    inks = [ink for ink in (p.bright, p.ink, p.support, p.pale) if ink not in {ground, sun}][:3]

    def shapes() -> Iterator[Shape]:
        up = sheet.pick("way", (True, False))
        steps = sheet.number("steps", 4, 8)
        tops = (sheet.between("top", 0.8, 0.94), 0.64, 0.34)
        for rank, (ink, top) in enumerate(zip(inks, tops, strict=False)):
            low = 0.2 - 0.08 * rank
            heights = [low + (top - low) * at / (steps - 1) for at in range(steps)]
            start = -8 - rank * sheet.between("shift", 0.4, 0.7) * sheet.width / steps
            points = _staircase(sheet, heights, start)
            yield Polygon(points if up else _mirrored(sheet, points), ink)
        x = sheet.between("sun", 0.18, 0.34) * sheet.width
        yield Disc((x if up else sheet.width - x, 0.35 * sheet.height), 12 * sheet.unit, sun)

    return ground, shapes()


def _mirrored(sheet: Sheet, points: tuple[Point, ...]) -> tuple[Point, ...]:
    return tuple((sheet.width - x, y) for x, y in points)


# --- croisements: two ideas meet, and something holds ------------------------------------------


def _cross(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    ground, wide, slim = sheet.pick(
        "inks", ((p.paper, p.bright, p.ink), (p.pale, p.ink, p.bright), (p.support, p.ink, p.paper))
    )
    fine = p.support if ground != p.support else p.bright

    def shapes() -> Iterator[Shape]:
        at = sheet.place((0.38, 0.62), (0.42, 0.58))
        way = sheet.pick("way", (-1, 1))
        for rank in range(7):
            beside = (at[0] + way * (24 + rank * 7.4) * sheet.unit, at[1])
            yield sheet.stroke(beside, 2.6, p.pale if ground != p.pale else p.paper)
        bands = sheet.number("bands", 1, 4)
        width = 24 / bands + 3
        air = width + 7
        angle = sheet.pick("angle", (-38, -28, -46))
        for rank in range(bands):
            away = (rank - (bands - 1) / 2) * air * sheet.unit
            yield sheet.stroke((at[0], at[1] + away), width, wide, angle)
        yield sheet.stroke(at, sheet.between("slim", 15, 22), slim)
        yield sheet.stroke((at[0] - way * 17 * sheet.unit, at[1]), 2, fine)
        yield Disc(at, sheet.between("disc", 9, 12) * sheet.unit, ground)

    return ground, shapes()


def _weave(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    ground = sheet.pick("ground", (p.ink, p.bright))
    warps = (p.support, p.bright if ground == p.ink else p.ink)
    wefts = (p.paper, p.pale)

    def shapes() -> Iterator[Shape]:
        threads = sheet.number("threads", 3, 6)
        pitch = 2 * 100 / (threads + 1) / 1.25
        width = pitch * sheet.between("width", 0.5, 0.68)
        middle = sheet.place((0.42, 0.58), (0.42, 0.58))
        along = _vector(AXIS, sheet.unit)
        across = _vector(AXIS - 90, sheet.unit)
        reach = range(-1 - int(140 / pitch), 2 + int(140 / pitch))

        def crossing(warp: int, weft: int) -> Point:
            x, y = middle
            return (
                x + (across[0] * warp + along[0] * weft) * pitch,
                y + (across[1] * warp + along[1] * weft) * pitch,
            )

        for warp in reach:
            yield sheet.stroke(crossing(warp, 0), width, warps[warp % 2])
        for weft in reach:
            yield sheet.stroke(crossing(0, weft), width, wefts[weft % 2], AXIS - 90)
        half = (pitch + width) / 4 + width / 4
        for warp in reach:
            for weft in reach:
                x, y = crossing(warp, weft)
                far = 12 * sheet.unit
                seen = -far < x < sheet.width + far and -far < y < sheet.height + far
                if (warp + weft) % 2 == 0 and seen:
                    ends = (
                        (x + s * along[0] * half + t * across[0] * width / 2,
                         y + s * along[1] * half + t * across[1] * width / 2)
                        for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1))
                    )  # fmt: skip
                    yield Polygon(tuple(ends), warps[warp % 2])

    return ground, shapes()


def _fan(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    ground, rays = sheet.pick(
        "inks",
        ((p.bright, (p.pale, p.ink)), (p.ink, (p.support, p.pale)), (p.paper, (p.bright, p.ink))),
    )
    band = p.support if ground != p.ink else p.bright

    def shapes() -> Iterator[Shape]:
        way = sheet.pick("way", (-1, 1))
        at = sheet.place((0.4, 0.48) if way > 0 else (0.52, 0.6), (0.44, 0.58))
        count = sheet.number("rays", 3, 9)
        spread = min(132.0, 20.0 * count)
        first = -spread / 2 + sheet.between("tilt", -8, 8)
        long = 2.0 * (sheet.width + sheet.height)
        for rank in range(count):
            turn, open_ = first + spread * rank / count, spread / count * 0.5
            ends = [_vector(turn, long), _vector(turn + open_, long)]
            points = (at, *((at[0] + way * x, at[1] + y) for x, y in ends))
            yield Polygon(points, rays[rank % 2])
        yield sheet.stroke(at, sheet.between("band", 9, 15), band)
        yield Disc(at, 14 * sheet.unit, p.paper if ground != p.paper else p.pale)
        yield Disc(at, 5.5 * sheet.unit, p.ink)

    return ground, shapes()


def _vector(angle: float, length: float) -> Point:
    turn = math.radians(angle)
    return (length * math.cos(turn), -length * math.sin(turn))


# --- points: one counts, chooses, looks closely -------------------------------------------------


def _field(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    ground, dots = sheet.pick("ground", ((p.paper, p.bright), (p.pale, p.ink), (p.ink, p.pale)))

    def shapes() -> Iterator[Shape]:
        at = sheet.place((0.36, 0.64), (0.4, 0.6))
        step = sheet.between("step", 5.6, 6.6) * sheet.unit
        sizes: dict[tuple[float, str], list[Point]] = {}
        rows = int(sheet.height / (step * 0.88)) + 3
        for row in range(-1, rows):
            y = row * step * 0.88
            for rank in range(-1, int(sheet.width / step) + 3):
                x = (rank + (row % 2) / 2) * step
                axis = sheet.on_axis(at, y)[0]
                away = abs(x - axis) / sheet.unit
                if math.hypot(x - at[0], y - at[1]) < 13 * sheet.unit:
                    continue
                size = max(0.7, 2.3 - away / 52)
                colour = p.support if away < step / sheet.unit * 0.5 else dots
                sizes.setdefault((round(size, 1), colour), []).append((x, y))
        for (size, colour), centres in sorted(sizes.items()):
            yield Dots(tuple(centres), size * sheet.unit, colour)
        yield Disc(at, 10 * sheet.unit, p.ink if ground != p.ink else p.paper)

    return ground, shapes()


def _lens(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
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
        handle = _vector(-45 if way > 0 else -135, radius * 0.98)
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


def _columns(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
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


# --- strates: what was laid down, and the fault from which one looks at it -----------------------


def _fault(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    ground = sheet.pick("ground", (p.paper, p.pale))
    other = p.pale if ground == p.paper else p.paper
    inks = (
        other,
        p.ink,
        p.bright,
        other,
        p.support,
        p.ink,
        p.paper if ground != p.paper else p.pale,
    )

    def shapes() -> Iterator[Shape]:
        at = sheet.place((0.42, 0.62), (0.32, 0.42))
        throw = sheet.between("throw", 12, 24) * sheet.unit * sheet.pick("way", (1, -1))
        layers = sheet.number("layers", 5, 9)
        top = sheet.between("top", 0.08, 0.2) * sheet.height
        for layer in range(layers):
            y = top + layer * (sheet.height - top) / layers
            thick = sheet.between(f"layer{layer}", -2.5, 2.5) * sheet.unit
            ink = inks[layer % len(inks)]
            yield Polygon(_side(sheet, at, y + thick, right=False), ink)
            yield Polygon(_side(sheet, at, y + thick + throw, right=True), ink)
        yield sheet.stroke(at, 1.6, p.support)
        yield Disc(at, 7 * sheet.unit, p.ink)

    return ground, shapes()


def _side(sheet: Sheet, at: Point, level: float, *, right: bool) -> tuple[Point, ...]:
    """Return what is below a wave, on one side of the axis through a point."""
    tall, long = (
        sheet.between("tall", 3, 7) * sheet.unit,
        sheet.between("long", 90, 140) * sheet.unit,
    )
    phase = sheet.between("phase", 0, 6.28)

    def wave(x: float) -> float:
        return level + tall * math.sin(phase + 6.28 * x / long)

    meet = at[0]
    for _ in range(6):
        meet = sheet.on_axis(at, wave(meet))[0]
    start, end = (meet, sheet.right) if right else (-8.0, meet)
    steps = max(2, round((end - start) / (7 * sheet.unit)))
    top = [(start + (end - start) * s / steps, 0.0) for s in range(steps + 1)]
    points = [(x, wave(x)) for x, _ in top]
    foot = sheet.on_axis(at, sheet.foot)
    corner = (sheet.right if right else -8.0, sheet.foot)
    return (*points, corner, foot) if right else (*points, foot, corner)


def _rings(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    ground = sheet.pick("ground", (p.ink, p.pale))

    def shapes() -> Iterator[Shape]:
        at = sheet.place((0.36, 0.6), (0.46, 0.58))
        count = sheet.number("rings", 5, 10)
        inks = (
            (p.bright, p.paper, p.ink, p.support)
            if ground == p.ink
            else (p.ink, p.paper, p.bright, p.support)
        )
        edges = [sheet.between("reach", 74, 86)]
        for rank in range(1, count):
            edges.append(
                edges[-1] - edges[0] / (count + 1) * sheet.between(f"ring{rank}", 0.6, 1.25)
            )
        turn = sheet.between("turn", -60, 240)
        last = ""
        for rank, (edge, _) in enumerate(pairwise([*edges, 0.0])):
            dx, dy = _vector(turn, edge * 0.13 * sheet.unit)
            colour = next(ink for ink in (*inks[rank % 4 :], *inks) if ink != last)
            last = colour
            yield Disc((at[0] + dx, at[1] + dy), max(edge, 4) * sheet.unit, colour)
        axis = p.support if last != p.support else p.paper
        yield sheet.stroke((at[0] + 26 * sheet.unit, at[1]), 1.8, axis)
        yield Disc(at, 4.4 * sheet.unit, p.paper if last != p.paper else p.ink)

    return ground, shapes()


def _leaves(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    p = sheet.palette
    ground, disc = sheet.pick("ground", ((p.pale, p.ink), (p.paper, p.bright), (p.ink, p.support)))
    inks = [ink for ink in (p.bright, p.paper, p.ink, p.pale, p.support) if ink != ground]

    def shapes() -> Iterator[Shape]:
        left = sheet.pick("side", (True, False))
        count = sheet.number("leaves", 5, 10)
        room = sheet.height * 0.9
        heights = [sheet.between(f"thick{rank}", 0.4, 1.6) for rank in range(count)]
        total, y = sum(heights), sheet.height * 0.1
        for rank, share in enumerate(heights):
            tall = room * share / total
            long = sheet.between(f"long{rank}", 0.42, 0.72) * sheet.width
            lean = tall * 0.84 / math.tan(math.radians(AXIS))
            foot = y + tall * 0.84
            ends = ((-8.0, y), (long, y), (long - lean, foot), (-8.0, foot))
            points = ends if left else tuple((sheet.width - x, h) for x, h in ends)
            yield Polygon(points, inks[rank % len(inks)])
            y += tall
        x = sheet.width * sheet.between("disc", 0.79, 0.83)
        yield Disc((x if left else sheet.width - x, 0.34 * sheet.height), 10 * sheet.unit, disc)

    return ground, shapes()


FAMILIES: Mapping[str, tuple[Variant, ...]] = MappingProxyType(
    {
        "marches": (_crossed_steps, _arcs, _stairs),
        "croisements": (_cross, _weave, _fan),
        "points": (_field, _lens, _columns),
        "strates": (_fault, _rings, _leaves),
    }
)
