"""A newsroom and the repository that it shares: taken in, sent, never forced, nothing lost."""

from __future__ import annotations

import getpass
import os
import random
import re
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from axtra.atelier.origin import Origin
from axtra.atelier.roles import Person, Role
from support.atelier_client import Browser, Form, Screen
from support.fixture_types import MakeProject
from support.service_processes import wait_until
from support.shared_repository import SharedRepository, git
from support.small_sites import FULL, Project, news

ANA = Person("ana@exemple.test", "Ana Côté", Role.REDACTION)
LEO = Person("leo@exemple.test", "Léo Roy", Role.DIRECTION)
BEA = Person("bea@exemple.test", "Béa Auclair", Role.AUTEUR)
TEXT = "content/nouvelles/2020/une-nouvelle.md"
DRAFT = "content/nouvelles/2020/a-finir.md"
OTHER = "content/pages/a-propos.md"
PARAGRAPHS = "\n\n".join(f"Paragraphe {number}." for number in range(6))


def _body(text: str) -> str:
    return text.split("---\n\n", maxsplit=1)[0] + f"---\n\n{PARAGRAPHS}\n"


CONTENT = {
    **FULL,
    TEXT: _body(news()),
    DRAFT: _body(news("À finir", statut="brouillon")),
}


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    return new_project(CONTENT)


@pytest.fixture
def repository(project: Project, tmp_path: Path) -> SharedRepository:
    return SharedRepository.of(project.root, tmp_path)


@pytest.fixture
def ana(repository: SharedRepository, tmp_path: Path) -> Browser:
    return Browser(repository.root, tmp_path / "donnees", person=ANA)


def origin_of(browser: Browser) -> Origin:
    return browser.atelier.origin


def write(browser: Browser, name: str, old: str, new: str, button: str = "Enregistrer") -> Screen:
    """Change words of a text, and press a button."""
    form = browser.ask(f"/texte/{name}").form()
    assert old in form.value("Texte")
    form.fill("Texte", form.value("Texte").replace(old, new))
    return browser.send(form, button)


def reopened(browser: Browser, name: str) -> Screen:
    """Open a text as somebody does a while later: what others sent is asked for again."""
    origin_of(browser)._asked = None
    return browser.ask(f"/texte/{name}")


def test_what_is_published_is_sent_and_what_is_sent_is_taken_in(
    ana: Browser, repository: SharedRepository
) -> None:
    write(ana, TEXT, "Paragraphe 1.", "Un premier changement.", "Publier")
    origin_of(ana).sync()
    assert "Un premier changement." in repository.shared(TEXT)
    repository.elsewhere(TEXT, "Paragraphe 4.", "D’ailleurs.")
    assert "D’ailleurs." in reopened(ana, TEXT).form().value("Texte")
    assert git(repository.root, "status", "--porcelain", "--untracked-files=no") == ""
    write(ana, TEXT, "D’ailleurs.", "Abandonné ensuite.")  # it waits: nothing is sent
    origin_of(ana).sync()
    assert "Abandonné" not in repository.shared(TEXT)
    assert "D’ailleurs." in repository.shared(TEXT)


def test_other_files_are_joined_in_one_line_and_nothing_is_forced(
    ana: Browser, repository: SharedRepository
) -> None:
    leo = ana.beside(LEO)
    write(ana, DRAFT, "Paragraphe 1.", "Par Ana.")
    write(leo, DRAFT, "Paragraphe 2.", "Par Léo.")
    repository.elsewhere(OTHER, "Un texte", "D’ailleurs, un texte")
    sent = git(repository.bare, "rev-parse", "principale").strip()
    origin_of(ana).sync()
    assert origin_of(ana).trouble is None
    assert git(repository.bare, "rev-list", "--merges", "principale") == ""
    assert sent in git(repository.bare, "rev-list", "principale").split()
    assert repository.subjects()[:3] == [*[f"Brouillon enregistré : {DRAFT}"] * 2, "Ailleurs"]
    people = git(repository.bare, "log", "-2", "--topo-order", "--format=%an", "principale").split(
        "\n"
    )
    assert people[:2] == ["Léo Roy", "Ana Côté"]
    assert (repository.root / OTHER).read_text("utf-8") == repository.shared(OTHER)
    assert git(repository.root, "status", "--porcelain", "--untracked-files=no") == ""


