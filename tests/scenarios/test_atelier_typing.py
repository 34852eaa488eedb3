"""A letter while it is typed in the atelier: its mail and its findings are those of a reading."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from axtra.atelier.newsroom import Newsroom
from axtra.preview.previewed_site import PreviewedSite
from support.atelier_client import Browser, Form
from support.fixture_types import MakeProject
from support.random_edits import MANY
from support.small_sites import Project, letter

LETTER = "newsletters/2020/2020-03-04.md"
LATER = "newsletters/2020/2020-05-20.md"
ARTICLE = "content/magazine/2020-05/second.md"
MAIL = "/infolettres/2020-03-04/courriel.html"
PICTURES = "![Une rive](images/rive.png)\n\n/// figure | images/rive.png\n    alt: Une rive\n///"
CARDS = "/// article | second\n///\n\n/// articles | À lire\n    nombre: 2\n///"
# What is typed, and whether it is read without the others.
BODIES = (
    ("Bonjour {prenom},\n\nUne phrase.", True),
    ("Une phrase *longue*, et [un lien](/nouvelles/).", True),
    ("## Un intertitre\n\nUne phrase, [plus haut](#un-intertitre).", True),
    (f"Une phrase.\n\n{CARDS}", True),  # the letters after this one choose other articles
    (f"Une phrase.\n\n{CARDS}\n\n/// article | nulle-part\n///\n\nUne suite.", True),
    (f"Une suite.\n\n{CARDS}", True),
    (f"Une suite.\n\n{PICTURES}", False),  # photographs that no page showed
    (f"Une fin.\n\n{PICTURES}\n\n{CARDS}", True),
    ("/// courriel\nAux seuls abonnés.\n///\n\n/// web\nAu site seul.\n///", True),
    ("Une [page](nulle-part.md).\n\n## Dit\n\nDit.", True),
    (f"Une fin.\n\n{PICTURES}\n\n{CARDS}", True),
)


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    made = new_project({**MANY, LETTER: letter(date="2020-03-04", objet="Avant")})
    (made.root / "content/images").mkdir(exist_ok=True)
    Image.new("RGB", (1200, 800), "teal").save(made.root / "content/images/rive.png")
    return made


class Typing:
    """Somebody who types; each change is compared with a newsroom that reads everything."""

    def __init__(self, root: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.browser, self.read = root, Browser(root, data), 0
        read = PreviewedSite.refresh

        def counted(site: PreviewedSite) -> None:
            self.read += 1
            read(site)

        monkeypatch.setattr(PreviewedSite, "refresh", counted)

    def open(self, name: str) -> Form:
        form = self.browser.ask(f"/texte/{name}").form()
        form.address = f"/saisie/{name}"
        return form

    def type(self, form: Form, *, alone: bool = True, **fields: str) -> dict[str, object]:
        """Type in fields; return what is said of them."""
        before = self.read
        form.fields.update({name.replace("_", "-"): value for name, value in fields.items()})
        told: dict[str, object] = json.loads(self.browser.send(form).text)
        assert (self.read == before) is alone, fields
        ours = self.browser.atelier.newsroom
        fresh = Newsroom(self.root, ours.aside)
        fresh.catch_up()
        assert ours.problems == fresh.problems, fields
        for place in self._places():
            assert ours.page(place).body == fresh.page(place).body, (place, fields)
            assert ours.problems_of(place) == fresh.problems_of(place), (place, fields)
        return told

    def _places(self) -> Iterator[str]:
        for place in (MAIL, "/infolettres/2020-05-20/courriel.html"):
            yield from (place, place.replace(".html", ".txt"), place.rpartition("/")[0] + "/")

    @property
    def mail(self) -> bytes:
        return self.browser.atelier.newsroom.page(MAIL).body


@pytest.fixture
def typing(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typing:
    return Typing(project.root, tmp_path / "donnees", monkeypatch)


def test_the_mail_of_a_letter_that_is_typed_is_that_of_a_build(
    typing: Typing, project: Project
) -> None:
    form = typing.open(LETTER)
    for body, alone in BODIES:
        told = typing.type(form, texte=body, alone=alone)
        assert ("nulle-part" in str(told["constats"])) == ("nulle-part" in body)
    assert "Une fin" in typing.mail.decode()
    for subject in ("Court", "Cinq nouvelles du *travail* en région"):
        typing.type(form, objet=subject)
    typing.type(form, preentete="Ce que la relève en dit, et trois rendez-vous à noter.")
    typing.type(form, mots_cles="essai", alone=False)
    form.address = f"/texte/{LETTER}"
    typing.browser.send(form, "Enregistrer")
    saved = typing.browser.ask(f"/texte/{LETTER}").form()
    live = typing.mail
    typing.browser.send(saved, "Publier")
    report = project.build()
    assert not report.refused, report.diagnostics
    built = (project.output / MAIL.removeprefix("/")).read_bytes()
    home = f'="{typing.browser.atelier.newsroom._site._site.settings.siteurl}/'.encode()  # type: ignore[union-attr]
    assert built.replace(home, b'="/') == live


def test_two_windows_type_in_a_letter_and_in_an_article_that_it_shows(typing: Typing) -> None:
    mine, theirs, article = typing.open(LETTER), typing.open(LETTER), typing.open(ARTICLE)
    typing.type(mine, texte=f"De l’une.\n\n{CARDS}")
    typing.type(article, titre="Sept titres neufs")  # a number that its drawing shows
    assert "Sept titres neufs" in typing.mail.decode()
    typing.type(article, texte="## Ailleurs\n\nUne [page](nulle-part.md).")
    typing.type(article, texte="## Encore ailleurs\n\nUne phrase.", chapeau="Autrement.")
    typing.type(theirs, texte=f"De l’autre.\n\n{CARDS}")
    assert "De l’autre" in typing.mail.decode()
    typing.type(mine, texte=f"De l’une encore.\n\n{CARDS}")
    assert "De l’une encore" in typing.mail.decode()


def test_an_anchor_that_another_text_links_to_has_all_read_again(typing: Typing) -> None:
    letter, article = typing.open(LETTER), typing.open(ARTICLE)
    typing.type(article, texte="## Une partie\n\nDit.")
    typing.type(letter, texte="Voir [la partie](magazine/2020-05/second.md#une-partie).")
    told = typing.type(article, texte="## Un reste\n\nDit.", alone=False)
    assert "une-partie" not in str(told["constats"])  # it is said where the link is
    typing.type(article, texte="## Une partie\n\nDit.", alone=False)
