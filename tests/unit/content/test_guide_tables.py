"""The editors' guide says what the schema and the rules say, and its examples are right."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from axtra.content import guide_tables
from axtra.content.blocks.conversion import Converter
from axtra.content.schema import BLOCKS
from axtra.core.diagnostics import Diagnostic, Notes
from axtra.core.rules import RULES

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/guide.md").read_text("utf-8")


def _named(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_the_guide_is_in_step_with_the_schema_and_the_rules() -> None:
    assert guide_tables.refresh(GUIDE) == GUIDE, "run: python -m axtra.content.guide_tables"


def test_every_rule_is_an_anchor_of_the_guide() -> None:
    assert set(re.findall(r'<a id="([a-z-]+)">', GUIDE)) == set(RULES)


def test_every_rule_is_used_somewhere() -> None:
    code = [path for path in (ROOT / "plugins").rglob("*.py") if path.name != "rules.py"]
    named = set().union(*(_named(ast.parse(path.read_text("utf-8"))) for path in code))
    assert set(RULES) - named == set()


def test_a_rule_that_nobody_explains_cannot_be_said() -> None:
    with pytest.raises(KeyError):
        Diagnostic("x.md", 1, "regle-inconnue", "problème", "remède")


@pytest.mark.parametrize("name", list(BLOCKS))
def test_the_example_of_each_block_reads_without_a_finding(name: str) -> None:
    notes = Notes("guide.md")
    document = Converter().convert(
        BLOCKS[name].example, first_line=1, language="fr-CA", notes=notes
    )
    assert notes.found == []
    assert [getattr(part, "name", "prose") for part in document.parts] == [name]
