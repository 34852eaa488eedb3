"""Spelling: words unknown to the dictionary and to our list are reported on their lines."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from infolettre.text import spelling
from infolettre.text.spelling import Speller

ROOT = Path(__file__).parents[3]
HEAD = "---\nobjet: La letre de mai\ntype: bimensuele\npreentete: Une phrase\n---\n"


@pytest.fixture(scope="module")
def speller() -> Speller:
    opened = spelling.open_speller(ROOT / "content" / spelling.FILE)
    assert opened is not None, spelling.MISSING
    return opened


def lines_and_words(speller: Speller, text: str) -> list[str]:
    diagnostics = spelling.misspelt("lettre.md", text, speller)
    return [f"{each.line} {each.problem.split(' ')[1]}" for each in diagnostics]


def test_a_misspelt_word_is_reported_at_each_of_its_places(speller: Speller) -> None:
    text = HEAD + "\nUn mot bien écrit.\n\nCeci est une ereur, et une ereur encore.\n"
    assert lines_and_words(speller, text) == ["2 letre", "9 ereur", "9 ereur"]


def test_the_remedy_names_similar_words_and_the_list(speller: Speller) -> None:
    (diagnostic,) = spelling.misspelt("lettre.md", HEAD.replace("bimensuele", "x"), speller)
    assert "« lettre »" in diagnostic.remedy
    assert "content/mots.txt" in diagnostic.remedy
    assert diagnostic.severity == "avertissement"


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
def test_correct_words_and_code_are_left_alone(speller: Speller, text: str) -> None:
    assert lines_and_words(speller, f"---\nobjet: Un titre\n---\n{text}") == []


def test_options_that_readers_see_are_checked(speller: Speller) -> None:
    text = "---\n---\n/// figure | images/a.png\n    alt: Une imaje\n///\n"
    assert lines_and_words(speller, text) == ["4 imaje"]


def test_a_text_in_another_language_is_left_alone(speller: Speller) -> None:
    text = "---\ntitre: The labour market\nlangue: en-CA\n---\nNothing here is French.\n"
    assert lines_and_words(speller, text) == []


def test_our_own_texts_have_no_unknown_word(speller: Speller) -> None:
    files = [path for name in ("content", "newsletters") for path in (ROOT / name).rglob("*.md")]
    unknown = [
        str(diagnostic)
        for path in files
        for diagnostic in spelling.misspelt(path.name, path.read_text("utf-8"), speller)
    ]
    assert unknown == []


def test_without_a_dictionary_there_is_no_speller(tmp_path: Path) -> None:
    assert spelling.open_speller(tmp_path / "mots.txt", (tmp_path,)) is None


def test_an_unreadable_list_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "mots.txt").write_bytes(b"\xe9")
    opened = spelling.open_speller(tmp_path / "mots.txt")
    assert opened is not None
    assert opened.words == frozenset()


@pytest.mark.parametrize(
    "sign",
    ["[", "[a](<", "<a ", "![", "[^", "][", "a.", "a-", "a", "_", "\\", "`", "{", "@", "é’",
     "< lang"],
)  # fmt: skip
def test_a_line_of_signs_is_read_at_once(speller: Speller, sign: str) -> None:
    start = time.process_time()
    list(spelling.misspelt("a.md", f"---\n---\n{sign * 48_000}_\n", speller))
    assert time.process_time() - start < 1
