"""What the preview shows after each save, tested without a browser."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus

import preview_speed
import pytest
from lxml import html

from axtra import books
from axtra.content.loading import Folders
from axtra.content.schema import Type
from axtra.preview.previewed_site import PreviewedSite
from infolettre.core.diagnostics import errors
from support.fixture_types import MakeProject, Run
from support.random_edits import MANY, START, Edits
from support.small_sites import Project, letter, news

PAGE = "/magazine/2020-05/second/"
FILE = "content/magazine/2020-05/second.md"


@pytest.fixture(autouse=True)
def _no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "has_pango", lambda: False)


@pytest.fixture
def previewed(new_project: MakeProject) -> tuple[Project, PreviewedSite]:
    """Open the preview of a small project."""
    small = new_project(START)
    preview = PreviewedSite(small.root)
    preview.refresh()
    return small, preview


def _save(project: Project, preview: PreviewedSite, name: str, text: str) -> None:
    project.write({name: text})
    preview.take([project.root / name])


def _shown(preview: PreviewedSite, path: str) -> str:
    return preview.answer(path).body.decode()


def test_a_saved_body_is_shown_without_reloading_the_project(
    previewed: tuple[Project, PreviewedSite], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, preview = previewed
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
def test_a_change_that_other_pages_show_is_shown_everywhere(
    previewed: tuple[Project, PreviewedSite], old: str, new: str
) -> None:
    project, preview = previewed
    assert old in START[FILE]
    _save(project, preview, FILE, START[FILE].replace(old, new, 1))
    fresh = PreviewedSite(project.root)
    fresh.refresh()
    for path in (PAGE, "/magazine/2020-05/", "/", "/flux/site.xml"):
        assert _shown(preview, path) == _shown(fresh, path)


def test_the_words_of_a_header_are_shown_everywhere_without_reading_the_others(
    new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = new_project(MANY)
    preview = PreviewedSite(project.root)
    preview.refresh()
    _shown(preview, "/")  # what a page has read must not be kept
    again: list[str] = []
    for name, text in MANY.items():
        if (place := Folders(project.root).place(name)) is None:
            continue
        words = [key.name for key in place[0].keys if key.type is Type.LINE]
        lines = [
            f"{line} (retouché)" if line.partition(":")[0] in words and line[-1].isalpha() else line
            for line in text.split("\n")
        ]
        with monkeypatch.context() as patch:
            patch.setattr(PreviewedSite, "refresh", lambda _self, name=name: again.append(name))
            _save(project, preview, name, "\n".join(lines))
        if again[-1:] == [name]:
            preview.refresh()
    kinds = {name.split("/")[1] for name in again}
    assert kinds <= {"auteurs", "pages", "2020"}, again
    fresh = PreviewedSite(project.root)
    fresh.refresh()
    assert fresh._site
    assert preview.problems == fresh.problems
    for file in (name for name in fresh._site.table if name.endswith((".html", ".xml", ".json"))):
        path = f"/{file.removesuffix('index.html')}"
        assert _shown(preview, path) == _shown(fresh, path), path
    poster = html.fromstring(_shown(preview, PAGE)).xpath("//meta[@property='og:image']/@content")[
        0
    ]
    assert preview.answer(f"/images/{poster.partition('/images/')[2]}").status is HTTPStatus.OK


def test_after_an_error_the_last_good_page_stays_with_its_problems_first(
    previewed: tuple[Project, PreviewedSite],
) -> None:
    project, preview = previewed
    _save(project, preview, FILE, f"{START[FILE]}\n[Une page](nulle-part.md)\n")
    shown = _shown(preview, PAGE)
    assert "Un second article" in shown
    assert f"{FILE}:" in shown.partition("(cette page)")[2]
    assert "lien-brise" in shown
    assert "(ailleurs)" in _shown(preview, "/")
    _save(project, preview, FILE, START[FILE])
    assert "lien-brise" not in _shown(preview, PAGE)


def test_a_broken_template_is_reported_over_the_last_good_page(
    previewed: tuple[Project, PreviewedSite],
) -> None:
    project, preview = previewed
    assert "Un second article" in _shown(preview, PAGE)
    template = project.own_theme() / "templates/article.html"
    template.write_text("{{ item.nexiste.pas }}", "utf-8")
    preview.take([template])
    shown = _shown(preview, PAGE)
    assert "gabarit-fautif" in shown
    assert "Un second article" in shown


def test_drafts_and_scheduled_texts_are_shown_with_labels(
    previewed: tuple[Project, PreviewedSite],
) -> None:
    project, preview = previewed
    _save(project, preview, "content/nouvelles/2020/a.md", news("Une ébauche", statut="brouillon"))
    _save(project, preview, "content/nouvelles/2020/b.md", news("Plus tard", "2999-01-01"))
    assert "Une ébauche" in _shown(preview, "/nouvelles/")
    marks = json.loads(_shown(preview, "/__axtra/a-paraitre.json"))
    assert marks == {"/nouvelles/a/": "brouillon", "/nouvelles/b/": "à paraître"}


def test_a_letter_links_to_its_planche_and_shows_its_pictures(
    previewed: tuple[Project, PreviewedSite],
) -> None:
    _, preview = previewed
    page = _shown(preview, "/infolettres/2020-05-06/courriel.html")
    assert "/__axtra/planche/2020-05-06/" in page
    picture = page.partition('src="/images/courriel/')[2].partition('"')[0]
    assert preview.answer(f"/images/courriel/{picture}").status is HTTPStatus.OK
    assert preview.answer("/__axtra/planche/2020-05-06/").status is HTTPStatus.OK
    assert preview.answer("/__axtra/calendrier?annee=2020").status is HTTPStatus.OK
    assert preview.answer("/__axtra/planche/rien/").status is HTTPStatus.NOT_FOUND


def test_the_calendar_and_the_command_agree_on_which_editions_are_ready(
    previewed: tuple[Project, PreviewedSite], run: Run
) -> None:
    project, preview = previewed
    title = '"' + "Une lettre au titre interminable, " * 6 + '"'
    refused = letter(objet=title, date="2199-12-16")  # by the mail rules only
    _save(project, preview, "newsletters/2199/2199-12-16.md", refused)
    _save(project, preview, "newsletters/2199/2199-12-23.md", letter(date="2199-12-23"))
    listed = run(project, "infolettre", "lister", "--annee", "2199", "--format", "json")[1]
    states = {row["edition"]: row["etat"] for row in json.loads(listed)}
    assert states["2199-12-16"] == "à écrire"
    assert states["2199-12-23"] == "prête"
    page = html.document_fromstring(_shown(preview, "/__axtra/calendrier?annee=2199"))
    for edition, word in states.items():
        [row] = page.xpath(f"//li[.//a[contains(@href, '{edition}')]]")
        assert row.xpath("string(span)") == word


def test_an_unknown_address_is_not_found(previewed: tuple[Project, PreviewedSite]) -> None:
    _, preview = previewed
    assert preview.answer("/rien/").status is HTTPStatus.NOT_FOUND
    assert preview.answer("/nouvelles").place == "/nouvelles/"


@pytest.mark.eprouve
def test_memory_use_stays_flat_over_a_thousand_saves(new_project: MakeProject) -> None:
    small = new_project(START)
    with preview_speed.axe(small.root) as preview:

        def saves(turns: range) -> float:
            for turn in turns:
                title = f"Titre {turn}" if turn % 10 == 0 else "Un second article"
                text = START[FILE].replace("Un second article", title)
                save = partial(small.write, {FILE: f"{text}\nPhrase {turn}.\n"})
                preview.save(save, PAGE, f"Phrase {turn}.")
                preview_speed.page(preview.port, "/")
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
    edits, preview = Edits(many, seed), PreviewedSite(many.root)
    preview.refresh()
    before, done = edits.sources(), list[str]()
    for _ in range(75):
        done.append(edits.make())
        now = edits.sources()
        preview.take(path for path in {*before, *now} if before.get(path) != now.get(path))
        before = now
        fresh = PreviewedSite(many.root)
        fresh.refresh()
        assert preview.problems == fresh.problems, done
        sound = not errors(fresh.problems)
        edits.settle(sound=sound)
        if sound:
            assert fresh._site
            names = [path for path in fresh._site.table if path.endswith((".html", ".xml"))]
            for name in names:
                path = f"/{name.removesuffix('index.html')}"
                assert _shown(preview, path) == _shown(fresh, path), (path, done)


def test_a_draft_whose_header_breaks_keeps_its_last_page_and_stops_no_other(
    previewed: tuple[Project, PreviewedSite],
) -> None:
    project, preview = previewed
    name, page = "content/nouvelles/2020/a.md", "/nouvelles/a/"
    draft = news("Une ébauche", statut="brouillon")
    _save(project, preview, name, draft)
    assert "Une ébauche" in _shown(preview, page)
    _save(project, preview, name, draft.replace("Une ébauche", "Une : ébauche"))
    shown = _shown(preview, page)
    assert "Une ébauche" in shown
    assert f"{name}:2 : la valeur contient un deux-points" in shown
    _save(project, preview, FILE, f"{START[FILE]}\nPhrase neuve.\n")
    assert "Phrase neuve" in _shown(preview, PAGE)
    (project.root / name).unlink()
    preview.take([project.root / name])
    assert preview.answer(page).status is HTTPStatus.NOT_FOUND
