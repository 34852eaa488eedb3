"""The cover of a numéro as one picture."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from axtra.content.model import Image, Motif, Resolved, Text
from axtra.pictures import covers, drawings
from infolettre.design.tokens import Tokens
from support.sample_library import ARTICLE, FACTS, NUMERO

TOKENS = Tokens.load(Path(__file__).parents[3] / "theme" / "tokens.toml")
LONG = "Une conseillère, un conseiller et quatre-vingt-dix caractères pour dire *l’insertion*"


def _words(svg: str) -> str:
    root = ET.fromstring(svg)  # noqa: S314 - written just before
    texts = root.iter("{http://www.w3.org/2000/svg}text")
    return " ".join("".join(text.itertext()) for text in texts)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 8, 12])
@pytest.mark.parametrize("title", ["Sur son X", "Qui prendra la *relève*, et quand?", LONG])
def test_a_cover_has_its_title_and_every_line_and_leaves_room_to_the_picture(
    title: str, count: int
) -> None:
    numero = replace(NUMERO, title=Text.with_italics(title))
    lines = [replace(ARTICLE, title=Text.of(f"Ligne {rank}")) for rank in range(count)]
    svg = covers.svg(numero, lines, FACTS, TOKENS)
    said = _words(svg)
    for words in (numero.title.plain, numero.label, FACTS.tagline, *(a.title.plain for a in lines)):
        assert words in said
    height = int(re.findall(r'<svg x="0" y="300" width="1236" height="(\d+)"', svg)[0])
    assert height >= 400
    baselines = [float(y) for y in re.findall(r' y="([\d.]+)" font-size', svg)]
    assert max(baselines) < 1600
    assert min(y for y in baselines if y > 300) > 300 + height


def test_italics_stay_italics_from_a_line_to_the_next() -> None:
    numero = replace(
        NUMERO, title=Text.with_italics("Un titre dont *trois mots penchent* ensemble")
    )
    svg = covers.svg(numero, (), FACTS, TOKENS)
    leaning = " ".join(re.findall(r'font-style="italic"[^>]*>([^<]*)<', svg))
    assert " ".join(leaning.split()) == "trois mots penchent"


def test_a_photograph_fills_the_cover_around_its_point_and_no_drawing_is_left() -> None:
    image = Image("x.jpg", "/x.jpg", "", 400, 800)
    svg = covers.svg(replace(NUMERO, image=image), (), FACTS, TOKENS, "data:image/jpeg;base64,AA")
    assert svg.count("<image ") == 1
    assert "slice" in svg


def test_numeros_that_follow_each_other_have_other_colours() -> None:
    inks = [
        drawings.palette(replace(NUMERO, resolved=Resolved(motif=Motif(rank))), TOKENS).ink
        for rank in range(24)
    ]
    assert len(set(inks)) == len(TOKENS.palettes)
