"""Documents become bodies: links resolved, images measured, blocks checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from axtra.content.bodies import Bodies
from axtra.content.model import (
    Aside,
    Button,
    Card,
    Cards,
    Figure,
    Item,
    KeyFigures,
    Only,
    Prose,
    Quote,
    Video,
)
from support.read_body import ADDRESSES, LIBRARY, NEWS, find_image, read
from support.sample_library import NUMERO, edition, library, news


def _rules(text: str, item: Item = NEWS) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.rule) for problem in read(text, item)[1]]


def test_a_link_in_prose_becomes_an_address_and_one_that_is_broken_is_reported() -> None:
    body, found = read("Voir [le numéro](2020-05.md).")
    assert found == []
    [prose] = body
    assert isinstance(prose, Prose)
    assert f'href="{NUMERO.url}"' in prose.html
    assert _rules("Un.\n\nVoir [ce texte](absent.md).") == [(12, "lien-brise")]


def test_an_image_alone_is_a_figure_and_one_in_a_sentence_is_measured() -> None:
    figure, prose = read("![Un dessin](images/a.png)\n\nVoir ![un](images/a.png) ici.")[0]
    assert isinstance(figure, Figure)
    assert (figure.image.alt, figure.image.width) == ("Un dessin", 640)
    assert isinstance(prose, Prose)
    assert 'src="/images/a.png" alt="un" width="640" height="480"' in prose.html


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("/// citation | Une personne\nUne phrase.\n///", Quote),
        ("/// encadre | À savoir\nUne phrase.\n///", Aside),
        ("/// chiffres | En bref\n- **336** participants\n///", KeyFigures),
        ("/// bouton | Lire le numéro\n    lien: 2020-05.md\n///", Button),
        ("/// video | https://a.ca/v\n    titre: Une vidéo\n///", Video),
        ("/// article | premier\n///", Card),
        ("/// articles | À lire\n    nombre: 1\n///", Cards),
        ("/// figure | images/a.png\n    alt: Un dessin\n///", Figure),
        ("/// courriel\nUne phrase.\n///", Only),
    ],
)
def test_a_block_of_the_text_is_a_block_of_the_body(text: str, kind: type) -> None:
    body, found = read(text)
    assert ([type(node) for node in body], found) == ([kind], [])


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("/// figure\n    alt: Un dessin\n///", 10, "bloc-incomplet"),
        ("/// figure | images/a.png\n///", 10, "alt-manquant"),
        ("/// figure | images/b.png\n    alt: Un dessin\n///", 10, "image-absente"),
        ("/// bouton | Lire\n    lien: /\n    couleur: rouge\n///", 12, "option-inconnue"),
        ("/// bouton | Lire\n    lien: absent.md\n///", 11, "lien-brise"),
        ("/// encadre | À savoir\n///", 10, "bloc-vide"),
        ("/// article | absent\n///", 10, "carte-inconnue"),
        ("/// articles\n    genre: recette\n///", 11, "choix-inconnu"),
        ("/// articles\n    rubrique: absente\n///", 11, "rubrique-inconnue"),
        ("/// articles\n    sujet: absent\n///", 11, "sujet-inconnu"),
        ("/// articles\n    genre: publication\n///", 10, "cartes-absentes"),
        ("/// chiffres\n- 336 participants\n///", 10, "chiffres-invalides"),
        ("/// sommaire | 1999-01\n///", 10, "numero-absent"),
    ],
)
def test_a_block_that_cannot_be_is_reported_on_its_line(text: str, line: int, rule: str) -> None:
    assert (line, rule) in _rules(text)


def test_a_block_that_cannot_be_is_left_out_and_the_rest_stays() -> None:
    body, _ = read("Un.\n\n/// article | absent\n///\n\nDeux.")
    assert [type(node) for node in body] == [Prose, Prose]


def test_no_rule_chooses_again_what_a_card_names_or_another_rule_chose() -> None:
    items = tuple(news(slug) for slug in ("a", "b", "c"))
    several = library(*items)
    pages = {item.url: item for item in items}
    addresses = replace(ADDRESSES, items={item.source: item for item in items}, pages=pages)
    letter = edition("2020-06-01")
    rule = "/// articles\n    genre: nouvelle\n    nombre: 1\n///"
    text = f"{rule}\n\n/// article | a\n///\n\n{rule}"
    body, found = read(text, letter, Bodies(several, addresses, find_image))
    first, card, second = body
    assert found == []
    assert isinstance(first, Cards)
    assert isinstance(card, Card)
    assert isinstance(second, Cards)
    assert [first.items[0].slug, card.item.slug, second.items[0].slug] == ["b", "a", "c"]
    assert [choice.line for choice in letter.choices] == [10, 18]


def test_a_letter_is_reported_what_an_earlier_one_carried() -> None:
    bodies = Bodies(LIBRARY, ADDRESSES, find_image)
    text = "/// article | premier\n///"
    assert read(text, edition("2020-05-01"), bodies)[1] == []
    [problem] = read(text, edition("2020-06-01"), bodies)[1]
    assert (problem.line, problem.rule) == (10, "deja-envoye")
    assert "2020-05-01" in problem.problem


def test_a_file_named_in_a_text_for_a_list_is_reported_to_be_public() -> None:
    text = "/// courriel\n    public: membres\n\nVoir [le rapport](/documents/a.pdf).\n///"
    assert [rule for _, rule in _rules(text, edition("2020-06-01"))] == ["fichier-public"]
    assert _rules(text.replace("    public: membres\n\n", ""), edition("2020-06-01")) == []
    absent = text.replace("membres", "autres")
    assert "public-absent" in [rule for _, rule in _rules(absent, edition("2020-06-01"))]
