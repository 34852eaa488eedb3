"""What an editor is told when something around the atelier is broken, and where that leads."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as Picture

import axtra
from axtra.atelier import remedies
from axtra.atelier.roles import Person, Role
from axtra.subscribers import Register
from support.atelier_client import Browser, unchanged
from support.small_sites import FULL, Project, make_project, news, text

DRAFT = "content/nouvelles/2020/a-finir.md"
STRANGE = "content/nouvelles/2020/deux\nlignes ? # %20.md"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    draft = news("À finir", statut="brouillon")
    return make_project(tmp_path / "projet", {**FULL, DRAFT: draft})


@pytest.mark.parametrize(("written", "line", "said"), [
    ("x = 1\ny = (\n", 2, "never closed"),
    ("import un_module_absent\n", 1, "un_module_absent"),
    ("\n\nraise ValueError('non')\n", 3, "non"),
    ("SITENAME = 'x'\n", None, "NEWSLETTER_PATHS"),
    ("PATH = 3\n", None, "se lisent pas"),
    ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), 1, "se lisent pas"),
])  # fmt: skip
def test_settings_of_pelican_that_do_not_read_are_named_with_their_line(
    project: Project, tmp_path: Path, written: str, line: int | None, said: str
) -> None:
    conf = project.root / "pelicanconf.py"
    good = conf.read_bytes()
    browser = Browser(project.root, tmp_path / "donnees", enters=False)
    conf.write_text(written, "latin-1")
    with unchanged(project.root):
        first = browser.ask(f"/?cle={browser.access.new_key()}")
        for address in ("/", "/textes", "/publication", "/infolettres", f"/texte/{DRAFT}"):
            screen = browser.ask(address)
            assert screen.status == first.status == 503
            assert "pelicanconf.py" + (f", ligne {line}" if line else "") in screen.words
            assert said in screen.words
            assert str(tmp_path) not in screen.words
            assert "Textes" in screen.links()
    conf.write_bytes(good)
    assert browser.ask("/").status == 200


def test_the_command_says_the_same_of_them(project: Project) -> None:
    (project.root / "pelicanconf.py").write_text("x = (\n", "utf-8")
    for words in (["construire"], ["nouveau", "nouvelle", "Un titre"]):
        done = project.run("axtra", *words)
        assert done.returncode == 1
        assert "pelicanconf.py:1 : les réglages de Pelican" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_used_changes_nothing_and_has_a_message(
    project: Project, tmp_path: Path
) -> None:
    data = tmp_path / "donnees"
    data.mkdir()
    (data / "atelier").write_text("", "utf-8")
    browser = Browser(project.root, data)
    with unchanged(project.root):
        for address in ("/", "/textes", f"/texte/{DRAFT}", "/images", "/publication", "/abonnes"):
            assert browser.ask(address).status < 500
        token = browser.ask("/textes/nouveau").form("nouveau").fields["jeton"]
        sent = {"jeton": token, "base": "", "texte": "perdu?"}
        for address in (f"/texte/{DRAFT}", f"/saisie/{DRAFT}"):
            answer = browser.request("POST", address, data=sent)
            assert answer.status in {422, 503}
            assert "dossier de données" in answer.text


def test_a_disk_that_refuses_has_a_message(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(project.root, tmp_path / "donnees")
    form = browser.ask(f"/texte/{DRAFT}").form()
    form.fill("Texte", "Un autre texte.")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(project.root / DRAFT))

    monkeypatch.setattr("axtra.atelier.history.write_whole", full)
    with unchanged(project.root):
        screen = browser.send(form, "Enregistrer")
    assert screen.status == 503
    assert "le disque est plein" in screen.words
    assert "No space" not in screen.words


def test_a_name_of_any_signs_opens_and_one_that_is_none_says_so(
    project: Project, tmp_path: Path
) -> None:
    (project.root / STRANGE).write_text(news("Étrange", statut="brouillon"), "utf-8")
    browser = Browser(project.root, tmp_path / "donnees")
    address = browser.ask("/textes").links()["Étrange"]
    assert browser.ask(address).heading == "Étrange"
    form = browser.ask(address).form()
    form.fill("Texte", "Dit ici.")
    assert browser.send(form, "Enregistrer").status == 200
    assert "Dit ici." in (project.root / STRANGE).read_text("utf-8")
    for absent in ("%0A", "a%0Ab.md", f"{DRAFT}%0A", "%00", "a" * 3_000):
        for place in ("/texte/", "/historique/"):
            screen = browser.ask(f"{place}{absent}")
            assert screen.status == 404, (place, absent)
            assert "accueil" in screen.words


def test_a_role_that_does_not_allow_an_act_has_a_message(project: Project, tmp_path: Path) -> None:
    ana = Browser(
        project.root,
        tmp_path / "donnees",
        person=Person("ana@exemple.test", "Ana", Role.AUTEUR),
    )
    screen = ana.ask("/abonnes")
    assert screen.status == 403
    assert "voir et changer les abonnements" in screen.words
    stale = ana.request("POST", "/textes/nouveau", data={"jeton": "vieux", "titre": "x"})
    assert stale.status == 403
    assert "rechargez-la" in stale.words


# --- remedies ------------------------------------------------------------------------------------

_BELOW = ("cli", "preview", "door")  # rooms whose words are for terminals


def _literals() -> Iterator[str]:
    """Yield every text of the program that names a command, with values put in its fields."""
    top = Path(axtra.__file__).parent
    for path in sorted(top.rglob("*.py")):
        if path.relative_to(top).parts[0] in _BELOW:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        left = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                left |= {id(part) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                said = "".join(
                    part.value if isinstance(part, ast.Constant) else "2026-12-02"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                said = node.value
            else:
                continue
            if id(node) not in left and re.search(r"\baxtra [a-z]+", said):
                yield said


def test_no_remedy_on_a_screen_is_to_be_typed() -> None:
    said = [*_literals()]
    assert len(said) > 40
    for remedy in said:
        for line in remedies.lines(remedy):
            shown = "".join(piece.words for piece in line)
            assert not re.search(r"axtra [a-z]|--[a-z]", shown), (remedy, shown)


def test_a_remedy_that_names_a_command_leads_to_its_screen(tmp_path: Path) -> None:
    """Each screen that remedies lead to answers; a numéro that lacks is begun by a link."""
    project = make_project(tmp_path / "projet", {"newsletters/2020/2020-05-06.md": FULL[
        "newsletters/2020/2020-05-06.md"
    ].replace("/// article | premier\n///", "Un mot.")})  # fmt: skip
    browser = Browser(project.root, tmp_path / "donnees")
    form = browser.ask("/textes/nouveau").form("nouveau")
    form.fields |= {"genre": "article", "titre": "Un article"}
    refused = browser.send(form)
    assert "Créez-le d’abord" in refused.words
    assert "axtra" not in refused.words.lower().replace("axtra.ca", "")
    screen = browser.ask(refused.links()["Nouveau texte : numéro"])
    form = screen.form("nouveau")
    assert form.fields["genre"] == "numero"
    form.fields |= {"titre": "Le premier numéro", "mois": "2019-03"}
    assert browser.send(form).status == 200
    assert (project.root / "content/magazine/2019-03/numero.md").is_file()
    for remedy in (
        "axtra envoi geler 2020-05-06 --liste membres", "axtra envoi essai 2020-05-06 X",
        "axtra envoi verifier 2020-05-06", "axtra verifier", "axtra publier", "axtra echeances",
        "axtra abonnes lister", "axtra abonnes importer F", "axtra infolettre oublies",
    ):  # fmt: skip
        [[piece]] = remedies.lines(remedy)
        assert piece.address, remedy
        assert browser.ask(piece.address).status == 200, remedy


def test_a_backup_is_made_by_a_button(project: Project, tmp_path: Path) -> None:
    data = tmp_path / "donnees"
    with Register.open(data):
        pass
    browser = Browser(project.root, data)
    token = browser.ask("/").tree.xpath("//form[@action='/sauvegarde']/input/@value")[0]
    for _ in range(2):  # the second goes beside the first
        done = browser.request("POST", "/sauvegarde", data={"jeton": token})
        assert "C’est sauvegardé" in done.words
    assert len([*tmp_path.glob("sauvegarde-axe-*/manifeste.json")]) == 2
    assert "jamais été sauvegardés" not in browser.ask("/").words


# --- a picture takes another name ----------------------------------------------------------------


def _illustrated(title: str, **header: object) -> str:
    body = "![Une rive](images/rive.png)\n\n/// figure | images/rive.png\n    alt: Une rive\n///"
    return text(body, titre=title, date="2020-01-15", image="images/rive.png", alt="Rive", **header)


@pytest.mark.parametrize("versioned", [True, False])
def test_a_picture_is_renamed_with_all_that_names_it(tmp_path: Path, *, versioned: bool) -> None:
    shown, draft = "content/nouvelles/2020/parue.md", "content/nouvelles/2020/brouillon.md"
    unfinished = _illustrated("Ébauche", statut="brouillon")
    files = {**FULL, shown: _illustrated("Parue"), draft: unfinished}
    project = make_project(tmp_path / "projet", files)
    images = project.root / "content/images"
    images.mkdir(exist_ok=True)
    for name in ("rive.png", "rive-2.png"):
        Picture.new("RGB", (40, 30)).save(images / name)
    if versioned:
        for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "Départ"]):
            identity = ["-c", "user.name=A", "-c", "user.email=a@b.test"]
            subprocess.run(["git", *identity, *words], cwd=project.root, check=True)  # noqa: S607
    browser = Browser(project.root, tmp_path / "donnees")
    form = browser.ask(f"/texte/{shown}").form()
    form.fill("Texte", f"Ajouté. {form.value('Texte')}")
    browser.send(form, "Enregistrer")  # a version waits, which names it too
    form = browser.ask(f"/texte/{draft}").form()
    form.fill("Texte", f"Tapé. {form.value('Texte')}")
    browser.request("POST", form.address.replace("/texte/", "/saisie/"), data=form.fields)

    def renamed(name: str, new: str) -> str:
        token = browser.ask("/images").tree.xpath("//input[@name='jeton']/@value")[0]
        sent = {"jeton": token, "image": name, "nom": new}
        return browser.request("POST", "/images/renommer", data=sent).words

    before = {name: (project.root / name).read_bytes() for name in (shown, draft)}
    with unchanged(project.root):
        assert "existe déjà" in renamed("images/rive.png", "rive 2")
        assert "lettres ou de chiffres" in renamed("images/rive.png", "???")
    assert "images/la-rive-nord.png" in renamed("images/rive.png", "La rive nord")
    assert [path.name for path in sorted(images.iterdir()) if "rive" in path.name] == [
        "la-rive-nord.png", "rive-2.png",
    ]  # fmt: skip
    for name, data in before.items():
        new = data.replace(b"images/rive.png", b"images/la-rive-nord.png")
        assert (project.root / name).read_bytes() == new
    for name, words in ((shown, "Ajouté."), (draft, "Tapé.")):
        held = browser.ask(f"/texte/{name}").form().value("Texte")
        assert held.startswith(words)
        assert held.count("images/la-rive-nord.png") == 2
        assert "images/rive.png" not in held
    screen = browser.ask(f"/texte/{shown}")
    assert browser.send(screen.form(), "Enregistrer").status == 200  # the file is not « apart »
    problems = [found.problem for found in browser.atelier.newsroom.problems]
    assert not [said for said in problems if "rive" in said]
    if versioned:
        status = subprocess.run(
            ["git", "status", "--porcelain"],  # noqa: S607
            cwd=project.root,
            capture_output=True,
            check=True,
        )
        assert b"images" not in status.stdout


def test_a_picture_that_somebody_waits_for_keeps_its_name(project: Project, tmp_path: Path) -> None:
    picture = project.root / "content/images/rive.png"
    picture.parent.mkdir(exist_ok=True)
    Picture.new("RGB", (40, 30)).save(picture)
    ana = Browser(
        project.root, tmp_path / "donnees", person=Person("a@exemple.test", "Ana", Role.AUTEUR)
    )
    form = ana.ask("/texte/content/nouvelles/2020/une-nouvelle.md").form()
    form.fill("Texte", "![Une rive](images/rive.png)")
    ana.send(form, "Proposer")
    leo = ana.beside(Person("l@exemple.test", "Léo", Role.REDACTION))
    token = leo.ask("/images").tree.xpath("//input[@name='jeton']/@value")[0]
    sent = {"jeton": token, "image": "images/rive.png", "nom": "autre"}
    with unchanged(project.root):
        screen = leo.request("POST", "/images/renommer", data=sent)
    assert screen.status == 422
    assert "une proposition attend" in screen.words
    mine = ana.ask("/textes/nouveau").form("nouveau").fields["jeton"]
    assert ana.request("POST", "/images/renommer", data={**sent, "jeton": mine}).status == 403
