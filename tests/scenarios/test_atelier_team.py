"""The atelier of a team: several people at one newsroom, each under their own name."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from axtra.atelier.roles import Person, Role
from axtra.core.git_command import git
from support.atelier_client import Browser
from support.fixture_types import MakeProject
from support.small_sites import FULL, Project, news

ANA = Person("ana@exemple.test", "Ana Côté", Role.REDACTION)
LEO = Person("leo@exemple.test", "Léo Roy", Role.DIRECTION)
DRAFT = "content/nouvelles/2020/a-finir.md"


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    """Return a small project under git, with a draft."""
    project = new_project({**FULL, DRAFT: news("À finir", statut="brouillon")})
    identity = ["-c", "user.name=Git", "-c", "user.email=git@exemple.test"]
    for words in (["init", "-q"], ["add", "content"], ["commit", "-qm", "Début"]):
        subprocess.run(["git", *identity, *words], cwd=project.root, check=True)  # noqa: S607
    return project


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
