"""The centres and the year in the atelier, in a real browser: both themes, wide and narrow."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from axtra.network import sheets
from axtra.network.sheet_requests import SheetRequests
from infolettre.core.dates import ZONE
from support.access_logs import generated
from support.atelier_server import served_atelier
from support.centre_sheets import centre
from support.page_checkers import axe_violations
from support.small_sites import FULL, SITE, make_project

pytestmark = pytest.mark.navigateur

FILES = {
    "content/centres/premier.md": centre("Le Premier", ville="Alma", courriel="a@essai.example"),
    "content/centres/second.md": centre("Le Second", courriel="b@essai.example"),
    "content/centres/faux.md": centre("Un faux", adresse="1, rue X", demonstration="[adresse]"),
    "content/site.toml": f'{SITE}service = "https://porte.essai.example"\n',
}
LIST = (
    "Nom;Ville;Région;Courriel\nUn autre;Alma;Mauricie;a@b.ca\nFautif;Alma;Mauricie;non\n".encode()
)
LOG = "".join(f"{hit.combined()}\n" for hit in generated(300)[0]).encode()
SAID = {"liste": "Rien n’est encore écrit", "journaux": "le reste est fait d’images"}


def test_axe_finds_no_fault_in_the_screens_of_the_network(browser: Browser, tmp_path: Path) -> None:
    project = make_project(tmp_path / "projet", {**FULL, **FILES})
    data = tmp_path / "donnees"
    with served_atelier(project.root, data) as served, SheetRequests.open(data) as requests:
        now = datetime.now(ZONE) - timedelta(minutes=5)
        corrected = {"ville": "Jonquière", "presentation": "Un texte assez long, et corrigé."}
        for name, changes in (("premier", {}), ("second", corrected)):
            sheet = sheets.shown((project.root / f"content/centres/{name}.md").read_bytes())
            requests.answer(requests.ask(name, sheet, now), changes, "Merci!" * bool(changes), now)
        for width, scheme in ((1280, "light"), (375, "dark")):
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            page.goto(served.entrance())
            steps = {
                "centres": ("/centres", None),
                "liste": ("", ("#f-liste", "liste.csv", LIST, "Lire la liste")),
                "annee": ("/publication/annee?annee=2019", None),
                "journaux": ("", ("#f-journaux", "acces.log", LOG, "Compter le lectorat")),
            }
            for step, (address, sent) in steps.items():
                if sent is None:
                    page.goto(served.address + address)
                else:
                    field, name, data_sent, button = sent
                    file = {"name": name, "mimeType": "text/plain", "buffer": data_sent}
                    page.set_input_files(field, file)  # type: ignore[arg-type]
                    page.get_by_role("button", name=button).click()
                    page.get_by_text(SAID[step]).first.wait_for()
                assert page.evaluate("document.documentElement.scrollWidth") <= width, step
                assert axe_violations(page) == [], step
                if shots := os.environ.get("AXTRA_CAPTURES"):  # to look at them
                    page.screenshot(path=f"{shots}/{step}-{width}-{scheme}.png", full_page=True)
            context.close()
