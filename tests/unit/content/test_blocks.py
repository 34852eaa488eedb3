"""A block is read with its own options, or refused at its own line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from axtra.content.blocks import Document, Fragment, Part, RawBlock
from axtra.content.blocks.conversion import Converter
from infolettre.core.diagnostics import Diagnostic, Notes, errors
from support.nested_blocks import EVERY, SOUND, UNSOUND

CONVERTER = Converter()
# Blocks inside « figure » and « chiffres » are refused later, by `bodies`.
REFUSED = [name for name in UNSOUND if name not in {"figure", "chiffres"}]


def convert(body: str) -> tuple[Document, list[Diagnostic]]:
    notes = Notes("essai.md")
    document = CONVERTER.convert(body, first_line=1, language="fr-CA", notes=notes)
    return document, errors(notes.found)


def secret(at: int = 0) -> str:
    return f"/// courriel\n    public: liste{at}\nMOT{at}.\n///"


def line_of(body: str, at: int = 0) -> int:
    """Return the line on which a secret's block opens."""
    lines = body.split("\n")
    end = next(rank for rank, line in enumerate(lines) if f"liste{at}" in line)
    return max(rank for rank, line in enumerate(lines[: end + 1], 1) if "/// courriel" in line)


def blocks(parts: tuple[Part, ...]) -> Iterator[RawBlock]:
    for part in parts:
        if isinstance(part, RawBlock):
            yield part
            yield from blocks(part.children)


def words(parts: tuple[Part, ...], audience: str = "") -> Iterator[tuple[str, str]]:
    """Yield each piece of prose with the only list that may read it, if there is one."""
    for part in parts:
        if isinstance(part, Fragment):
            yield audience, part.html
        else:
            own = part.options.get("public")
            yield from words(part.children, str(own.raw) if own else audience)


def check_secrets_stay_private(document: Document, *secrets: int) -> None:
    """Assert that each secret is shown to its own list only."""
    for audience, html in words(document.parts):
        for at in secrets:
            assert f"MOT{at}." not in html or audience == f"liste{at}", (audience, html)


@pytest.mark.parametrize("around", SOUND)
def test_a_block_keeps_its_options_wherever_it_is_allowed(around: str) -> None:
    document, problems = convert(EVERY[around](secret()))
    assert problems == []
    options = [block.options["public"].raw for block in blocks(document.parts) if block.options]
    assert options == ["liste0"]
    check_secrets_stay_private(document, 0)


@pytest.mark.parametrize("around", REFUSED)
def test_a_block_inside_another_structure_is_refused_on_its_line(around: str) -> None:
    body = UNSOUND[around](secret())
    _, problems = convert(body)
    assert ("bloc-illisible", line_of(body)) in [(error.rule, error.line) for error in problems]


@pytest.mark.parametrize("around", REFUSED)
def test_a_refused_block_leaves_the_next_block_intact(around: str) -> None:
    body = f"{UNSOUND[around](secret(0))}\n\nUn mot.\n\n{secret(1)}\n"
    document, problems = convert(body)
    check_secrets_stay_private(document, 1)
    assert [error.line for error in problems if error.rule == "bloc-illisible"] == [line_of(body)]


@pytest.mark.parametrize("block", ["bouton | Lire", "figure | a.png", "article | a", "encadre | T"])
@pytest.mark.parametrize("around", ["bullet", "number", "quotation", "definition", "note"])
def test_a_refused_block_is_named_even_among_other_mistakes(around: str, block: str) -> None:
    body = f"[ici](/a)\n\n{UNSOUND[around](f'/// {block}{chr(10)}Mots.{chr(10)}///')}"
    _, problems = convert(body)
    assert {error.rule for error in problems} >= {"lien-vague", "bloc-illisible"}
    name = block.partition(" ")[0]
    assert any(
        error.rule == "bloc-illisible" and f"« {name} »" in error.problem for error in problems
    )


