"""What the preview shows after each save, tested without a browser."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus

import pytest
import ready
from lxml import html

from axtra import books
from axtra.core.diagnostics import errors
from axtra.preview.state import State
from support.fixture_types import MakeProject, Run
from support.random_edits import MANY, START, Edits
from support.small_sites import Project, letter, news

PAGE = "/magazine/2020-05/second/"
FILE = "content/magazine/2020-05/second.md"


@pytest.fixture(autouse=True)
def _no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "has_press", lambda: False)


@pytest.fixture
def previewed(new_project: MakeProject) -> tuple[Project, State]:
    """Open the preview of a small project."""
    small = new_project(START)
    state = State(small.root)
    state.refresh()
    return small, state


def _save(project: Project, state: State, name: str, text: str) -> None:
    project.write({name: text})
    state.take([project.root / name])


def _shown(state: State, path: str) -> str:
    return state.answer(path).body.decode()


def test_a_saved_body_is_shown_without_reloading_the_project(
    previewed: tuple[Project, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, state = previewed
    assert "Phrase neuve" not in _shown(state, PAGE)
    monkeypatch.delattr(State, "refresh")
    _save(project, state, FILE, f"{START[FILE]}\nPhrase neuve, [un lien](/nouvelles/).\n")
    assert "Phrase neuve" in _shown(state, PAGE)
    assert "Phrase neuve" in _shown(state, "/flux/articles.xml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Un second article", "Un autre titre"),
        ("---\n\nUn texte", "---\n\n## Un intertitre\n\nUn texte"),
    ],
    ids=["a title", "an anchor"],
)
def test_a_change_that_other_pages_show_is_shown_everywhere(
    previewed: tuple[Project, State], old: str, new: str
) -> None:
    project, state = previewed
    assert old in START[FILE]
    _save(project, state, FILE, START[FILE].replace(old, new, 1))
    fresh = State(project.root)
    fresh.refresh()
    for path in (PAGE, "/magazine/2020-05/", "/", "/flux/site.xml"):
        assert _shown(state, path) == _shown(fresh, path)


def test_after_an_error_the_last_good_page_stays_with_its_problems_first(
    previewed: tuple[Project, State],
) -> None:
    project, state = previewed
    _save(project, state, FILE, f"{START[FILE]}\n[Une page](nulle-part.md)\n")
    shown = _shown(state, PAGE)
    assert "Un second article" in shown
    assert f"{FILE}:" in shown.partition("(cette page)")[2]
    assert "lien-brise" in shown
    assert "(ailleurs)" in _shown(state, "/")
    _save(project, state, FILE, START[FILE])
    assert "lien-brise" not in _shown(state, PAGE)


def test_a_broken_template_is_reported_over_the_last_good_page(
    previewed: tuple[Project, State],
) -> None:
    project, state = previewed
    assert "Un second article" in _shown(state, PAGE)
    template = project.own_theme() / "templates/article.html"
    template.write_text("{{ item.nexiste.pas }}", "utf-8")
    state.take([template])
    shown = _shown(state, PAGE)
    assert "gabarit-fautif" in shown
    assert "Un second article" in shown


def test_drafts_and_scheduled_texts_are_shown_with_labels(previewed: tuple[Project, State]) -> None:
    project, state = previewed
    _save(project, state, "content/nouvelles/2020/a.md", news("Une ébauche", statut="brouillon"))
    _save(project, state, "content/nouvelles/2020/b.md", news("Plus tard", "2999-01-01"))
    assert "Une ébauche" in _shown(state, "/nouvelles/")
    marks = json.loads(_shown(state, "/__axtra/a-paraitre.json"))
    assert marks == {"/nouvelles/a/": "brouillon", "/nouvelles/b/": "à paraître"}


def test_a_letter_links_to_its_planche_and_shows_its_pictures(
    previewed: tuple[Project, State],
) -> None:
    _, state = previewed
    page = _shown(state, "/infolettres/2020-05-06/courriel.html")
    assert "/__axtra/planche/2020-05-06/" in page
    picture = page.partition('src="/images/courriel/')[2].partition('"')[0]
    assert state.answer(f"/images/courriel/{picture}").status is HTTPStatus.OK
    assert state.answer("/__axtra/planche/2020-05-06/").status is HTTPStatus.OK
    assert state.answer("/__axtra/calendrier?annee=2020").status is HTTPStatus.OK
    assert state.answer("/__axtra/planche/rien/").status is HTTPStatus.NOT_FOUND


def test_the_calendar_and_the_command_agree_on_which_editions_are_ready(
    previewed: tuple[Project, State], run: Run
) -> None:
    project, state = previewed
    title = '"' + "Une lettre au titre interminable, " * 6 + '"'
    refused = letter(objet=title, date="2199-12-16")  # by the mail rules only
    _save(project, state, "newsletters/2199/2199-12-16.md", refused)
    _save(project, state, "newsletters/2199/2199-12-23.md", letter(date="2199-12-23"))
    listed = run(project, "infolettre", "lister", "--annee", "2199", "--format", "json")[1]
    states = {row["edition"]: row["etat"] for row in json.loads(listed)}
    assert states["2199-12-16"] == "à écrire"
    assert states["2199-12-23"] == "prête"
    page = html.document_fromstring(_shown(state, "/__axtra/calendrier?annee=2199"))
    for edition, word in states.items():
        [row] = page.xpath(f"//li[.//a[contains(@href, '{edition}')]]")
        assert row.xpath("string(span)") == word


def test_an_unknown_address_is_not_found(previewed: tuple[Project, State]) -> None:
    _, state = previewed
    assert state.answer("/rien/").status is HTTPStatus.NOT_FOUND
    assert state.answer("/nouvelles").place == "/nouvelles/"


@pytest.mark.eprouve
def test_memory_use_stays_flat_over_a_thousand_saves(new_project: MakeProject) -> None:
    small = new_project(START)
    with ready.ours(small.root) as preview:

        def saves(turns: range) -> float:
            for turn in turns:
                title = f"Titre {turn}" if turn % 10 == 0 else "Un second article"
                text = START[FILE].replace("Un second article", title)
                save = partial(small.write, {FILE: f"{text}\nPhrase {turn}.\n"})
                preview.save(save, PAGE, f"Phrase {turn}.")
                ready.page(preview.port, "/")
            return preview.memory

        before = saves(range(100))
        after = saves(range(100, 1100))
    assert after < before + 10, f"{before:.0f} MB, then {after:.0f} MB"


@pytest.mark.eprouve
@pytest.mark.parametrize("seed", range(200, 204))
def test_after_any_edit_the_preview_equals_a_new_preview(
    new_project: MakeProject, seed: int
) -> None:
    many = new_project(MANY).with_own_caches()
    edits, state = Edits(many, seed), State(many.root)
    state.refresh()
    before, done = edits.sources(), list[str]()
    for _ in range(75):
        done.append(edits.make())
        now = edits.sources()
        state.take(path for path in {*before, *now} if before.get(path) != now.get(path))
        before = now
        fresh = State(many.root)
        fresh.refresh()
        assert state.found == fresh.found, done
        sound = not errors(fresh.found)
        edits.settle(sound=sound)
        if sound:
            assert fresh._site
            names = [path for path in fresh._site.table if path.endswith((".html", ".xml"))]
            for name in names:
                path = f"/{name.removesuffix('index.html')}"
                assert _shown(state, path) == _shown(fresh, path), (path, done)
