"""Abonnés in a real browser: a list imported by keyboard, each screen in two themes and widths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from support.atelier_server import ServedAtelier, served_atelier
from support.board_workbook import board_list
from support.page_checkers import axe_violations, settle
from support.small_sites import FULL, make_project

pytestmark = pytest.mark.navigateur

SHOTS = os.environ.get("AXTRA_CAPTURES")  # to look at them
LOOKS = ((375, "dark"), (1280, "light"), (1280, "dark"), (375, "light"))


@pytest.fixture(scope="module")
def atelier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedAtelier]:
    folder = tmp_path_factory.mktemp("gens")
    project = make_project(folder / "projet", FULL)
    with served_atelier(project.root, folder / "donnees") as served:
        yield served


def inspect(page: Page, name: str, looks: int = 1) -> None:
    """Require that a screen fits and is accessible in some of the looks, all when one looks."""
    settle(page)
    for width, scheme in LOOKS if SHOTS else LOOKS[:looks]:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert axe_violations(page) == [], (name, width, scheme)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_list_is_imported_and_a_person_found_without_a_mouse_or_a_script(
    browser: Browser, atelier: ServedAtelier, tmp_path: Path
) -> None:
    board = board_list(120)
    (tmp_path / "membres.xlsx").write_bytes(board.data)
    context = browser.new_context(locale="fr-CA", java_script_enabled=True)
    page = context.new_page()
    page.goto(atelier.entrance())
    page.goto(f"{atelier.address}/abonnes")
    inspect(page, "vide", 2)

    page.get_by_role("link", name="Importer une liste").press("Enter")
    inspect(page, "fichier")
    page.get_by_label("La liste").set_input_files(tmp_path / "membres.xlsx")
    page.get_by_role("button", name="Lire le fichier").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Importer « membres.xlsx »")
    assert page.get_by_label("« Courriel » devient").input_value() == "adresse"
    inspect(page, "colonnes", 2)
    page.get_by_label("Exprès : la personne a dit oui").press("Space")
    page.get_by_label("D’où vient ce consentement").fill("formulaire d’adhésion")
    page.get_by_role("button", name="Essayer à blanc").press("Enter")
    inspect(page, "essai", 2)
    page.get_by_role("button", name="Ajouter les").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"{len(board.good)} personnes ajoutées"
    )
    inspect(page, "fait")

    page.get_by_role("link", name="Voir les abonnés").press("Enter")
    inspect(page, "abonnes", 2)
    search = page.get_by_label("Adresse ou nom")
    search.fill("membre1")
    search.press("Enter")
    inspect(page, "trouvees")
    page.get_by_role("button", name="Ouvrir la fiche de membre16@exemple.test").press("Enter")
    expect(page.get_by_role("heading", level=2).first).to_have_text("membre16@exemple.test")
    inspect(page, "personne", 2)
    for act in ("Changer l’adresse", "Désabonner", "Effacer"):
        page.get_by_role("button", name=act, exact=True).press("Enter")
        inspect(page, f"acte-{act.partition(' ')[0].lower()}")
        page.get_by_role("button", name="Revenir à sa fiche").press("Enter")
    page.go_back()
    expect(page.get_by_role("button", name="Effacer pour toujours")).to_be_visible()
    assert "membre" not in page.url
    for address in ("ajouter", "echeances", "bienvenue"):
        page.goto(f"{atelier.address}/abonnes/{address}")
        inspect(page, address)
    context.close()
