"""axe finds no serious fault in any letter: light, dark, or with images blocked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from axtra.design import fonts
from axtra.newsletter import editions, simulator
from axtra.newsletter.simulator import SimulationPage, SimulatorTheme
from infolettre.checks.rules.support import ACCEPTED, Client
from infolettre.design.tokens import Tokens
from support import sample_letters as samples
from support.letter_reading import Reader, opened

pytestmark = pytest.mark.navigateur

AXE = samples.ROOT / "tests" / "node" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'], iframes: false});
  return found.violations.filter(fault => ['serious', 'critical'].includes(fault.impact))
    .map(fault => [fault.id, fault.nodes.map(node => node.html.slice(0, 120))]);
}"""
READERS = (Reader(), Reader(scheme="dark"), Reader(images=False))
EDITIONS = samples.editions()


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the source of axe, which `make outils` installs."""
    if not AXE.is_file():
        pytest.fail(f"{AXE.relative_to(samples.ROOT)} is missing: run `make outils`")
    return AXE.read_text("utf-8")


def serious(page: Page, axe: str) -> Any:
    page.evaluate(axe)
    return page.evaluate(RUN)


@pytest.mark.parametrize("slug", [slug for _, slug in EDITIONS])
def test_axe_finds_no_serious_fault_in_a_letter(browser: Browser, axe: str, slug: str) -> None:
    root = next(root for root, name in EDITIONS if name == slug)
    mail = samples.mail(root, slug)
    for reader in READERS:
        with opened(browser, mail, reader) as page:
            assert serious(page, axe) == [], reader


def test_axe_detects_faults(browser: Browser, axe: str) -> None:
    page = browser.new_page()
    page.set_content('<html lang="fr"><img src="a"><p style="color:#ccc">Des mots trop pâles.</p>')
    assert {fault[0] for fault in serious(page, axe)} >= {"image-alt", "color-contrast"}
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_the_pages_for_editors(
    browser: Browser, axe: str, tmp_path: Path, scheme: Any
) -> None:
    theme = samples.ROOT / "theme"
    faces = fonts.faces(samples.ROOT / ".cache" / "polices")
    look = SimulatorTheme.load(theme, Tokens.load(theme / "tokens.toml"), faces)
    library, mail = samples.read(samples.CATALOGUE), samples.mail(samples.CATALOGUE, "catalogue")
    word = {name for name, support in ACCEPTED.items() if Client.WORD in support.ignored_by}
    planche = SimulationPage(
        samples.golden(), mail, library, simulator.simulate(mail.html, word), (), samples.SITEURL
    )
    real = samples.read(samples.ROOT)
    sent = {item.slug for item in real.newsletters if item.slug < "2019-03-21"}
    year = editions.calendar(2019, real, editions.Judgement(sent, lambda _: []))
    ready = editions.EditionState.READY
    entries = [
        entry if entry.day > date(2019, 3, 1) else editions.CalendarEntry(
            entry.day, entry.newsletter_type, entry.letter, ready, ("le texte",)
        )
        for entry in year
    ]  # fmt: skip
    pages = {
        "planche": planche.page(look),
        "calendrier": simulator.calendar_page(entries, 2019, real, look, "/p/{}/"),
    }
    page = browser.new_page(color_scheme=scheme)
    page.route("https://**", lambda route: route.abort())
    for name, html in pages.items():
        (tmp_path / f"{name}.html").write_text(html, "utf-8")
        for width in (1440, 375):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto((tmp_path / f"{name}.html").as_uri())
            assert serious(page, axe) == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    page.close()
