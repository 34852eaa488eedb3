"""The cover of a numéro as one picture: the same words and order as on the site and on paper.

The name of the magazine and of the issue, the drawing or the photograph to both edges, the title,
then as many lines as the editor lists; the picture takes what the words leave.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape

from PIL import ImageFont

from axtra.content.model import Article, Facts, Image, Numero, Text, html_text
from axtra.design import fonts, illustration
from axtra.design.illustration import Drawing, Format
from axtra.pictures import crops, drawings
from infolettre.core import dates
from infolettre.design.tokens import Tokens

WIDTH, HEIGHT = 1236, 1600  # px, in the proportions of letter paper
_MARGIN, _HEAD = 76, 300
_TITLES = ((34, 138), (64, 102), (10_000, 74))  # most letters, size
_WIDEST = 500  # of the drawn name, beside the words on its right
_LEAST = 150  # what is left to the picture
_GAP, _LEADING = 26, 1.2
# Private signs, which no font draws: where italics start, and end.
_START, _END = "\ue000", "\ue001"
_SIGNS = re.compile(f"([{_START}{_END}])")


def svg(
    numero: Numero, featured: Sequence[Article], facts: Facts, tokens: Tokens, photograph: str = ""
) -> str:
    """Return the cover, 1236 × 1600.

    Args:
        numero: the numéro.
        featured: the articles of its cover, in order.
        facts: what the site says of its publisher.
        tokens: the colours.
        photograph: the data of its image as an address, where it has one.
    """
    colours, palette = tokens.colours["clair"], drawings.palette(numero, tokens)
    ink, soft = colours["sur-marine"], colours["sur-marine-doux"]
    foot = HEIGHT - _MARGIN
    lines, top = _lines_of_articles(featured, foot)
    heading, top = _title(numero, top)
    box = (0, _HEAD, WIDTH, max(_LEAST, round(top) - _HEAD))
    logo = illustration.wordmark(letters=ink, axis=colours["x-marine"], name=facts.sign)
    rules = "".join(
        f'<path fill="{colours["x-marine"]}" d="M{x:.0f} {y:.0f}h{wide:.0f}v5h-{wide:.0f}z"/>'
        for x, y, wide in lines.rules
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}"><path fill="{palette.ink}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>'
        f"{_placed(logo.svg(), (_MARGIN, 36, *_sign(logo)))}"
        f"{_picture(numero.image, photograph, box) or _drawn(numero, tokens, box)}"
        f"{_issue(numero, facts, soft)}"
        f'<g fill="{ink}" font-family="{fonts.SERIF}" font-weight="600">{heading}{lines.words}</g>'
        f"{rules}</svg>"
    )


class _Lines:
    """The lines of a cover, set from its foot up."""

    def __init__(self) -> None:
        self.words = ""
        self.rules: list[tuple[float, float, float]] = []


def _lines_of_articles(featured: Sequence[Article], foot: float) -> tuple[_Lines, float]:
    """Set the lines in columns; return them with the height at which they start."""
    made = _Lines()
    if not featured:
        return made, foot
    columns = 3 if len(featured) in {3, 6, 9} else min(4, len(featured))
    size = 30 if len(featured) <= 4 else 24  # noqa: PLR2004
    wide = (WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) / columns
    rows = [featured[at : at + columns] for at in range(0, len(featured), columns)]
    y = foot
    for row in reversed(rows):
        broken = [_broken(_marked(article.title), wide, size) for article in row]
        y -= max(map(len, broken)) * size * _LEADING + 18
        for rank, lines in enumerate(broken):
            x = _MARGIN + rank * (wide + _GAP)
            made.rules.append((x, y, wide))
            made.words += _set(lines, x, y + 14, size)
        y -= 14
    return made, y


def _title(numero: Numero, foot: float) -> tuple[str, float]:
    size = next(size for most, size in _TITLES if len(numero.title.plain) <= most)
    lines = _balanced(_marked(numero.title), WIDTH - 2 * _MARGIN, size)
    top = foot - 24 - len(lines) * size
    return _set(lines, _MARGIN - size * 0.03, top, size, leading=1.0), top - 44


def _set(lines: Sequence[str], x: float, top: float, size: float, leading: float = _LEADING) -> str:
    """Set lines, with the words of a title that are in italics."""
    words, italic = "", False
    for rank, line in enumerate(lines):
        runs = ""
        for run in _SIGNS.split(line):
            if run in (_START, _END):
                italic = run == _START
            elif run:
                style = ' font-style="italic" font-weight="400"' if italic else ""
                runs += f"<tspan{style}>{escape(run)}</tspan>"
        y = top + size * (0.82 + rank * leading)
        words += f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}">{runs}</text>'
    return words


def _marked(title: Text) -> str:
    """Return a title in plain text, with a sign where italics start and one where they end."""
    marked = str(title.html).replace("<em>", _START).replace("</em>", _END)
    return html_text(marked)


def _issue(numero: Numero, facts: Facts, colour: str) -> str:
    said = [numero.label, dates.month(numero.date) if numero.date else "", facts.tagline]
    return "".join(
        f'<text x="{WIDTH - _MARGIN}" y="{104 + rank * 42}" text-anchor="end" fill="{colour}"'
        f' font-family="{fonts.SANS}" font-size="31">{escape(words)}</text>'
        for rank, words in enumerate(filter(None, said))
    )


def _picture(image: Image | None, photograph: str, box: tuple[int, int, int, int]) -> str:
    return crops.covering(image, photograph, box) if image and photograph else ""


def _drawn(numero: Numero, tokens: Tokens, box: tuple[int, int, int, int]) -> str:
    return _placed(drawings.draw(numero, tokens, Format.LANDSCAPE).svg(), box)


def _sign(logo: Drawing) -> tuple[int, int]:
    """Return the size of the drawn name: that of AXE, or less high where it would be too wide."""
    wide = min(430 * logo.width / 336, _WIDEST)
    return round(wide), round(wide * logo.height / logo.width)


def _placed(svg_: str, box: tuple[int, int, int, int]) -> str:
    """Place a drawing within another."""
    x, y, width, height = box
    _, _, rest = svg_.partition(" viewBox=")
    return f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox={rest}'


def _broken(text: str, room: float, size: float) -> list[str]:
    """Break a text into lines that fit."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _balanced(text: str, room: float, size: float) -> list[str]:
    """Break a text into as few lines, of lengths as even as they can be."""
    lines = _broken(text, room, size)
    while len(again := _broken(text, room := room * 0.95, size)) == len(lines):
        lines = again
        if max(_width(line, size) for line in lines) > room:
            break
    return lines


def _width(line: str, size: float) -> float:
    return _face(size).getlength(_SIGNS.sub("", line)) * 0.99


@cache
def _face(size: float) -> ImageFont.FreeTypeFont:
    cut = next(at for at, cut in enumerate(fonts.CUTS) if cut.full_name == "AXE Serif Semibold")
    return ImageFont.truetype(str(fonts.files()[cut]), size, layout_engine=ImageFont.Layout.BASIC)
