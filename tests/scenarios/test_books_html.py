"""Whatever HTML a text holds, an EPUB is valid, or the text is told at its line."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from axtra.content import loading
from axtra.content.loading import Folders
from axtra.core import diagnostics
from support.body_html import SNIPPETS
from support.bound_books import book_maker
from support.page_checkers import epub_messages
from support.small_sites import DAY, Project, article, author, make_project, numero

pytestmark = pytest.mark.lourd

FOLDER = "content/magazine/2020-05/"
LINE = 10  # that of what an article holds
WORDS = "Un texte assez long pour être lu."
NOTED = "## Parcours\n\nUn appel[^1].\n\n[^1]: Une note {}."


def written(folder: Path, *bodies: str) -> Project:
    """Write an article for each body, signed by two people who have the same headings."""
    people = {
        f"content/auteurs/{name}.md": author(name).replace(WORDS, NOTED.format(name))
        for name in ("une-personne", "autre")
    }
    project = make_project(folder, {**people, f"{FOLDER}numero.md": numero()})
    (project.root / "content/images").mkdir()
    Image.new("RGB", (40, 30), "red").save(project.root / "content/images/p.png")
    signed = article("Un cas", auteurs="[une-personne, autre]")
    for rank, body in enumerate(bodies):
        file = signed.replace(WORDS, f"Avant.\n\n{body}\n\nAprès.")
        project.write({f"{FOLDER}cas-{rank}.md": file})
    return project


def epub(project: Project) -> bytes:
    """Make the EPUB of the numéro; a warning of Python is an error."""
    maker, bound = book_maker(project)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return maker.epub(bound)


def test_html_is_valid_in_an_epub_or_told_at_its_line(tmp_path: Path) -> None:
    project = written(tmp_path / "seuls", *SNIPPETS)
    _, problems = loading.load(Folders(project.root), moment=DAY)
    told = set()
    for error in diagnostics.errors(problems):
        rank = int(Path(error.file).stem.removeprefix("cas-"))
        assert LINE <= (error.line or 0) <= LINE + SNIPPETS[rank].count("\n"), error
        told.add(rank)
    assert 80 < len(told) < 100
    kept = [snippet for rank, snippet in enumerate(SNIPPETS) if rank not in told]
    plain = [snippet for snippet in kept if "[^" not in snippet]
    noted = [snippet for snippet in kept if "[^" in snippet]
    path = tmp_path / "livre.epub"
    path.write_bytes(epub(written(tmp_path / "ensemble", "\n\n".join(plain), *noted)))
    assert epub_messages(path) == []


def test_a_value_or_a_place_that_html_does_not_know_is_an_error(tmp_path: Path) -> None:
    project = make_project(tmp_path / "projet", {"content/auteurs/une-personne.md": author("Une")})
    project.write(
        {
            f"{FOLDER}numero.md": numero(),
            f"{FOLDER}cas.md": article("Un cas").replace(
                WORDS,
                '<p id="1 2">x</p>\n\n<p dir="sideways">y</p>\n\n<ul>\n<li>a</li>\n<p>b</p>\n</ul>',
            ),
        }
    )
    _, problems = loading.load(Folders(project.root), moment=DAY)
    assert [(each.line, each.rule, each.problem) for each in diagnostics.errors(problems)] == [
        (8, "html-interdit", "l’attribut « id » ne peut valoir « 1 2 »"),
        (10, "html-interdit", "l’attribut « dir » ne peut valoir « sideways »"),
        (14, "html-interdit", "<p> n’est pas permis dans <ul>"),
    ]


def test_a_note_of_a_biography_is_not_that_of_the_article(tmp_path: Path) -> None:
    path = tmp_path / "livre.epub"
    path.write_bytes(epub(written(tmp_path / "projet", NOTED.format("ici"))))
    with zipfile.ZipFile(path) as book:
        text = etree.fromstring(book.read("EPUB/texte-cas-0.xhtml"))
    notes = [" ".join(aside.itertext()) for aside in text.iter("{*}aside")]
    assert [note.split()[-1] for note in notes] == ["ici.", "une-personne.", "autre."]
