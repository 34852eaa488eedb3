"""Abonnés, as a person without scripts uses it: people, their histories, and lists in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.atelier_client import Browser, Form, Screen
from support.board_workbook import board_list
from support.small_sites import FULL, Project, make_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("gens") / "projet", FULL)


@pytest.fixture
def browser(project: Project, tmp_path: Path) -> Browser:
    return Browser(project.root, tmp_path / "donnees")


def test_x(browser: Browser) -> None:
    home = browser.ask("/abonnes")
    print(home.words)
    screen = browser.ask("/abonnes/importer")
    form = screen.form("importer")
    made = board_list(150)
    got = browser.request("POST", form.address, data=form.fields, files={"fichier": ("membres.xlsx", made.data)})
    print(got.status, got.words)
    f = got.form("colonnes")
    print(f.fields)
    f.fields["base"] = "expres"
    f.fields["source"] = "formulaire"
    f.fields["liste"] = "mensuelle"
    got = browser.send(f)
    print(got.status, got.words)
    got = browser.send(got.form("confirmer"))
    print(got.status, got.words)
    print(browser.send(got.form("compte")).text[:300])
    print(browser.ask("/abonnes").words)
    q = browser.ask("/abonnes").tree.xpath("//form[@role='search']")[0]
    jeton = q.xpath(".//input[@name='jeton']/@value")[0]
    got = browser.request("POST", "/abonnes/chercher", data={"jeton": jeton, "q": "membre12"})
    print(got.words)
    got = browser.request("POST", "/abonnes/chercher", data={"jeton": jeton, "q": "membre123"})
    print(got.words)
    assert 0
