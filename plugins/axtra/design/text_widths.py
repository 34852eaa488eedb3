"""How wide words are in the sans of the site, so that a drawing breaks its lines where they end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from axtra.design import fonts

if TYPE_CHECKING:
    from PIL import ImageFont

_UNITS = 100  # px at which letters are measured


def width(words: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text, in px; kerning would take a little off."""
    return sum(_advance(letter, bold=bold) for letter in words) * size / _UNITS


def broken(words: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines at most `room` px wide; a longer word is broken where it must be."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, size, bold=bold) <= room:
            lines[-1] = longer
            continue
        pieces = [*_pieces(word, size, room, bold=bold)]
        lines += pieces if lines[-1] else [pieces[0], *pieces[1:]]
        lines = [line for line in lines if line]
    return lines


def _pieces(word: str, size: float, room: float, *, bold: bool) -> Iterator[str]:
    start = 0
    for end in range(1, len(word) + 1):
        if end > start + 1 and width(word[start:end], size, bold=bold) > room:
            yield word[start : end - 1]
            start = end - 1
    yield word[start:]


@lru_cache(maxsize=2048)
def _advance(letter: str, *, bold: bool) -> float:
    return float(_face(bold=bold).getlength(letter))


@cache
def _face(*, bold: bool) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 - few builds measure a word

    name = "AXE Sans Semibold" if bold else "AXE Sans Regular"
    rank = next(at for at, cut in enumerate(fonts.CUTS) if cut.full_name == name)
    return ImageFont.truetype(
        str(fonts.files()[rank]), _UNITS, layout_engine=ImageFont.Layout.BASIC
    )
