"""The books of a numéro: a tagged PDF and an EPUB, from the sample and from harder content."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from PIL import Image as Bitmap
from PIL import ImageFile

from axtra import site
from axtra.books import book_maker, drawn_text, pango, parts, pdf
from axtra.books.book_theme import BookTheme
from axtra.books.resources import BookResources
from axtra.content.template_filters import poids
from axtra.design import fonts
from axtra.design.tokens import Tokens
from support.fixture_types import MakeProject, Sample
from support.page_checkers import epub_messages
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
OPS = "http://www.idpf.org/2007/ops"
# The height of a word of the text in poppler's boxes, and where its first line stands, in pt.
BODY, BASE = 13.71, 68.0
UNES = {
    "axe-magazine-2019-03": {
        "Quand ce sont les postes qui attendent",
        "Chercher un emploi, trouver son X",
        "Le stage, quand le chemin n’est pas tout droit",
    },
    "axe-magazine-2020-05": {
        "L’été < l’hiver & <b>après</b>",
        "Titre 3",
        "Titre 4",
        "Titre 5",
        "Titre 6",
    },
}
HARD: Mapping[str, str] = {
    **FULL,
    **{f"content/auteurs/personne-{n}.md": author(f"Personne {n}") for n in range(8)},
    "content/magazine/2020-05/numero.md": numero(
        titre=f'"{LONG}"',
        image="images/une.jpg",
        alt="Une foule",
        credit='"Photo : Une personne"',
        a_la_une="[second, titre-3, titre-4, titre-5, titre-6]",
    ).replace("image:", "couverture:"),
    **{f"content/magazine/2020-05/titre-{n}.md": article(f"Titre {n}") for n in range(3, 7)},
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
    said = [
        found
        for found in report.diagnostics
        if found.rule not in {"nom-de-fichier", "une-trop-longue"}
    ]
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


@pytest.fixture
def bound(stem: Path) -> Iterator[pikepdf.Pdf]:
    """Open the PDF."""
    with pikepdf.open(stem.with_suffix(".pdf")) as document:
        yield document


def outline(document: pikepdf.Pdf) -> dict[str, int]:
    """Return the page of each heading of the first level of the outline."""
    numbers = {page.objgen: number for number, page in enumerate(document.pages, 1)}
    with document.open_outline() as listed:
        return {
            re.sub(r"\s", " ", item.title): numbers[item.destination[0].objgen]
            for item in listed.root
        }


def kinds(element: pikepdf.Object) -> Iterator[str]:
    """Yield the kind of each element of the structure of a PDF."""
    if isinstance(element, pikepdf.Dictionary) and "/S" in element:
        yield str(element.S)
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            yield from kinds(kid)


def test_the_order_of_the_contents_is_that_of_the_pages(stem: Path, bound: pikepdf.Pdf) -> None:
    words = pages(stem.with_suffix(".pdf"))
    folios = [
        int(line)
        for line in poppler(
            "pdftotext", "-f", "2", "-l", "2", "-raw", stem.with_suffix(".pdf"), "-"
        ).split()
        if line.isdecimal()
    ]
    opened = [
        page
        for title, page in outline(bound).items()
        if title not in {"Sommaire", "À propos de ce numéro"}
    ]
    assert words[1].startswith("Sommaire")
    assert opened == sorted(opened)
    assert set(opened) <= set(folios)


def test_every_line_of_the_cover_is_there_with_its_folio(stem: Path, bound: pikepdf.Pdf) -> None:
    cover = pages(stem.with_suffix(".pdf"))[0].replace("\u00a0", " ")
    texts = {title: page for title, page in outline(bound).items() if title in UNES[stem.name]}
    assert len(texts) == len(UNES[stem.name])
    for title, page in texts.items():
        assert f"{page} {title}" in cover, title


def test_sheets_of_four_pages_have_their_labels_and_their_structure(bound: pikepdf.Pdf) -> None:
    assert len(bound.pages) % 4 == 0
    assert [bound.pages[at].label for at in (0, 1, 5)] == ["Couverture", "2", "6"]
    found = Counter(kinds(bound.Root.StructTreeRoot.K[0]))
    assert found["/TOC"] >= 2
    assert found["/TOCI"] >= 3
    assert found["/Note"] >= 2
    assert found["/H1"] > len(outline(bound))  # the cover has one, too


def test_the_sample_is_a_magazine_of_twenty_to_twenty_eight_pages(sample: Sample) -> None:
    path = sample.output / "magazine/2019-03/axe-magazine-2019-03.pdf"
    boxes = etree.fromstring(poppler("pdftotext", "-bbox", path, "-").encode())
    sheets = boxes.findall(".//{*}page")
    assert 20 <= len(sheets) <= 28
    on_line = Counter[bool]()
    for sheet in sheets[1:-1]:
        words = sheet.findall("{*}word")
        # Above the folio; a page that a picture fills has its title at the foot.
        text = [float(word.get("yMax")) for word in words if float(word.get("yMax")) < 730]
        assert max(text) > 68 + 658 / 3
        body = [
            float(word.get("yMin")) for word in words
            if abs(float(word.get("yMax")) - float(word.get("yMin")) - BODY) < 0.2
        ]  # fmt: skip
        on_line.update(min((y - BASE) % 14, -(y - BASE) % 14) < 0.6 for y in body)
    assert on_line[True] / on_line.total() > 0.99, on_line


def test_each_article_has_a_pdf_that_its_page_names(hard: Project) -> None:
    for name in ("premier", "second"):
        folder = hard.output / "magazine/2020-05"
        page = (folder / name / "index.html").read_text("utf-8")
        address = f"/magazine/2020-05/{name}.pdf"
        assert re.search(rf'"citation_pdf_url" content="https?://[^"/]+{address}"', page)
        assert f'<a href="{address}" download>PDF</a>' in page
        with pikepdf.open(folder / f"{name}.pdf") as document:
            assert document.Root.MarkInfo.Marked
            assert str(document.Root.Lang) == "fr-CA"
            title = LONG if name == "premier" else "L’été < l’hiver & <b>après</b>"
            assert str(document.docinfo.Title).split() == title.replace(" ?", "?").split()
            author = str(document.docinfo.Author).replace("\u00a0", " ")
            assert ("Personne 3" if name == "premier" else "Une personne") in author


def test_a_printer_gets_what_is_cut(new_project: MakeProject, tmp_path: Path) -> None:
    project = new_project(FULL)
    run = project.run("axtra", "imprimeur", "2020-05", "--sortie", str(tmp_path / "a.pdf"))
    assert (run.returncode, run.stdout) == (0, "")
    with pikepdf.open(tmp_path / "a.pdf") as document:
        page = document.pages[0]
        trim, bleed = (list(map(float, box)) for box in (page.trimbox, page.obj.BleedBox))
    assert [trim[2] - trim[0], trim[3] - trim[1]] == [612, 792]
    assert all(abs(cut - edge) >= 8.5 for cut, edge in zip(bleed, trim, strict=True))
    wrong = project.run("axtra", "imprimeur", "2020-5")
    assert wrong.returncode == 2
    assert "Vouliez-vous dire « 2020-05 »" in wrong.stderr


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
    assert epub_messages(stem.with_suffix(".epub")) == []


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


def test_the_pages_of_the_epub_are_those_of_the_pdf(stem: Path, bound: pikepdf.Pdf) -> None:
    trees = documents(stem.with_suffix(".epub"))
    nav = next(tree for name, tree in trees.items() if name.endswith("nav.xhtml"))
    [listed] = (n for n in nav.iter("{*}nav") if n.get(f"{{{OPS}}}type") == "page-list")
    folios = [int(link.text) for link in listed.iter("{*}a")]
    assert folios == sorted(set(folios))
    assert set(outline(bound).values()) - {len(bound.pages)} <= set(folios)
    for link in listed.iter("{*}a"):
        file, _, name = link.get("href").partition("#")
        tree = next(tree for path, tree in trees.items() if path.endswith(file))
        assert tree.xpath(f"//*[@id='{name}']/@aria-label") == [link.text]


def test_ace_finds_nothing_in_the_epub_of_the_sample(sample: Sample, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    assert browser, "chromium"
    environment = {
        **os.environ,
        "PUPPETEER_EXECUTABLE_PATH": browser,
        "ACE_TIMEOUT_INITIAL": "120000",
    }
    epub = sample.output / "magazine/2019-03/axe-magazine-2019-03.epub"
    run = subprocess.run(
        ["node", ROOT / "tests/node/ace.js", epub, tmp_path], env=environment,  # noqa: S607
        capture_output=True, check=True, cwd=ROOT / "tests/node",
    )  # fmt: skip
    verdict = json.loads(run.stdout)
    assert verdict["documents"] > 10
    assert verdict["found"] == []


def test_a_drawing_of_the_epub_carries_the_letters_of_its_words() -> None:
    faces = fonts.faces(ROOT / ".cache/polices")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><text font-family="AXE Sans">Ete</text></svg>'
    drawn = drawn_text.with_fonts(svg, faces)
    assert drawn.count(b"@font-face") == 2  # regular and bold
    assert len(drawn) < 12_000
    assert drawn_text.with_fonts(b"<svg><path/></svg>", faces) == b"<svg><path/></svg>"


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


def test_the_same_content_gives_the_same_bytes(
    hard: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_maker.pdf, "make_article", lambda *_: b"%PDF")  # not compared
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
    made = (b"%PDF", ())
    monkeypatch.setattr(book_maker.pdf, "make", lambda *_: bound.append("pdf") or made)
    monkeypatch.setattr(book_maker.pdf, "make_article", lambda *_: b"%PDF")
    monkeypatch.setattr(book_maker.epub, "make", lambda *_, **__: bound.append("epub") or b"PK")
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
