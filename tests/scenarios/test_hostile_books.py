"""Nothing that a hostile author types is active in a book: a single numéro holds every payload."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from lxml import html as lxml_html
from PIL import Image

from axtra.content import loading
from axtra.content.loading import Folders
from infolettre.core import diagnostics
from support.bound_books import book_maker
from support.hostile_input import PAYLOADS, active_content
from support.page_checkers import epub_messages
from support.pdf_streams import inflated
from support.small_sites import DAY, Project, article, author, make_project, numero

pytestmark = pytest.mark.lourd

FOLDER = "content/magazine/2020-05/"
KEYS = ("titre", "chapeau", "divulgation", "credit", "licence", "alt")
BLOCKS = {
    "mot": "Un mot {raw} fin.",
    "ligne": "{raw}",
    "titre": "## Un {raw} titre",
    "note": "Un appel[^n].\n\n[^n]: Une {raw} note.",
    "tableau": "| a | b |\n|---|---|\n| {raw} | x |",
    "citation": "/// citation | {raw}\n    fonction: {quoted}\n\nUn mot.\n///",
    "figure": "/// figure | images/point.png\n    alt: {quoted}\n    legende: {quoted}\n///",
    "encadre": "/// encadre | {raw}\n\nUn mot {raw}.\n///",
    "bouton": "/// bouton | {raw}\n    lien: /\n///",
    "chiffres": "/// chiffres | {raw}\n\n- 12 | {raw}\n///",
}
# PDF entries that trigger an action, or can contain something that does.
ACTIONS = re.compile(
    rb"/(JavaScript|JS|Launch|AA|SubmitForm|ImportData|GoToR|GoToE|Rendition|RichMedia|Movie"
    rb"|EmbeddedFile|XFA)\b"
)
STRING = re.compile(rb"\((?:\\.|[^\\()])*\)")


def words(payload: str) -> tuple[str, str]:
    """Return a payload as a quoted YAML value, and as Markdown."""
    return f'"Mot {payload} fin"', payload.replace('\\"', '"')


def alone(rank: int, payload: str) -> Iterator[tuple[str, str]]:
    """Yield a file for each place of a numéro where a payload could be."""
    quoted, raw = words(payload)
    yield f"content/auteurs/p{rank}.md", f"---\nnom: {quoted}\nfonction: {quoted}\n---\n\n{raw}\n"
    for key in KEYS:
        yield f"{FOLDER}{rank}-{key}.md", _article({key: quoted})
    yield f"{FOLDER}{rank}-points-cles.md", _article({"points_cles": f"[{quoted}, Un autre.]"})
    for name, block in BLOCKS.items():
        yield f"{FOLDER}{rank}-bloc-{name}.md", _article({}, block.format(raw=raw, quoted=quoted))


def _article(keys: Mapping[str, str], body: str = "Un texte.") -> str:
    whole = {"image": "images/point.png", "alt": "Un point", "titre": "Un titre", **keys}
    return article(whole.pop("titre"), **whole).replace("Un texte assez long pour être lu.", body)


def accepted(folder: Path) -> set[str]:
    """Return the names of the files that loading accepts."""
    project = new_project(folder)
    files = {
        name: file for rank, payload in enumerate(PAYLOADS) for name, file in alone(rank, payload)
    }
    project.write(files)
    _, problems = loading.load(Folders(project.root), moment=DAY)
    return set(files) - {error.file for error in diagnostics.errors(problems)}


def together(good: set[str]) -> dict[str, str]:
    """Write an article per payload, with the payload in every place that accepts it."""
    files, editorial = {}, []
    for rank, payload in enumerate(PAYLOADS):
        quoted, raw = words(payload)
        keys = {key: quoted for key in KEYS if f"{FOLDER}{rank}-{key}.md" in good}
        if f"{FOLDER}{rank}-points-cles.md" in good:
            keys["points_cles"] = f"[{quoted}, Un autre.]"
        if f"content/auteurs/p{rank}.md" in good:
            keys["auteurs"] = f"[p{rank}]"
            files |= dict(list(alone(rank, payload))[:1])
        blocks = [
            block.format(raw=raw, quoted=quoted)
            for name, block in BLOCKS.items()
            if f"{FOLDER}{rank}-bloc-{name}.md" in good
        ]
        files[f"{FOLDER}{rank}.md"] = _article(keys, "\n\n".join(blocks) or "Un texte.")
        if f"{FOLDER}{rank}-bloc-mot.md" in good:
            editorial.append(f"Un mot {raw} fin.")
    first = next(rank for rank in range(len(PAYLOADS)) if f"{FOLDER}{rank}-titre.md" in good)
    quoted, _ = words(PAYLOADS[first])
    head = numero(titre=quoted, chapeau=quoted, appel=f"{{texte: {quoted}}}")
    files[f"{FOLDER}numero.md"] = head + "\n\n".join(editorial) + "\n"
    return files


def new_project(folder: Path) -> Project:
    """Make a project with a numéro and a picture."""
    start = {f"{FOLDER}numero.md": numero(), "content/auteurs/une-personne.md": author("Une")}
    project = make_project(folder, start)
    (project.root / "content/images").mkdir(parents=True)
    Image.new("RGB", (600, 400), "#246").save(project.root / "content/images/point.png")
    return project


@pytest.fixture(scope="module")
def stem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the books of the numéro; return their path without its extension."""
    folder = tmp_path_factory.mktemp("hostile")
    good = accepted(folder / "seul")
    assert len(good) > 8 * len(PAYLOADS)  # most payloads are harmless text there
    project = new_project(folder / "ensemble")
    project.write(together(good))
    # Their key holds all that they are made from: they are made again when any of it changes.
    books, bound = book_maker(project, cache="livres")
    (folder / "livre.pdf").write_bytes(books.pdf(bound))
    (folder / "livre.epub").write_bytes(books.epub(bound))
    return folder / "livre"


