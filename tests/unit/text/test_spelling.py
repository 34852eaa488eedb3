"""Spelling: what no dictionary and no list of ours knows, on its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtra.text import spelling
from axtra.text.spelling import Speller

ROOT = Path(__file__).parents[3]
HEAD = "---\nobjet: La letre de mai\ntype: bimensuele\npreentete: Une phrase\n---\n"


@pytest.fixture(scope="module")
def speller() -> Speller:
    found = spelling.open_speller(ROOT / "content" / spelling.FILE)
    assert found is not None, spelling.MISSING
    return found


def said(speller: Speller, text: str) -> list[str]:
    found = spelling.misspelt("lettre.md", text, speller)
    return [f"{one.line} {one.problem.split(' ')[1]}" for one in found]


def test_a_misspelt_word_is_told_at_each_of_its_places(speller: Speller) -> None:
    text = HEAD + "\nUn mot bien écrit.\n\nCeci est une ereur, et une ereur encore.\n"
    assert said(speller, text) == ["2 letre", "9 ereur", "9 ereur"]


def test_the_remedy_names_near_words_and_the_list(speller: Speller) -> None:
    (found,) = spelling.misspelt("lettre.md", HEAD.replace("bimensuele", "x"), speller)
    assert "« lettre »" in found.remedy
    assert "content/mots.txt" in found.remedy
    assert found.severity == "avertissement"


@pytest.mark.parametrize(
    "text",
    [
        "L’emploi d’aujourd’hui, la main-d’œuvre et les centres-conseils.",
        "L'emploi et l’infolettre; qu’en dit-on? A-t-il plu? Y a-t-il mieux?",
        "AXTRA, l’équipe d’AXTRA et celles et ceux qu’AXE réunit à Tromsø.",
        "Écrivez à pesronne@axtra.ca ou lisez www.axtra.ca/adrese, https://axtra.ca/adrese.",
        "Lisez [la page](/nouvelles/adrese/) et [l’autre][adrese].\n\n[adrese]: /adrese/",
        "Bonjour {prenom|chère lectrice}, voici `du_cdoe` et une note[^nte].",
        "En 2019, la 35e assemblée, le 1er avril, à 9 h 30, 10 $, 1,5 %.",
        "```\ndu cdoe\n```",
        "/// figure | images/adrese.png\n    alt: Une image\n    largeur: plieine\n///",
    ],
)
def test_what_is_right_or_for_the_machine_is_left_alone(speller: Speller, text: str) -> None:
    assert said(speller, f"---\nobjet: Un titre\n---\n{text}") == []


def test_the_words_of_an_option_that_readers_see_are_read(speller: Speller) -> None:
    text = "---\n---\n/// figure | images/a.png\n    alt: Une imaje\n///\n"
    assert said(speller, text) == ["4 imaje"]


def test_another_language_is_left_alone(speller: Speller) -> None:
    text = "---\ntitre: The labour market\nlangue: en-CA\n---\nNothing here is French.\n"
    assert said(speller, text) == []


def test_our_own_texts_hold_no_unknown_word(speller: Speller) -> None:
    files = [path for name in ("content", "newsletters") for path in (ROOT / name).rglob("*.md")]
    found = [str(one) for path in files for one in
             spelling.misspelt(path.name, path.read_text("utf-8"), speller)]  # fmt: skip
    assert found == []


def test_without_a_dictionary_there_is_no_speller(tmp_path: Path) -> None:
    assert spelling.open_speller(tmp_path / "mots.txt", (tmp_path,)) is None


def test_a_list_that_cannot_be_read_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "mots.txt").write_bytes(b"\xe9")
    found = spelling.open_speller(tmp_path / "mots.txt")
    assert found is not None
    assert found.words == frozenset()