@pytest.mark.parametrize(("name", "button"), [(TEXT, "Publier"), (DRAFT, "Enregistrer")])
def test_a_text_that_both_sides_changed_is_shown_in_two_versions(
    ana: Browser, repository: SharedRepository, name: str, button: str
) -> None:
    write(ana, name, "Paragraphe 1.", "Le mien. Un.", button)
    write(ana, name, "Paragraphe 4.", "Le mien. Quatre.", button)
    repository.elsewhere(name, "Paragraphe 1.", "Le sien. Un.")
    repository.elsewhere(name, "Paragraphe 5.", "Le sien. Cinq.")
    shown = reopened(ana, name)
    assert shown.heading == "Deux versions de ce texte"
    assert "1 passage à trancher" in shown.words
    assert "Le sien. Un." in (repository.root / name).read_text("utf-8")
    origin_of(ana).sync()  # nothing that nobody chose is sent
    assert "Le mien" not in repository.shared(name)
    form = shown.form()
    form.fields["passage-0"] = "texte"
    form.fill("Texte", form.value("Texte").replace("Le mien. Un.", "Les deux. Un."))
    kept = ana.send(form, "Enregistrer")
    assert kept.status == 200
    ana.send(kept.form(), button)
    origin_of(ana).sync()
    for words in ("Les deux. Un.", "Le mien. Quatre.", "Le sien. Cinq."):
        assert words in repository.shared(name)
    assert ana.ask(f"/texte/{name}").heading != "Deux versions de ce texte"


def test_what_waits_and_what_was_sent_are_brought_together(
    ana: Browser, repository: SharedRepository
) -> None:
    waiting = write(ana, TEXT, "Paragraphe 1.", "Il attend.")
    late = waiting.form()  # a form that was open before
    repository.elsewhere(TEXT, "Paragraphe 4.", "Il arrive.")
    assert reopened(ana, TEXT).heading == "Deux versions de ce texte"
    late.fill("Texte", late.value("Texte").replace("Paragraphe 2.", "Tapé depuis."))
    shown = ana.send(late, "Publier")
    assert shown.status == 409
    assert "Il arrive." not in shown.form().fields.get("entete", "")
    kept = ana.send(shown.form(), "Enregistrer")
    ana.send(kept.form(), "Publier")
    origin_of(ana).sync()
    for words in ("Il attend.", "Il arrive.", "Tapé depuis."):
        assert words in repository.shared(TEXT)


def test_the_first_screen_says_that_the_network_is_away_and_nothing_stops(
    ana: Browser, repository: SharedRepository
) -> None:
    away = repository.bare.rename(repository.bare.with_name("parti.git"))
    write(ana, TEXT, "Paragraphe 1.", "Écrit sans réseau.", "Publier")
    origin_of(ana).sync()
    assert "Le dépôt commun ne répond pas." in ana.ask("/").words
    assert ana.ask(f"/texte/{TEXT}").status == 200
    away.rename(repository.bare)
    origin_of(ana).sync()
    assert "dépôt commun" not in ana.ask("/").words
    assert "Écrit sans réseau." in repository.shared(TEXT)


