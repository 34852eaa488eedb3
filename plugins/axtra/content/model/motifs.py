"""What the drawing made for a text shows, so far as the text itself decides it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Motif:
    """What an item gives the drawing that stands for its picture.

    Attributes:
        rank: which variant of its family it is; items that stand side by side have other ranks,
            whether a family has three variants or eight. None, and the seed chooses.
        count: a number that the text is about, from 2 to 12: that of the bars, rays or dots.
        number: a key figure, where a giant numeral is the whole picture: « 335 », « 22 % ».
        quote: a quotation, where that is.
    """

    rank: int | None = None
    count: int | None = None
    number: str = ""
    quote: str = ""
