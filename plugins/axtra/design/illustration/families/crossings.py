"""The family « croisements »: two ideas meet, and something holds."""

from __future__ import annotations

from collections.abc import Iterator

from axtra.design.illustration.shapes import Disc, Point, Polygon, Shape, vector
from axtra.design.illustration.sheet import AXIS, Sheet


def cross(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw bands crossed by a stroke, with a disc where they meet."""
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


def weave(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw a fabric of strokes."""
    p = sheet.palette
    ground = sheet.pick("ground", (p.ink, p.bright))
    warps = (p.support, p.bright if ground == p.ink else p.ink)
    wefts = (p.paper, p.pale)

    def shapes() -> Iterator[Shape]:
        threads = sheet.number("threads", 3, 6)
        pitch = 2 * 100 / (threads + 1) / 1.25
        width = pitch * sheet.between("width", 0.5, 0.68)
        middle = sheet.place((0.42, 0.58), (0.42, 0.58))
        along = vector(AXIS, sheet.unit)
        across = vector(AXIS - 90, sheet.unit)
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


def fan(sheet: Sheet) -> tuple[str, Iterator[Shape]]:
    """Draw rays that leave one point."""
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
            ends = [vector(turn, long), vector(turn + open_, long)]
            points = (at, *((at[0] + way * x, at[1] + y) for x, y in ends))
            yield Polygon(points, rays[rank % 2])
        yield sheet.stroke(at, sheet.between("band", 9, 15), band)
        yield Disc(at, 14 * sheet.unit, p.paper if ground != p.paper else p.pale)
        yield Disc(at, 5.5 * sheet.unit, p.ink)

    return ground, shapes()
