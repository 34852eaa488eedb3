"""The drawings: the same for the same seed, different for different seeds, centred on their X."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jinja2 import Environment, FileSystemLoader

from axtra.content import template_filters
from axtra.design.illustration import (
    Disc,
    Dots,
    Drawing,
    Format,
    Polygon,
    draw,
    mark,
    overprint,
    palette,
    wordmark,
)
from infolettre.design.tokens import Tokens, contrast

TOKENS = Tokens.load(Path(__file__).parents[3] / "theme" / "tokens.toml")
MARINE = TOKENS.palette("marine")
SEEDS = tuple(f"article-{rank}" for rank in range(150))
HOUSE_MARK = mark(band="#FFFFFF", axis="#FF8A6B", point="#0F3D5C", ground="#0F3D5C")


@pytest.fixture(scope="module", params=Format, ids=lambda format_: format_.name.lower())
def drawings(request: pytest.FixtureRequest) -> tuple[Drawing, ...]:
    return tuple(draw(seed, MARINE, request.param) for seed in SEEDS)


def test_a_seed_always_gives_the_same_drawing() -> None:
    again = draw("sur-son-x", MARINE, Format.COVER)
    assert again == draw("sur-son-x", MARINE, Format.COVER)
    assert again.svg() == draw("sur-son-x", MARINE, Format.COVER).svg()


def test_different_seeds_give_different_drawings(drawings: tuple[Drawing, ...]) -> None:
    assert len({drawing.svg() for drawing in drawings}) == len(SEEDS)


def test_consecutive_seeds_give_varied_drawings() -> None:
    counts = [len(draw(seed, MARINE, Format.COVER).shapes) for seed in SEEDS]
    assert len(set(counts)) > 12
    assert max(counts.count(count) for count in counts) < len(SEEDS) / 4


def test_every_drawing_ends_with_a_point_well_inside_the_sheet(
    drawings: tuple[Drawing, ...],
) -> None:
    for drawing in drawings:
        point = drawing.shapes[-1]
        assert isinstance(point, Disc)
        assert point.half is None
        assert 0.3 < point.centre[0] / drawing.width < 0.7
        assert 0.3 < point.centre[1] / drawing.height < 0.75
        behind = drawing.shapes[-2]
        assert point.colour != behind.colour, "the point must be seen"


def test_a_drawing_is_small_well_formed_and_uses_only_its_palette(
    drawings: tuple[Drawing, ...],
) -> None:
    palette = {MARINE.paper, MARINE.ink, MARINE.bright, MARINE.support, MARINE.pale}
    for drawing in drawings:
        svg = drawing.svg()
        assert len(svg) < 4000
        assert parse(svg).get("viewBox") == f"0 0 {drawing.width} {drawing.height}"
        colours = set(re.findall(r"#[0-9A-F]{6}", svg))
        assert colours <= palette
        assert 3 <= len(colours) <= 4
        for path in re.findall(r' d="([^"]*)"', svg):
            assert re.fullmatch(r"(?:[MHhvlaAz]|-?\d+|[ ])+", path)


def test_a_format_rearranges_a_drawing_without_changing_its_colours() -> None:
    for seed in SEEDS[:40]:
        sheets = [draw(seed, MARINE, format_) for format_ in Format]
        assert len({sheet.ground for sheet in sheets}) == 1
        assert len({(type(sheet.shapes[0]), sheet.shapes[0].colour) for sheet in sheets}) == 1


def test_a_composition_is_the_same_in_every_palette() -> None:
    shapes = {
        tuple(type(shape) for shape in draw("releve", palette, Format.SQUARE).shapes)
        for palette in TOKENS.palettes.values()
    }
    assert len(shapes) == 1


def test_overlapping_inks_show_a_third_colour() -> None:
    level = Polygon(((0, 4), (10, 4), (10, 6), (0, 6)), "#111111")
    upright = Polygon(((3, 0), (5, 0), (5, 10), (3, 10)), "#222222")
    aside = Polygon(((20, 0), (22, 0), (22, 10), (20, 10)), "#222222")
    *under_and_over, meeting = overprint([level], [upright, aside], "#333333")
    assert under_and_over == [level, upright, aside]
    assert isinstance(meeting, Polygon)
    assert set(meeting.points) == {(3, 4), (5, 4), (5, 6), (3, 6)}
    assert meeting.colour == "#333333"


def test_no_shape_is_empty() -> None:
    for seed, format_ in product(SEEDS, Format):
        for shape in draw(seed, MARINE, format_).shapes:
            assert not isinstance(shape, Polygon) or area(shape) > 0
            assert not isinstance(shape, Dots) or shape.centres


def area(polygon: Polygon) -> float:
    points = polygon.points
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(x * b - a * y for (x, y), (a, b) in pairs)) / 2


def test_a_drawing_fills_a_frame_of_any_proportions() -> None:
    for drawing in (draw("releve", MARINE, Format.COVER), HOUSE_MARK):
        assert "slice" in parse(drawing.svg()).get("preserveAspectRatio", "")
    word = parse(wordmark(letters="#17212B", axis="#C2371F").svg())
    assert word.get("preserveAspectRatio") is None


def test_paths_are_written_in_whole_pixels() -> None:
    triangle = Polygon(((0.4, 0.2), (10.4, -5), (3, 8)), "#000000")
    assert triangle.path() == "M0 0l10-5-7 13z"
    assert Disc((10, 10), 4, "#000000").path() == "M6 10a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"
    assert Disc((10, 10), 4, "#000000", half=0).path() == "M6 10A4 4 0 0 1 14 10z"
    assert Dots(((1.2, 3.8), (5, 6)), 2, "#000000").path() == "M1 4h0M5 6h0"


def test_consecutive_shapes_of_the_same_colour_share_a_path() -> None:
    discs = tuple(Disc((x, 5), 2, "#111111") for x in (2, 8))
    last = Disc((5, 5), 1, "#222222")
    assert Drawing(10, 10, None, (*discs, last)).svg().count("<path") == 2
    assert Drawing(10, 10, "#111111", (*discs, last)).svg().count("<path") == 2
    assert Drawing(10, 10, "#333333", (*discs, last)).svg().count("<path") == 3


def test_the_mark_and_the_wordmark_draw_the_axis_over_the_letters() -> None:
    assert len(HOUSE_MARK.svg()) < 400
    assert HOUSE_MARK.width == HOUSE_MARK.height
    letters, axis = wordmark(letters="#17212B", axis="#C2371F").shapes
    assert (letters.colour, axis.colour) == ("#17212B", "#C2371F")
    assert isinstance(axis, Polygon)
    heights = [y for _, y in axis.points]
    assert (min(heights), max(heights)) == (0, 176)


def test_the_logo_of_the_site_has_the_shapes_of_the_wordmark() -> None:
    loader = FileSystemLoader(Path(__file__).parents[3] / "theme/templates/composants")
    templates = Environment(loader=loader, **template_filters.STRICT)  # noqa: S701 - it escapes
    templates.filters.update(template_filters.FILTERS)
    drawn = str(templates.get_template("logo.html").module.dessin())  # type: ignore[attr-defined]
    for shape in wordmark(letters="#17212B", axis="#C2371F").shapes:
        assert f'd="{shape.path()}"' in drawn


def test_another_name_than_axe_is_set_in_letters_with_the_axis_after_them() -> None:
    inks = {"letters": "#17212B", "axis": "#C2371F"}
    long, short = (wordmark(**inks, name=name) for name in ("Relais", "R"))
    assert long.width > short.width + 200
    letters, axis = long.shapes
    assert isinstance(axis, Polygon)
    assert max(x for x, _ in axis.points) <= long.width
    assert letters.path() != short.shapes[0].path()
    icon = {"band": "#17212B", "axis": "#C2371F", "point": "#FFFFFF"}
    assert mark(**icon, name="R").svg() != mark(**icon).svg()


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - written just above


def test_a_numero_gets_a_palette_from_its_seed_and_a_rubrique_the_palette_it_names() -> None:
    chosen = [palette("", seed, TOKENS) for seed in SEEDS]
    assert {picked.ink for picked in chosen} == {each.ink for each in TOKENS.palettes.values()}
    assert chosen == [palette("", seed, TOKENS) for seed in SEEDS]
    assert palette("projets", "2019-03", TOKENS) == TOKENS.palette("projets")


def test_the_text_of_a_cover_is_legible_in_every_palette() -> None:
    light = TOKENS.colours["clair"]
    for each in TOKENS.palettes.values():
        assert contrast(light["sur-marine"], each.ink) > 7
        assert contrast(light["sur-marine-doux"], each.ink) > 4.5
        assert contrast(light["x-marine"], each.ink) > 3
