"""The drawings shown in place of missing images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lxml import etree

from axtra.content.model import Image
from axtra.design.illustration import Format
from axtra.pictures import drawings
from infolettre.design.tokens import Tokens
from support.sample_library import ARTICLE, NOON, NUMERO, event, news

TOKENS = Tokens.load(Path(__file__).parents[3] / "theme" / "tokens.toml")
IMAGE = Image(path="images/x.png", url="/images/x.png", alt="", width=1, height=1)


def test_an_item_without_an_image_has_a_drawing() -> None:
    sheets = drawings.drawing_files((NUMERO, ARTICLE, replace(news("une"), image=IMAGE)))
    assert [sheet.url for sheet in sheets] == [
        "/images/axe/magazine-2020-05-paysage.svg",
        "/images/axe/magazine-2020-05-premier-paysage.svg",
    ]


def test_a_hidden_item_has_no_drawing() -> None:
    assert [*drawings.drawing_files((replace(news("une"), shown=False),))] == []


def test_a_drawing_is_always_the_same_for_an_item_and_differs_between_items() -> None:
    first, again, other = (
        drawings.draw(news(slug), TOKENS, Format.LANDSCAPE).svg() for slug in ("une", "une", "deux")
    )
    assert first == again
    assert first != other


def test_an_article_is_drawn_in_the_colours_of_its_rubrique() -> None:
    svg = drawings.draw(ARTICLE, TOKENS, Format.LANDSCAPE).svg()
    palette = TOKENS.palette("tendances")
    used = [palette.paper, palette.ink, palette.bright, palette.support, palette.pale]
    assert any(colour in svg for colour in used)
    assert drawings.draw(event(NOON), TOKENS, Format.LANDSCAPE).svg() != svg


def test_drawings_and_the_favicon_are_valid_svg_that_loads_nothing() -> None:
    svgs = [sheet.svg(TOKENS) for sheet in drawings.drawing_files((NUMERO, ARTICLE))]
    for svg in (*svgs, drawings.favicon(TOKENS)):
        root = etree.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not root.xpath("//@href | //*[local-name()='script' or local-name()='image']")
