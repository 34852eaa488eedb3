"""From an empty letter to 300 people at a real mail server and its report, without a command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from support import smtp_server
from support.atelier_server import ServedAtelier, served_atelier
from support.letter_office import LIST, TODAY, LetterOffice, built_project, letter_office
from support.page_checkers import axe_violations
from support.smtp_server import MailHandler, RunningServer, numbered

pytestmark = [pytest.mark.navigateur, pytest.mark.lourd]

PEOPLE = numbered(300)
SUBJECT = "Ce que la saison nous laisse"
PREHEADER = "Une nouvelle, un communiqué et un rapport à lire d’un trait ou à petites doses."
PHRASE = "Voici trois textes à lire cette semaine."
LINE = """() => {
    const at = document.getSelection().anchorNode;
    return (at.nodeType === 1 ? at : at.parentElement).closest(".cm-line")?.textContent ?? "";
}"""
NAMED = """() => {
    const found = document.activeElement;
    const label = found.labels?.length ? found.labels[0] : found;
    return found.getAttribute("aria-label") || label.textContent.trim();
}"""


@dataclass(frozen=True)
class Desk:
    """An office, its atelier and its mail server."""

    office: LetterOffice
    atelier: ServedAtelier
    post: RunningServer


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_project(tmp_path_factory.mktemp("parcours") / "projet", None)


@pytest.fixture
def desk(built: Path, tmp_path: Path) -> Iterator[Desk]:
    with smtp_server.opened(MailHandler()) as post:
        office = letter_office(built, tmp_path, post.url, PEOPLE)
        with served_atelier(office.root, office.data) as atelier:
            yield Desk(office, atelier, post)


@dataclass
class Person:
    """Somebody who sends a letter; clicks, and fields beside the text, are counted."""

    page: Page
    keyboard: bool
    clicks: int = 0
    fields: int = 0

    def reach(self, name: str) -> None:
        """Press Tab until what has a name has the focus."""
        for _ in range(150):
            if self.page.evaluate(NAMED).startswith(name):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to « {name} »")

    def click(self, role: Any, name: str) -> None:
        self.clicks += 1
        if self.keyboard:
            self.page.keyboard.press("Tab")
            self.reach(name)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        else:
            with self.page.expect_navigation():
                self.page.get_by_role(role, name=name).first.click()

    def fill(self, label: str, value: str) -> None:
        self.fields += 1
        if self.keyboard:
            self.reach(label)
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(value)
        else:
            self.page.get_by_label(label).first.fill(value)

    def tick(self, title: str) -> None:
        """Choose a text, or no longer."""
        self.clicks += 1
        if self.keyboard:
            self.page.evaluate("document.getElementById('q').focus()")
            self.reach(title)
            self.page.keyboard.press("Space")
        else:
            self.page.get_by_role("checkbox", name=title).click()

    def write(self, scripts: bool) -> None:  # noqa: FBT001 - what the browser has
        """Write the first sentence of the letter in the place of what is to be completed."""
        if not scripts:
            text = self.page.get_by_label("Texte", exact=True)
            lines = text.input_value().split("\n")
            text.fill("\n".join(PHRASE if "À compléter" in line else line for line in lines))
            return
        if self.keyboard:
            self.reach("Texte")
            self.page.keyboard.press("Control+Home")
            for _ in range(20):
                if "À compléter" in self.page.evaluate(LINE):
                    break
                self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Home")
            self.page.keyboard.press("Shift+End")
        else:
            self.page.locator(".cm-line", has_text="À compléter").click(click_count=3)
        self.page.keyboard.type(PHRASE)


@pytest.mark.parametrize(("width", "how"), [
    (1280, "by keyboard"), (375, "by pointer"), (375, "without a script"),
])  # fmt: skip
def test_a_letter_leaves_for_three_hundred_people(
    browser: Browser, desk: Desk, width: int, how: str
) -> None:
    scripts, looks = how != "without a script", how == "by pointer"
    context = browser.new_context(
        locale="fr-CA", viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )
    page = context.new_page()

    def inspect() -> None:
        """Look at a screen: accessible in both themes, and as wide as its window."""
        if not looks:
            return
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert axe_violations(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    page.goto(desk.atelier.entrance())
    person = Person(page, keyboard=how == "by keyboard")
    if width > 1000:
        person.click("link", "Infolettres")
    else:
        page.goto(f"{desk.atelier.address}/infolettres")
    inspect()
    person.click("button", "Nouvelle infolettre")
    expect(page.get_by_role("heading", level=1)).to_have_text("Une nouvelle infolettre")
    inspect()
    person.tick("Un rapport")
    person.fill("Objet", SUBJECT)
    person.fill("Préentête", PREHEADER)
    if scripts:
        expect(page.locator("#combien")).to_have_text("2 textes choisis", timeout=60_000)
        expect(page.locator(".boite .objet").first).to_have_text(SUBJECT)
    person.write(scripts)
    person.click("button", "Envoyer…")
    inspect()
    person.click("button", "Figer et geler")
    inspect()
    person.fill("Adresse de l’essai", "moi@exemple.test")
    person.click("button", "Envoyer l’essai")
    inspect()
    person.click("button", "Approuver")
    inspect()
    person.fill("Écrivez le nom de la liste", LIST)
    person.fill("Écrivez le nombre de personnes", "300")
    person.click("button", "Envoyer à 300")
    heading = page.get_by_role("heading", level=1)
    whole = "Les 300 lettres sont arrivées à leur serveur."
    inspect()
    again = page.get_by_role("link", name="Actualiser")
    while not scripts and again.count():
        again.click()
    expect(heading).to_have_text(whole, timeout=60_000)
    inspect()
    assert person.clicks <= 20, person.clicks
    assert person.fields <= 6, person.fields

    everyone_has_it_once(desk)
    context.close()


def everyone_has_it_once(desk: Desk) -> None:
    """Check what the server took, what the ledger knows, and what is in the file."""
    people = desk.post.post.recipients()
    assert people.pop("moi@exemple.test") == 1
    assert people == dict.fromkeys(PEOPLE, 1)
    assert set(desk.office.states(TODAY).values()) == {"accepte"}
    text = (desk.office.root / f"newsletters/{TODAY[:4]}/{TODAY}.md").read_text("utf-8")
    assert "un-rapport" not in text
    assert PHRASE in text
