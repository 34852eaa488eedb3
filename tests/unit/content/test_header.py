"""What a header may not hold, whatever YAML allows: a few bytes must not stop the program."""

from __future__ import annotations

import pytest

from axtra.content.frontmatter.header import read
from axtra.content.schema import KINDS
from infolettre.core.diagnostics import Notes

LEVELS = "\n".join(f"n{n}: &n{n} [{', '.join([f'*n{n - 1}'] * 9)}]" for n in range(1, 12))


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("titre: &x [*x]", 2),
        ("titre: T\nmots-cles: &a [a]\nauteurs: *a", 3),
        (f"n0: &n0 [x, x]\n{LEVELS}", 2),
        ("titre: " + "[" * 48_000, 2),
        ("titre: " + "{a: " * 5_000, 2),
        ("titre:\n" + "- " * 20_000 + "x", 3),
        ("\n".join(f"{' ' * n}a:" for n in range(3_000)), 202),
    ],
    ids=["itself", "another", "levels", "brackets", "braces", "dashes", "indents"],
)
def test_a_header_that_could_take_all_of_the_memory_is_refused_at_its_line(
    header: str, line: int
) -> None:
    notes = Notes("a.md")
    assert read(f"---\n{header}\n---\nTexte.\n".encode(), KINDS["nouvelle"], notes) is None
    assert [(problem.rule, problem.line) for problem in notes.found] == [("entete-illisible", line)]


@pytest.mark.parametrize("title", ["Recherche & développement", "R&D", "A &amp; B", "« & »"])
def test_an_ampersand_in_a_value_is_a_character(title: str) -> None:
    notes = Notes("a.md")
    source = read(f"---\ntitre: {title}\n---\nTexte.\n".encode(), KINDS["nouvelle"], notes)
    assert source is not None
    assert "entete-illisible" not in {problem.rule for problem in notes.found}
