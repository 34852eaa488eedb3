"""The drawings of AXE: an oblique axis, a point, and a family of motifs for each rubrique.

A drawing replaces a missing photograph: covers, articles, social cards, mastheads. It depends only
on its seed and on what its text gives it, and uses flat inks on warm paper. Without a family, two
axes cross, and a third ink shows where they overlap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import TypeVar

from axtra.design.illustration import lettering
from axtra.design.illustration.composition_area import lay_out, pick
from axtra.design.illustration.compositions import COMPOSITIONS
from axtra.design.illustration.families import FAMILIES
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
from axtra.design.illustration.sheet import Sheet
from infolettre.design.tokens import Palette, Tokens

T = TypeVar("T")

__all__ = [
    "FAMILIES",
    "HOUSE",
    "Disc",
    "Dots",
    "Drawing",
    "Format",
    "Outline",
    "Polygon",
    "Shape",
    "draw",
    "mark",
    "numeral",
    "overprint",
    "palette",
    "voice",
    "wordmark",
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


HOUSE = "AXE"
_SIZE, _FOOT = 150.0, 132.0  # of the letters of another name, as tall as these; where they stand


class Format(Enum):
    """The formats of drawings: width and height, in px, of a nominal canvas."""

    COVER = (900, 660)
    LANDSCAPE = (1600, 900)
    SQUARE = (1000, 1000)
    SOCIAL = (1200, 630)


def draw(
    seed: str,
    palette: Palette,
    format_: Format,
    *,
    family: str = "",
    rank: int | None = None,
    count: int | None = None,
) -> Drawing:
    """Compose the drawing of a seed: the same arguments give the same drawing.

    The angles and inks depend on the seed and the palette; the format only moves the crossing and
    shows more or less of the bands.

    Args:
        seed: what the drawing is of, such as the address of a text.
        palette: its colours.
        format_: its size.
        family: a key of `FAMILIES`; another word, and two axes cross.
        rank: which variant of the family it is, modulo their number; None, and the seed chooses.
        count: a number that the text gives, from which steps, rays or dots are counted.
    """
    width, height = format_.value
    if variants := FAMILIES.get(family):
        sheet = Sheet(seed, width, height, palette, count)
        ground, shapes = _variant(variants, seed, rank)(sheet)
        return Drawing(width, height, ground, tuple(shapes))
    area = lay_out(seed, palette, width, height)
    compose = _variant(tuple(COMPOSITIONS.values()), seed, rank)
    return Drawing(width, height, area.ground, tuple(compose(area)))


def _variant(variants: Sequence[T], seed: str, rank: int | None) -> T:
    if rank is None:
        return pick(seed, "composition", variants)
    return variants[rank % len(variants)]


def numeral(text: str, seed: str, palette: Palette, format_: Format) -> Drawing:
    """Draw a number as large as the sheet."""
    return lettering.numeral(text, Sheet(seed, *format_.value, palette))


def voice(text: str, seed: str, palette: Palette, format_: Format) -> Drawing:
    """Draw a quotation over a giant guillemet."""
    return lettering.voice(text, Sheet(seed, *format_.value, palette))


def palette(name: str, seed: str, tokens: Tokens) -> Palette:
    """Return the palette of a name; without a name, the seed chooses it."""
    return tokens.palette(name) if name else pick(seed, "palette", list(tokens.palettes.values()))


def mark(
    *, band: str, axis: str, point: str, ground: str | None = None, name: str = HOUSE
) -> Drawing:
    """Draw the X alone, on a square: an icon for a tab, a signature for a page.

    Of another name than AXE, its first letter, and the axis.
    """
    if name != HOUSE:
        letter, _ = lettering.name(name[0], 76, 58, band)
        return Drawing(64, 64, ground, (letter, _stroke((46, 64), (62, 0), 7, axis)))
    shapes = (
        _stroke((4, 0), (60, 64), 17, band),
        _stroke((13, 64), (51, 0), 17, axis),
        Disc((32, 32), 6, point),
    )
    return Drawing(64, 64, ground, shapes)


def wordmark(*, letters: str, axis: str, ground: str | None = None, name: str = HOUSE) -> Drawing:
    """Draw a name as the masthead of the site does.

    Args:
        letters: Their colour.
        axis: The colour of the axis.
        ground: The background; None for nothing.
        name: The name. The thin arm of the X of AXE, drawn by hand, is the axis; that of another
            name stands after its letters.
    """
    shape, end = (Outline(LETTERS, letters), 148.0)
    if name != HOUSE:
        shape, end = lettering.name(name, _SIZE, _FOOT, letters)
    arm = Polygon(((end + 82, 0), (end + 92, 0), (end + 10, 176), (end, 176)), axis)
    width = 336 if name == HOUSE else math.ceil(end + 92)
    return Drawing(width, 176, ground, (shape, arm))


def _stroke(foot: Point, head: Point, width: float, colour: str) -> Polygon:
    """Return an oblique stroke with horizontal ends, `width` px wide."""
    (x, y), (a, b), half = foot, head, width / 2
    return Polygon(((x - half, y), (a - half, b), (a + half, b), (x + half, y)), colour)
