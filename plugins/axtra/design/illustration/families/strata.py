"""The family « strates »: what was laid down, and the fault from which one looks at it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from axtra.design.illustration.shapes import Disc, Point, Polygon, Shape, vector
from axtra.design.illustration.sheet import AXIS, Sheet


def fault(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw layers broken by a fault."""
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


def rings(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw rings off centre, like those of a tree."""
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
            dx, dy = vector(turn, edge * 0.13 * sheet.unit)
            colour = next(ink for ink in (*inks[rank % 4 :], *inks) if ink != last)
            last = colour
            yield Disc((at[0] + dx, at[1] + dy), max(edge, 4) * sheet.unit, colour)
        axis = p.support if last != p.support else p.paper
        yield sheet.stroke((at[0] + 26 * sheet.unit, at[1]), 1.8, axis)
        yield Disc(at, 4.4 * sheet.unit, p.paper if last != p.paper else p.ink)

    return ground, shapes()


def leaves(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw leaves of unequal length, laid one on the other."""
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
