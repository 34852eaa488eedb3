"""The centres and the year in the atelier, in a real browser: both themes, wide and narrow."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from axtra.core.dates import ZONE
from axtra.network import sheets
from axtra.network.sheet_requests import SheetRequests
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


def test_axe_finds_no_fault_in_the_screens_of_the_network(browser: Browser, tmp_path: Path) -> None:
    project = make_project(tmp_path / "projet", {**FULL, **FILES})
    data = tmp_path / "donnees"
    with served_atelier(project.root, data) as served, SheetRequests.open(data) as requests:
        now = datetime.now(ZONE) - timedelta(minutes=5)
        for name, changes in (("premier", {}), ("second", {"ville": "Jonquière"})):
            sheet = sheets.shown((project.root / f"content/centres/{name}.md").read_bytes())
            requests.answer(requests.ask(name, sheet, now), changes, "Merci!" * bool(changes), now)
        for width, scheme in ((1280, "light"), (375, "dark")):
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            page.goto(served.entrance())
            for address in ("/centres", "/publication/annee?annee=2020"):
                page.goto(served.address + address)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, address
                assert axe_violations(page) == [], address
                if shots := os.environ.get("AXTRA_CAPTURES"):  # to look at them
                    name = address.partition("?")[0].strip("/").replace("/", "-")
                    page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=True)
            context.close()
