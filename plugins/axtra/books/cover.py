"""The cover of an EPUB as a picture: the drawing of the numéro, its name, its title."""

from __future__ import annotations

import base64
import textwrap
from html import escape
from io import BytesIO

import resvg_py
from PIL import Image

from axtra.books.resources import BookResources
from axtra.content.model import Numero
from axtra.design import fonts, illustration
from axtra.design.illustration import Format
from axtra.pictures import crops, drawings

WIDTH, HEIGHT = 1200, 1600
_TOP, _BOTTOM = 300, 1140  # where the drawing starts and ends, in px
_LINE, _LONGEST = 112, 21  # px, letters


def paint(numero: Numero, resources: BookResources) -> bytes:
    """Return the cover as PNG; it resembles that of the PDF."""
    png = resvg_py.svg_to_bytes(
        svg_string=_svg(numero, resources),
        skip_system_fonts=True,
        font_files=[str(file) for file in fonts.files_for_pictures()],
        serif_family=fonts.SERIF,
        sans_serif_family=fonts.SANS,
    )
    with Image.open(BytesIO(png)) as picture:
        out = BytesIO()
        picture.convert("RGB").quantize(96).save(out, "PNG", optimize=True)
    return out.getvalue()


def _svg(numero: Numero, resources: BookResources) -> str:
    facts, theme = resources.library.facts, resources.theme
    colours = theme.tokens.colours["clair"]
    ink = drawings.palette(numero, theme.tokens).ink
    logo = illustration.wordmark(letters=ink, axis=colours["accent"])
    lines = textwrap.wrap(numero.title.plain, _LONGEST)[:3]
    title = "".join(
        f'<text x="80" y="{1324 + number * _LINE}" font-family="{fonts.SERIF}" font-weight="600"'
        f' font-size="100">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    when = f"{numero.date:%Y}" if numero.date else ""
    label = " · ".join(filter(None, (facts.magazine, numero.label, when)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ink}"/>'
        f'<rect width="{WIDTH}" height="{_TOP}" fill="{colours["papier"]}"/>'
        f"{_placed(logo.svg(), 80, 44, 410, 215)}"
        f"{_picture(numero, resources)}"
        f'<g fill="{colours["sur-marine"]}">{title}</g>'
        f'<text x="80" y="1200" fill="{colours["sur-marine-doux"]}" font-size="30"'
        f' font-family="{fonts.SANS}" font-weight="600">{escape(label)}</text></svg>'
    )


def _picture(numero: Numero, resources: BookResources) -> str:
    """Return the photograph of the numéro, or else its drawing."""
    width, height = WIDTH, _BOTTOM - _TOP
    if numero.image is None:
        drawn = drawings.draw(numero, resources.theme.tokens, Format.LANDSCAPE).svg()
        return _placed(drawn, 0, _TOP, width, height)
    resource = resources.read(numero.image.url)
    data = base64.b64encode(resource.data).decode()
    href = f"data:{resource.media_type};base64,{data}"
    return crops.covering(numero.image, href, (0, _TOP, width, height))


def _placed(svg: str, x: int, y: int, width: int, height: int) -> str:
    """Place a drawing within another."""
    _, _, rest = svg.partition(" viewBox=")
    return f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox={rest}'
