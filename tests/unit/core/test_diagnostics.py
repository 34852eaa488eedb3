"""What an editor reads of a problem: its own lines, whatever a file is called."""

from __future__ import annotations

import pytest

from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import Refusal

HOSTILE = ("a\nb.md:1 : faux", "a\rb", "a\x1b[2Jb", "a\tb", "a\x00b", "a\x85b", "a\u2028b", "\x7f")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_name_neither_ends_a_line_nor_commands_the_terminal(name: str) -> None:
    problem = Diagnostic(f"content/{name}", 1, "regle", f"« {name} » manque", f"Voyez {name[0]}.")
    refusal = Refusal(f"« {name} » ne se lit pas.", "Voyez.", place=name.replace("\n", "\r"))
    assert len(str(problem).splitlines()) == 2
    for text in (str(problem), *str(refusal).split("\n")):
        assert all(sign.isprintable() or sign in "\n\u00a0" for sign in text)


def test_a_new_line_in_a_name_is_seen() -> None:
    problem = Diagnostic("content/a\nb.md", None, "regle", "manque", "Voyez.")
    assert str(problem).startswith("content/a␊b.md : manque\n    → Voyez.")


def test_a_refusal_keeps_the_lines_of_its_problem() -> None:
    assert str(Refusal("deux raisons :\n  – l’une")) == "deux raisons :\n  – l’une"
