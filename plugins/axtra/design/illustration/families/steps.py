"""The family « marches »: what rises, what falls, where they cross."""

from __future__ import annotations

import math
from collections.abc import Iterator

from axtra.design.illustration.shapes import Disc, Point, Polygon, Shape
from axtra.design.illustration.sheet import Sheet


def _staircase(sheet: Sheet, heights: list[float], start: float = -8) -> tuple[Point, ...]:
    """Return the outline of stairs whose heights are shares of the sheet, from left to right."""
    step = (sheet.right - start) / len(heights)
    points: list[Point] = [(start, sheet.foot)]
    for rank, height in enumerate(heights):
        y = sheet.height * (1 - height)
        points += [(start + rank * step, y), (start + (rank + 1) * step, y)]
    return (*points, (sheet.right, sheet.foot))


def crossed_steps(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw two stairs, one rising and one falling, with a sign where they cross."""
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


def arcs(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw arcs about one foot, like the rows of a theatre, and a sign on one of them."""
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


def stairs(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw three flights of stairs, one before the other, under a sun."""
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
