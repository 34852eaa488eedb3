"""The commands of messages: a shell, then `axtra`, read them as they are printed."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from axtra.cli.main import _parser
from axtra.core.pasted_commands import command, quoted
from support.small_sites import ROOT

PROGRAM = ROOT / "plugins/axtra"
# What a command may hold as it is: a name that the program made or checked, or words it quoted.
SAFE = re.compile(
    r"(?:[\w.]+\.)?_?(?:edition|slug)|named|about|day|now\(\)|(?:command|quoted)\(.*\)"
)
_COMMAND = re.compile(r"(?m)(?:^|:) *(axtra (?!⟦|:).*)$")


def _strings() -> Iterator[tuple[str, ast.expr]]:
    """Yield each text of the program that is no docstring, with the place where it stands.

    The texts are wanted while tests are collected, by every process that runs some.
    """
    for file in sorted(PROGRAM.rglob("*.py")):
        code = file.read_text("utf-8")
        if "axtra " not in code:
            continue
        nodes = list(ast.walk(ast.parse(code)))
        left = {
            id(node.body[0].value)
            for node in nodes
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        left |= {
            id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values
        }
        for node in nodes:
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in left:
                yield f"{file.relative_to(PROGRAM)}:{node.lineno}", node


def _shown(node: ast.expr) -> str:
    """Return a text with each of its values as an expression between two signs."""
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_shown, node.values))
    if isinstance(node, ast.FormattedValue):
        return f"⟦{ast.unparse(node.value)}⟧"
    return str(node.value) if isinstance(node, ast.Constant) else ""


TEXTS = [(place, _shown(node)) for place, node in _strings()]
COMMANDS = [(place, found[1]) for place, text in TEXTS for found in _COMMAND.finditer(text)]
_HOLE = re.compile("⟦(.*?)⟧")


def _accepted(typed: str) -> argparse.Namespace:
    words = shlex.split(typed)
    assert words[0] == "axtra"
    return _parser().parse_args(words[1:])


def test_the_program_tells_many_commands() -> None:
    assert len(COMMANDS) > 30


@pytest.mark.parametrize(("place", "typed"), COMMANDS)
def test_a_command_to_paste_is_accepted(place: str, typed: str) -> None:
    held = _HOLE.findall(typed)
    assert [value for value in held if not SAFE.fullmatch(value)] == [], place
    assert _accepted(_HOLE.sub("2026-12-02", typed)).run


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(value=NAMES)
@example("L’équipe d'accueil")
@example('-5 % « net » "x" $HOME `id` \\ !!')
@example("-x")
def test_any_name_survives_the_shell_and_the_parser(value: str) -> None:
    typed = command("nouveau auteur", value)
    assert shlex.split(quoted(value)) == [value]
    assert _accepted(typed).titre == [value]
    assert _accepted(command("nouveau article --numero 2026-12", value)).titre == [value]


def test_no_command_stands_between_french_quotation_marks_with_its_values() -> None:
    asked = re.compile(r"axtra [^»\n]*«")
    assert [place for place, text in TEXTS if asked.search(text)] == []


_FENCE = re.compile(r"(?ms)^( *)```(?:sh|console|bash)?\n(.*?)^ *```$")
_SET_BACK = re.compile(r"(?m)^( {4,})(\S.*)$")


def _told(page: Path) -> Iterator[str]:
    """Yield the commands of a page of the documentation, as a person would copy them."""
    text = page.read_text("utf-8")
    for block in (*_FENCE.findall(text), *_SET_BACK.findall(text)):
        for line in block[1].replace("\\\n", " ").splitlines():
            if line.strip().startswith("axtra "):
                yield re.split(r" {2,}| \[", line.strip())[0]  # the rest explains, or is a choice


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_the_commands_of_a_page_are_accepted(page: str) -> None:
    for typed in _told(ROOT / page):
        words = shlex.split(typed, comments=True)
        if len(words) == 2:  # a list of commands may leave out what follows
            assert f"    {words[1]} " in _parser().format_help(), typed
        else:
            assert _parser().parse_args(words[1:]).run, typed
