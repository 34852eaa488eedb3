"""Repairs put in the bytes of a file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtra.content import frontmatter, repairing
from axtra.content.schema import KINDS
from infolettre.core.diagnostics import Diagnostic, Edit, Notes, Repair

NAME = "content/nouvelles/2020/a.md"
PIECES = (
    *("titre", "date", "statut", "mots-cles", ": ", ":", " ", "\n", "\r\n", "\r", "\t", "- ", "#"),
    *("\u00a0", "“", "”", "« ", " »", '"', "'", "[", "]", "{", "}", "*", "&a", "!", "|", ">", "@"),
    *("mot", "été", "e\u0301", "2020-01-15", "\x85", "\u2028", "\u200b", "\x92", "Ã©", "\ufffd"),
)


def found(*edits: Edit) -> Diagnostic:
    """Return a finding with a repair."""
    return Diagnostic(NAME, 1, "regle", "un fait", "un remède", repair=Repair(edits))


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=60, deadline=None)
def test_the_repairs_of_any_header_come_to_an_end(typed: str) -> None:
    data = f"---\ntitre: Un\n{typed}\n---\n\nx\n".encode()
    seen = set[bytes]()
    while data not in seen:
        seen.add(data)
        notes = Notes(NAME)
        frontmatter.read(data, KINDS["nouvelle"], notes)
        new, mended = repairing.repaired(data, notes.found)
        assert bool(mended) is (new != data)
        data = new
    assert not mended


@pytest.mark.parametrize(
    ("data", "edit", "mended"),
    [
        ("a\r\nb\rc\n", Edit(2, 0, "b", "d"), "a\r\nd\rc\n"),
        ("\ufeffa\r\nb\r\n", Edit(1, 0, "a", "x\n"), "\ufeffx\r\n\r\nb\r\n"),
        ("e\u0301t\u00e9 a\n", Edit(1, 4, "a", "b"), "e\u0301t\u00e9 b\n"),
        ("e\u0301t\n", Edit(1, 0, "\u00e9", "e"), "et\n"),
        ("a", Edit(1, 1, "", "\n"), "a\n"),
        ("a\n", Edit(1, 0, "b", "c"), "a\n"),
        ("a\n", Edit(9, 0, "a", "c"), "a\n"),
        ("<<<<<<< A\na\n", Edit(2, 0, "a", "c"), "<<<<<<< A\na\n"),
        ("[x](//a.org) //a.org/b\n", Edit(1, None, "//a.org", "/c"), "[x](/c) //a.org/b\n"),
        ("[x][1]\n\n[1]: //a.org\n", Edit(1, None, "//a.org", "/c"), "[x][1]\n\n[1]: /c\n"),
    ],
)
def test_only_the_characters_of_an_edit_change(data: str, edit: Edit, mended: str) -> None:
    assert repairing.repaired(data.encode(), [found(edit)])[0] == mended.encode()


def test_edits_that_touch_wait_for_another_pass() -> None:
    first, second = found(Edit(1, 0, "ab", "x")), found(Edit(1, 1, "bc", "y"))
    assert repairing.repaired(b"abc\n", [first, second]) == (b"xc\n", [first])


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("![a](images/Un \u00c9.JPG)", "![a](images/un-e.jpg)"),
        ("![a](images/Un%20%C3%89.JPG)", "![a](images/un-e.jpg)"),
        ("![a](images/Un%20E%cc%81.JPG)", "![a](images/un-e.jpg)"),
        ("[a]({static}/images/Un E\u0301.JPG)", "[a]({static}/images/un-e.jpg)"),
        ("[a](../../images/Un \u00c9.JPG)", "[a](../../images/un-e.jpg)"),
        ("[a](autres/images/Un \u00c9.JPG)", None),
        ("[a](images/Un \u00c9.JPG.pdf)", None),
        ("[a](https://ailleurs.org/images/Un%20%C3%89.JPG)", None),
    ],
)
def test_a_path_is_renamed_however_it_is_written(typed: str, named: str | None) -> None:
    names = {"content/images/Un E\u0301.JPG": "content/images/un-e.jpg"}
    written = repairing.naming(typed.encode(), NAME, names, "content").decode()
    assert written == (named or typed)
