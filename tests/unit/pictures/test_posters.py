"""The pictures that social networks show for a page."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image as Bitmap

from axtra.content.model import Image, Text
from axtra.pictures import posters
from axtra.pictures.posters import HEIGHT, WIDTH, Poster, PosterMaker
from infolettre.core import dates
from infolettre.core.cache import Store
from infolettre.design.tokens import Tokens
from support.sample_library import ARTICLE, FACTS, NOON, NUMERO, author, event, library, news

TOKENS = Tokens.load(Path(__file__).parents[3] / "theme" / "tokens.toml")
TITLES = (
    "Sur son X",
    "Quand ce sont les postes qui attendent",
    "Une conseillère, un conseiller et quatre-vingt-dix caractères pour dire l’insertion sociale",
    "Anticonstitutionnellement, hexakosioihexekontahexaphobie",
    " ".join(["Un titre qui ne finit pas"] * 12),
    "<script>alert(1)</script> & « cie »",
)


@pytest.fixture
def maker(tmp_path: Path) -> PosterMaker:
    """Make a poster maker whose content and store are empty."""
    return PosterMaker(TOKENS, tmp_path, Store(tmp_path / "affiches"))


def titled(title: str) -> Poster:
    return posters.of_item(replace(ARTICLE, title=Text(title, Text.of(title).html)))


def texts(svg: str) -> list[ET.Element]:
    root = ET.fromstring(svg)  # noqa: S314 - written just before
    return list(root.iter("{http://www.w3.org/2000/svg}text"))


def test_every_text_has_its_own_poster_or_that_of_its_photograph(
    maker: PosterMaker,
) -> None:
    photograph = Image("x.jpg", "/x.jpg", "Une foule", 100, 100, digest="abc")
    texts = (NUMERO, ARTICLE, news("une"), event(NOON), author("Une personne"))
    pictured = (replace(news(slug), image=photograph) for slug in ("deux", "trois"))
    listed = [*posters.posters(library(*texts, *pictured))]
    assert len(listed) == len({poster.stem for poster in listed})
    assert {poster.stem for poster in listed} == {
        "axe", "magazine-2020-05", "magazine-2020-05-premier", "nouvelles-une",
        "evenements-colloque", "x",
    }  # fmt: skip
    addresses = [maker.address(poster) for poster in listed]
    assert all(
        re.fullmatch(r"/images/affiches/[a-z0-9-]+\.[0-9a-f]{10}\.(png|jpg)", a) for a in addresses
    )


def test_the_address_of_a_poster_depends_on_its_words_and_on_the_theme(maker: PosterMaker) -> None:
    poster = titled("Un titre")
    colours = {**TOKENS.colours, "clair": {**TOKENS.colours["clair"], "papier": "#FFFFFF"}}
    other = replace(maker, tokens=replace(TOKENS, colours=colours))
    addresses = {
        maker.address(poster),
        maker.address(titled("Un autre")),
        maker.address(replace(poster, byline="Autrui")),
        other.address(poster),
    }
    assert len(addresses) == 4
    assert maker.address(poster) == maker.address(titled("Un titre"))


@pytest.mark.parametrize("title", TITLES)
def test_the_title_never_touches_the_cut_edge_or_the_footer(maker: PosterMaker, title: str) -> None:
    svg = maker.svg(titled(title))
    lines = [line for line in texts(svg) if line.get("font-family") == "Source Serif Pro"]
    assert lines
    for line in lines:
        size, y = float(line.get("font-size", "")), float(line.get("y", ""))
        end = float(line.get("x", "")) + posters._width(line.text or "", round(size))
        assert end < posters._edge(y + size * 0.25) - 10, line.text
        assert y < 470
    words = " ".join(line.text or "" for line in lines)
    assert words == title or words.endswith("…")


def test_a_painted_poster_is_a_small_png_of_the_standard_size(maker: PosterMaker) -> None:
    data = maker.paint(titled(TITLES[1]))
    with Bitmap.open(BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(data) < 90_000


def test_a_poster_is_painted_once_and_is_always_the_same(
    maker: PosterMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = maker.paint(titled("Un titre"))
    assert replace(maker, store=Store(tmp_path / "autre")).paint(titled("Un titre")) == data
    monkeypatch.setattr(PosterMaker, "_painted", lambda *_: pytest.fail("painted again"))
    assert maker.paint(titled("Un titre")) == data


def test_a_photograph_replaces_the_drawing(maker: PosterMaker, tmp_path: Path) -> None:
    Bitmap.new("RGB", (900, 700), "#00AA00").save(tmp_path / "photo.png")
    photograph = Image("photo.png", "/photo.png", "Un pré", 900, 700, digest="abc", opaque=True)
    poster = posters.of_item(replace(ARTICLE, image=photograph))
    assert maker.address(poster).endswith(".jpg")
    with Bitmap.open(BytesIO(maker.paint(poster))) as image:
        assert image.size == (WIDTH, HEIGHT)
        red, green, blue = image.getpixel((1100, 500))
        assert green > 150 > red + blue
        assert min(image.getpixel((300, 600))) > 200


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.avif", "RGB"), ("a.webp", "RGBA"), ("a.gif", "P"), ("a.jpg", "CMYK"), ("A.PNG", "I;16"),
     ("p.png", "LA"), ("haute.jpg", "L")],
)  # fmt: skip
def test_a_photograph_is_shared_as_a_jpeg_of_the_shape_of_posters(
    maker: PosterMaker, tmp_path: Path, name: str, mode: str
) -> None:
    size = (300, 900) if name == "haute.jpg" else (900, 500)
    grey = Bitmap.linear_gradient("L").resize(size)
    whole = grey.convert("I;16") if mode == "I;16" else grey.convert("RGB").convert(mode)
    whole.save(tmp_path / name)
    photograph = Image(name, f"/{name}", "Un dégradé", *size, digest="abc")
    shown = maker.shown(replace(news("une"), image=photograph), FACTS)
    data = maker.paint(posters.of_photograph(photograph))
    assert shown.url == maker.address(posters.of_photograph(photograph))
    with Bitmap.open(BytesIO(data)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (WIDTH, HEIGHT))
        assert (shown.width, shown.height) == image.size
        assert not image.getexif()


def test_two_authors_are_named_and_more_are_counted() -> None:
    people = tuple(author(name) for name in ("Une", "Deux", "Trois"))
    assert posters.of_item(replace(ARTICLE, authors=people)).byline == "Une et 2 autres"
    assert posters.of_item(replace(ARTICLE, authors=people[:2])).byline == "Une et Deux"


def test_the_picture_of_a_page_is_never_an_svg(maker: PosterMaker) -> None:
    drawn = Image("x.svg", "/x.svg", "Un dessin", 100, 100)
    photograph = replace(drawn, path="x.jpg", url="/x.jpg", digest="abc")
    une = news("une")
    poster = maker.address(posters.of_item(replace(une, image=drawn)))
    assert maker.shown(replace(une, image=drawn), FACTS).url == poster
    assert maker.shown(author("Une personne"), FACTS) == maker.shown(None, FACTS)
    shown = maker.shown(replace(news("une"), image=photograph), FACTS)
    assert shown.url == maker.address(posters.of_photograph(photograph))
    assert shown.alt == "Un dessin"
    article = maker.shown(ARTICLE, FACTS)
    assert article.url == maker.address(posters.of_item(ARTICLE))
    assert article.alt == "Regards. Un article. Une personne"


def test_a_poster_shows_the_kind_and_date_of_a_text() -> None:
    poster = posters.of_item(news("une"))
    assert (poster.label, poster.byline, poster.place) == ("Nouvelle", "", dates.day(NOON))
    poster = posters.of_item(event(NOON))
    assert (poster.label, poster.byline, poster.colour) == ("Événement", dates.day(NOON), "ocre")


@pytest.mark.parametrize(
    "titles",
    [("ᓄᓇᕗᑦ", "ᓄᓇᕕᒃ"), ("Łódź", "Łódż"), ("Nguyễn", "Nguyên"), ("Þórð", "Þórþ"), ("Мир", "Миг")],
)
def test_a_poster_draws_each_letter_of_its_title(
    maker: PosterMaker, titles: tuple[str, str]
) -> None:
    pictures = [maker.paint(titled(title)) for title in titles]
    assert pictures[0] != pictures[1]  # no boxes, all alike
    assert titles[0] in [element.text for element in texts(maker.svg(titled(titles[0])))]


@pytest.mark.parametrize("title", ["深圳的会议", "محمد العربي", "Un 会议 à Montréal"])
def test_a_poster_whose_title_no_font_draws_says_what_it_is(maker: PosterMaker, title: str) -> None:
    poster = replace(titled("x"), title=title, byline="王芳")
    shown = [element.text for element in texts(maker.svg(poster)) if element.text]
    assert poster.label in shown
    assert all(text.isascii() or "é" in text or "É" in text for text in shown)
    assert title in poster.alt


def test_a_title_in_syllabics_keeps_clear_of_the_cut() -> None:
    size, lines = posters._set("ᓄᓇᕗᑦ ᑲᑎᒪᔨᑦ " * 6)
    assert len(lines) > 1
    assert not posters._spills(lines, size)
