"""Where texts begin: no page is left nearly empty, and what deserves a page has one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from axtra.books.composition import (
    GAP,
    PAGE,
    THIRD,
    Length,
    Opener,
    Spot,
    Start,
    closing_pages,
    decide,
)
from axtra.books.pdf import fills_a_page
from axtra.content.model import Image
from support.sample_library import ARTICLE


def test_a_small_photograph_has_no_page_of_its_own() -> None:
    filled = []
    for path, width in (("a.jpg", 80), ("a.jpg", 1200), ("a.svg", 80)):
        image = Image(path=path, url=f"/{path}", alt="", width=width, height=60)
        filled.append(fills_a_page(replace(ARTICLE, image=image)))
    assert filled == [False, True, True]
    assert fills_a_page(replace(ARTICLE, image=None))


def _length(rest: float) -> Length:
    return Length({Opener.FULL: 140, Opener.HEAD: 440, Opener.HALF: 210, Opener.PLAIN: 180}, rest)


def _ends(lengths: list[Length], starts: tuple[Start, ...], before: Spot) -> list[Spot]:
    """Follow texts down the pages, as a layout would, and return where each ends."""
    spots, spot = [], before
    for length, start in zip(lengths, starts, strict=True):
        page = spot.page + (not start.under) + (start.opener is Opener.FULL)
        end = (spot.filled + GAP if start.under else 0) + length.head(start.opener) + length.rest
        while end > PAGE:
            end, page = end - PAGE, page + 1
        spot = Spot(end, page)
        spots.append(spot)
    return spots


@pytest.mark.parametrize(("filled", "opener"), [(240, Opener.HALF), (460, Opener.FULL)])
def test_a_page_of_its_own_does_not_leave_most_of_the_one_before_white(
    filled: float, opener: Opener
) -> None:
    [start] = decide([_length(1100)], [True], Spot(filled, 4))
    assert start.opener is opener


@pytest.mark.parametrize("seed", range(8))
def test_no_page_before_a_text_is_under_a_third_full(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - any will do
    lengths = [_length(chance.uniform(150, 2200)) for _ in range(14)]
    wanted = [chance.random() < 0.4 for _ in lengths]
    before = Spot(460, 3)
    starts = decide(lengths, wanted, before)
    spots = [before, *_ends(lengths, starts, before)]
    for spot, start in zip(spots, starts, strict=False):
        assert start.under or spot.filled >= THIRD
    assert all(
        full or start.opener is not Opener.FULL for start, full in zip(starts, wanted, strict=True)
    )
    assert any(start.opener is Opener.FULL for start in starts)
    assert any(start.under for start in starts)


def test_a_text_starts_under_another_only_where_it_holds() -> None:
    [start] = decide([_length(900)], [False], Spot(PAGE - 100, 4))
    assert start == Start(Opener.HEAD, under=False)
    [start] = decide([_length(900)], [True], Spot(100, 4))
    assert start.under


def test_pages_are_closed_in_sheets_of_four() -> None:
    assert [closing_pages(count) for count in (4, 5, 6, 7, 24)] == [4, 3, 2, 1, 4]
