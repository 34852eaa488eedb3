"""The words of the interface are held to the rules that the texts are held to."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from axtra.atelier import remedies
from axtra.content.template_filters import FILTERS
from infolettre.text import typography
from support.small_sites import ROOT

TEMPLATES = sorted(
    path
    for pattern in ("*.html", "*.mjml", "*.txt")
    for path in (ROOT / "theme").rglob(pattern)
    if "static" not in path.parts
)
SAID = [*TEMPLATES, *sorted((ROOT / "theme/atelier").glob("*.js"))]
# Comments, and styles; a script says its sentences between quotation marks alone.
_UNSAID = re.compile(
    r"\{#.*?#\}|<!--.*?-->|(?:^|(?<=\s))//[^\n]*|/\*.*?\*/"
    r"|<(style|script|mj-style)\b.*?</\1>",
    re.DOTALL,
)
_LOOSE_MARKS = re.compile(r"« | »")
_LOOSE = re.compile(r"« | »|[^\s{(] :(?:[\s<\"{]|$)| [;!?](?:[\s<]|$)")
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.DOTALL)
_SAID = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_QUOTED = re.compile(r'"([^"{}<>=]*[a-zà-ü]{3} [^"{}<>=]*)"')  # a sentence in an expression
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(r'\b(?:aria-label|placeholder|title|alt)="([^"{}]+)"')
# « de AXTRA » : before a name that a page prints, a word that elides asks for the filter.
_ELIDES = re.compile(
    r"\b(?:de|que|jusque|lorsque|puisque)[ \u00a0](?:\{\{ ?|\" ~ )"
    r"(?:\w+\.(?:name|long_name|magazine)|nom)\b(?! \| de)"
)


def words(path: Path) -> list[str]:
    """Return the stretches of text of a template, as readers see them."""
    source = _JINJA.sub("\n", path.read_text("utf-8").replace("\\u00a0", "\u00a0"))
    said = _ATTRIBUTE.findall(source)
    said += [text for shown in _SAID.findall(source) for text in _QUOTED.findall(shown)]
    said += _TAG.sub("\n", _SAID.sub("\n", source)).splitlines()
    return [unescape(text).strip() for text in said if re.search("[a-zà-ü]{3}", text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "theme")))
def test_sentences_of_a_template_need_no_correction(path: Path) -> None:
    wrong = {text: typography.correct_text(text) for text in words(path)}
    assert {text: right for text, right in wrong.items() if _seen(text) != _seen(right)} == {}


def _seen(text: str) -> str:
    return re.sub(r"[ \u202f\u2060]", "\u00a0", text)  # which space it is belongs to the layout


@pytest.mark.parametrize("path", SAID, ids=lambda path: str(path.relative_to(ROOT / "theme")))
def test_no_line_breaks_beside_a_quotation_mark_or_a_colon(path: Path) -> None:
    source = _UNSAID.sub("", path.read_text("utf-8"))
    pattern = _LOOSE_MARKS if path.suffix == ".js" else _LOOSE
    lines = [line.strip() for line in source.splitlines() if pattern.search(line)]
    assert lines == []


def test_what_the_atelier_says_of_a_text_holds_its_spaces() -> None:
    (said,), (pasted,) = remedies.lines("Voyez « ceci » : oui.\nÉcrivez :  a : b")
    assert said.words == "Voyez «\u00a0ceci\u00a0»\u00a0: oui."
    assert pasted.words == "Écrivez :  a : b"  # the words to paste stay as they are


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "theme")))
def test_a_name_that_a_template_prints_may_begin_with_a_vowel(path: Path) -> None:
    assert _ELIDES.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("AXTRA", "d’AXTRA"),
        ("l’Alliance", "de l’Alliance"),
        ("Échelon", "d’Échelon"),
        ("Horizon", "d’Horizon"),
        ("Hockey pour tous", "de Hockey pour tous"),
        ("Carrière", "de Carrière"),
        ("Le Relais", "du Relais"),
        ("Les Ateliers", "des Ateliers"),
        ("Œuvre", "d’Œuvre"),
        ("Yves", "d’Yves"),
        ("Youth Employment", "de Youth Employment"),
    ],
)
def test_de_elides_and_contracts(name: str, said: str) -> None:
    assert FILTERS["de"](name) == said
