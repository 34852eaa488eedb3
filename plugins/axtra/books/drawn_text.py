"""The words of drawings in an EPUB: a picture sees no font of its book, so it carries its own."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

from lxml import etree

from axtra.design import fonts
from axtra.design.fonts import Face

_ROOT = re.compile(rb"<svg\b[^>]*>")
_ITALIC = re.compile(rb"italic|oblique")


def with_fonts(svg: bytes, faces: Iterable[Face]) -> bytes:
    """Return a drawing with the letters that it uses of the fonts that it names."""
    try:
        words = "".join(etree.fromstring(svg).itertext())
    except etree.XMLSyntaxError:
        return svg
    rules = [
        _rule(face, words)
        for face in faces
        if face.cut.family.encode() in svg and (not face.cut.italic or _ITALIC.search(svg))
    ]
    if not words.strip() or not rules:
        return svg
    style = f"<style>{''.join(rules)}</style>".encode()
    return _ROOT.sub(lambda match: match[0] + style, svg, count=1)


def _rule(face: Face, words: str) -> str:
    data = base64.b64encode(fonts.letters(face, "".join(sorted(set(words))))).decode()
    style = "italic" if face.cut.italic else "normal"
    return (
        f'@font-face{{font-family:"{face.cut.family}";font-style:{style};'
        f"font-weight:{face.cut.weight};src:url(data:font/woff2;base64,{data})}}"
    )
