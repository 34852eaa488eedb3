"""The time to convert a body grows no quicker than it does, and no body stops the program."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtra.content.blocks import limits, made_html
from axtra.content.blocks.conversion import Converter
from infolettre.core.diagnostics import Diagnostic, Notes

SIGNS = (
    *("[", "![", "[a](", "[a](<", "<a ", "<b>", "{", "{{", "{%", "[[a", "[a][b]", "`", "``` "),
    *("*a ", "**a ", "_a", "~~a ", "~~~\n", "\\a", "\\", "https://a.ca ", "a@a.ca ", "&a;", "$a$"),
    *("^a^ ", "==a== ", "{prenom}", "> ", "- ", "1. ", "|", "<!--", "<div>", "{: .a }", "« a "),
)
WHOLE = {
    "headings": "## Un titre\n\n",
    "abbreviations": "*[ABR]: mot\n",
    "fences": "```\na\n```\n",
    "definitions": "mot\n: sens\n",
    "bullets": "• un mot\n",
    "sublists": "- un\n  - deux\n",
    "quotations": "> un\n\n",
    "rows": "| a | b |\n|---|---|\n",
    "blocks": "/// encadre\nMots.\n///\n",
}


def convert(body: str) -> list[Diagnostic]:
    notes = Notes("essai.md")
    Converter().convert(body, first_line=6, language="fr-CA", notes=notes, personal=True)
    return notes.found


def seconds(body: str) -> float:
    start = time.process_time()
    convert(body)
    return time.process_time() - start


@pytest.mark.parametrize("sign", SIGNS)
def test_a_long_row_of_signs_is_refused_or_converted_quickly(sign: str) -> None:
    assert seconds(sign * (12_000 // len(sign))) < 1


@pytest.mark.parametrize("piece", WHOLE)
def test_a_body_of_many_parts_is_refused_or_converted_quickly(piece: str) -> None:
    body = WHOLE[piece] * (3_000 // len(WHOLE[piece]))
    assert seconds(body * 4) < 10 * max(seconds(body), 0.05)


@pytest.mark.eprouve
@pytest.mark.parametrize("sign", SIGNS)
def test_paragraphs_below_the_limit_take_a_time_that_grows_with_their_number(sign: str) -> None:
    paragraph = sign * (limits.MOST_SIGNS // (len(sign) + 1)) + "\n\n"
    body = paragraph * (12_000 // len(paragraph) + 1)
    # The least of three: what else the machine does only adds to it.
    least = min(seconds(body * 4) for _ in range(3))
    assert least < 6 * max(seconds(body), 0.1)


def test_a_heavy_paragraph_is_refused_at_its_line() -> None:
    heavy = "[" * (limits.MOST_SIGNS + 1)
    for around, line in (("Un mot.\n\n{}", 8), ("- a\n- {}", 7), ("> {}", 6)):
        found = convert(around.format(heavy))
        assert [(error.rule, error.line) for error in found] == [("texte-trop-lourd", line)]
        assert "501 signes" in found[0].problem


def test_a_body_that_is_too_heavy_says_what_it_has_too_many_of() -> None:
    for body, what in (
        ("mot " * (limits.MOST_CHARACTERS // 4 + 1), "caractères"),
        ("*[A]: b\n" * (limits.MOST_ABBREVIATIONS + 1), "abréviations"),
        ("```\n" * (limits.MOST_FENCES + 2), "du code"),
        ("<a \n\n" * (limits.MOST_OPEN_TAGS + 1), "balises"),
    ):
        [error] = [error for error in convert(body) if error.rule == "texte-trop-lourd"]
        assert what in error.problem


def test_what_cannot_be_converted_has_an_error_at_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_maker: object, source: made_html.Typed, *_: object, **__: object) -> None:
        raise ZeroDivisionError if "mal" in source.body else RecursionError

    monkeypatch.setattr(made_html.HtmlMaker, "make", fail)
    found = convert("Un mot.\n\nUn\nmal.")
    assert [(error.rule, error.line) for error in found] == [("texte-illisible", 6)]
    monkeypatch.undo()
    found = convert("Un mot.\n\n" + "a\n: b\n" * 2000)
    assert [(error.rule, error.line) for error in found] == [("texte-illisible", 8)]


PIECES = st.sampled_from(
    [*SIGNS, *WHOLE.values(), "\n", "\n\n", "    ", "  ", "{.python linenums}", "---\n", "===\n"]
) | st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=4)  # fmt: skip


def check(pieces: list[str]) -> None:
    """Assert that what was found in a body has a line of it, a problem and a remedy."""
    body = "".join(pieces)
    for error in convert(body):
        assert error.problem
        assert error.remedy
        assert error.rule != "texte-illisible", body
        assert error.line is None or 6 <= error.line <= 6 + body.count("\n")


@given(st.lists(PIECES, max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_body_stops_the_program(pieces: list[str]) -> None:
    check(pieces)


@pytest.mark.eprouve
@given(st.lists(PIECES, max_size=60))
@settings(max_examples=20_000, deadline=None)
def test_no_body_stops_the_program_at_length(pieces: list[str]) -> None:
    check(pieces)


@pytest.mark.parametrize(
    "row",
    [
        lambda at: f"{'    ' * at}- mot{at}x\n",
        lambda at: f"{'   ' * at}1. mot{at}x\n",
        lambda at: f"{'>' * (at + 1)} mot{at}x\n{'>' * (at + 1)}\n",
        lambda at: f"{'> - ' * at}mot{at}x\n\n",
        lambda at: f"<blockquote><p>mot{at}x</p>\n\n",
    ],
)
@pytest.mark.parametrize("rows", [5, 12, 40, 150, 600])
def test_what_is_deep_is_whole_or_refused(row: Callable[[int], str], rows: int) -> None:
    body = "".join(map(row, range(rows)))
    body += "</blockquote>" * body.count("<blockquote>")
    notes = Notes("essai.md")
    document = repr(
        Converter().convert(body, first_line=6, language="fr-CA", notes=notes, personal=False)
    )
    lost = [at for at in range(rows) if f"mot{at}x" not in document]
    assert notes.found or not lost
    assert not notes.found or rows > 12
