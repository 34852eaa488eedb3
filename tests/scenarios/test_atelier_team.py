"""The atelier of a team: several people at one newsroom, each under their own name."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.routing import Route

from axtra.atelier.roles import ALLOWED, Act, Person, Role
from axtra.core.git_command import git
from support.atelier_client import Browser
from support.fixture_types import MakeProject
from support.small_sites import FULL, Project, make_project, news

ANA = Person("ana@exemple.test", "Ana Côté", Role.REDACTION)
LEO = Person("leo@exemple.test", "Léo Roy", Role.DIRECTION)
NEWS = "content/nouvelles/2020/une-nouvelle.md"
DRAFT = "content/nouvelles/2020/a-finir.md"


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    """Return a small project under git, with a draft."""
    project = new_project({**FULL, DRAFT: news("À finir", statut="brouillon")})
    identity = ["-c", "user.name=Git", "-c", "user.email=git@exemple.test"]
    for words in (["init", "-q"], ["add", "content"], ["commit", "-qm", "Début"]):
        subprocess.run(["git", *identity, *words], cwd=project.root, check=True)  # noqa: S607
    return project


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> dict[Role, Browser]:
    """Return the browser of a person of each role, at one atelier."""
    home = tmp_path_factory.mktemp("roles")
    files = {**FULL, DRAFT: news("À finir", statut="brouillon")}
    first = Browser(make_project(home / "projet", files).root, home / "donnees", person=LEO)
    others = {role: Person(f"{role}@exemple.test", role, role) for role in Role}
    return {role: first.beside(person) for role, person in others.items()}


def _begin(browser: Browser) -> int:
    form = browser.ask("/textes/nouveau").form("nouveau")
    form.fields |= {"genre": "nouvelle", "titre": f"Par {browser.person and browser.person.name}"}
    return browser.send(form).status


def _save_published(browser: Browser) -> int:
    form = browser.ask(f"/texte/{NEWS}").form()
    form.fill("Texte", f"Proposé par {browser.person and browser.person.name}.")
    return browser.send(form, "Enregistrer").status


def _publish_text(browser: Browser) -> int:
    form = browser.ask(f"/texte/{NEWS}").form()
    return browser.request("POST", form.address, data={**form.fields, "acte": "publier"}).status


def _asks(place: str) -> Callable[[Browser], int]:
    return lambda browser: browser.ask(place).status


def _launches(browser: Browser) -> int:
    form = browser.ask("/numeros/2020-05").form("numero")
    fields = {"jeton": form.fields["jeton"], "lancement": "1"}
    return browser.request("POST", form.address, data=fields).status


def _sends(act: str) -> Callable[[Browser], int]:
    """Return what asks for a step of a sending; a step that comes too early is not refused so."""

    def attempt(browser: Browser) -> int:
        token = browser.ask("/textes/nouveau").form("nouveau").fields["jeton"]
        fields = {"jeton": token, "acte": act}
        return browser.request("POST", "/infolettres/2020-05-06/envoyer", data=fields).status

    return attempt


# What each act is tried by; the two first are everybody's.
TRIED = (
    (Act.WRITE_OWN, _begin),
    (Act.PROPOSE, _save_published),
    (Act.READ_OTHERS, _asks(f"/texte/{DRAFT}")),
    (Act.READ_OTHERS, _asks(f"/historique/{DRAFT}")),
    (Act.PUBLISH, _asks("/publication")),
    (Act.PUBLISH, _asks("/publication/annoncer")),
    (Act.PUBLISH, _publish_text),
    (Act.COMPOSE, _asks("/infolettres")),
    (Act.COMPOSE, _launches),
    (Act.COMPOSE, _asks("/infolettres/2020-05-06")),
    (Act.APPROVE, _sends("approuver")),
    (Act.SEND, _sends("confirmer")),
    (Act.SUBSCRIBERS, _asks("/abonnes")),
    (Act.SUBSCRIBERS, _asks("/abonnes/importer")),
    (Act.SETTINGS, _asks("/reglages")),
    (Act.SETTINGS, _asks("/reglages/personnes")),
)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("act", "attempt"), TRIED)
def test_each_act_is_done_by_those_who_may(
    people: dict[Role, Browser], act: Act, attempt: Callable[[Browser], int], role: Role
) -> None:
    status = attempt(people[role])
    assert status in {200, 422, 403, 404}
    assert (status in {200, 422}) == (act in ALLOWED[role])


def test_no_form_is_taken_from_those_who_may_not(people: dict[Role, Browser]) -> None:
    """Every address that takes forms, with a good token: only what a role allows answers."""
    auteur = people[Role.AUTEUR]
    token = auteur.ask("/textes/nouveau").form("nouveau").fields["jeton"]
    taken = set()
    for route in auteur.screens.routes:
        if isinstance(route, Route) and "POST" in (route.methods or ()):
            place = route.path.replace(":path", "").format(name=DRAFT, slug="2020-05")
            if auteur.request("POST", place, data={"jeton": token}).status not in {403, 404, 413}:
                taken.add(route.path)
    own = {"/textes/nouveau", "/textes/recevoir", "/images/recevoir"}
    assert taken == own | {"/coller"}


def test_each_signs(project: Project, tmp_path: Path) -> None:
    """What each person saves is signed by them, in git and on the screens."""
    ana = Browser(project.root, tmp_path / "donnees", person=ANA)
    leo = ana.beside(LEO)
    for browser in (ana, leo):
        form = browser.ask(f"/texte/{DRAFT}").form()
        assert browser.person
        form.fill("Texte", f"Écrit par {browser.person.name}.")
        assert browser.send(form, "Enregistrer").status == 200
    signed = git(project.root, "log", "-2", "--format=%an <%ae>", "--", DRAFT) or ""
    assert signed.split("\n")[:2] == [
        "Léo Roy <leo@exemple.test>",
        "Ana Côté <ana@exemple.test>",
    ]
    assert "Léo Roy" in ana.ask(f"/texte/{DRAFT}").words  # who has it open too
