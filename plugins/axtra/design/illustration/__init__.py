"""The drawings of AXE: two oblique axes that cross, and a point at their crossing.

A drawing replaces a missing photograph: covers, articles, social cards, mastheads. It depends only
on its seed, and uses three flat inks on warm paper; the third ink shows where the others overlap.
"""

from __future__ import annotations

from enum import Enum
from math import radians, tan

from axtra.design.illustration.composition_area import lay_out, pick
from axtra.design.illustration.compositions import COMPOSITIONS
from axtra.design.illustration.shapes import (
    Disc,
    Dots,
    Drawing,
    Outline,
    Point,
    Polygon,
    Shape,
    overprint,
)
from axtra.design.tokens import Palette, Tokens

__all__ = [
    "Disc", "Dots", "Drawing", "Format", "Outline", "Polygon", "Shape", "cover", "draw", "mark",
    "overprint", "palette", "wordmark",
]  # fmt: skip

# The A, the thick arm of the X and the E; they stand on a line at 132.
LETTERS = (
    "M14 132 67.2 32H76.2L129.4 132H105.4L64.2 54.6L23 132H14ZM41 94H87V100H38L41 94Z"
    "M0 127H37V132H0V127ZM92 127H143V132H92V127Z"
    "M148 32H174L227.2 132H201.2L148 32ZM135 32H187V37H135V32ZM188 127H240V132H188V127Z"
    "M256 32H330V57H326Q322 37 304 37H288V78"
    "H298Q312 78 314 65H318V98H314Q312 85 298 85H288V127"
    "H306Q326 127 331 103H335L333 132H256V127H264V37H256V32Z"
)


class Format(Enum):
    """The formats of drawings: width and height, in px, of a nominal canvas."""

    COVER = (900, 660)
    LANDSCAPE = (1600, 900)
    SQUARE = (1000, 1000)
    SOCIAL = (1200, 630)


def draw(seed: str, palette: Palette, format_: Format) -> Drawing:
    """Compose the drawing of a seed: the same seed, palette and format give the same drawing.

    The composition, angles and inks depend on the seed and the palette; the format only moves the
    crossing and shows more or less of the bands.
    """
    width, height = format_.value
    area = lay_out(seed, palette, width, height)
    compose = area.pick("composition", tuple(COMPOSITIONS.values()))
    return Drawing(width, height, area.ground, tuple(compose(area)))


def cover(seed: str, palette: Palette, angle: float) -> str:
    """Draw a whole cover, 900 × 1200: the drawing at the bottom, cut along the axis, on its ink.

    Args:
        seed: the seed of the drawing.
        palette: its colours.
        angle: the angle of the axis, in degrees.
    """
    width, height = Format.COVER.value
    top = round(width * 4 / 3) - height
    start = round(height / tan(radians(angle)))
    drawn = draw(seed, palette, Format.COVER).svg().replace("<svg ", f'<svg y="{top}" ', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top + height}"'
        f' viewBox="0 0 {width} {top + height}">{drawn}'
        f'<path fill="{palette.ink}" d="M0 0h{width}v{top}H{start}L0 {top + height}z"/></svg>'
    )


def palette(name: str, seed: str, tokens: Tokens) -> Palette:
    """Return the palette of a name; without a name, the seed chooses it."""
    return tokens.palette(name) if name else pick(seed, "palette", list(tokens.palettes.values()))


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
        ground: The background; None for nothing.
    """
    arm = Polygon(((230, 0), (240, 0), (158, 176), (148, 176)), axis)
    return Drawing(336, 176, ground, (Outline(LETTERS, letters), arm))


def _stroke(foot: Point, head: Point, width: float, colour: str) -> Polygon:
    """Return an oblique stroke with horizontal ends, `width` px wide."""
    (x, y), (a, b), half = foot, head, width / 2
    return Polygon(((x - half, y), (a - half, b), (a + half, b), (x + half, y)), colour)
