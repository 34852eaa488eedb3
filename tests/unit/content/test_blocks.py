"""A block is read with its own options, or refused at its own line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from axtra.content.blocks import Document, Fragment, Part, RawBlock
from axtra.content.blocks.conversion import Converter
from axtra.core.diagnostics import Diagnostic, Notes, errors
from support.nested_blocks import EVERY, SOUND, UNSOUND

CONVERTER = Converter()
HELD = [one for one in UNSOUND if one not in {"figure", "chiffres"}]  # bodies judge these two


def convert(body: str) -> tuple[Document, list[Diagnostic]]:
    notes = Notes("essai.md")
    document = CONVERTER.convert(body, first_line=1, language="fr-CA", notes=notes)
    return document, errors(notes.found)


def secret(at: int = 0) -> str:
    return f"/// courriel\n    public: liste{at}\nMOT{at}.\n///"


def line_of(body: str, at: int = 0) -> int:
    """Give the line of the opening of a secret."""
    lines = body.split("\n")
    end = next(rank for rank, line in enumerate(lines) if f"liste{at}" in line)
    return max(rank for rank, line in enumerate(lines[: end + 1], 1) if "/// courriel" in line)


def blocks(parts: tuple[Part, ...]) -> Iterator[RawBlock]:
    for part in parts:
        if isinstance(part, RawBlock):
            yield part
            yield from blocks(part.children)


def words(parts: tuple[Part, ...], audience: str = "") -> Iterator[tuple[str, str]]:
    """Give each piece of prose with the list that alone reads it."""
    for part in parts:
        if isinstance(part, Fragment):
            yield audience, part.html
        else:
            own = part.options.get("public")
            yield from words(part.children, str(own.raw) if own else audience)


def hold(document: Document, *secrets: int) -> None:
    """Check that each secret is for its own list, and for no other."""
    for audience, html in words(document.parts):
        for at in secrets:
            assert f"MOT{at}." not in html or audience == f"liste{at}", (audience, html)


@pytest.mark.parametrize("around", SOUND)
def test_a_block_is_read_with_its_options_wherever_it_may_stand(around: str) -> None:
    document, found = convert(EVERY[around](secret()))
    assert found == []
    options = [one.options["public"].raw for one in blocks(document.parts) if one.options]
    assert options == ["liste0"]
    hold(document, 0)


@pytest.mark.parametrize("around", HELD)
def test_a_block_in_another_structure_is_refused_at_its_line(around: str) -> None:
    body = UNSOUND[around](secret())
    _, found = convert(body)
    assert ("bloc-illisible", line_of(body)) in [(one.rule, one.line) for one in found]


@pytest.mark.parametrize("around", HELD)
def test_a_block_that_is_refused_takes_nothing_from_the_next(around: str) -> None:
    body = f"{UNSOUND[around](secret(0))}\n\nUn mot.\n\n{secret(1)}\n"
    document, found = convert(body)
    hold(document, 1)
    assert [one.line for one in found if one.rule == "bloc-illisible"] == [line_of(body)]


@pytest.mark.parametrize("block", ["bouton | Lire", "figure | a.png", "article | a", "encadre | T"])
@pytest.mark.parametrize("around", ["bullet", "number", "quotation", "definition", "note"])
def test_whatever_the_block_it_is_named_even_beside_other_mistakes(around: str, block: str) -> None:
    body = f"[ici](/a)\n\n{UNSOUND[around](f'/// {block}{chr(10)}Mots.{chr(10)}///')}"
    _, found = convert(body)
    assert {one.rule for one in found} >= {"lien-vague", "bloc-illisible"}
    name = block.partition(" ")[0]
    assert any(one.rule == "bloc-illisible" and f"« {name} »" in one.problem for one in found)


@given(st.lists(st.lists(st.sampled_from([*EVERY]), max_size=4), min_size=1, max_size=4))
@example([["example", "cell", "four spaces"]])
@settings(max_examples=200, deadline=None)
def test_no_two_blocks_ever_exchange_their_options(shape: list[list[str]]) -> None:
    check_shape(shape)


@pytest.mark.eprouve
@given(st.lists(st.lists(st.sampled_from([*EVERY]), max_size=6), min_size=1, max_size=5))
@settings(max_examples=10_000, deadline=None)
def test_no_two_blocks_ever_exchange_their_options_at_length(shape: list[list[str]]) -> None:
    check_shape(shape)


def check_shape(shape: list[list[str]]) -> None:
    """Nest a secret in each list of structures; they follow one another."""
    nested = [
        reduce(lambda text, name: EVERY[name](text), names, secret(at))
        for at, names in enumerate(shape)
    ]
    body = "\n\n".join(nested)
    document, found = convert(body)
    if not found:
        hold(document, *range(len(shape)))
        assert len([one for one in blocks(document.parts) if one.options]) >= len(shape)


PIECES = (
    "/// courriel\n    public: liste0\nMOT0.\n///", "/// courriel", "    public: liste0", "///",
    "////", "//// web", "/// encadre | T", "- ", "> ", "1. ", ":   ", "[^1]: ", "[^1]", "    ",
    "\t", " ", "\n", "\n\n", "MOT0.", "```\n", "~~~\n", "`", "<div>", "</div>", "<b>", "</b>",
    "</p>", "<axtra-bloc>", "</axtra-bloc>", "|", "| a | b |\n|--|--|\n", "<!--", "-->", "<pre>",
    "</pre>", "# ", "*[MOT0]: x\n", "{: .a }", "\\",
)  # fmt: skip


def check_pieces(pieces: list[str]) -> None:
    """Write a secret, then anything around it: it is refused, or hidden."""
    at = len(pieces) // 2
    body = "".join([*pieces[:at], "\n/// courriel\n    public: liste0\nLE SECRET", *pieces[at:]])
    document, found = convert(body)
    if not found:
        for audience, html in words(document.parts):
            assert "LE SECRET" not in html or "<code" in html or audience == "liste0", html


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@example(["<b>x\n", "</b>MOT\n///\n"])
@example(["```\n", "/// courriel\n///", "```\n", "<axtra-bloc>"])
@example(["```\n", "\n", "`", "{: .a }"])
@example(["<pre>", "\n", "```\n", "\n///", "\n", "</pre>"])
@example(["\n///\n", "</axtra-bloc>\n\n///\n"])
@settings(max_examples=400, deadline=None)
def test_nothing_around_a_secret_lets_it_out(pieces: list[str]) -> None:
    check_pieces(pieces)


@pytest.mark.eprouve
@given(st.lists(st.sampled_from(PIECES), max_size=20))
@settings(max_examples=20_000, deadline=None)
def test_nothing_around_a_secret_lets_it_out_at_length(pieces: list[str]) -> None:
    check_pieces(pieces)


@pytest.mark.parametrize(
    ("body", "rule", "line"),
    [
        ("/// courriel\n\n    public: a\nMots.\n///", "option-sans-retrait", 3),
        ("/// courriel\npublic : a\nMots.\n///", "option-sans-retrait", 2),
        ("/// courriel\nPublic: a\nMots.\n///", "option-sans-retrait", 2),
        ("/// courriel membres\nMots.\n///", "bloc-illisible", 1),
        ("// courriel\n    public: a\nMots.\n//", "bloc-illisible", 1),
        ("///\u00a0courriel\n    public: a\nMots.\n///", "bloc-illisible", 1),
        ("Voir /// courriel ici.", "bloc-illisible", 1),
        ("```\n/// courriel\nMots.\n///`", "bloc-illisible", 2),
        ("/// figure | a.png\n    alt: Un\n      /// courriel\n      x\n///", "bloc-illisible", 3),
        ("/// courriel\nUn mot[^1].\n///\n\n[^1]: La note.", "note-reservee", 2),
        ("/// courriel\nUn mot.\n\n*[AGA]: assemblée\n///", "note-reservee", 4),
        ("/// courriel\n</axtra-bloc>\n\nMots.\n///", "html-interdit", 2),
        ("/// courriel\n<axtra-bloc>\n\n</axtra-bloc>\n\nMots.\n///", "html-interdit", 2),
    ],
)
def test_what_would_let_a_text_out_is_refused(body: str, rule: str, line: int) -> None:
    _, found = convert(body)
    assert (rule, line) in [(one.rule, one.line) for one in found], found


@pytest.mark.parametrize(
    "body",
    [
        "/// courriel\n\tpublic: liste0\nMOT0.\n///\t\n",
        "/// Courriel\n    public: liste0\n\n- a\n- MOT0.\n\n///\nFin.",
        "///// courriel\n    public: liste0\n\n> MOT0.\n\n/////",
        "/// courriel\n    public: liste0\n```\n///\nMOT0.\n```\n///",
        "/// courriel\n    public: liste0\nMOT0.\n///\n\n\\/// courriel",
    ],
)
def test_other_ways_to_write_the_same(body: str) -> None:
    document, found = convert(body)
    assert found == []
    assert [audience for audience, html in words(document.parts) if "MOT0." in html] == ["liste0"]


def test_headings_and_words_that_only_a_mail_has_are_not_those_of_the_page() -> None:
    document, found = convert(
        "## Un\n\nDeux mots.\n\n/// courriel\n## Vu\n\nTrois autres mots.\n///\n\n"
        "/// web\n## Vu\n///"
    )
    assert found == []
    assert [one.text for one in document.headings] == ["Un", "Vu"]
    assert document.ids == {"un", "vu"}
    assert document.words == 4
