"""Names and docstrings avoid a few forms that are not plain English.

Each form is one that this code once had, translated from French, and has an obvious replacement.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKED = ("plugins", "tests", "benchmarks")
NAMES = {"one": "name what it holds"}
DOCSTRINGS = re.compile(r"Give\b")  # « Return … »
TESTS = re.compile(
    r"_(?:(?:is|are)_(?:told|said)|bites?)(?:_|$)|_(?:what|that)_is_no_(?!longer|more)"
)


def forms(code: str) -> Iterator[str]:
    """Yield each form that is not plain English, with its line."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) if name in NAMES:
                yield f"{node.lineno}: « {name} »: {NAMES[name]}"
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if DOCSTRINGS.match(ast.get_docstring(node) or ""):
                    yield f"{node.lineno}: « Give »: begin with « Return »"
                if node.name.startswith("test_") and TESTS.search(node.name):
                    yield f"{node.lineno}: {node.name}: say what is asserted"


@pytest.mark.parametrize("folder", CHECKED)
def test_names_and_docstrings_are_plain_english(folder: str) -> None:
    files = [
        file for file in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in file.parts
    ]
    assert files
    found = [
        f"{file.relative_to(ROOT)}:{form}"
        for file in files
        for form in forms(file.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("for one in x: pass", 1),
        ("[one for one in x]", 1),
        ("lambda one: one", 1),
        ('def f():\n    """Give the title."""', 1),
        ("def test_a_mistake_is_told(): pass", 1),
        ("def test_what_is_no_mail_is_refused(): pass", 1),
        ("for someone in x: pass", 0),
        ('def f():\n    """Return the given title."""', 0),
        ("def test_a_link_that_is_no_longer_valid(): pass", 0),
        ("def test_there_is_no_speller(): pass", 0),
    ],
)
def test_the_search_finds_these_forms_only(code: str, count: int) -> None:
    assert len(list(forms(code))) == count
