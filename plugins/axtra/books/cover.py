"""The cover of an EPUB as a picture: the drawing of the numéro, its name, its title."""

from __future__ import annotations

import textwrap
from html import escape
from io import BytesIO

import resvg_py
from PIL import Image

from axtra import drawings, fonts, illustration
from axtra.books.look import Look
from axtra.illustration import Format
from axtra.model import Facts, Numero

WIDTH, HEIGHT = 1200, 1600
_TOP, _BOTTOM = 300, 1140  # where the drawing starts and ends, in px
_LINE, _LONGEST = 112, 21  # px, letters


def paint(numero: Numero, facts: Facts, look: Look) -> bytes:
    """Paint it as PNG, of the same family as the cover of the PDF."""
    png = resvg_py.svg_to_bytes(
        svg_string=_svg(numero, facts, look),
        skip_system_fonts=True,
        font_files=[str(file) for file in fonts.files()],
        serif_family=fonts.SERIF,
        sans_serif_family=fonts.SANS,
    )
    with Image.open(BytesIO(png)) as picture:
        out = BytesIO()
        picture.convert("RGB").quantize(96).save(out, "PNG", optimize=True)
    return out.getvalue()


def _svg(numero: Numero, facts: Facts, look: Look) -> str:
    colours = look.tokens.colours["clair"]
    logo = illustration.wordmark(letters=colours["marine"], axis=colours["accent"])
    drawing = drawings.draw(numero, look.tokens, Format.LANDSCAPE).svg()
    lines = textwrap.wrap(numero.title.plain, _LONGEST)[:3]
    title = "".join(
        f'<text x="80" y="{1300 + number * _LINE}" font-family="{fonts.SERIF}" font-weight="600"'
        f' font-size="100">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    when = f"{numero.date:%Y}" if numero.date else ""
    label = " · ".join(filter(None, (facts.magazine, numero.label, when)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours["marine"]}"/>'
        f'<rect width="{WIDTH}" height="{_TOP}" fill="{colours["papier"]}"/>'
        f"{_placed(logo.svg(), 80, 70, 390, 172)}"
        f"{_placed(drawing, 0, _TOP, WIDTH, _BOTTOM - _TOP)}"
        f'<g fill="{colours["sur-marine"]}">{title}</g>'
        f'<text x="80" y="1212" fill="{colours["sur-marine-doux"]}" font-size="30"'
        f' font-family="{fonts.SANS}" font-weight="600">{escape(label)}</text></svg>'
    )


def _placed(svg: str, x: int, y: int, width: int, height: int) -> str:
    """Place a drawing within another."""
    _, _, rest = svg.partition(" viewBox=")
    return (
        f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox={rest}'
    )
