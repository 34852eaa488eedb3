"""A Word file and photographs become a draft, by the command and by the screen."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from PIL import Image

from axtra.intake import word_file
from support.atelier_client import Browser
from support.fixture_types import MakeProject, Run
from support.small_sites import FULL, ROOT, Project

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def photograph(
    *, colour: str = "navy", size: tuple[int, int] = (640, 480), **options: Any
) -> bytes:
    """Return a JPEG."""
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG", **options)
    return made.getvalue()


def word(write: Callable[[Any], None]) -> bytes:
    """Return a Word file."""
    document = Document()
    write(document)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def article(document: Any) -> None:
    """Write what an invited author sends."""
    document.add_paragraph("L’art de la première rencontre", style="Title")
    document.add_paragraph("Par Anne Roy, conseillère, Centre Essai")
    lead = document.add_paragraph()
    lead.add_run(
        "Une première rencontre se prépare, et voici comment s’y prendre pour de bon."
    ).bold = True
    document.add_heading("Avant", 1)
    body = document.add_paragraph("On lit le dossier, ")
    body.add_run("tou").italic = True
    body.add_run("jours").italic = True
    body.add_run(" : *deux* fois.")
    document.add_paragraph("•\tUn CV")
    document.add_paragraph("•\tUne lettre")
    document.add_picture(io.BytesIO(photograph()))
    document.add_paragraph("La salle d’accueil. Crédit : Anne Roy")
    posing = document.add_paragraph()
    posing.add_run("Pendant").bold = True
    document.add_paragraph("1. Saluer")
    document.add_paragraph("2. Écouter")
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "Un cadre"
    document.add_paragraph("Une citation.", style="Quote")
    document.add_paragraph("Anne Roy accueille des gens depuis 2004.")


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    return new_project(FULL)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    return tmp_path / "donnees"


def receive(run: Run, project: Project, data: bytes, *words: str) -> tuple[int, str, str]:
    """Run the command on a Word file."""
    path = project.root.parent / "envoi.docx"
    path.write_bytes(data)
    return run(project, "recevoir", str(path), *words)


DRAFT = "content/magazine/2020-05/l-art-de-la-premiere-rencontre.md"


def test_an_author_s_file_becomes_a_draft(run: Run, project: Project) -> None:
    code, told, _ = receive(run, project, word(article))
    assert code == 0
    text = (project.root / DRAFT).read_text("utf-8")
    assert text.startswith("---\ntitre: L’art de la première rencontre\n")
    assert "chapeau: Une première rencontre se prépare" in text
    assert "auteurs: [anne-roy]" in text
    assert "statut: brouillon" in text
    body = text.split("---\n\n", 1)[1]
    assert body == (
        "## Avant\n\n"
        "On lit le dossier, *toujours* : \\*deux\\* fois.\n\n"
        "- Un CV\n- Une lettre\n\n"
        "/// figure | images/l-art-de-la-premiere-rencontre-1.jpg\n"
        "    alt: à compléter\n    credit: Anne Roy\nLa salle d’accueil\n///\n\n"
        "## Pendant\n\n"
        "1. Saluer\n2. Écouter\n\n"
        "/// encadre\nUn cadre\n///\n\n"
        "> Une citation.\n"
    )
    assert (project.root / "content/images/l-art-de-la-premiere-rencontre-1.jpg").is_file()
    card = (project.root / "content/auteurs/anne-roy.md").read_text("utf-8")
    assert "fonction: conseillère\norganisme: Centre Essai\n" in card
    assert "Anne Roy accueille des gens depuis 2004." in card
    assert "Pas dans le brouillon" not in told


def test_a_draft_received_has_no_error_but_what_is_to_be_completed(
    run: Run, project: Project
) -> None:
    receive(run, project, word(article))
    _, told, _ = run(project, "verifier", "--format", "json")
    import json  # noqa: PLC0415

    wrong = [p for p in json.loads(told) if p["gravite"] == "erreur"]
    assert all("à compléter" in p["probleme"] for p in wrong), wrong


def hidden(document: Any) -> None:
    """Write all that a conversion would hide."""
    document.add_paragraph("Titre", style="Title")
    kept = document.add_paragraph("Gardé. ")
    kept._p.append(parse_xml(f'<w:ins {W} w:author="x"><w:r><w:t>Ajouté. </w:t></w:r></w:ins>'))
    kept._p.append(
        parse_xml(
            f'<w:del {W} w:author="x"><w:r>'
            "<w:delText>Retiré pour toujours</w:delText></w:r></w:del>"
        )
    )
    for line in ("o Le premier", "o\u00a0Le second"):
        document.add_paragraph(line)
    document.add_comment(kept.runs, text="Est-ce bien exact", author="Luc Hébert", initials="LH")
    document.sections[0].header.paragraphs[0].text = "Confidentiel jusqu’au congrès"
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Les deux"
    table.cell(1, 0).text = "un"
    table.cell(1, 1).text = "deux"
    kept._p.append(
        parse_xml(
            f'<w:r {W} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox>'
            "<w:txbxContent><w:p><w:r><w:t>Dans la zone</w:t></w:r></w:p></w:txbxContent>"
            "</v:textbox></v:shape></w:pict></w:r>"
        )
    )
    document.add_paragraph("Fin du texte.")


def test_what_a_conversion_would_hide_is_named(run: Run, project: Project) -> None:
    code, told, _ = receive(run, project, word(hidden), "--genre", "nouvelle")
    assert code == 0
    (path,) = project.root.glob("content/nouvelles/*/titre.md")
    text = path.read_text("utf-8")
    assert "Gardé. Ajouté." in text
    assert "/// encadre\nDans la zone\n///" in text
    assert "- Le premier\n- Le second" in text
    assert "Retiré" not in text
    for words in (
        "Retiré pour toujours",
        "Luc Hébert : « Est-ce bien exact »",
        "Confidentiel jusqu’au congrès",
        "révision",
        "fusionnée",
        "zone",
        "Le « o » en tête de 2 lignes",
    ):
        assert words in told, words


def test_a_corrected_file_keeps_what_was_done_since(run: Run, project: Project) -> None:
    receive(run, project, word(article))
    path = project.root / DRAFT
    path.write_text(path.read_text("utf-8").replace("alt: à compléter", "alt: Une salle"), "utf-8")

    def corrected(document: Any) -> None:
        article(document)
        next(p for p in document.paragraphs if p.text == "Une citation.").runs[0].text = "Citée."

    code, _, change = receive(run, project, word(corrected))
    assert code == 0
    assert "alt: Une salle" in path.read_text("utf-8")
    assert "> Citée." in path.read_text("utf-8")
    assert "+> Citée." in change
    assert "-> Une citation." in change


def test_a_passage_changed_on_both_sides_is_not_chosen(run: Run, project: Project) -> None:
    receive(run, project, word(article))
    path = project.root / DRAFT
    mine = path.read_text("utf-8").replace("> Une citation.", "> La mienne.")
    path.write_text(mine, "utf-8")

    def corrected(document: Any) -> None:
        article(document)
        next(p for p in document.paragraphs if p.text == "Une citation.").runs[
            0
        ].text = "La sienne."

    code, _, told = receive(run, project, word(corrected))
    assert code == 1
    assert "La sienne." in told
    assert path.read_text("utf-8") == mine


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "ancien fichier Word"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04pas un zip", "n’est pas un fichier Word"),
        (b"", "n’est pas un fichier Word"),
        (b"{\\rtf1 Bonjour}", "RTF"),
    ],
)
def test_what_is_not_a_word_file_is_refused(
    run: Run, project: Project, data: bytes, words: str
) -> None:
    before = sorted(project.root.rglob("content/**/*"))
    code, _, told = receive(run, project, data)
    assert code == 1
    assert words in told
    assert ".docx" in told
    assert sorted(project.root.rglob("content/**/*")) == before


def changed(data: bytes, name: str, make: Callable[[bytes], bytes]) -> bytes:
    """Return a Word file of which one part is other bytes."""
    import zipfile  # noqa: PLC0415

    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w", 8) as target:
        for entry in source.namelist():
            held = source.read(entry)
            target.writestr(entry, make(held) if entry == name else held)
    return made.getvalue()


ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "an entity": lambda d: d.replace(b"<w:document", ENTITY + b"<w:document", 1),
    "a bomb": lambda _: b"<a>" + b" " * 41_000_000 + b"</a>",
    "a ladder": lambda _: b"<a>" * 5_000 + b"</a>" * 5_000,
    "no XML": lambda d: d[: len(d) // 2],
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_words(run: Run, project: Project, kind: str) -> None:
    code, _, told = receive(
        run, project, changed(word(article), "word/document.xml", HOSTILE[kind])
    )
    assert code == 1
    assert "Traceback" not in told
    assert not (project.root / DRAFT).exists()


def test_a_linked_image_is_named_and_never_read(run: Run, project: Project, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(photograph())

    def link(data: bytes) -> bytes:
        return data.replace(
            b'Target="media/image1.jpg"', f'TargetMode="External" Target="file://{secret}"'.encode()
        )

    code, told, _ = receive(
        run, project, changed(word(article), "word/_rels/document.xml.rels", link)
    )
    assert code == 0
    assert "liée" in told
    assert str(secret) in told
    assert not list(project.root.glob("content/images/*"))


def test_photographs_are_made_fit_to_be_shown(run: Run, project: Project, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    large, crooked = tmp_path / "DSC 0001.JPG", tmp_path / "b.heic"
    large.write_bytes(photograph(size=(4000, 1000), exif=exif))
    crooked.write_bytes((ROOT / "tests/data/telephone.heic").read_bytes())
    code, told, _ = receive(run, project, word(article), str(large), str(crooked))
    assert code == 0
    made = sorted(project.root.glob("content/images/*"))
    kept = [Image.open(io.BytesIO(path.read_bytes())) for path in made]
    assert [image.size for image in kept[::2]] == [(750, 3000), (640, 480)]
    assert all(image.format == "JPEG" and not image.getexif().get_ifd(0x8825) for image in kept)
    assert "redressée" in told
    assert "lieu de la prise de vue" in told


def test_every_word_of_a_file_is_in_the_draft_or_quoted(run: Run, project: Project) -> None:
    for write in (article, hidden):
        data = word(write)
        code, told, _ = receive(run, project, data, "--genre", "page")
        assert code == 0
        held = told + "".join(p.read_text("utf-8") for p in project.root.glob("content/**/*.md"))
        known = {w.casefold() for w in word_file.words(held)}
        lost = {
            w
            for _, passage in word_file.read(data, "x").passages
            for w in word_file.words(passage)
            if w.casefold() not in known
        }
        assert lost <= {"Par", "Crédit"}, lost


# --- by the screen -------------------------------------------------------------------------------


def test_a_word_file_is_received_on_the_screen(project: Project, data: Path) -> None:
    browser = Browser(project.root, data)
    assert browser.ask("/textes").links()["Recevoir un Word"] == "/textes/recevoir"
    form = browser.ask("/textes/recevoir").form("recevoir")
    answer = browser.request(
        "POST",
        form.address,
        data={"jeton": form.fields["jeton"], "genre": "article", "numero": "2020-05"},
        files=[
            ("fichiers", ("rencontre.docx", word(article))),
            ("fichiers", ("DSC 1.JPG", photograph(colour="red"))),
        ],
    )
    assert answer.status == 200
    assert answer.heading == "Ce que j’ai compris"
    draft = browser.ask(answer.links()["Ouvrir le brouillon"])
    assert draft.form().value("Titre") == "L’art de la première rencontre"
    assert "l-art-de-la-premiere-rencontre-2.jpg" in draft.form().value("Texte")


@pytest.mark.parametrize("token", ["", "faux"])
def test_a_sending_without_its_token_writes_nothing(
    project: Project, data: Path, token: str
) -> None:
    browser = Browser(project.root, data)
    answer = browser.request(
        "POST",
        "/textes/recevoir",
        data={"jeton": token, "genre": "article"},
        files=[("fichiers", ("rencontre.docx", word(article)))],
    )
    assert answer.status == 403
    assert not (project.root / DRAFT).exists()


def test_pictures_come_alone_too(project: Project, data: Path) -> None:
    browser = Browser(project.root, data)
    (token,) = browser.ask("/images").tree.xpath("//input[@name='jeton']/@value")[:1]
    sending = {"data": {"jeton": token, "nom": ""}}
    files = [("fichiers", ("../../Mon Été (1).JPG", photograph()))]
    told = browser.request("POST", "/images/recevoir", files=files, **sending).words
    assert "sans le lieu de la prise de vue" in told
    again = browser.request("POST", "/images/recevoir", files=files, **sending).words
    assert "était déjà là" in again  # and nothing is written twice
    assert (project.root / "content/images/mon-ete-1.jpg").is_file()
    wrong = [("fichiers", ("a.jpg", b"rien"))]
    assert browser.request("POST", "/images/recevoir", files=wrong, **sending).status == 422


def test_pasted_html_becomes_markdown(project: Project, data: Path) -> None:
    browser = Browser(project.root, data)
    token = browser.ask("/textes/nouveau").form("nouveau").fields["jeton"]
    html = '<p><b style="font-weight:normal">Un <i>mot</i></b> <a href="https://a.example/?utm_source=x&b=1">là</a></p><script>x</script>'
    answer = browser.request("POST", "/coller", data={"jeton": token, "html": html})
    assert answer.text == '{"texte":"Un *mot* [là](https://a.example/?b=1)","laisse":[]}'
