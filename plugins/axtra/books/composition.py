"""Where each text of a numéro begins: which opener it has, and under which text that ends.

The decision needs what only a layout tells: where texts end. So a numéro is laid out from an
estimate, then again from what was measured, until nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

PAGE = 658.0  # pt of text on a page
THIRD = PAGE / 3
GAP = 28.0  # pt above a text that starts under another
_AIR = 140.0  # pt of text that must hold under an opener, with its notes
_PAPERS = 4  # a sheet that is folded and stitched has so many pages


class Opener(StrEnum):
    """How a text begins; the value is its class in the theme."""

    FULL = "pleine"  # a page of its own
    HEAD = "haut"  # the head of a page, with a picture as wide as the sheet
    HALF = "demi"  # under a text that ends, with a small picture
    PLAIN = "lettre"  # under a text that ends, words alone


# What the opening of a text takes, in pt, until it is measured.
_HEADS: Mapping[Opener, float] = {
    Opener.FULL: 140, Opener.HEAD: 470, Opener.HALF: 200, Opener.PLAIN: 170,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Length:
    """What a text takes, in pt: its opening, of each kind that is known, and the rest."""

    heads: Mapping[Opener, float]
    rest: float

    def head(self, opener: Opener) -> float:
        """Return the height of an opening, measured or else estimated."""
        return self.heads.get(opener, _HEADS[opener])


@dataclass(frozen=True, slots=True)
class Start:
    """How a text begins; `under` tells whether that is under another on the same page.

    `air` is then what is left between the two, in pt.
    """

    opener: Opener
    under: bool
    air: float = GAP


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a text ends: how much of its last page is filled, in pt, and the number of the page."""

    filled: float
    page: int


def decide(lengths: Sequence[Length], wanted: Sequence[bool], before: Spot) -> tuple[Start, ...]:
    """Decide how each text begins, in order, so that the whole is as good as it can be.

    Args:
        lengths: what each takes.
        wanted: for each, whether it deserves a page of its own.
        before: where what precedes the first text ends.

    Returns:
        The start of each. No page before a text is left under a third full.
    """
    last = len(lengths)

    @cache
    def best(at: int, filled: int, page: int) -> tuple[float, tuple[Start, ...]]:
        if at == last:
            return _ending(filled, page), ()
        found = []
        for start in _possible(lengths[at], filled, full=wanted[at]):
            spot = _end(lengths[at], start, filled, page)
            score, rest = best(at + 1, round(spot.filled), spot.page)
            found.append((score + _worth(start, filled, page), (start, *rest)))
        return max(found, key=lambda each: each[0])

    return best(0, round(before.filled), before.page)[1]


def _possible(length: Length, filled: float, *, full: bool) -> Iterator[Start]:
    """Yield the starts that the page allows, the plainest last; one at least."""
    if full and (not filled or filled >= THIRD):
        yield Start(Opener.FULL, under=False)
    under = False
    if filled:
        for opener in (Opener.HALF, Opener.PLAIN):
            if PAGE - filled - GAP >= length.head(opener) + _AIR:
                under = True
                yield Start(opener, under=True)
    if not under or filled >= THIRD:
        yield Start(Opener.HEAD, under=False)


def _end(length: Length, start: Start, filled: float, page: int) -> Spot:
    """Return where a text ends that starts where another ended."""
    first = page + (not start.under) + (start.opener is Opener.FULL)
    end = (filled + GAP if start.under else 0.0) + length.head(start.opener) + length.rest
    more, rest = divmod(end - 1, PAGE)
    return Spot(rest + 1, first + int(more))


def _worth(start: Start, filled: float, page: int) -> float:
    """Return what a start adds to a numéro: variety, a spread, no white that means nothing."""
    if start.under:
        return 1.0 if start.opener is Opener.HALF else 0.5
    white = (PAGE - filled) / PAGE if filled else 0.0
    if start.opener is Opener.FULL:
        return 6.0 - 14 * white**2 + (page + 1) % 2 * -1.0  # better at the left of its text
    return 1.5 - 4 * white


def _ending(filled: float, page: int) -> float:
    """Return what the last page of texts adds: it is well filled, and few pages must follow."""
    return -8.0 * (filled < THIRD) - 2.0 * (closing_pages(page) == _PAPERS) - 0.7 * page


def closing_pages(pages: int) -> int:
    """Return how many pages must follow so many, from one to four."""
    return _PAPERS - pages % _PAPERS


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part was laid out; heights are in pt from the top of the text of a page.

    Attributes:
        first_page: that of its first line of text, without its poster.
        last_page: that of its last line.
        begin: where it begins on the first page.
        opened: where its opening ends, on the first page.
        end: where it ends, on the last page.
        torn: its opening is alone on a page, and its text begins on the next.
    """

    first_page: int
    last_page: int
    begin: float
    opened: float
    end: float
    torn: bool = False

    @property
    def spot(self) -> Spot:
        """Return where it ends."""
        return Spot(self.end, self.last_page)
