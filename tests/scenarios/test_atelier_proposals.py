"""Proposals between people: read, accepted by another, sent back; history; the journal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from axtra.atelier.journal import NewsroomJournal
from axtra.atelier.roles import ALLOWED, Act, Person, Role
from axtra.core.git_command import git
from infolettre.core.dates import ZONE
from support.atelier_client import Browser, Screen, unchanged
from support.fixture_types import MakeProject
from support.shared_repository import SharedRepository
from support.small_sites import FULL

PEOPLE = {
    Role.AUTEUR: Person("bea@exemple.test", "Béa Auclair", Role.AUTEUR),
    Role.REDACTION: Person("ana@exemple.test", "Ana Côté", Role.REDACTION),
    Role.DIRECTION: Person("leo@exemple.test", "Léo Roy", Role.DIRECTION),
}
BEA, ANA, LEO = PEOPLE.values()
TEXT = "content/nouvelles/2020/une-nouvelle.md"
MARK = "marque-secrete-7719"


@pytest.fixture(params=["git", ""])
def ana(new_project: MakeProject, tmp_path: Path, request: pytest.FixtureRequest) -> Browser:
    """Return somebody of the newsroom, at a project with or without git."""
    project = new_project(FULL)
    if request.param:
        SharedRepository.of(project.root, tmp_path)
    return Browser(project.root, tmp_path / "donnees", person=ANA)


def root_of(browser: Browser) -> Path:
    return browser.atelier.root


def propose(browser: Browser, name: str, words: str) -> Screen:
    """Change a text and propose it."""
    form = browser.ask(f"/texte/{name}").form()
    form.fill("Texte", words)
    return browser.send(form, "Proposer")


def begin(browser: Browser, title: str) -> str:
    """Begin a draft; return the name of its file."""
    form = browser.ask("/textes/nouveau").form("nouveau")
    form.fill("Titre", title)
    made = browser.send(form, "Commencer")
    form = made.form()
    form.fill("Une ou deux phrases", "Ce qu’il faut en savoir.")
    browser.send(form, "Enregistrer")
    return made.address.removeprefix("/texte/").partition("?")[0]


def proposal_of(reader: Browser) -> Screen:
    """Open the proposal that the first screen offers first."""
    return reader.ask(
        next(to for words, to in reader.ask("/").links().items() if "Relire la prop" in words)
    )


def test_a_change_is_read_in_colours_and_accepted_by_another(ana: Browser) -> None:
    bea, leo, path = ana.beside(BEA), ana.beside(LEO), root_of(ana) / TEXT
    before = path.read_bytes()
    told = propose(bea, TEXT, "Un texte bien assez long pour être lu.")
    assert "Proposé" in told.words
    assert "Publier" not in told.form().buttons
    assert path.read_bytes() == before
    assert "à relire" in ana.ask("/textes?etat=à relire").words
    assert "Une nouvelle" in ana.ask("/").words
    read = proposal_of(ana)
    assert read.heading == "Béa Auclair propose un changement"
    assert "ajouté : bien" in read.words
    # What was proposed is what is read, whatever is saved meanwhile.
    form = bea.ask(f"/texte/{TEXT}").form()
    form.fill("Texte", "Tout autre chose.")
    bea.send(form, "Enregistrer")
    done = ana.send(read.form("proposition"), "Accepter et publier")
    assert done.status == 200, done.words
    assert path.read_text("utf-8").endswith("\n\nUn texte bien assez long pour être lu.\n")
    assert "Tout autre chose." in bea.ask(f"/texte/{TEXT}").words  # hers still waits
    past = leo.ask(leo.ask(f"/texte/{TEXT}").links()["Historique"]).words
    assert "Proposition acceptée par Ana Côté" in past
    assert "Béa Auclair" in past
    if ana.atelier.history.has_git:
        signed = git(root_of(ana), "log", "-1", "--format=%an <%ae> %s", "--", TEXT)
        assert signed == (
            f"Béa Auclair <bea@exemple.test> Proposition acceptée par Ana Côté : {TEXT}\n"
        )
    assert "À relire 0" in ana.ask("/textes").words


def test_a_draft_is_sent_back_in_words_and_proposed_again(ana: Browser) -> None:
    bea = ana.beside(BEA)
    name = begin(bea, "Mon premier texte")
    propose(bea, name, "Première version.")
    read = proposal_of(ana)
    assert "Première version." in read.words
    form = read.form("proposition")
    with unchanged(root_of(ana) / "content"):
        assert ana.send(form, "Renvoyer").status == 422  # in words, or not at all
        form.fill("Pour renvoyer", "Il manque la date.")
        assert ana.send(form, "Renvoyer").status == 200
    assert "Il manque la date." in bea.ask(f"/texte/{name}").words
    assert "renvoie votre proposition" in bea.ask("/").words
    late = ana.send(form, "Accepter et publier")  # what is sent back is no longer to accept
    assert late.status == 422 or "n’est plus" in late.words
    propose(bea, name, "Deuxième version.")
    accepted = ana.send(proposal_of(ana).form("proposition"), "Accepter et publier")
    assert accepted.status == 200
    written = (root_of(ana) / name).read_text("utf-8")
    assert "Deuxième version." in written
    assert "brouillon" not in written


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("whose", ["own", "another"])
def test_who_may_accept_is_the_table_and_never_ones_own(
    new_project: MakeProject, tmp_path: Path, role: Role, whose: str
) -> None:
    project, person, own = new_project(FULL), PEOPLE[role], whose == "own"
    browser = Browser(project.root, tmp_path / "donnees", person=person)
    another = Person("eve@exemple.test", "Ève Martel", Role.REDACTION)
    proposer = browser if own else browser.beside(another)
    propose(proposer, TEXT, "Un autre texte, assez long.")
    (made,) = browser.atelier.proposals.of(TEXT, LEO)
    address = f"/proposition/{TEXT}?de={made.who}"
    token = browser.ask(f"/texte/{TEXT}").form().fields["jeton"]
    sent = {"jeton": token, "lue": made.mark, "acte": "accepter"}
    before = (project.root / TEXT).read_bytes()
    answer = browser.request("POST", address, data=sent)
    may = Act.ACCEPT in ALLOWED[role] and not own
    assert ((project.root / TEXT).read_bytes() != before) == may
    if Act.ACCEPT not in ALLOWED[role]:
        assert answer.status == 403
        if not own:
            assert "Un autre texte" not in browser.ask(address).words
    elif own:
        assert answer.status == 422
        assert "Accepter et publier" not in browser.ask(address).words
    published = browser.request(
        "POST", f"/texte/{TEXT}", data={"jeton": token, "acte": "publier", "base": ""}
    )
    assert (published.status == 403) == (Act.PUBLISH not in ALLOWED[role])


def test_what_is_no_longer_what_was_read_is_not_accepted(ana: Browser) -> None:
    bea = ana.beside(BEA)
    propose(bea, TEXT, "Une première phrase, assez longue.")
    form = proposal_of(ana).form("proposition")
    propose(bea, TEXT, "Une deuxième phrase, assez longue.")
    with unchanged(root_of(ana) / "content"):
        assert ana.send(form, "Accepter et publier").status == 422
    fresh = proposal_of(ana).form("proposition")
    path = root_of(ana) / TEXT
    path.write_text(path.read_text("utf-8").replace("Une nouvelle", "Un titre changé"), "utf-8")
    with unchanged(root_of(ana) / "content"):
        answer = ana.send(fresh, "Accepter et publier")
    assert answer.status == 422
    assert "a changé depuis" in answer.words
    # She brings both together, and proposes again.
    shown = bea.ask(f"/texte/{TEXT}")
    assert shown.heading == "Deux versions de ce texte"
    bea.send(bea.send(shown.form(), "Enregistrer").form(), "Proposer")
    assert ana.send(proposal_of(ana).form("proposition"), "Accepter et publier").status == 200
    written = path.read_text("utf-8")
    assert "Un titre changé" in written
    assert "Une deuxième phrase" in written


def test_a_proposal_with_errors_is_refused_and_one_is_taken_back(ana: Browser) -> None:
    bea = ana.beside(BEA)
    form = bea.ask(f"/texte/{TEXT}").form()
    form.fill("Jour de parution", "demain")
    bea.send(form, "Proposer")
    with unchanged(root_of(ana) / "content"):
        refused = ana.send(proposal_of(ana).form("proposition"), "Accepter et publier")
    assert refused.status == 422
    assert "a encore une erreur" in refused.words
    own = bea.ask(bea.ask(f"/texte/{TEXT}").links()["Votre proposition"])
    assert "Accepter et publier" not in own.form("proposition").buttons
    bea.send(own.form("proposition"), "Retirer la proposition")
    assert "À relire 0" in ana.ask("/textes").words


def test_nothing_is_proposed_when_nothing_has_changed(ana: Browser) -> None:
    answer = ana.send(ana.ask(f"/texte/{TEXT}").form(), "Proposer")
    assert answer.status == 422
    assert "rien à proposer" in answer.words


# --- history, presence, the journal --------------------------------------------------------------


def test_each_version_says_whose_it_is_and_another_person_comes_back_to_it(ana: Browser) -> None:
    leo = ana.beside(LEO)
    name = begin(ana, "Un texte à deux")
    for browser, words in ((ana, "Écrit par Ana."), (leo, "Écrit par Léo.")):
        form = browser.ask(f"/texte/{name}").form()
        form.fill("Texte", words)
        browser.send(form, "Enregistrer")
    past = leo.ask(f"/historique/{name}")
    said = [" ".join(item.text_content().split()) for item in past.tree.xpath("//ol/li")]
    assert "Léo Roy" in said[0]
    assert "Ana Côté" in said[1]
    older = leo.ask(past.tree.xpath("//ol/li[2]/a/@href")[0])
    back = leo.send(older.form("revenir"), "Revenir à cette version")
    assert back.form().value("Texte") == "Écrit par Ana."
    assert "Léo Roy" in leo.ask(f"/historique/{name}").tree.xpath("string(//ol/li[1])")
    assert "Léo Roy" in ana.ask(f"/texte/{name}").words  # who has it open too


def test_the_journal_says_who_did_what_to_direction_alone_without_what_was_said(
    ana: Browser,
) -> None:
    leo, bea = ana.beside(LEO), ana.beside(BEA)
    propose(bea, TEXT, f"Une phrase assez longue, {MARK}.")
    ana.send(proposal_of(ana).form("proposition"), "Accepter et publier")
    shared = ana.send(ana.ask(f"/texte/{TEXT}").form(), "Partager pour relecture")
    (link,) = shared.tree.xpath("//input[starts-with(@id, 'lien-')]/@value")
    said = leo.ask("/journal").words
    for words in ("Béa Auclair a proposé", "Ana Côté a accepté la proposition", "a partagé pour"):
        assert words in said
    for secret in (MARK, link.rpartition("/")[2], ana.atelier.access.frame()):
        assert secret not in said
    assert leo.ask(leo.ask("/reglages").links()["Journal : qui a fait quoi"]).status == 200
    assert ana.ask("/journal").status == 403
    assert bea.ask("/journal").status == 403


def test_a_journal_is_bounded_and_survives_half_a_line(tmp_path: Path) -> None:
    journal = NewsroomJournal(tmp_path / "j", lambda: datetime(2026, 1, 1, tzinfo=ZONE))
    for number in range(5_600):
        journal.note(ANA, "a enregistré", str(number))
    path = tmp_path / "j/journal.jsonl"
    assert path.read_bytes().count(b"\n") <= 5_500
    with path.open("ab") as file:
        file.write(b'{"moment": "2026-')
    again = NewsroomJournal(tmp_path / "j", lambda: datetime(2026, 1, 1, tzinfo=ZONE))
    again.note(LEO, "a publié", "x")
    assert [line.about for line in again.last(2)] == ["x", "5599"]
    assert path.stat().st_mode & 0o077 == 0
