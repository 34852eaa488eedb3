"""House rules that apply to the whole program, checked in its source code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import axtra
import infolettre

Modules = list[tuple[str, list[ast.AST]]]

PACKAGES = (Path(axtra.__file__).parent, Path(infolettre.__file__).parent)


@pytest.fixture(scope="module")
def modules() -> Modules:
    """Return the nodes of each module by its name: parsed and walked once for all the rules."""
    return [
        (file.relative_to(package).as_posix(), list(ast.walk(ast.parse(file.read_text("utf-8")))))
        for package in PACKAGES
        for file in sorted(package.rglob("*.py"))
    ]


def _used(modules: Modules) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each module with the names and attributes that it uses."""
    for name, nodes in modules:
        used = [
            node.id if isinstance(node, ast.Name) else node.attr
            for node in nodes
            if isinstance(node, ast.Name | ast.Attribute)
        ]
        yield name, used


def test_only_the_command_line_and_the_pelican_plugin_exit_the_program(modules: Modules) -> None:
    ending = {"SystemExit", "exit", "_exit"}
    # guide_tables is a program in its own right.
    allowed = {"site/pelican_command.py", "content/guide_tables.py", "cli.py"}
    exiting = {name for name, used in _used(modules) if not ending.isdisjoint(used)}
    assert {name for name in exiting if not name.startswith("cli/")} == allowed


def test_frozen_objects_are_never_modified(modules: Modules) -> None:
    assert [name for name, used in _used(modules) if "__setattr__" in used] == []


_ROOMS = (
    *("text", "design", "message", "checks", "content"),
    *("pictures", "newsletter", "books", "site", "preview"),
)


def test_rooms_below_the_command_write_on_no_screen(modules: Modules) -> None:
    writing = {"print", "stdout", "stderr"}
    found = {
        name
        for name, nodes in modules
        for node in nodes
        if (isinstance(node, ast.Name) and node.id == "print")
        or (isinstance(node, ast.Attribute) and node.attr in writing and _is_sys(node.value))
    }
    assert {name for name in found if name.startswith(_ROOMS)} == set()


def test_no_room_draws_the_arrow_of_a_remedy(modules: Modules) -> None:
    """A refusal and a diagnostic carry their remedy apart; `core` lays both out."""
    drawn = {
        name
        for name, nodes in modules
        for node in nodes
        if isinstance(node, ast.Constant) and "    → " in str(node.value)
    }
    assert {name for name in drawn if name.startswith(_ROOMS)} == set()
    assert {name for name in drawn if name.startswith("core/")} == {
        "core/diagnostics.py",
        "core/refusals.py",
    }


def _is_sys(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "sys"
