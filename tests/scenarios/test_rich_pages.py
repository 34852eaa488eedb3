"""A site with every rich block: its pages, its files, its feeds, its books, its mail."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from axtra.site import Report
from support.small_sites import FULL, Project, article, built_once, letter, make_project

CHART = """\
/// graphique | barres
    titre: Deux régions
    source: essai
| Région | Personnes |
| --- | ---: |
| Estrie | 1 234,5 |
| Côte-Nord | 12 |
///
"""
BODY = f"""\
Un stage, avec une note[^1].

{CHART}
/// exergue | Une personne
Une phrase mise en vue.
///

/// galerie
![Du bleu](images/a.png "Légende.")
![Du vert](images/b.png)
///

/// audio | documents/son.mp3
    titre: Entrevue
— Bonjour à vous.
///

/// references | documents/livres.bib
///

[^1]: Ce que dit la note.
"""
ADDRESS = "magazine/2020-05/premier"


def _built(home: Path) -> Report:
    project = make_project(home, FULL)
    project.write(
        {
            f"content/{ADDRESS}.md": article(
                "Un premier article", points_cles="[Un point.]", questions="[Que faire?]"
            ).replace("Un texte assez long pour être lu.", BODY),
            "content/glossaire.toml": '"stage" = "Un temps d’apprentissage."\n',
            "content/documents/livres.bib": "@book{a, author = {Roy, Ève}, title = {Le livre}}\n",
            "newsletters/2020/2020-05-06.md": letter(f"Bonjour,\n\n{CHART}"),
        }
    )
    (project.root / "content/documents/son.mp3").write_bytes(b"ID3\x04\x00")
    (project.root / "content/images").mkdir()
    for name, colour in (("a", "blue"), ("b", "green")):
        Image.new("RGB", (900, 600), colour).save(project.root / f"content/images/{name}.png")
    report = project.build()
    assert not report.diagnostics
    return report


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    output = built_once(tmp_path_factory, "riche", _built)
    return lambda name: (output / name).read_text("utf-8")


def test_the_page_of_an_article_has_its_blocks(read: Callable[[str], str]) -> None:
    page = read(f"{ADDRESS}/index.html")
    figure = re.search(r'<figure class="riche graphique">.*?</figure>', page, re.DOTALL)
    assert figure
    assert figure[0].count("<svg") == 2  # a sheet shows one
    assert "<table>" in figure[0]
    assert "style=" not in figure[0]
    assert f'href="/{ADDRESS}/graphique-1.csv"' in figure[0]
    assert "/theme/css/riches." in page
    assert re.search(r'<p>Un <button [^>]*>stage</button>.*?<aside role="note" id="fn:1">', page)
    assert '<audio controls preload="none" src="/documents/son.mp3"' in page
    assert "Roy, È. (s.\u00a0d.). <em>Le livre</em>." in page
    assert f'href="/{ADDRESS}/fiche/"' in page


def test_a_page_without_rich_blocks_does_not_ask_for_their_sheet(
    read: Callable[[str], str],
) -> None:
    assert "/theme/css/riches." not in read("nouvelles/une-nouvelle/index.html")


def test_the_data_the_glossary_and_the_sheet_of_a_meeting_are_there(
    read: Callable[[str], str],
) -> None:
    assert read(f"{ADDRESS}/graphique-1.csv") == (
        "\ufeffRégion;Personnes\nEstrie;1234,5\nCôte-Nord;12\n"
    )
    assert "media-src 'self'" in read("_headers")
    assert '<div id="stage"><dt>stage</dt><dd>Un temps' in read("glossaire/index.html")
    sheet = read(f"{ADDRESS}/fiche/index.html")
    assert "Que faire?" in sheet
    assert "Un point." in sheet
    assert "<svg" in sheet
    assert "fiche-papier." in sheet
    assert "fiche/" in read("sitemap.xml")


def test_a_feed_shows_one_drawing_and_its_notes_at_the_end(read: Callable[[str], str]) -> None:
    feed = read("flux/articles.xml")
    assert feed.count('&lt;svg class="trace large"') == 1
    assert "trace etroit" not in feed
    assert 'class="footnote"' in feed
    assert "popover" not in feed


def test_a_letter_shows_a_picture_that_says_the_numbers(read: Callable[[str], str]) -> None:
    alternative = "Diagramme à barres. Personnes\u00a0: Estrie, 1\u00a0234,5; Côte-Nord, 12."
    mail = read("infolettres/2020-05-06/courriel.html")
    assert f'alt="{alternative}"' in mail
    assert "<svg" not in mail
    assert f"[{alternative}]" in read("infolettres/2020-05-06/courriel.txt").replace("\n", " ")
    assert "infolettres/2020-05-06/graphique-1.csv" in read("infolettres/2020-05-06/index.html")


def test_a_book_has_every_block_and_its_drawing(
    tmp_path_factory: pytest.TempPathFactory, read: Callable[[str], str]
) -> None:
    assert read
    output = built_once(tmp_path_factory, "riche", _built)
    data = (output / "magazine/2020-05/axe-magazine-2020-05.epub").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        text = book.read("EPUB/texte-premier.xhtml").decode()
        package = book.read("EPUB/content.opf").decode()
    assert 'viewBox="0 0 592' in text
    assert "<title>Diagramme à barres." in text
    for words in ("Une phrase mise en vue", "Légende.", "Bonjour à vous", "<em>Le livre</em>"):
        assert words in text
    assert re.search(r'<item [^>]*texte-premier[^>]*properties="svg"', package)
    assert "popover" not in text


def test_a_change_of_the_glossary_changes_the_articles_that_use_it(tmp_path: Path) -> None:
    project: Project = make_project(tmp_path / "projet", FULL)
    page = project.output / f"{ADDRESS}/index.html"
    for definition in ("Une première.", "Une seconde."):
        project.write({"content/glossaire.toml": f'"texte" = "{definition}"\n'})
        assert not project.build().refused
        assert definition in page.read_text("utf-8")
