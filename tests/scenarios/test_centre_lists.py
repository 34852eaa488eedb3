"""A list of centres kept in a spreadsheet becomes sheets, by the command and in the atelier."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from axtra.atelier.roles import Person, Role
from support.atelier_client import Browser
from support.centre_sheets import centre, territory
from support.fixture_types import Run
from support.other_workbooks import as_ods, as_xls
from support.small_sites import FULL, Project, make_project

KNOWN = "content/centres/le-premier.md"
TITLES = [
    "Nom de l’organisme", "Adresse", "Ville", "Code postal", "Région administrative",
    "Téléphone", "Courriel général", "Site web", "Services offerts", "Clientèles", "Présentation",
    "Vérifiée le", "Membre depuis",
]  # fmt: skip
LINES: list[list[object]] = [
    ["Le Premier", "9, rue Z", "Alma", None, "Mauricie"],
    ["Centre d’emploi « L’Élan »", "12, rue du Test", "Trois-Rivières", "g9a1a1", "Mauricie",
     "819 555-0102", "mailto:elan@essai.example", "www.elan.example", "orientation; mentorat",
     "jeunes, femmes", "Nous aidons.\n\n- partout", "3 mars 2026", 2011],
    ["Au Nord", None, None, None, "Pôle Nord", None, None, None, None, None, None, None, 9],
    ["Sans @", "1, rue A", "Alma", None, "Mauricie", None, "pas une adresse"],
    ["Le Piège", "2, rue B", "Alma", None, "Mauricie", None, None, None, None, None,
     "<script>alert(1)</script>"],
    ["Formule", "=1+1", '"Laval\\: x', None, "Laval", None, None, None, None, None,
     "---\nstatut: x"],
    ["Fermé", "3, rue C", "Alma", None, "Mauricie"],
    ["Total", None, None, None, None],
]  # fmt: skip


def listed(convert: Callable[[bytes], bytes] = bytes) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Les centres de l’alliance, 2026"])
    sheet.merge_cells("A1:D1")
    for line in (TITLES, *LINES):
        sheet.append(line)
    for cell in sheet[9]:
        cell.font = Font(strike=True)
    file = io.BytesIO()
    book.save(file)
    return convert(file.getvalue())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = {KNOWN: centre("Le Premier", ville="Shawinigan")}
    return make_project(tmp_path / "projet", {**FULL, **files, **territory()})


@pytest.mark.parametrize("convert", [as_xls, as_ods], ids=["xls", "ods"])
def test_each_line_of_a_list_is_accounted_for(
    project: Project, run: Run, convert: Callable[[bytes], bytes]
) -> None:
    before = (project.root / KNOWN).read_bytes()
    (project.root / "liste.bin").write_bytes(listed(convert))
    code, out, _ = run(project, "centres", "importer", "liste.bin", "--essai")
    assert (code, "rien n’a été écrit" in out) == (1, True)
    assert len([*(project.root / "content/centres").iterdir()]) == 1
    code, out, err = run(project, "centres", "importer", "liste.bin")
    assert "7 centres dans le fichier : 2 ajoutées, 1 déjà là, 3 refusées, 1 laissée de côté" in out
    assert "Colonnes laissées de côté : Membre depuis" in out
    assert "ligne 5, Au Nord : refusée" in err
    assert "Fermé : laissée de côté (ligne barrée)" in err
    assert (project.root / KNOWN).read_bytes() == before
    elan = (project.root / "content/centres/centre-d-emploi-l-elan.md").read_text("utf-8")
    for line in (
        "code-postal: G9A 1A1", "courriel: elan@essai.example", "site: https://www.elan.example",
        "verifie: 2026-03-03",
    ):  # fmt: skip
        assert f"{line}\n" in elan, elan
    assert elan.endswith("\n\nNous aidons.\n\n- partout\n")
    assert run(project, "verifier")[0] == 0
    assert "2 déjà là" not in out
    again = run(project, "centres", "importer", "liste.bin")[1]
    assert "0 ajoutée, 3 déjà là" in again


def test_a_file_without_a_list_says_what_it_lacks(project: Project, run: Run) -> None:
    for data, words in (
        (b"\xd0\xcf\x11\xe0" + b"\0" * 900, "abîmé"),
        (b"Ville;Rue\nAlma;Z\n", "n’a pas de colonne pour le nom"),
        (b"", "vide"),
    ):
        (project.root / "liste.csv").write_bytes(data)
        code, out, err = run(project, "centres", "importer", "liste.csv")
        assert (code in {1, 2}, words in out + err) == (True, True), out + err


def test_a_list_is_tried_then_written_in_the_atelier(project: Project, tmp_path: Path) -> None:
    head = Person("d@essai.example", "Dé", Role.DIRECTION)
    browser = Browser(project.root, tmp_path / "donnees", person=head)
    writer = browser.beside(Person("a@essai.example", "Aï", Role.AUTEUR))
    token = browser.ask("/centres").form("importer").fields["jeton"]
    file = {"fichier": ("centres.xls", listed(as_xls))}
    data = {"jeton": token}
    assert writer.request("POST", "/centres/importer", data=data, files=file).status == 403
    tried = browser.request("POST", "/centres/importer", data=data, files=file)
    assert "2 ajoutées, 1 déjà là, 3 refusées, 1 laissée de côté" in tried.words
    assert "<script>alert" not in tried.text
    assert len([*(project.root / "content/centres").iterdir()]) == 1
    stolen = {**tried.form("ecrire").fields, "fichier": "autre"}
    gone = browser.request("POST", "/centres/importer/ecrire", data=stolen)
    assert (gone.status, "n’est plus en mémoire" in gone.words) == (422, True)
    done = browser.send(tried.form("ecrire"), "Écrire 2 fiches")
    assert "Les fiches de la liste sont écrites." in done.words
    assert "Centre d’emploi « L’Élan »" in done.words.replace("\u00a0", " ")
    bad = {"fichier": ("x.xls", b"\xd0\xcf\x11\xe0")}
    assert browser.request("POST", "/centres/importer", data=data, files=bad).status == 422
