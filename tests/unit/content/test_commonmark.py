"""What everybody types is shown as everybody reads it, or told at its line."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.commonmark_reading import differs_in_silence, ours, reference

ABOVE = ("", "Voici ce qu’il faut :\n", "Un mot.\n\n", "## Un titre\n", "> Cité.\n", "> Cité.\n\n")
STRUCTURES = (
    "- un\n- deux\n",
    "* un\n* deux\n\n\n* trois\n",
    "1. un\n2. deux\n",
    "1) un\n2) deux\n",
    "3. un\n4. deux\n",
    "- un\n  - deux\n  - trois\n- quatre\n",
    "- un\n   - deux\n      - trois\n- quatre\n",
    "- un\n    - deux\n        - trois\n",
    "- un\n\t- deux\n",
    "1. un\n   - deux\n   - trois\n2. quatre\n",
    "1. un\n\n   suite\n2. deux\n",
    "- un\n\n  suite du premier point\n- deux\n",
    "- un\n\n    suite\n\n    encore\n- deux\n",
    "- un\nqui continue\n- deux\n",
    "- un\n\n  ```\n  code\n\n    - pas une liste\n  ```\n- deux\n",
    "- ```python\n  x = 1\n  ```\n",
    "- un\n\n      code\n",
    "- un\n  > cité\n  > encore\n",
    "- un\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n",
    "- un\n  ## Un titre\n",
    "- un\n* deux\n",
    "- un\n\n1. deux\n",
    "-\n- deux\n",
    "- [ ] à faire\n- [x] fait\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "| a | b |\n|:--|--:|\n| 1 | x \\| y |\n",
    "> - un\n> - deux\n",
    "> un\nparesseux\n",
    "> ```\n> code\n> ```\n",
    "> > deux\n>\n> un\n",
    "```\ncode\n```\n",
    "~~~~ python title=x\ncode\n~~~\n~~~~\n",
    "  ## Un titre\n",
    "   ```\n   code\n  ```\n",
    "***\n",
    "Un titre\n---------\n",
    "Un début\\\net une fin\n",
    "~~barré~~ et \\= échappé\n",
    "Voir https://exemple.org/a_b_c.\n",
    "**gras**, *italique*, ***les deux***, `code`\n",
    "[un lien](https://exemple.org/x 'titre') et ![image](a.png)\n",
    "un mot  \nà la ligne\n",
)
BELOW = ("", "Une phrase après.\n", "\nUne phrase après.\n", "\n- un autre\n", "\n> Cité.\n")


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_structure_is_read_as_commonmark_reads_it_whatever_stands_around_it(
    structure: str,
) -> None:
    silent = [
        f"{above}{structure}{below}"
        for above, below in product(ABOVE, BELOW)
        if differs_in_silence(f"{above}{structure}{below}")
    ]
    assert silent == []


@given(st.lists(st.sampled_from([*ABOVE, *STRUCTURES, *BELOW]), max_size=6))
@settings(max_examples=60, deadline=None)
def test_structures_one_after_the_other_are_read_as_commonmark_reads_them(
    structures: list[str],
) -> None:
    check("".join(structures))


@pytest.mark.eprouve
@given(st.lists(st.sampled_from([*ABOVE, *STRUCTURES, *BELOW, "\n", "  ", "- ", "> "]), max_size=9))
@settings(max_examples=20_000, deadline=None)
def test_structures_one_after_the_other_are_read_as_commonmark_reads_them_at_length(
    structures: list[str],
) -> None:
    check("".join(structures))


def check(body: str) -> None:
    shown, told = ours(body)
    assert told or shown == reference(body), body


TEXTS = os.environ.get("AXE_TEXTES_REELS", "")


@pytest.mark.eprouve
@pytest.mark.skipif(not TEXTS, reason="AXE_TEXTES_REELS names no folder of Markdown files")
def test_no_real_text_is_shown_otherwise_than_commonmark_does_in_silence() -> None:
    files = sorted(Path(TEXTS).rglob("*.md"))
    assert files
    silent = [file for file in files if differs_in_silence(body_of(file))]
    assert silent == []


def body_of(file: Path) -> str:
    """Return the body of a file, without the header that it may have."""
    text = file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    lines = text.split("\n")
    if lines[0] != "---" or "---" not in lines[1:]:
        return text
    return "\n".join(lines[lines.index("---", 1) + 1 :])


@pytest.mark.parametrize("spaces", ["    ", "\t", "  \t  "])
def test_spaces_alone_on_the_first_line_make_no_code(spaces: str) -> None:
    check(f"{spaces}\nUne phrase.\n")


@pytest.mark.parametrize("between", ["*[ABC]: un mot", "[lien]: https://exemple.org"])
def test_what_shows_nothing_does_not_join_two_lists(between: str) -> None:
    shown, _ = ours(f"- un\n- deux\n\n{between}\n\n- trois\n")
    assert shown.count("<ul>") == len(["un", "trois"])
