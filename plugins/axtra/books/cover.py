"""The cover of an EPUB as a picture: the same as on the site, on paper and in mails."""

from __future__ import annotations

import base64
from io import BytesIO

import resvg_py
from PIL import Image

from axtra.books.resources import BookResources
from axtra.content.model import Numero
from axtra.design import fonts
from axtra.pictures import covers


def paint(numero: Numero, resources: BookResources) -> bytes:
    """Return the cover as PNG."""
    library, photograph = resources.library, ""
    if numero.image:
        resource = resources.read(numero.image.printed_url)
        data = base64.b64encode(resource.data).decode()
        photograph = f"data:{resource.media_type};base64,{data}"
    tokens = resources.theme.tokens
    png = resvg_py.svg_to_bytes(
        svg_string=covers.svg(numero, library.featured(numero), library.facts, tokens, photograph),
        skip_system_fonts=True,
        font_files=[str(file) for file in fonts.files_for_pictures()],
        serif_family=fonts.SERIF,
        sans_serif_family=fonts.SANS,
    )
    with Image.open(BytesIO(png)) as picture:
        out = BytesIO()
        picture.convert("RGB").quantize(96).save(out, "PNG", optimize=True)
    return out.getvalue()
