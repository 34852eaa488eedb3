"""The glossary names what the program has, and the contributing guide files that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (ROOT / "plugins/axtra", ROOT / "plugins/pelican-infolettre/infolettre")
_ROW = re.compile(r"^\| `(\w+)` \|(.*?)\| (.+) \|$", re.MULTILINE)


@cache
def defined() -> frozenset[str]:
    """Return the names of the rooms, modules, classes, functions and constants of the package."""
    names: set[str] = set()
    for path in (path for package in PACKAGES for path in package.rglob("*.py")):
        names |= {path.stem, path.parent.name}
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.AnnAssign | ast.Assign):
                targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)


def test_each_word_of_the_glossary_is_a_name_of_the_program_and_is_there_once() -> None:
    text = (ROOT / "docs/glossary.md").read_text("utf-8")
    rows = _ROW.findall(text)
    assert len(rows) == text.count("\n| `")
    names = [name for name, _, _ in rows]
    assert len(names) > 50
    assert sorted(set(names)) == sorted(names)
    assert set(names) - defined() == set()


def test_a_name_that_the_program_has_not_is_noticed() -> None:
    assert "Elephant" not in defined()


def test_each_file_that_the_contributing_guide_names_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    places = re.findall(r"`([\w.-]+/[\w./-]*)`", text)
    assert len(places) > 20
    known = [path for path in places if "NAME" not in path]
    bases = (ROOT, *PACKAGES)
    assert [path for path in known if not any((base / path).exists() for base in bases)] == []
