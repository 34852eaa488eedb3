"""The centres and the year, from the atelier, as a person without scripts sees them."""

from __future__ import annotations

import gzip
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axtra.atelier.roles import Person, Role
from axtra.atelier.screens import logs
from axtra.network import sheets
from axtra.network.sheet_requests import SheetRequests
from infolettre.core.dates import ZONE
from support.access_logs import generated
from support.atelier_client import Browser, Screen
from support.centre_sheets import centre
from support.small_sites import FULL, SITE, Project, make_project

FIRST, SECOND = "content/centres/premier.md", "content/centres/second.md"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = {
        FIRST: centre("Le Premier", ville="Alma", courriel="a@essai.example"),
        SECOND: centre("Le Second", courriel="b@essai.example", verifie="2020-01-01"),
        "content/site.toml": f'{SITE}service = "https://porte.essai.example"\n',
    }
    return make_project(tmp_path / "projet", {**FULL, **files})


def answered(project: Project, data: Path, name: str, **changes: str) -> None:
    with SheetRequests.open(data) as requests:
        sheet = sheets.shown((project.root / name).read_bytes())
        now = datetime.now(ZONE) - timedelta(minutes=5)
        identity = requests.ask(Path(name).stem, sheet, now)
        assert requests.answer(identity, changes, "", now)


def test_answers_are_read_then_taken_or_set_aside(project: Project, tmp_path: Path) -> None:
    data = tmp_path / "donnees"
    browser = Browser(project.root, data)
    assert "/centres" in browser.ask("/textes").links().values()
    screen = browser.ask("/centres")
    assert screen.words.count("jamais vérifiée") == 1
    assert "2 fiches dans l’annuaire" in screen.words
    answered(project, data, FIRST)
    answered(project, data, SECOND, ville="<b>Jonquière</b>")
    screen = browser.ask("/centres")
    assert "&lt;b&gt;Jonquière" in screen.text
    screen = browser.send(screen.form("centres"), "Noter cette date")
    assert "Les dates sont à jour." in screen.words
    today = f"{datetime.now(ZONE):%Y-%m-%d}"
    assert f"verifie: {today}" in (project.root / FIRST).read_text("utf-8")
    screen = browser.send(screen.form("centres"), "Accepter ce que dit Le Second")
    written = (project.root / SECOND).read_text("utf-8")
    assert "Jonquière" in written
    assert f"verifie: {today}" in written
    answered(project, data, SECOND, ville="Ailleurs")
    browser.send(browser.ask("/centres").form("centres"), "Écarter ce que dit Le Second")
    assert (project.root / SECOND).read_text("utf-8") == written
    answered(project, data, SECOND, presentation="Nous aidons <b>tout</b> le monde.")
    screen = browser.ask("/centres")
    assert "&lt;b&gt;" in screen.text
    assert screen.tree.xpath("//div[@class='differences']/ins")
    browser.send(screen.form("centres"), "Écarter ce que dit Le Second")
    answered(project, data, SECOND, **{"code-postal": "999"})
    refused = browser.send(browser.ask("/centres").form("centres"), "Accepter ce que dit Le Second")
    assert (refused.status, "n’a pas changé" in refused.words) == (422, True)
    without = browser.send(browser.ask("/centres").form("centres"), "Écarter ce que dit Le Second")
    assert "reste comme elle est" in without.words


def test_only_those_who_accept_texts_see_the_centres(project: Project, tmp_path: Path) -> None:
    data = tmp_path / "donnees"
    head = Browser(project.root, data, person=Person("d@essai.example", "Dé", Role.DIRECTION))
    other = head.beside(Person("a@essai.example", "Aï", Role.AUTEUR))
    assert head.ask("/centres").status == head.ask("/publication/annee").status == 200
    assert other.ask("/centres").status == other.ask("/publication/annee").status == 403
    assert "/centres" not in other.ask("/textes").links().values()


def test_the_year_is_shown_and_becomes_a_draft(project: Project, tmp_path: Path) -> None:
    browser = Browser(project.root, tmp_path / "donnees")
    assert "/publication/annee" in browser.ask("/publication").links().values()
    screen = browser.ask("/publication/annee?annee=2020")
    assert "L’année 2020 en chiffres" in screen.words
    assert "Articles, par la date de leur numéro." in screen.words
    opened = browser.send(screen.form("brouillon"), "Écrire le brouillon")
    assert "annee-2020" in opened.address
    assert "statut: brouillon" in (project.root / "content/publications/annee-2020.md").read_text(
        "utf-8"
    )
    again = browser.ask("/publication/annee?annee=2020")
    assert "Ouvrir la publication" in again.words
    assert browser.ask("/publication/annee?annee=x").status == 200


