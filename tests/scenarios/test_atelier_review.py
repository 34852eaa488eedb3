"""A text under review: a link without an account, comments by paragraph, nothing else shown."""

from __future__ import annotations

import copy
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from support.atelier_client import Browser, Form, Screen
from support.fixture_types import MakeProject
from support.small_sites import FULL, Project, news

DRAFT = "content/nouvelles/2020/a-finir.md"
PARAGRAPHS = ("Le premier paragraphe parle de la rive.", "Le deuxième paragraphe parle du pont.")
DRAFTED = news("À finir", statut="brouillon").split("---\n\n")[0] + (
    "---\n\n" + "\n\n".join(PARAGRAPHS) + "\n"
)


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    return new_project({**FULL, DRAFT: DRAFTED})


def share(browser: Browser, name: str = DRAFT) -> str:
    """Share a text; return the path of its link."""
    shown = browser.send(browser.ask(f"/texte/{name}").form(), "Partager pour relecture")
    (link,) = shown.tree.xpath("//input[starts-with(@id, 'lien-')]/@value")
    return urlsplit(link).path


def stranger(browser: Browser) -> Browser:
    """Return somebody without a session at the same atelier."""
    other = copy.copy(browser)
    other.cookies = httpx.Cookies()
    return other


def comment_form(page: Screen, words: str) -> Form:
    """Return the form under the paragraph that starts with some words."""
    (found,) = [
        form
        for form in page.tree.xpath("//form")
        if form.xpath("string(.//input[@name='passage']/@value)").startswith(words)
    ]
    fields = {field.get("name"): field.get("value", "") for field in found.xpath(".//input")}
    return Form(found.get("action"), {**fields, "commentaire": ""}, {}, {})


def say(reader: Browser, link: str, passage: str, words: str, name: str = "Lou") -> Screen:
    """Comment a paragraph."""
    form = comment_form(reader.ask(link), passage)
    form.fields |= {"nom": name, "commentaire": words}
    return reader.send(form)


def test_a_reader_comments_a_paragraph_and_the_editor_answers(
    project: Project, tmp_path: Path
) -> None:
    browser = Browser(project.root, tmp_path / "donnees")
    link = share(browser)
    reader = stranger(browser)
    page = reader.ask(link)
    assert page.status == 200
    assert page.heading == "À finir"
    assert not page.tree.xpath("//script | //nav")
    said = say(reader, link, "Le deuxième", "Quel pont ?\nLe vieux ?")
    assert said.status == 200
    assert "Quel pont" in said.words
    assert said.tree.xpath("//input[@name='nom']/@value")[0] == "Lou"  # typed once
    # The paragraph moves and changes: the comment follows it.
    form = browser.ask(f"/texte/{DRAFT}").form()
    form.fill("Texte", f"Neuf.\n\n{PARAGRAPHS[0]}\n\nLe deuxième paragraphe parle du vieux pont.")
    screen = browser.send(form, "Enregistrer")
    assert "Ligne 5 du texte" in screen.words
    assert "Quel pont" in screen.words
    form = screen.form()
    (mark,) = screen.tree.xpath("//textarea[starts-with(@name, 'reponse-')]/@name")
    form.fields[mark] = "Celui de Québec."
    answered = browser.send(form, "Envoyer la réponse")
    assert "Lou" in answered.words
    assert "Celui de Québec." in reader.ask(link).words
    settled = browser.send(answered.form(), "Réglé : le commentaire de Lou")
    assert "Aucun commentaire n’attend." in settled.words
    assert "réglé" in reader.ask(link).words
    browser.send(settled.form(), "Mettre fin à ce lien")
    assert reader.ask(link).status == 404
