"""Each note stands after the paragraph that calls it; each term is explained once."""

from __future__ import annotations

import re

from markupsafe import Markup

from axtra.content.model import Node, Prose, Term, Text
from axtra.site.reading_aids import annotated
from support.read_body import read

TEXT = """\
Un mot[^1], et un autre[^deux].

- un point[^3].

| Un | Deux |
| --- | --- |
| Une cellule[^1] | x |

/// encadre | Titre
Des mots[^4].
///

[^1]: Une *note*.
[^deux]: Une autre, avec un [lien](https://a.example/).

    Son second paragraphe.
[^3]: Trois.
[^4]: Quatre.
"""
TERMS = (
    Term("formation-d-appoint", Text.of("formation d’appoint"), Text.of("Une <formation>."),
         ("formation d’appoint", "formations d'appoint")),
    Term("formation", Text.of("formation"), Text.of("Un cours."), ("formation",)),
)  # fmt: skip


def page(text: str, terms: tuple[Term, ...] = ()) -> str:
    """Render a text as its page does, its blocks by what they hold."""

    def render(node: Node) -> Markup:
        if isinstance(node, Prose):
            return node.html
        return Markup("<aside>{}</aside>").format(Markup("").join(map(render, node.inner)))

    return str(annotated(read(text)[0], render, terms))


def test_a_note_stands_after_what_first_calls_it() -> None:
    html = page(TEXT)
    pieces = html.split('<div class="riche annote')[1:]
    noted = [re.findall(r'<aside role="note" id="([^"]+)"', piece) for piece in pieces]
    assert noted == [["fn:1", "fn:deux"], ["fn:3"], ["fn:4"]]
    assert pieces[0].startswith(('"><p>Un mot', ' libre"><p>Un mot'))
    assert "Une <em>note</em>." in pieces[0]
    assert "Son second paragraphe." in pieces[0]
    assert "Une cellule" in pieces[1]
    assert 'class="footnote"' not in html
    assert "footnote-backref" not in html


def test_every_call_leads_to_a_note_and_back() -> None:
    html = page(TEXT)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert re.findall(r">(\d)</a>", html).count("2") == 2  # what calls it, and the note


def test_a_long_note_takes_no_height_where_the_next_texts_leave_room() -> None:
    note = f"\n\n[^1]: {'Une longue note. ' * 20}"
    assert 'annote">' in page(f"Court[^1].{note}")
    assert 'annote libre">' in page(f"Court[^1].\n\n{'Un long texte. ' * 90}{note}")
    taken = f"Court[^1].\n\n/// encadre\nDes mots.\n///\n\n{'Un long texte. ' * 90}{note}"
    assert 'annote">' in page(taken)


def test_a_text_without_notes_or_terms_is_as_it_was() -> None:
    body = read("Un texte.\n\n## Titre\n\nUn autre, <br>coupé.")[0]
    assert annotated(body, lambda node: node.html) == body[0].html  # type: ignore[attr-defined]


def test_a_term_is_explained_where_it_first_stands_and_only_there() -> None:
    html = page(
        "# Non\n\nDes [formations](https://a.example/), `formation`. La **Formation** "
        "d’appoint[^1], une formation\u00a0d’appoint, deux formations d’appoint; la formation.\n\n"
        "[^1]: Une formation.".replace("# Non\n\n", "## La formation\n\n"),
        TERMS,
    )
    assert re.findall(r'popovertarget="axe_terme-([\w-]+)">([^<]+)<', html) == [
        ("formation", "Formation"),
        ("formation-d-appoint", "formation\u00a0d’appoint"),
    ]
    assert html.count("popover=") == 2
    assert "Une &lt;formation&gt;." in html
    assert 'href="/glossaire/#formation-d-appoint"' in html


def test_a_term_is_a_whole_word() -> None:
    assert "popover" not in page("Une transformation, des formations.", TERMS)
