"""HTML of other programs: what it shows is kept, or named; how deep it is loses no word."""

from __future__ import annotations

import pytest

from axtra.intake.html_blocks import blocks_of
from axtra.intake.markdown_writer import written

VIDEO = "/// video | https://www.youtube.com/watch?v=abcdefghijk\n    titre: Un titre\n///"
FRAME = '<iframe title="Un titre" src="https://www.youtube.com/embed/abcdefghijk?rel=0"></iframe>'
FORM = "https://docs.example.org/forms/d/1/viewform?embedded=true"
SHOWN = {
    FRAME: VIDEO,
    f"<p>{FRAME}</p>": VIDEO,
    f"<p>Avant {FRAME} après</p>": f"{VIDEO}\n\nAvant après",
    f"<h2>Un intertitre {FRAME}</h2>": f"{VIDEO}\n\n## Un intertitre",
    f"<ul><li>Une entrée {FRAME}</li></ul>": f"- Une entrée\n\n{VIDEO}",
    f"<blockquote><p>Un mot</p>{FRAME}<p>Un autre</p></blockquote>": (
        f"> Un mot\n\n{VIDEO}\n\n> Un autre"
    ),
    f"<table><tr><td>A<td>B<tr><td>C<td>{FRAME}</table>": (
        f"| A | B |\n| --- | --- |\n| C |   |\n\n{VIDEO}"
    ),
    FRAME.replace("src=", 'src="about:blank" data-src='): VIDEO,
    FRAME.replace("src=", 'src="vide.html" data-lazy-src='): VIDEO,
    '<object title="Un titre"><param name="movie" value="https://www.youtube.com/v/abcdefghijk">'
    '<embed src="https://www.youtube.com/v/abcdefghijk"></object>': VIDEO,
    f'<p>Lisez <iframe src="{FORM}">Chargement…</iframe></p>': f"<{FORM}>\n\nLisez",
    '<object data="https://a.example/b.pdf"><p>Rien ne le montre.</p></object>': (
        "<https://a.example/b.pdf>"
    ),
    '<p><audio src="https://a.example/b.mp3"></audio></p>': "<https://a.example/b.mp3>",
    '<video><source src="https://a.example/b.mp4">Repli</video>': "<https://a.example/b.mp4>",
    '<p><img src="data:image/gif;base64,R0lGOD" data-src="a.jpg" alt="A"></p>': "image a.jpg",
    '<picture><source srcset="a.webp"><img srcset="a.jpg 2x" alt="A"></picture>': "image a.jpg",
    '<blockquote><img src="a.jpg" alt="A"><p>Un mot</p></blockquote>': "image a.jpg\n\n> Un mot",
}
STRAYS = {
    "<ul>Un mot<li>Une entrée</li>Un autre</ul>": "- Un mot\n- Une entrée\n- Un autre",
    "<ol><li>Un<ul>Un mot</ul></li></ol>": "1. Un\n    - Un mot",
    "<table><caption>Un titre</caption><tr><td>A<td>B<tr><td>C<td>D</table>": (
        "Un titre\n\n| A | B |\n| --- | --- |\n| C | D |"
    ),
    "<table>Un mot<tr>Un autre<td>A<td>B<tr><td>C<td>D</table>": (
        "Un mot\n\nUn autre\n\n| A | B |\n| --- | --- |\n| C | D |"
    ),
    "<table><tr><div>Un mot</div><td>A<td>B<tr><td>C<td>D</table>": (
        "Un mot\n\n| A | B |\n| --- | --- |\n| C | D |"
    ),
}
LEFT = {
    '<form action="https://a.example/f"><label>Nom <input></label></form>': (
        "un formulaire (https://a.example/f)"
    ),
    '<p>Un mot</p><script src="https://a.example/w.js"></script>': (
        "un programme (https://a.example/w.js)"
    ),
    "<canvas></canvas>": "un dessin fait par un programme",
    '<map><area href="https://a.example/"></map>': "une image à zones",
    '<iframe srcdoc="Un mot"></iframe>': "un cadre sans adresse",
    '<img alt="Une image">': "une image sans adresse",
}


def markdown(html: str) -> str:
    page = blocks_of(html)
    return written(page.blocks, page.notes, lambda shown, _: f"image {shown.text}").strip()


@pytest.mark.parametrize("html", SHOWN)
def test_what_a_page_shows_is_kept_wherever_it_stands(html: str) -> None:
    assert markdown(html) == SHOWN[html]
    assert blocks_of(html).left == []


@pytest.mark.parametrize("html", STRAYS)
def test_what_stands_outside_of_entries_and_cells_is_kept(html: str) -> None:
    assert markdown(html) == STRAYS[html]


@pytest.mark.parametrize("html", LEFT)
def test_what_no_text_of_ours_holds_is_named(html: str) -> None:
    assert blocks_of(html).left == [LEFT[html]]


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "ul", "li", "table", "b", "a", "x"])
@pytest.mark.parametrize("depth", [90, 700, 4_000])
def test_no_word_is_lost_however_deep_it_stands(tag: str, depth: int) -> None:
    """A parser of C stops at 2,048 elements within one another, Python long before."""
    html = f"avant {f'<{tag}>' * depth}dedans{f'</{tag}>' * depth} après"
    assert [word in markdown(html) for word in ("avant", "dedans", "après")] == [True] * 3


def test_a_picture_is_kept_however_deep_it_stands() -> None:
    html = f'{"<div>" * 500}<p>Un <b>mot</b></p><img src="a.jpg" alt="A">{"</div>" * 500}'
    assert sorted(markdown(html).split("\n\n")) == ["Un **mot**", "image a.jpg"]