def test_what_only_people_know_is_written_on_the_screen_of_the_year(
    project: Project, tmp_path: Path
) -> None:
    browser = Browser(project.root, tmp_path / "donnees")
    path = project.root / "content/annee/2020.toml"

    def sent(**typed: str) -> Screen:
        form = browser.ask("/publication/annee?annee=2020").form("chiffres")
        for label, value in typed.items():
            form.fill(label.replace("_", " "), value)
        return browser.send(form, "Enregistrer ces chiffres")

    assert "content/" not in browser.ask("/publication/annee?annee=2020").words
    new = {"Sous_quel_titre": "Communications", "Ce_que_l’on_compte": "infolettres ouvertes"}
    assert sent(**new).status == 422  # no number
    assert not path.exists()
    assert "infolettres ouvertes" in sent(**new, Nombre="1 240").words.lower()
    assert tomllib.loads(path.read_text("utf-8")) == {
        "Communications": {"infolettres ouvertes": 1240}
    }
    kept = '# de nous\n[Communications]\nvues = { nombre = "plus de 8", definition = "D" }  # oui\n'
    path.write_text(f"{kept}\n[Autre]\nx = 3\n", "utf-8")
    before = path.read_bytes()
    assert sent().status == 200
    assert path.read_bytes() == before
    sent(X="")
    sent(Vues="9")
    assert path.read_text("utf-8").startswith(kept.replace('"plus de 8"', "9"))
    assert "x" not in tomllib.loads(path.read_text("utf-8"))["Autre"]
    stale = browser.ask("/publication/annee?annee=2020").form("chiffres")
    path.write_bytes(before)
    assert browser.send(stale, "Enregistrer ces chiffres").status == 422
    path.write_text("[Communications\n", "utf-8")
    broken = browser.ask("/publication/annee?annee=2020")
    assert (broken.status, "content/" in broken.words) == (200, False)


def test_logs_are_counted_once_and_nothing_of_them_stays(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "donnees"
    head = Browser(project.root, data, person=Person("d@essai.example", "Dé", Role.DIRECTION))
    editor = head.beside(Person("r@essai.example", "Ré", Role.REDACTION))
    writer = head.beside(Person("a@essai.example", "Aï", Role.AUTEUR))
    hits, truth = generated(900)
    half = len(hits) // 2
    plain = "".join(f"{hit.combined()}\n" for hit in hits[:half]).encode()
    packed = gzip.compress("".join(f"{hit.caddy()}\n" for hit in hits[half:]).encode())
    year = "/publication/annee?annee=2019"

    def give(browser: Browser, *files: tuple[str, bytes], jeton: str = "") -> Screen:
        form = head.ask(year) if browser is writer else browser.ask(year)
        jeton = jeton or form.form("journaux").fields["jeton"]
        sent = [("journaux", file) for file in files] or [("autre", ("x", b"x"))]
        place = form.form("journaux").address
        return browser.request("POST", place, data={"jeton": jeton}, files=sent)

    done = give(editor, ("access.log.1", plain), ("access.log.2.gz", packed))
    assert done.status == 200
    assert "mesures/2019-03.toml" in done.words
    assert "de robots; le reste est fait d’images" in done.words
    assert "Comptés : 2019-03" in done.words
    assert done.heading.startswith("L’année 2019")
    before = (project.root / "mesures/2019-03.toml").read_bytes()
    assert tomllib.loads(before.decode())["pages-vues"] == truth.pages.total()
    again = give(editor, ("autre-nom.gz", packed), ("access.log", plain))
    assert again.words.count("déjà lu.") == 2
    assert (project.root / "mesures/2019-03.toml").read_bytes() == before
    for files, words in (
        ([("photo.jpg", b"\xff\xd8" * 4_000)], "n’est pas un journal d’accès"),
        ([("coupe.gz", packed[:-40])], "ne se lit pas"),
        ([], "Choisissez au moins un journal"),
    ):
        refused = give(editor, *files)
        assert (refused.status, words in refused.words) == (422, True), refused.words
    monkeypatch.setattr(logs, "_MOST_UNPACKED", 50_000)
    assert "dépassent" in give(editor, ("gros.gz", gzip.compress(plain * 9))).words
    monkeypatch.setattr(logs, "_MOST_BYTES", 1_000)
    assert "en plusieurs fois" in give(editor, ("gros.log", plain)).words
    monkeypatch.undo()
    assert give(editor, ("access.log", plain), jeton="faux").status == 403
    assert give(writer, ("access.log", plain)).status == 403
    assert (project.root / "mesures/2019-03.toml").read_bytes() == before
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for words in (b"Mozilla", b"GET /", *{hit.address.encode() for hit in hits}):
        assert words not in held