def test_what_an_editor_has_not_committed_is_never_written_over(
    ana: Browser, repository: SharedRepository
) -> None:
    path = repository.root / OTHER
    path.write_text(path.read_text("utf-8").replace("Un texte", "Un autre texte"), "utf-8")
    new = repository.root / "content/pages/neuve.md"
    new.write_text("---\ntitre: Neuve\n---\n\nPas commise.\n", "utf-8")
    (repository.other / "content/pages/neuve.md").write_text("---\ntitre: N\n---\n\nD’ailleurs.\n")
    git(repository.other, "add", ".")
    git(repository.other, "commit", "-qm", "Une page")
    repository.elsewhere(OTHER, "Un texte", "D’ailleurs, un texte")
    origin_of(ana).sync()
    assert "dans aucun commit" in ana.ask("/").words
    assert "Un autre texte" in path.read_text("utf-8")
    assert "Pas commise." in new.read_text("utf-8")
    new.unlink()
    git(repository.root, "checkout", "-q", "--", OTHER)
    origin_of(ana).sync()
    assert origin_of(ana).trouble is None
    assert "D’ailleurs, un texte" in path.read_text("utf-8")
    assert "D’ailleurs." in new.read_text("utf-8")


@pytest.mark.parametrize(("old", "new"), [("0100", "0155"), ("Un petit site", "Un grand site")])
def test_settings_that_both_sides_changed_are_joined_or_left_to_a_person(
    ana: Browser, repository: SharedRepository, old: str, new: str
) -> None:
    leo, name = ana.beside(LEO), "content/site.toml"
    form = leo.ask("/reglages").form("reglages")
    form.fill("Téléphone", "418 555-0199")
    leo.send(form, "Enregistrer")
    repository.elsewhere(name, old, new)
    origin_of(ana).sync()
    if old == "0100":  # the line that was changed here
        assert "Réglages › Le site" in ana.ask("/").words
        assert "0155" in repository.shared(name)
        assert "0199" in (repository.root / name).read_text("utf-8")
    else:
        assert origin_of(ana).trouble is None
        assert "0199" in repository.shared(name)
        assert "Un grand site" in (repository.root / name).read_text("utf-8")


def test_a_text_taken_away_elsewhere_and_written_here_stays(
    ana: Browser, repository: SharedRepository
) -> None:
    write(ana, TEXT, "Paragraphe 1.", "Écrit ici.", "Publier")
    git(repository.other, "rm", "-q", TEXT, OTHER)
    git(repository.other, "commit", "-qm", "Retirés")
    git(repository.other, "push", "-q", "origin", "principale")
    origin_of(ana).sync()
    assert "Écrit ici." in repository.shared(TEXT)
    assert not (repository.root / OTHER).exists()


def test_an_empty_repository_is_begun(
    project: Project, repository: SharedRepository, tmp_path: Path
) -> None:
    shutil.rmtree(repository.bare)
    git(project.root, "init", "-q", "--bare", "-b", "principale", str(repository.bare))
    ana = Browser(project.root, tmp_path / "donnees", person=ANA)
    origin_of(ana).sync()
    assert origin_of(ana).trouble is None
    assert repository.subjects() == ["Début"]


def test_the_first_screen_says_that_a_push_is_refused_and_nothing_is_forced(
    ana: Browser, repository: SharedRepository
) -> None:
    hook = repository.bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    write(ana, DRAFT, "Paragraphe 1.", "Refusé.")
    origin_of(ana).sync()
    assert "n’accepte pas" in ana.ask("/").words
    hook.unlink()
    origin_of(ana).sync()
    assert "Refusé." in repository.shared(DRAFT)


def test_a_folder_on_another_branch_sends_nothing(
    ana: Browser, repository: SharedRepository
) -> None:
    git(repository.root, "checkout", "-q", "-b", "essai")
    write(ana, DRAFT, "Paragraphe 1.", "Un essai.")
    origin_of(ana).sync()
    assert "plus sur la branche" in ana.ask("/").words
    assert git(repository.bare, "branch", "--format=%(refname:short)") == "principale\n"
    assert "Un essai." not in repository.shared(DRAFT)


