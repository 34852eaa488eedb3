"""House rules that apply to the whole program, checked in its source code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import axtra

PACKAGE = Path(axtra.__file__).parent


def _modules() -> Iterator[tuple[str, list[str]]]:
    """Yield each module with the names and attributes that it uses."""
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        used = [
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Name | ast.Attribute)
        ]
        yield file.relative_to(PACKAGE).as_posix(), used


def test_only_the_command_line_and_the_pelican_plugin_exit_the_program() -> None:
    ending = {"SystemExit", "exit", "_exit"}
    # guide_tables is a program in its own right.
    allowed = {"site/failures.py", "content/guide_tables.py"}
    exiting = {name for name, used in _modules() if not ending.isdisjoint(used)}
    assert {name for name in exiting if not name.startswith("cli/")} == allowed


def test_frozen_objects_are_never_modified() -> None:
    assert [name for name, used in _modules() if "__setattr__" in used] == []
