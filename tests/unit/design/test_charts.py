"""A chart shows zero, keeps within its sheet, and says each number where there is room."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from axtra.design import text_widths
from axtra.design.charts import NARROW, WIDE, Chart, Form, Inks, Series, draw
from axtra.design.charts.scale import Scale, written
from axtra.design.image_files import paint_words

SVG = "{http://www.w3.org/2000/svg}"
INKS = Inks("#B4331B", "#52606D", "#17212B", "#D8D0C1", "#FBF8F2", "AXE Sans")
LONG = "Gaspésie–Îles-de-la-Madeleine, et ce qui l’entoure jusqu’au bout de la route 132"


def series(*values: float, name: str = "Une série", sign: str = "") -> Series:
    return Series(name, values, tuple(f"{value:g}{sign}".replace("-", "−") for value in values))


CHARTS = {
    "bars": Chart(Form.BARS, ("A", LONG, "a" * 90), (series(335, 12, 0),)),
    "fifteen": Chart(Form.BARS, tuple(f"R{n}" for n in range(15)), (series(*range(15)),)),
    "several": Chart(Form.BARS, ("A", "B"), (series(1, 2), series(0.25, 0, name=LONG))),
    "negative": Chart(Form.BARS, ("A", "B"), (series(-12, 9, sign=" %"),), "%"),
    "below": Chart(Form.POINTS, ("A", "B"), (series(-12, -9),)),
    "equal": Chart(Form.BARS, ("A", "B"), (series(5, 5),)),
    "zeros": Chart(Form.BARS, ("A", "B"), (series(0, 0),)),
    "huge": Chart(Form.BARS, ("A", "B"), (series(1e14, 1),)),
    "points": Chart(Form.POINTS, ("A", LONG), (series(1, 2), series(1, 3), series(9, 0))),
    "parts": Chart(Form.PARTS, ("A", LONG, "C"), (series(75, 25, 0, sign=" %"),), "%"),
    "years": Chart(Form.LINES, ("2005", "2006", "2019"), (series(1, 9, 4), series(2, 2, 3.9))),
    "turns": Chart(Form.LINES, tuple(map(str, range(1990, 2020))), (series(*range(30)),)),
    "flat": Chart(Form.LINES, ("A", LONG), (series(0, 0),)),
    "under": Chart(Form.LINES, ("A", "B", "C"), (series(-3, 5, -1),)),
}


def _texts(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314 - our own


@pytest.mark.parametrize("width", [WIDE, NARROW, 400])
@pytest.mark.parametrize("name", CHARTS)
def test_every_mark_and_every_word_is_within_the_drawing(name: str, width: int) -> None:
    svg = draw(CHARTS[name], "Ce que dit le dessin.", width=width)
    root = ET.fromstring(svg)  # noqa: S314 - our own
    _, _, wide, high = map(float, root.get("viewBox", "").split())
    assert (wide, float(root.get("height", ""))) == (width, high)
    for text in root.iter(f"{SVG}text"):
        size = float(text.get("font-size") or 15)
        bold = text.get("font-weight") is not None
        measure = text_widths.width(text.text or "", size, bold=bold)
        x, y = float(text.get("x", "")), float(text.get("y", ""))
        start = x - {"end": measure, "middle": measure / 2}.get(text.get("text-anchor", ""), 0)
        assert start >= -1, (text.text, start)
        assert start + measure <= width + 1, (text.text, start + measure)
        assert size * 0.6 <= y <= high, (text.text, y, high)
    for path in root.iter(f"{SVG}path"):
        for move in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d", "")):
            x, y = map(float, move)
            assert -0.5 <= x <= width + 0.5
            assert -0.5 <= y <= high + 0.5
    assert "NaN" not in svg


@pytest.mark.parametrize("name", [n for n, chart in CHARTS.items() if chart.tells_all])
def test_each_number_is_written_where_there_is_room_for_all(name: str) -> None:
    written_ones = [text.text for text in _texts(draw(CHARTS[name], "x", width=NARROW))]
    for each in CHARTS[name].series:
        assert not set(each.shown) - set(written_ones)


def test_years_stand_as_far_apart_as_they_are() -> None:
    svg = draw(CHARTS["years"], "x")
    places = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', svg)[:3]]
    assert (places[1] - places[0]) * 13 == pytest.approx(places[2] - places[1], abs=1.5)


@pytest.mark.parametrize(
    ("least", "most"), [(0, 335), (-12, 9), (0, 0.3), (0, 0), (-5, -1), (0, 7e9)]
)
def test_an_axis_holds_zero_and_has_few_round_marks(least: float, most: float) -> None:
    scale = Scale(min(0, least), max(0, most), 0, 100)
    marks = scale.marks(4)
    assert 0 in [round(mark, 9) for mark in marks]
    assert len(marks) <= 6
    assert 0 <= scale(0) <= 100


def test_the_marks_of_an_axis_are_written_in_french() -> None:
    assert [written(value, "$") for value in (1500, 2.5, -1000, 0)] == [
        "1\u00a0500\u00a0$", "2,5\u00a0$", "−1\u00a0000\u00a0$", "0\u00a0$",
    ]  # fmt: skip


def test_four_series_differ_without_any_colour() -> None:
    four = tuple(series(1, 2, name=str(rank)) for rank in range(4))
    svg = draw(Chart(Form.LINES, ("A", "B"), four), "x")
    assert set(re.findall(r'class="((?:plein|creux)[^"]*)"', svg)) == {
        "plein", "creux", "plein doux", "creux doux",
    }  # fmt: skip
    assert len(set(re.findall(r"stroke-dasharray", svg))) == 1


def test_a_page_gives_the_colours_and_a_book_has_them_in_each_mark() -> None:
    page = draw(CHARTS["bars"], 'Dit « "> »')
    assert "#" not in page
    assert 'fill="currentColor"' in page
    assert "style=" not in page
    assert 'aria-label="Dit « &quot;&gt; »"' in page
    book = draw(CHARTS["bars"], "Dit", inks=INKS)
    assert INKS.bright in book
    assert "<title>Dit</title>" in book
    assert "class=" not in book.partition(">")[2]


def test_the_picture_of_a_chart_has_its_words() -> None:
    with_words = draw(CHARTS["bars"], "x", width=400, inks=INKS, margin=12).encode()
    without = re.sub(rb"<text.*?</text>", b"", with_words)
    pictures = {paint_words(svg, width=552, paper="#FBF8F2") for svg in (with_words, without)}
    assert len(pictures) == 2
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert max(map(len, pictures)) < 40_000


def test_lines_break_within_their_room_and_lose_nothing() -> None:
    for room in (40, 120, 300):
        lines = text_widths.broken(f"{LONG} {'a' * 60}", 15, room)
        assert "".join(lines).replace(" ", "") == f"{LONG}{'a' * 60}".replace(" ", "")
        assert all(text_widths.width(line, 15) <= room for line in lines)
