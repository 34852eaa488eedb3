"""The pages of other numéros than the sample, in a real browser: nothing breaks nor overflows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support import magazine_trial
from support.page_checkers import axe_violations, nu_errors

CHECKS = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")
PAGES = (
    "", "magazine/", "magazine/2019-09/", "magazine/2019-09/releve/",
    "magazine/2019-09/releve-en/", "magazine/2019-09/mesurer/", "magazine/2019-09/commandite/",
    "magazine/2019-12/", "magazine/2019-12/texte-02/", "magazine/2019-12/texte-03/",
    "magazine/trente-ans/", "magazine/trente-ans/souvenirs/",
    "magazine/2019-09/mesurer/republier/", "dossiers/transmission/", "auteurs/",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output of the trial."""
    return magazine_trial.output(tmp_path_factory)


def test_the_nu_checker_finds_no_error_in_the_trial(site: Path) -> None:
    assert nu_errors(site / address / "index.html" for address in PAGES) == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (375, "dark")])
def test_no_page_of_the_trial_has_a_fault(
    browser: Browser, trial_address: str, width: int, theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = context.new_page()
    for address in PAGES:
        page.goto(f"{trial_address}/{address}")
        page.add_script_tag(content=CHECKS)
        assert axe_violations(page) == [], address
        assert page.evaluate("checks.spills()") == [], address
    context.close()
