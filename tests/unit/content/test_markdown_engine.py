"""The shortcuts of the Markdown engine never change its output."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from axtra.content.blocks import markdown_engine
from axtra.content.blocks.markdown_engine import Placeholders, engine
from axtra.content.blocks.marks import Marks
from axtra.content.blocks.source import Typed, scan
from infolettre.core.diagnostics import Notes

# Every Markdown character, every kind of line, and separators.
PIECES = (
    *"*_`\\[]()!<>&;:^{}#|~-+=\"'",
    *("  \n", "\n\n", "\n", "   ", " ", "a", "é", "mot", "https://exemple.test", "&amp;"),
    *("[^1]", "[^1]: note", "[a]: /b", "![x](y.png)", "**gras**", "<b>", "</b>", "{: .c }"),
    *("[a]", "[a][b]", "[a](b)", "[a](b 'c')", "[a]( <b> )", "[a](b(c)d)", "me@exemple.test"),
    *("\n# T", "\n- a\n", "\n1. a\n", "\n> a\n", "\n---\n", "\nT\n===\n", "\n:   d", "\n    x\n"),
    *("\n| a | b |\n|---|---|\n| 1 | 2 |\n", "a | b\n--|--\n", "\n```\nx\n```\n", "\n*[a]: b\n"),
    *(
        "\n/// encadre | T\n",
        "\n///\n",
        "\n//// web\n",
        "\n////\n",
        "<div>",
        "</div>\n",
        "<!-- a -->",
    ),
)


def convert(text: str) -> str:
    source, placeholders = Typed(text, 1), Placeholders()
    converter = engine(placeholders)
    placeholders.marks = Marks("0" * 12, tuple(scan(source, Notes("essai.md"))))
    return converter.convert(placeholders.marks.put(text, source))


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_the_engine_converts_exactly_as_python_markdown_does(text: str) -> None:
    converted = convert(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown_engine, "Engine", Markdown)
        assert converted == convert(text)
