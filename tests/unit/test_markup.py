"""What is skipped to go faster changes nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from markdown.treeprocessors import InlineProcessor

from axtra.blocks.markup import Placeholders, engine

# Every sign of Markdown, and what stands between them.
PIECES = (
    *"*_`\\[]()!<>&;:^{}#|~-+=\"'",
    *("  \n", "\n\n", " ", "a", "é", "mot", "https://exemple.test", "me@exemple.test", "&amp;"),
    *("[^1]", "[^1]: note", "[a]: /b", "![x](y.png)", "**gras**", "<b>", "</b>", "{: .c }"),
)


def _stock(placeholders: Placeholders) -> Markdown:
    made = engine(placeholders)
    made.treeprocessors.register(InlineProcessor(made), "inline", 20)
    return made


OURS, STOCK = engine(Placeholders()), _stock(Placeholders())


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_pattern_that_would_match_is_skipped(text: str) -> None:
    assert OURS.reset().convert(text) == STOCK.reset().convert(text)