def test_three_versions_of_a_passage_are_brought_together_two_by_two(
    ana: Browser, repository: SharedRepository
) -> None:
    bea = ana.beside(BEA)
    write(ana, TEXT, "Paragraphe 1.", "Celle d’Ana.")  # it waits
    write(bea, TEXT, "Paragraphe 1.", "Celle de Béa.", "Proposer")
    (link,) = (to for words, to in ana.ask("/").links().items() if "Relire la prop" in words)
    ana.send(ana.ask(link).form("proposition"), "Accepter et publier")
    repository.elsewhere(TEXT, "Paragraphe 1.", "Celle d’ailleurs.")
    origin_of(ana).sync()
    assert "choisisse entre deux versions" in ana.ask("/").words
    for _ in range(2):
        shown = reopened(ana, TEXT)
        assert shown.heading == "Deux versions de ce texte"
        form = shown.form()
        others = shown.tree.xpath("//*[@class='passage']")[1].text_content().strip()
        form.fields["passage-0"] = "texte"
        form.fill("Texte", form.value("Texte").replace("Celle d’Ana.", f"Celle d’Ana. {others}"))
        ana.send(ana.send(form, "Enregistrer").form(), "Publier")
        origin_of(ana).sync()
    assert origin_of(ana).trouble is None
    for words in ("Celle d’Ana.", "Celle de Béa.", "Celle d’ailleurs."):
        assert words in repository.shared(TEXT)


def test_the_draft_of_an_auteur_is_set_aside_where_they_see_it(
    ana: Browser, repository: SharedRepository
) -> None:
    bea = ana.beside(BEA)
    form = bea.ask("/textes/nouveau").form("nouveau")
    form.fill("Titre", "Le mien")
    name = bea.send(form, "Commencer").address.removeprefix("/texte/").partition("?")[0]
    form = bea.ask(f"/texte/{name}").form()
    form.fill("Texte", "Une phrase.")
    bea.send(form, "Enregistrer")
    origin_of(ana).sync()
    write(bea, name, "Une phrase.", "Sa phrase.")
    repository.elsewhere(name, "Une phrase.", "Une phrase d’ailleurs.")
    shown = reopened(bea, name)
    assert shown.heading == "Deux versions de ce texte"
    assert "Sa phrase." in shown.words
    assert "d’ailleurs" in shown.words


