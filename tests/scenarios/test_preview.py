"""What the preview shows after each save, without a browser."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus

import preview_speed
import pytest
from lxml import html

from axtra import books
from axtra.core.diagnostics import errors
from axtra.preview.previewed_site import PreviewedSite
from support.fixture_types import MakeProject, Run
from support.random_edits import MANY, START, Edits
from support.small_sites import Project, letter, news

PAGE = "/magazine/2020-05/second/"
FILE = "content/magazine/2020-05/second.md"


@pytest.fixture(autouse=True)
def _no_press(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "has_pango", lambda: False)


@pytest.fixture
def made(project: MakeProject) -> tuple[Project, PreviewedSite]:
    """Open the preview of a small project."""
    one = project(START)
    preview = PreviewedSite(one.root)
    preview.refresh()
    return one, preview


def _save(project: Project, preview: PreviewedSite, name: str, text: str) -> None:
    project.write({name: text})
    preview.take([project.root / name])


def _shown(preview: PreviewedSite, path: str) -> str:
    return preview.answer(path).body.decode()


def test_a_save_of_a_body_is_shown_without_reading_the_rest(
    made: tuple[Project, PreviewedSite], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, preview = made
    assert "Phrase neuve" not in _shown(preview, PAGE)
    monkeypatch.delattr(PreviewedSite, "refresh")
    _save(project, preview, FILE, f"{START[FILE]}\nPhrase neuve, [un lien](/nouvelles/).\n")
    assert "Phrase neuve" in _shown(preview, PAGE)
    assert "Phrase neuve" in _shown(preview, "/flux/articles.xml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Un second article", "Un autre titre"),
        ("---\n\nUn texte", "---\n\n## Un intertitre\n\nUn texte"),
    ],
    ids=["a title", "an anchor"],
)
def test_what_others_may_read_is_read_again_by_all(
    made: tuple[Project, PreviewedSite], old: str, new: str
) -> None:
    project, preview = made
    assert old in START[FILE]
    _save(project, preview, FILE, START[FILE].replace(old, new, 1))
    fresh = PreviewedSite(project.root)
    fresh.refresh()
    for path in (PAGE, "/magazine/2020-05/", "/", "/flux/site.xml"):
        assert _shown(preview, path) == _shown(fresh, path)


def test_under_an_error_the_last_good_page_stays_and_its_problems_come_first(
    made: tuple[Project, PreviewedSite],
) -> None:
    project, preview = made
    _save(project, preview, FILE, f"{START[FILE]}\n[Une page](nulle-part.md)\n")
    shown = _shown(preview, PAGE)
    assert "Un second article" in shown
    assert f"{FILE}:" in shown.partition("(cette page)")[2]
    assert "lien-brise" in shown
    assert "(ailleurs)" in _shown(preview, "/")
    _save(project, preview, FILE, START[FILE])
    assert "lien-brise" not in _shown(preview, PAGE)


def test_a_broken_template_is_said_over_the_last_good_page(
    made: tuple[Project, PreviewedSite],
) -> None:
    project, preview = made
    assert "Un second article" in _shown(preview, PAGE)
    template = project.own_theme() / "templates/article.html"
    template.write_text("{{ item.nexiste.pas }}", "utf-8")
    preview.take([template])
    shown = _shown(preview, PAGE)
    assert "gabarit-fautif" in shown
    assert "Un second article" in shown


def test_drafts_and_texts_to_come_are_shown_and_marked(made: tuple[Project, PreviewedSite]) -> None:
    project, preview = made
    _save(project, preview, "content/nouvelles/2020/a.md", news("Une ébauche", statut="brouillon"))
    _save(project, preview, "content/nouvelles/2020/b.md", news("Plus tard", "2999-01-01"))
    assert "Une ébauche" in _shown(preview, "/nouvelles/")
    marks = json.loads(_shown(preview, "/__axtra/a-paraitre.json"))
    assert marks == {"/nouvelles/a/": "brouillon", "/nouvelles/b/": "à paraître"}


def test_a_letter_leads_to_its_planche_and_shows_its_pictures(
    made: tuple[Project, PreviewedSite],
) -> None:
    _, preview = made
    page = _shown(preview, "/infolettres/2020-05-06/courriel.html")
    assert "/__axtra/planche/2020-05-06/" in page
    picture = page.partition('src="/images/courriel/')[2].partition('"')[0]
    assert preview.answer(f"/images/courriel/{picture}").status is HTTPStatus.OK
    assert preview.answer("/__axtra/planche/2020-05-06/").status is HTTPStatus.OK
    assert preview.answer("/__axtra/calendrier?annee=2020").status is HTTPStatus.OK
    assert preview.answer("/__axtra/planche/rien/").status is HTTPStatus.NOT_FOUND


def test_the_calendar_calls_ready_what_the_command_calls_ready(
    made: tuple[Project, PreviewedSite], run: Run
) -> None:
    project, preview = made
    title = '"' + "Une lettre au titre interminable, " * 6 + '"'
    refused = letter(objet=title, date="2199-12-16")  # by the rules of mails alone
    _save(project, preview, "newsletters/2199/2199-12-16.md", refused)
    _save(project, preview, "newsletters/2199/2199-12-23.md", letter(date="2199-12-23"))
    listed = run(project, "infolettre", "lister", "--annee", "2199", "--format", "json")[1]
    states = {one["edition"]: one["etat"] for one in json.loads(listed)}
    assert states["2199-12-16"] == "à écrire"
    assert states["2199-12-23"] == "prête"
    page = html.document_fromstring(_shown(preview, "/__axtra/calendrier?annee=2199"))
    for edition, word in states.items():
        [row] = page.xpath(f"//li[.//a[contains(@href, '{edition}')]]")
        assert row.xpath("string(span)") == word


def test_what_is_not_there_is_not_found(made: tuple[Project, PreviewedSite]) -> None:
    _, preview = made
    assert preview.answer("/rien/").status is HTTPStatus.NOT_FOUND
    assert preview.answer("/nouvelles").place == "/nouvelles/"


@pytest.mark.eprouve
def test_a_thousand_saves_leave_the_memory_of_the_command_flat(project: MakeProject) -> None:
    one = project(START)
    with preview_speed.ours(one.root) as preview:

        def saves(turns: range) -> float:
            for turn in turns:
                title = f"Titre {turn}" if turn % 10 == 0 else "Un second article"
                text = START[FILE].replace("Un second article", title)
                save = partial(one.write, {FILE: f"{text}\nPhrase {turn}.\n"})
                preview.save(save, PAGE, f"Phrase {turn}.")
                preview_speed.page(preview.port, "/")
            return preview.memory

        before = saves(range(100))
        after = saves(range(100, 1100))
    assert after < before + 10, f"{before:.0f} MB, then {after:.0f} MB"


@pytest.mark.eprouve
@pytest.mark.parametrize("seed", range(200, 204))
def test_after_any_edit_the_preview_shows_what_a_new_one_would(
    project: MakeProject, seed: int
) -> None:
    one = project(MANY).alone()
    edits, preview = Edits(one, seed), PreviewedSite(one.root)
    preview.refresh()
    before, done = edits.sources(), list[str]()
    for _ in range(75):
        done.append(edits.make())
        now = edits.sources()
        preview.take(path for path in {*before, *now} if before.get(path) != now.get(path))
        before = now
        fresh = PreviewedSite(one.root)
        fresh.refresh()
        assert preview.problems == fresh.problems, done
        sound = not errors(fresh.problems)
        edits.settle(sound=sound)
        if sound:
            assert fresh._site
            for name in (one for one in fresh._site.table if one.endswith((".html", ".xml"))):
                path = f"/{name.removesuffix('index.html')}"
                assert _shown(preview, path) == _shown(fresh, path), (path, done)
