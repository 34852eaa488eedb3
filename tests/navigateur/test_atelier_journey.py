"""From an author's Word file and three photographs to a page verified online, without a command."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from support.atelier_server import served_atelier
from support.nginx_server import free_port, serving
from support.page_checkers import settle
from support.small_sites import FULL, Project, make_project

pytestmark = [pytest.mark.navigateur, pytest.mark.lourd]

TITLE = "L’art de la première rencontre"
PAGE = "magazine/2020-05/l-art-de-la-premiere-rencontre/"


NAMED = """() => {
    const found = document.activeElement;
    const label = found.labels?.length ? found.labels[0] : found;
    return found.getAttribute("aria-label") || label.textContent.trim();
}"""
LINE = """() => {
    const at = document.getSelection().anchorNode;
    return (at.nodeType === 1 ? at : at.parentElement).closest(".cm-line")?.textContent ?? "";
}"""
MISSPELT = "On relit le dosier."


@dataclass
class Counted:
    """What a person does, counted: clicks, and fields that are filled beside the text."""

    page: Page
    keyboard: bool = False  # no pointer: Tab, Enter, and what is typed
    clicks: int = 0
    fields: int = 0

    def reach(self, name: str) -> None:
        """Press Tab until what has a name, or whose name starts so, has the focus."""
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
            self.page.get_by_role(role, name=name, exact=True).first.click()
        settle(self.page)

    def choose(self, label: str, value: str) -> None:
        self.fields += 1
        if self.keyboard:
            self.reach(label)
            self.page.keyboard.type(value[:4])
        else:
            self.page.get_by_label(label).first.select_option(value)

    def describe(self, rank: int, words: str) -> None:
        """Say in its card what a picture shows."""
        self.fields += 1
        label = "une image avec sa légende : ce que montre l’image"
        if self.keyboard:
            if rank:
                self.page.keyboard.press("Tab")
            self.reach(label)
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(words)
        else:
            self.page.get_by_label(label).nth(rank).fill(words)

    def mend(self) -> None:
        """Write the misspelt word again, in the editor."""
        if self.keyboard:
            for _ in range(150):
                if self.page.evaluate("document.activeElement.className").startswith("cm-content"):
                    break
                self.page.keyboard.press("Shift+Tab")
            self.page.keyboard.press("Control+Home")
            for _ in range(60):
                if MISSPELT in self.page.evaluate(LINE):
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            self.page.locator(".cm-line", has_text=MISSPELT).click()
        self.page.keyboard.press("End")
        for _ in range(len("sier.")):
            self.page.keyboard.press("Backspace")
        self.page.keyboard.type("ssier.")


@pytest.fixture
def sending(tmp_path: Path) -> list[Path]:
    """Write what an author sends."""
    document = Document()
    document.add_paragraph(TITLE, style="Title")
    document.add_paragraph("Par Une personne")
    lead = document.add_paragraph()
    words = "Une première rencontre se prépare, et voici comment s’y prendre pour de bon."
    lead.add_run(words).bold = True
    document.add_heading("Avant", 1)
    document.add_paragraph("On lit le dossier. On relit le dosier.")
    document.add_paragraph("•\tUn CV")
    document.add_paragraph("•\tUne lettre")
    path = tmp_path / "rencontre finale (2).docx"
    document.save(str(path))
    paths = [path]
    for rank, colour in enumerate(("navy", "green", "brown"), 1):
        made = io.BytesIO()
        Image.effect_noise((900, 600), 40 + rank).convert("RGB").save(made, "JPEG")
        photograph = tmp_path / f"DSC 000{rank}.JPG"
        photograph.write_bytes(made.getvalue() + colour.encode())
        paths.append(photograph)
    return paths


@dataclass(frozen=True)
class Newsroom:
    """A project whose site is published to a folder that a real nginx serves."""

    project: Project
    entrance: str
    address: str
    public: str


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    project = make_project(tmp_path / "projet", FULL)
    place, port = tmp_path / "en-ligne", free_port()
    public, data = f"http://127.0.0.1:{port}", tmp_path / "donnees"
    path = project.root / "content/site.toml"
    table = f'\n[publication.site]\ncible = "{place}"\npublic = "{public}"\n'
    path.write_text(path.read_text("utf-8") + table, "utf-8")
    first = project.run("axtra", "publier", env={"AXTRA_DONNEES": str(data)})
    assert first.returncode == 0, first.stderr
    (tmp_path / "nginx").mkdir()
    with (
        serving(place / "courant", tmp_path / "nginx", port),
        served_atelier(project.root, data) as atelier,
    ):
        yield Newsroom(project, atelier.entrance(), atelier.address, public)


@pytest.mark.parametrize(("width", "how"), [
    (1280, "by keyboard"), (375, "by pointer"), (375, "without a script"),
    # Each half is tried above, and a journey takes 15 s of processor time.
    pytest.param(1280, "by pointer", marks=pytest.mark.eprouve),
])  # fmt: skip
def test_a_word_file_becomes_a_page_verified_online(
    browser: Browser, newsroom: Newsroom, sending: list[Path], width: int, how: str
) -> None:
    scripts = how != "without a script"
    context = browser.new_context(
        locale="fr-CA", viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )
    page = context.new_page()
    page.goto(newsroom.entrance)
    person = Counted(page, keyboard=how == "by keyboard")
    if width < 1000 and scripts:
        person.click("button", "Menu")
    elif width < 1000:
        page.goto(f"{newsroom.address}/textes")
    if width > 1000 or scripts:
        person.click("link", "Textes")
    person.click("link", "Recevoir un Word")
    page.get_by_label("Le fichier Word et les photos").set_input_files(sending)
    person.clicks += 1
    person.click("button", "Recevoir")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que j’ai compris")
    person.click("link", "Ouvrir le brouillon")

    person.choose("Rubrique du magazine", "regards")
    if scripts:
        for rank, words in enumerate(("La salle.", "Le hall.", "La cour.")):
            person.describe(rank, words)
        person.mend()
    else:
        text = page.get_by_label("Texte", exact=True)
        written = text.input_value()
        for words in ("La salle.", "Le hall.", "La cour."):
            written = written.replace("alt: à compléter", f"alt: {words}", 1)
        text.fill(written.replace("dosier", "dossier"))
    person.click("button", "Publier")
    expect(page.get_by_text("En ligne et vérifié")).to_be_visible(timeout=60_000)
    assert person.clicks <= 15, person.clicks
    assert person.fields <= 8, person.fields

    page.goto(f"{newsroom.public}/{PAGE}")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_text("On relit le dossier.")).to_be_visible()
    shown = page.locator("article img")
    assert {picture.get_attribute("alt") for picture in shown.all()} >= {"La salle.", "Le hall."}
    context.close()
