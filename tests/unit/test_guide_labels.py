"""What the editors' guide prints in bold is a label of a screen, letter for letter."""

from __future__ import annotations

import ast
import re
from html import unescape

from support.small_sites import ROOT

_TABLES = re.compile(r"(?s)<!-- debut:\w+ -->.*?<!-- fin -->")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_UNSEEN = re.compile(r'(?s)\{#.*?#\}|<span class="hors-vue">.*?</span>')
_EXPRESSION = re.compile(r"(?s)\{[{%].*?[%}]\}")
_TAG = re.compile(r"<[^>]*>")


def _of_template(text: str) -> set[str]:
    """Return the words between the tags of a template, and those that its expressions hold."""
    text = _UNSEEN.sub("", text)
    held = {words for part in _EXPRESSION.findall(text) for words in re.findall('"([^"]+)"', part)}
    between = _TAG.sub("\n", _EXPRESSION.sub("\n", text)).split("\n")
    return held | {unescape(words).strip() for words in between}


def _of_module(code: str) -> set[str]:
    nodes = ast.walk(ast.parse(code))
    return {str(node.value) for node in nodes if isinstance(node, ast.Constant)}


def _labels() -> set[str]:
    """Return all that the screens of the atelier and the pages of the site may say by itself.

    A space is one, be it one that does not break.
    """
    templates = [*ROOT.glob("theme/atelier/*.html"), *ROOT.glob("theme/templates/**/*.html")]
    modules = ROOT.glob("plugins/axtra/atelier/**/*.py")
    said = set().union(
        *(_of_template(path.read_text("utf-8")) for path in templates),
        *(_of_module(path.read_text("utf-8")) for path in modules),
    )
    return {" ".join(words.split()) for words in said}


def _told(guide: str) -> list[str]:
    return [" ".join(words.split()) for words in _BOLD.findall(_TABLES.sub("", guide))]


def test_each_label_that_the_guide_tells_is_on_a_screen() -> None:
    told = _told((ROOT / "docs/guide.md").read_text("utf-8"))
    assert len(told) > 60
    assert sorted(set(told) - _labels()) == []


def test_a_label_is_compared_whole_and_as_it_is_seen() -> None:
    page = '{# Non #}<button>Réglé<span class="hors-vue"> : {{ x }}</span></button>{{ "Oui" if y }}'
    assert _of_template(page) - {""} == {"Réglé", "Oui"}
    assert _told("**Tout\nl’en-tête** <!-- debut:x -->**a**<!-- fin -->") == ["Tout l’en-tête"]