def dictionaries(path: Path) -> bytes:
    """Return the structure of a PDF and its inflated streams."""
    data = path.read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    plain = re.sub(rb"stream\r?\n.*?\r?\nendstream", b"", data, flags=re.DOTALL)
    return plain + b"\n".join(map(inflated, streams))


def test_nothing_is_active_in_the_pdf(stem: Path) -> None:
    path = stem.with_suffix(".pdf")
    structure = dictionaries(path)
    assert structure.count(b"/Type") > 100  # it was read
    assert ACTIONS.findall(STRING.sub(b"()", structure)) == []
    uris = re.findall(rb"/URI\s*\(((?:\\.|[^\\()])*)\)", structure)
    links = [uri.decode("latin-1") for uri in uris]
    assert len(links) > len(PAYLOADS) // 4
    assert [link for link in links if not re.match(r"https?://|mailto:", link)] == []
    scripts = subprocess.run(["pdfinfo", "-js", path], capture_output=True, check=True).stdout  # noqa: S607
    assert scripts.strip() == b""
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout  # noqa: S607
    assert b"alert(1)" in text  # as words
    assert b"root:x:0" not in text + structure


def test_nothing_is_active_in_the_epub(stem: Path) -> None:
    seen = 0
    with zipfile.ZipFile(stem.with_suffix(".epub")) as book:
        for name in book.namelist():
            data = book.read(name)
            assert b"root:x:0" not in data, name
            if name.endswith((".xhtml", ".svg", ".html")):
                seen += 1
                root = lxml_html.document_fromstring(data)
                assert list(active_content(root)) == [], name
                assert b"<script" not in data, name
                assert root.xpath("//form | //link[@rel='attachment']") == [], name
            if name.endswith(".opf"):
                assert b"scripted" not in data
                assert b"remote-resources" not in data
    assert seen > len(PAYLOADS)


def test_the_epub_is_valid_despite_the_payloads(stem: Path) -> None:
    assert epub_messages(stem.with_suffix(".epub")) == []


def test_the_detector_of_pdf_actions_works() -> None:
    assert ACTIONS.findall(b"<< /S /JavaScript /JS (app.alert) >> << /S /Launch >>")
    assert not ACTIONS.findall(STRING.sub(b"()", b"<< /Title (a /JS b) >>"))
