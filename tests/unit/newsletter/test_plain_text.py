"""Prose as plain text: the form of each element, and where lines may break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infolettre.letter.plain_text import PlainWriter, link, tidy, underline, wrap

NBSP = "\u00a0"


def address(href: str) -> str | None:
    return None if href.startswith("#") else href


WRITER = PlainWriter(address)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Un.</p><p>Deux.</p>", "Un.\n\nDeux."),
        ("<p>Un<br>deux</p>", "Un\ndeux"),
        ("<p>Un\n  <em>deux</em>\ttrois</p>", "Un deux trois"),
        ("Hors de tout <b>paragraphe</b>", "Hors de tout paragraphe"),
        ("<h2>Titre</h2><p>a</p>", "Titre\n-----\n\na"),
        ("<h3>Petit</h3><p>a</p>", "Petit\n\na"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n\n- b\n\n  - c"),
        ("<ol start='9'><li>a</li><li>b</li></ol>", "9. a\n10. b"),
        ("<dl><dt>CLE</dt><dd>Un lieu.</dd></dl>", "CLE\n    Un lieu."),
        ("<blockquote><p>a</p></blockquote>", "    a"),
        ("<pre><code>a\n  b\n</code></pre>", "    a\n      b"),
        ("<hr>", "* * *"),
        ('<p>Voir <a href="https://a.ca/">le site</a>.</p>', "Voir le site <https://a.ca/>."),
        ('<p><a href="https://a.ca/">https://a.ca/</a></p>', "<https://a.ca/>"),
        ('<p><a href="mailto:a@b.ca">a@b.ca</a></p>', "a@b.ca"),
        ('<p><a href="mailto:a@b.ca">Écrivez</a></p>', "Écrivez <mailto:a@b.ca>"),
        ('<p><a href="#plus-bas">plus bas</a></p>', "plus bas"),
        ('<p><img src="/a.png" alt="Un X."></p>', f"[Image{NBSP}: Un X.]"),
        ('<p><img src="/a.png" alt=""></p>', ""),
        ("<p>1<sup>er</sup> mars, H<sub>2</sub>O</p>", "1er mars, H2O"),
        ('<p>Oui<sup><a class="footnote-ref" href="#n">1</a></sup></p>', "Oui[1]"),
        (
            (
                '<div class="footnote"><hr><ol><li><p>Note.&nbsp;'
                '<a class="footnote-backref" href="#a">↩</a></p></li></ol></div>'
            ),
            "Notes\n\n[1] Note.",
        ),
        (
            (
                "<table><thead><tr><th>An</th><th>Nombre</th></tr></thead>"
                "<tbody><tr><td>2019</td><td>336</td></tr></tbody></table>"
            ),
            "An    Nombre\n----  ------\n2019  336",
        ),
        ("<table></table>", ""),
    ],
)
def test_each_element_has_a_plain_text_form(html: str, text: str) -> None:
    assert WRITER.write(html) == text


def test_a_table_too_wide_for_the_page_names_each_cell() -> None:
    wide = "une cellule de quarante-deux signes environ"
    html = (
        f"<table><tr><th>Un</th><th>Deux</th></tr><tr><td>{wide}</td><td>{wide}</td></tr></table>"
    )
    assert WRITER.write(html) == f"Un{NBSP}: {wide}\nDeux{NBSP}: {wide}"


def test_guillemets_surround_all_the_paragraphs_of_a_quote() -> None:
    text = WRITER.write_quote("<p>Un.</p><p>Deux.</p>")
    assert text == f"    «{NBSP}Un.\n\n    Deux.{NBSP}»"


def test_a_line_never_breaks_at_a_no_break_space_or_inside_an_address() -> None:
    words = f"{'mot ' * 16}fini{NBSP}: 22{NBSP}% <https://www.axtra.ca/{'x' * 80}/>"
    lines = wrap(words).split("\n")
    assert lines[0].endswith(f"fini{NBSP}:")
    assert lines[1:] == [f"22{NBSP}%", f"<https://www.axtra.ca/{'x' * 80}/>"]


@given(st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30)))
def test_wrapping_keeps_every_word_and_stays_within_72_columns(words: list[str]) -> None:
    folded = wrap(" ".join(words))
    assert folded.split() == " ".join(words).split()
    assert all(len(line) <= 72 for line in folded.split("\n"))


def test_a_title_is_underlined_over_its_whole_length() -> None:
    assert underline("Été", "=") == "Été\n==="


def test_tidy_leaves_a_single_blank_line_between_paragraphs() -> None:
    assert tidy("\n\na  \n\n\n\nb\n\n") == "a\n\nb\n"


def test_a_link_without_text_shows_its_address() -> None:
    assert link("", "https://a.ca/") == "<https://a.ca/>"