@given(st.lists(st.lists(st.sampled_from([*EVERY]), max_size=4), min_size=1, max_size=4))
@example([["example", "cell", "four spaces"]])
@settings(max_examples=200, deadline=None)
def test_blocks_never_swap_their_options(shape: list[list[str]]) -> None:
    check_shape(shape)


@pytest.mark.eprouve
@given(st.lists(st.lists(st.sampled_from([*EVERY]), max_size=6), min_size=1, max_size=5))
@settings(max_examples=10_000, deadline=None)
def test_blocks_never_swap_their_options_at_length(shape: list[list[str]]) -> None:
    check_shape(shape)


def check_shape(shape: list[list[str]]) -> None:
    """Nest a secret in each list of structures, one list after the other, and check them all."""
    nested = [
        reduce(lambda text, name: EVERY[name](text), names, secret(at))
        for at, names in enumerate(shape)
    ]
    body = "\n\n".join(nested)
    document, problems = convert(body)
    if not problems:
        check_secrets_stay_private(document, *range(len(shape)))
        assert len([block for block in blocks(document.parts) if block.options]) >= len(shape)


PIECES = (
    "/// courriel\n    public: liste0\nMOT0.\n///", "/// courriel", "    public: liste0", "///",
    "////", "//// web", "/// encadre | T", "- ", "> ", "1. ", ":   ", "[^1]: ", "[^1]", "    ",
    "\t", " ", "\n", "\n\n", "MOT0.", "```\n", "~~~\n", "`", "<div>", "</div>", "<b>", "</b>",
    "</p>", "<axtra-bloc>", "</axtra-bloc>", "|", "| a | b |\n|--|--|\n", "<!--", "-->", "<pre>",
    "</pre>", "# ", "*[MOT0]: x\n", "{: .a }", "\\",
)  # fmt: skip


def check_pieces(pieces: list[str]) -> None:
    """Put pieces around a secret and assert that it is refused or stays private."""
    at = len(pieces) // 2
    body = "".join([*pieces[:at], "\n/// courriel\n    public: liste0\nLE SECRET", *pieces[at:]])
    document, problems = convert(body)
    if not problems:
        for audience, html in words(document.parts):
            assert "LE SECRET" not in html or "<code" in html or audience == "liste0", html


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@example(["<b>x\n", "</b>MOT\n///\n"])
@example(["```\n", "/// courriel\n///", "```\n", "<axtra-bloc>"])
@example(["```\n", "\n", "`", "{: .a }"])
@example(["<pre>", "\n", "```\n", "\n///", "\n", "</pre>"])
@example(["\n///\n", "</axtra-bloc>\n\n///\n"])
@settings(max_examples=400, deadline=None)
def test_nothing_around_a_secret_leaks_it(pieces: list[str]) -> None:
    check_pieces(pieces)


@pytest.mark.eprouve
@given(st.lists(st.sampled_from(PIECES), max_size=20))
@settings(max_examples=20_000, deadline=None)
def test_nothing_around_a_secret_leaks_it_at_length(pieces: list[str]) -> None:
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
def test_a_mistake_that_would_leak_a_text_is_refused(body: str, rule: str, line: int) -> None:
    _, problems = convert(body)
    assert (rule, line) in [(error.rule, error.line) for error in problems], problems


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
def test_a_secret_stays_private_however_its_block_is_written(body: str) -> None:
    document, problems = convert(body)
    assert problems == []
    assert [audience for audience, html in words(document.parts) if "MOT0." in html] == ["liste0"]


def test_the_headings_and_word_count_of_a_page_ignore_what_only_the_mail_shows() -> None:
    document, problems = convert(
        "## Un\n\nDeux mots.\n\n/// courriel\n## Vu\n\nTrois autres mots.\n///\n\n"
        "/// web\n## Vu\n///"
    )
    assert problems == []
    assert [heading.text for heading in document.headings] == ["Un", "Vu"]
    assert document.ids == {"un", "vu"}
    assert document.words == 4
