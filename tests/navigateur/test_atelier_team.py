"""The screens of a team in a real browser: coming in, and who may come in."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from axtra.atelier.roles import Person, Role
from support import atelier_client
from support.atelier_client import TEAM_ORIGIN
from support.page_checkers import axe_violations
from support.small_sites import FULL, make_project, news

pytestmark = pytest.mark.navigateur

LEO = Person("leo@exemple.test", "Léo Roy", Role.DIRECTION)
ANA = Person("ana@exemple.test", "Anastasia Courtemanche-Desrochers", Role.AUTEUR)
NEWS = "content/nouvelles/2020/une-nouvelle.md"
DRAFT = "content/nouvelles/2020/a-finir.md"


def answered_by(page: Page, someone: atelier_client.Browser) -> None:
    """Let the application answer a page, in place of a server and its certificate."""

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        place = asked.path + (f"?{asked.query}" if asked.query else "")
        got = someone.ask(place)
        headers = {
            k: v for k, v in got.headers.items() if k not in {"set-cookie", "content-length"}
        }
        route.fulfill(status=got.status, headers=headers, body=got.data)

    page.unroute_all()
    page.route(f"{TEAM_ORIGIN}/**", answer)


@pytest.fixture(scope="module")
def leo(tmp_path_factory: pytest.TempPathFactory) -> atelier_client.Browser:
    home = tmp_path_factory.mktemp("equipe")
    files = {**FULL, DRAFT: news("À finir", statut="brouillon")}
    return atelier_client.Browser(
        make_project(home / "projet", files).root, home / "donnees", person=LEO
    )


def at_work(
    leo: atelier_client.Browser, ana: atelier_client.Browser
) -> list[tuple[str, atelier_client.Browser, str]]:
    """Share, comment, propose; list the screens that show it: a name, who looks, and where."""
    nobody = leo.beside(None)
    shared = leo.send(leo.ask(f"/texte/{DRAFT}").form(), "Partager pour relecture")
    *_, link = shared.tree.xpath("//input[starts-with(@id, 'lien-')]/@value")
    place = link.removeprefix(TEAM_ORIGIN)
    said = {"nom": "Lou", "commentaire": "Très bien dit.", "passage": "Un texte", "rang": "2"}
    nobody.request("POST", place, data=said)
    form = ana.ask(f"/texte/{NEWS}").form()
    form.fill("Texte", "Un autre texte, assez long pour être lu.")
    ana.send(form, "Proposer")
    return [
        ("relecture", nobody, place),
        ("relecture-finie", nobody, "/relecture/rien"),
        ("texte-commente", leo, f"/texte/{DRAFT}"),
        ("proposition", leo, f"/proposition/{NEWS}"),
        ("texte-propose", ana, f"/texte/{NEWS}"),
        ("accueil-a-relire", leo, "/"),
        ("journal", leo, "/journal"),
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_coming_in_and_people_are_accessible_and_fit(
    browser: Browser, leo: atelier_client.Browser, width: int, scheme: str
) -> None:
    ana, nobody = leo.beside(ANA), leo.beside(None)
    form = nobody.ask("/entrer").form("entrer")
    form.fill("Adresse de courriel", LEO.address)
    asked = nobody.send(form)
    context = browser.new_context(
        locale="fr-CA",
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()

    def inspect(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert axe_violations(page) == [], name
        if shots := os.environ.get("AXTRA_CAPTURES"):  # to look at them
            page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=True)

    for name, someone, place in (
        ("entrer", nobody, "/entrer"),
        ("lien", nobody, leo.mails.link(LEO).removeprefix(TEAM_ORIGIN)),
        ("lien-passe", nobody, "/entrer/rien"),
        ("personnes", leo, "/reglages/personnes"),
        ("accueil-auteur", ana, "/"),
        ("texte-auteur", ana, f"/texte/{NEWS}"),
        *at_work(leo, ana),
    ):
        answered_by(page, someone)
        page.goto(TEAM_ORIGIN + place)
        inspect(name)
    page.goto(f"{TEAM_ORIGIN}/entrer")
    page.set_content(asked.text)
    inspect("demande")
    context.close()
