"""Whatever sanitising removes from a text is reported to its author."""

from __future__ import annotations

import pytest

from axtra.content.blocks.conversion import Converter
from infolettre.core.diagnostics import Notes


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("<div><![mot]></div>", "<![> n’est pas permis dans un texte"),
        ("<div><![mot[ x ]]></div>", "<![> n’est pas permis dans un texte"),
        ("<div><!-- note --></div>", "un commentaire HTML n’est pas permis dans un texte"),
        ("<video>a</video>", "<video> n’est pas permis dans un texte"),
        ('<p style="color:red">a</p>', "l’attribut « style » n’est pas permis dans un texte"),
    ],
)
def test_removed_html_is_an_error_on_its_line(typed: str, problem: str) -> None:
    notes = Notes("x.md")
    Converter().convert(f"a\n\n{typed}\n", first_line=1, language="fr-CA", notes=notes)
    [error] = notes.found
    assert (error.line, error.rule, error.problem) == (3, "html-interdit", problem)
