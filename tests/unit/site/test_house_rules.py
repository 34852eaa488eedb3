"""Rules of the house that hold for the whole program, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import axtra

PACKAGE = Path(axtra.__file__).parent


def _modules() -> Iterator[tuple[str, list[str]]]:
    """Give each module with the names and attributes that it uses."""
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        used = [
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Name | ast.Attribute)
        ]
        yield file.relative_to(PACKAGE).as_posix(), used


def test_only_the_command_and_the_edge_of_pelican_end_the_program() -> None:
    ending = {"SystemExit", "exit", "_exit"}
    # guide_tables is a program of its own.
    allowed = {"site/failures.py", "content/guide_tables.py"}
    found = {name for name, used in _modules() if not ending.isdisjoint(used)}
    assert {name for name in found if not name.startswith("cli/")} == allowed


def test_nothing_frozen_is_written_to() -> None:
    assert [name for name, used in _modules() if "__setattr__" in used] == []
