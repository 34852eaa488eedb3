"""Openings made of letters: a numeral or a quotation is the whole picture.

Letters are outlines of the fonts of the theme: a picture cannot use the fonts of the page.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from axtra.design import fonts
from axtra.design.illustration.shapes import Drawing, Outline, Shape
from axtra.design.illustration.sheet import Sheet

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

_BOLD, _ITALIC = "AXE Serif Semibold", "AXE Serif Italic"
_NUMERAL_HEIGHT = 0.67  # em, of a lining numeral
_LEADING = 1.12
# What a card or the opening of a page, which crop it, still show of the width and the height.
_SAFE, _SAFE_HEIGHT = 0.7, 0.52
_SIZES = (15, 13.4, 12, 10.8, 9.8, 8.8, 8)  # units


@cache
def _font(name: str) -> TTFont:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - an edit sets no name again

    cut = next(cut for cut in fonts.CUTS if cut.full_name == name)
    return TTFont(fonts.files()[fonts.CUTS.index(cut)], lazy=True)


def _measure(text: str, name: str) -> float:
    """Return the width of a line, in em."""
    font = _font(name)
    known, widths = font.getBestCmap(), font["hmtx"]
    advances = (widths[known.get(ord(sign), ".notdef")][0] for sign in text)
    return float(sum(advances)) / int(font["head"].unitsPerEm)


def _outline(text: str, name: str, size: float, x: float, y: float, colour: str) -> Outline:
    """Set a line whose baseline starts at a point, in whole px."""
    from fontTools.pens.svgPathPen import SVGPathPen  # noqa: PLC0415 - as above
    from fontTools.pens.transformPen import TransformPen  # noqa: PLC0415

    font = _font(name)
    known, glyphs, widths = font.getBestCmap(), font.getGlyphSet(), font["hmtx"]
    scale = size / int(font["head"].unitsPerEm)
    pen = SVGPathPen(glyphs, ntos=lambda value: str(round(value)))
    for sign in text:
        glyph = known.get(ord(sign), ".notdef")
        glyphs[glyph].draw(TransformPen(pen, (scale, 0, 0, -scale, x, y)))
        x += widths[glyph][0] * scale
    return Outline(pen.getCommands(), colour)


def sets(text: str) -> bool:
    """Tell whether there is a letter for each sign of a name."""
    return all(ord(sign) in _font(_BOLD).getBestCmap() for sign in text)


@lru_cache(maxsize=64)  # each cover, card and mail of a build asks for the same few
def name(text: str, size: float, foot: float, colour: str) -> tuple[Outline, float]:
    """Set a name on a line; return it and where it ends, in px."""
    return _outline(text, _BOLD, size, 0, foot, colour), _measure(text, _BOLD) * size


def numeral(text: str, sheet: Sheet) -> Drawing:
    """Draw a number as large as every crop of the sheet allows."""
    p = sheet.palette
    inks = ((p.bright, p.paper, p.ink), (p.ink, p.paper, p.support))
    ground, ink, axis = sheet.pick("inks", inks)
    wide = _SAFE * sheet.width / _measure(text, _BOLD)
    size = min(wide, _SAFE_HEIGHT * sheet.height / _NUMERAL_HEIGHT)
    x = (sheet.width - _measure(text, _BOLD) * size) / 2
    y = (sheet.height + size * _NUMERAL_HEIGHT) / 2
    middle = (sheet.between("axis", 0.24, 0.34) * sheet.width, sheet.height / 2)
    line = sheet.stroke(middle, 1.8, axis)
    shapes = (_outline(text, _BOLD, size, x, y, ink), line)
    return Drawing(sheet.width, sheet.height, ground, shapes)


def voice(text: str, sheet: Sheet) -> Drawing:
    """Draw a quotation, in italics over a giant guillemet."""
    p = sheet.palette
    size, lines = _set(text, sheet)
    tall = 118 * sheet.unit
    shapes: list[Shape] = [
        _outline(
            "«",
            _BOLD,
            tall,
            (1 + _SAFE) / 2 * sheet.width - 0.48 * tall,
            sheet.height * 1.04,
            p.bright,
        ),
        sheet.stroke((0.82 * sheet.width, sheet.height / 2), 1.6, p.support),
    ]
    first = (sheet.height - len(lines) * size * _LEADING) / 2 + size * 0.86
    shapes += [
        _outline(
            line,
            _ITALIC,
            size,
            (1 - _SAFE) / 2 * sheet.width,
            first + rank * size * _LEADING,
            p.paper,
        )
        for rank, line in enumerate(lines)
    ]
    return Drawing(sheet.width, sheet.height, p.ink, tuple(shapes))


def _set(text: str, sheet: Sheet) -> tuple[float, list[str]]:
    """Return the largest size at which a text fits, in px, and its lines."""
    for units in _SIZES:
        size = units * sheet.unit
        lines = _lines(text, 0.84 * _SAFE * sheet.width / size)
        if len(lines) * size * _LEADING <= _SAFE_HEIGHT * sheet.height:
            break
    return size, lines


def _lines(text: str, room: float) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _measure(longer, _ITALIC) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
