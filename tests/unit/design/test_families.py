"""The families of drawings: each rubrique has its motif, and a text gives what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from axtra.design.illustration import (
    FAMILIES,
    Disc,
    Dots,
    Drawing,
    Format,
    Polygon,
    draw,
    numeral,
    voice,
)
from infolettre.design.tokens import Tokens

TOKENS = Tokens.load(Path(__file__).parents[3] / "theme" / "tokens.toml")
PALETTES = {palette.motif: palette for palette in TOKENS.palettes.values() if palette.motif}
SEEDS = tuple(f"/magazine/2020-05/texte-{rank}/" for rank in range(40))


def drawings(family: str, rank: int, count: int | None = None) -> Iterator[Drawing]:
    for seed in SEEDS:
        yield draw(seed, PALETTES[family], Format.LANDSCAPE, family=family, rank=rank, count=count)


def test_each_rubrique_of_the_theme_has_a_family_of_its_own() -> None:
    assert PALETTES.keys() == FAMILIES.keys()


@pytest.mark.parametrize("rank", range(3))
@pytest.mark.parametrize("family", FAMILIES)
def test_a_variant_is_varied_light_and_keeps_to_its_palette(family: str, rank: int) -> None:
    svgs = [drawing.svg() for drawing in drawings(family, rank)]
    assert svgs == [drawing.svg() for drawing in drawings(family, rank)]
    assert len(set(svgs)) == len(SEEDS)
    palette = PALETTES[family]
    inks = {palette.paper, palette.ink, palette.bright, palette.support, palette.pale}
    for svg in svgs:
        assert len(svg) < 12_000
        assert ET.fromstring(svg).get("viewBox") == "0 0 1600 900"  # noqa: S314 - written just above
        used = set(re.findall(r"#[0-9A-F]{6}", svg))
        assert used <= inks
        assert len(used) >= 3


def test_the_three_variants_of_a_family_are_not_the_same_shapes() -> None:
    for family in FAMILIES:
        shapes = {
            tuple(type(shape) for shape in next(drawings(family, rank)).shapes) for rank in range(3)
        }
        assert len(shapes) == 3


def test_a_number_of_the_text_is_that_of_the_rays_and_of_the_dots() -> None:
    for count in (3, 5, 7):
        for drawing in drawings("croisements", 2, count):
            rays = [shape for shape in drawing.shapes if isinstance(shape, Polygon)]
            assert len(rays) == count + 1  # and the axis
        for drawing in drawings("points", 1, count):
            lit = [shape for shape in drawing.shapes if isinstance(shape, Dots)][-1]
            assert len(lit.centres) == count


def test_what_a_card_or_a_wide_page_crops_keeps_the_disc_and_the_letters() -> None:
    for family in FAMILIES:
        for rank in range(3):
            for drawing in drawings(family, rank):
                last = drawing.shapes[-1]
                if isinstance(last, Disc):
                    assert 0.15 < last.centre[0] / drawing.width < 0.85
                    assert 0.22 < last.centre[1] / drawing.height < 0.75
    palette = TOKENS.palette("projets")
    for text in ("335", "22\u00a0%", "80\u00a0000", "5"):
        left, top, right, foot = edges(numeral(text, "/x/", palette, Format.LANDSCAPE))
        assert left > 0.14 * 1600
        assert right < 0.86 * 1600
        assert top > 0.2 * 900
        assert foot < 0.8 * 900


def edges(drawing: Drawing) -> tuple[float, float, float, float]:
    """Return the box of the letters: all their coordinates are absolute."""
    data = drawing.shapes[0].path()
    numbers = [float(value) for value in re.findall(r"-?\d+", re.sub(r"[HV][^A-Z]*", "", data))]
    across, down = numbers[::2], numbers[1::2]
    return min(across), min(down), max(across), max(down)


def test_a_quotation_is_set_whole_and_smaller_when_it_is_long() -> None:
    palette = TOKENS.palette("chroniques")
    short = voice("On apprend un métier en l’exerçant.", "/x/", palette, Format.LANDSCAPE)
    long = voice("On apprend un métier en l’exerçant. " * 2, "/x/", palette, Format.LANDSCAPE)
    assert len(long.shapes) > len(short.shapes)
    assert len(short.svg()) < 30_000