def test_a_repository_is_reached_over_ssh_and_asks_nobody(
    ana: Browser, repository: SharedRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keygen, server = shutil.which("ssh-keygen"), shutil.which("sshd") or "/usr/sbin/sshd"
    if keygen is None or not os.access(server, os.X_OK):
        reason = "OpenSSH is missing: run make outils"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    for name in ("hote", "cle"):
        subprocess.run([keygen, "-qN", "", "-t", "ed25519", "-f", tmp_path / name], check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "sshd").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/hote\nPidFile none\n"
        f"AuthorizedKeysFile {tmp_path}/cle.pub\nStrictModes no\nUsePAM no\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where its children are confined
    running = subprocess.Popen([server, "-D", "-f", tmp_path / "sshd"])
    try:
        wait_until(lambda: _listens(port))
        far = f"ssh://{getpass.getuser()}@127.0.0.1:{port}{repository.bare}"
        git(repository.root, "remote", "set-url", "origin", far)
        write(ana, TEXT, "Paragraphe 1.", "Par ssh.", "Publier")
        origin_of(ana).sync()  # its key is not known: it would ask, and nobody would answer
        assert "ne répond pas" in ana.ask("/").words
        known = f"-o UserKnownHostsFile={tmp_path}/connus -o StrictHostKeyChecking=accept-new"
        monkeypatch.setenv("GIT_SSH_COMMAND", f"ssh -o BatchMode=yes -i {tmp_path}/cle {known}")
        origin_of(ana).sync()
        assert origin_of(ana).trouble is None
    finally:
        running.terminate()
        running.wait()
    assert "Par ssh." in repository.shared(TEXT)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


# --- many orders ---------------------------------------------------------------------------------


def with_both(shown: Screen) -> Form:
    """Return the form of a text, where somebody who sees two versions takes the words of both."""
    form = shown.form()
    if "Deux versions" in shown.tree.findtext(".//h1"):
        left_out = set(re.findall(r"mot\w+", shown.words)) - set(form.value("Texte").split())
        form.fill("Texte", f"{form.value('Texte')} {' '.join(sorted(left_out))}")
    return form


def interleave(project: Project, place: Path, name: str, seed: int) -> None:
    """Let two people and a copy elsewhere change one text in any order.

    Every word that was kept is still somewhere that a person reads, and what is published was
    published by somebody.
    """
    chance = random.Random(seed)  # noqa: S311 - a trial to run again
    repository = SharedRepository.of(project.root, place)
    ana = Browser(project.root, place / "donnees", person=ANA)
    browsers = [ana, ana.beside(LEO)]
    forms = [browser.ask(f"/texte/{name}").form() for browser in browsers]
    typed: list[list[str]] = [[], []]
    kept: list[str] = []
    published: set[str] = set()
    for step in range(12):
        who, act = chance.randrange(2), chance.random()
        browser = browsers[who]
        word = f"mot{seed}x{step}x{who}"
        if act < 0.35:
            lines = forms[who].value("Texte").split("\n")
            lines[chance.randrange(len(lines))] += f" {word}"
            forms[who].fill("Texte", "\n".join(lines))
            typed[who].append(word)
        elif act < 0.75:
            button = chance.choice(("Enregistrer", "Publier", "Publier"))
            answer = browser.send(
                forms[who], button if button in forms[who].buttons else "Enregistrer"
            )
            while "Deux versions" in answer.tree.findtext(".//h1"):
                answer = browser.send(with_both(answer), "Enregistrer")
            assert answer.status == 200, answer.words
            kept += typed[who]
            if button == "Publier" or name == DRAFT:
                published |= set(kept)
            typed[who] = []
            forms[who] = with_both(browser.ask(f"/texte/{name}"))
        elif act < 0.9:
            git(repository.other, "pull", "-q", "--rebase", "origin", "principale")
            text = (repository.other / name).read_text("utf-8").split("\n")
            line = chance.randrange(text.index("---", 1) + 2, len(text) - 1)
            repository.elsewhere(name, "\n".join(text), "\n".join(
                [*text[:line], f"{text[line]} {word}e", *text[line + 1 :]]
            ))  # fmt: skip
            kept.append(f"{word}e")
            published.add(f"{word}e")
        else:
            origin_of(ana)._asked = None
            if not typed[who]:
                forms[who] = with_both(browser.ask(f"/texte/{name}"))
            origin_of(ana).sync()
    origin_of(ana).sync()
    assert origin_of(ana).trouble is None
    aside = "".join(
        path.read_text("utf-8", "replace")
        for path in (place / "donnees").rglob("en-attente/**/*.json")
    )
    here = (project.root / name).read_text("utf-8")
    assert [word for word in kept if word not in here + aside] == []
    assert {w for w in repository.shared(name).split() if w.startswith("mot")} <= published
    assert git(project.root, "status", "--porcelain", "--untracked-files=no") == ""


@pytest.mark.parametrize("name", [TEXT, DRAFT])
def test_two_people_and_a_copy_elsewhere_lose_no_word(
    project: Project, tmp_path: Path, name: str
) -> None:
    interleave(project, tmp_path, name, 1)


@pytest.mark.eprouve
def test_two_people_and_a_copy_elsewhere_lose_no_word_in_two_hundred_orders(
    new_project: MakeProject, tmp_path: Path
) -> None:
    for seed in range(200):
        place = tmp_path / f"d{seed}"
        place.mkdir()
        interleave(new_project(CONTENT, f"p{seed}"), place, (TEXT, DRAFT)[seed % 2], seed)
