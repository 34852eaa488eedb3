"""Announcing from the atelier what was published, as a person without scripts does it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from axtra.atelier.announcements import NETWORKS
from axtra.atelier.set_aside import project_folder
from support.atelier_client import Browser, Screen, unchanged
from support.fixture_types import MakeProject
from support.small_sites import FULL, Project, make_project, news

HERE = "/publication/annoncer"
NEW = "content/nouvelles/2020/toute-neuve.md"
HOSTILE = "content/nouvelles/2020/hostile.md"
RELEASE = "content/communiques/2020/un-communique.md"
PUBLIC = "http://127.0.0.1:9"
TITLE = "L’emploi «\u00a0vert\u00a0»"
SCRIPT = "</textarea><script>alert(1)</script> & &amp;"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Publish a project twice, the second time with two more texts."""
    folder = tmp_path_factory.mktemp("annonces")
    project = make_project(folder / "projet", FULL)
    path = project.root / "content/site.toml"
    table = f'\n[publication.site]\ncible = "{folder / "ligne"}"\npublic = "{PUBLIC}"\n'
    path.write_text(path.read_text("utf-8") + table, "utf-8")
    browser = Browser(project.root, folder / "donnees")
    publish(browser)
    assert len(titles(browser.ask(HERE))) == 3  # everything is new the first time
    neuve = news('L\'emploi "vert"', date="2020-05-20", mots_cles="[économie sociale]")
    project.write({NEW: neuve, HOSTILE: news(f"'{SCRIPT}'", date="2020-05-19")})
    assert HERE in publish(browser).links().values()
    return project


@pytest.fixture
def browser(published: Project, tmp_path: Path) -> Browser:
    """Open the atelier of what was published, with a data folder of its own."""
    return Browser(published.root, tmp_path / "donnees")


def publish(browser: Browser) -> Screen:
    browser.send(browser.ask("/publication").form("publication"), "Publier")
    browser.publisher.wait()
    return browser.ask("/publication")


def announcing(name: str) -> str:
    return f"{HERE}?{urlencode({'texte': name})}"


def titles(screen: Screen) -> list[str]:
    return [found.text_content() for found in screen.tree.xpath("//main//section/h2")]


def test_a_text_that_appeared_is_announced_and_noted_once_for_all(browser: Browser) -> None:
    screen = browser.ask(HERE)
    assert titles(screen) == [TITLE, SCRIPT]
    for network in NETWORKS:
        (field,) = screen.tree.xpath(f"//textarea[@id='{network.mark}-1-texte']")
        words = field.text.removeprefix("\n")
        assert words.startswith(TITLE + "\n\nCe qu’il faut en savoir.\n\n")
        assert f"\n\n{PUBLIC}/nouvelles/toute-neuve/" in words
        assert words.endswith("#ÉconomieSociale") is bool(network.tags)
        assert screen.tree.xpath(f"//label[@for='{network.mark}-1-texte']")
    mail = screen.tree.xpath("//a[starts-with(@href, 'mailto:')]/@href")[0]
    assert parse_qs(urlsplit(mail).query)["subject"] == [TITLE]

    assert "sur 63\u00a0206 caractères" in screen.text

    answer = browser.send(screen.form("annonce-1"), "Noter comme annoncé : Bluesky")
    assert "annoncé le" in answer.words
    later = browser.ask(announcing(NEW))
    assert later.words.count("annoncé le") == 1
    other = browser.ask(announcing(RELEASE))
    assert "Annoncé : Bluesky" in other.words
    (last,) = other.tree.xpath("(//aside//li)[last()]//a/text()")  # the others wait for theirs
    assert last == TITLE
    back = browser.send(later.form("annonce-1"), "Retirer la note pour Bluesky")
    assert "annoncé le" not in back.words


def test_the_card_is_shown_and_downloaded(browser: Browser) -> None:
    screen = browser.ask(announcing(RELEASE))
    (picture,) = screen.tree.xpath("//figure/img")
    (link,) = screen.tree.xpath("//figure//a[@download]")
    assert picture.get("alt") == "Communiqué. Un communiqué"
    (alternative,) = screen.tree.xpath("//textarea[@id='alternative-1']")
    assert alternative.text.strip() == picture.get("alt")
    answer = browser.ask(link.get("href"))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")


def test_what_waits_is_not_announced(browser: Browser) -> None:
    form = browser.ask(f"/texte/{RELEASE}").form()
    form.fill("Titre", "Un secret")
    form.fill("Texte", "Une phrase cachée.")
    browser.send(form, "Enregistrer")
    screen = browser.ask(announcing(RELEASE))
    assert titles(screen) == ["Un communiqué"]
    assert "secret" not in screen.text
    assert "cachée" not in screen.text
    assert not screen.tree.xpath("//figure")  # that of the version is not online


def test_hostile_words_stay_words(browser: Browser) -> None:
    screen = browser.ask(announcing(HOSTILE))
    assert not screen.tree.xpath("//script[not(@src)]")
    (field,) = screen.tree.xpath("//textarea[@id='x-1-texte']")
    assert SCRIPT in field.text


def test_a_note_of_nothing_known_is_refused(browser: Browser, tmp_path: Path) -> None:
    token = browser.ask(announcing(RELEASE)).form("annonce-1").fields["jeton"]
    unknown = [
        {"texte": "content/rien.md", "reseau": "x"},
        {"texte": "../../etc/passwd", "reseau": "x"},
        {"texte": RELEASE, "reseau": "ailleurs"},
        {"texte": RELEASE},
        {},
    ]
    with unchanged(tmp_path / "donnees"):
        for sent in unknown:
            assert browser.request("POST", HERE, data={"jeton": token, **sent}).status == 404
    assert browser.ask(announcing("content/rien.md")).status == 404


def test_nothing_is_announced_before_anything_is_online(
    new_project: MakeProject, tmp_path: Path
) -> None:
    browser = Browser(new_project(FULL).root, tmp_path / "donnees")
    assert browser.ask(HERE).heading == "Rien n’est encore en ligne."


def test_unreadable_notes_stop_the_screen_and_stay(
    browser: Browser, published: Project, tmp_path: Path
) -> None:
    folder = project_folder(tmp_path / "donnees", published.root)
    folder.mkdir(parents=True)
    (folder / "annonces.json").write_text("{", "utf-8")
    screen = browser.ask(HERE)
    assert screen.status == 422
    assert "annonces.json" in screen.words
    assert (folder / "annonces.json").read_text("utf-8") == "{"
