"""Drafts and what is to come: nowhere in what is built, until their day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from conftest import MakeProject
from sites import FULL, Project, article, author, letter, news, numero, text

from axtra.dates import ZONE

HIDDEN = "Zanzibar"
LATER = "2020-12-24"
# (file, content to come)
KINDS = {
    "nouvelle": ("content/nouvelles/2020/zz.md", news(HIDDEN, LATER)),
    "article": ("content/magazine/2020-05/zz.md", article(HIDDEN, date=LATER)),
    "communique": (
        "content/communiques/zz.md",
        text(titre=HIDDEN, date=LATER, ville="Québec", mots_cles=f"[{HIDDEN}]"),
    ),
    "embargo": (
        "content/communiques/zz.md",
        text(titre=HIDDEN, date="2020-01-01", ville="Québec", embargo=f"{LATER} 12:00"),
    ),
    "publication": ("content/publications/zz.md", text(titre=HIDDEN, date=LATER, type="avis")),
    "evenement": (
        "content/evenements/zz.md",
        text(titre=HIDDEN, debut="2021-02-02", date=LATER),
    ),
    "page": ("content/pages/zz.md", text(titre=HIDDEN, date=LATER)),
    "infolettre": ("newsletters/2020/2020-12-24.md", letter(objet=HIDDEN, date=LATER)),
}
# It lists what is newest: what is hidden must not come through a mail either.
LISTING = letter("/// articles\n///\n\n/// articles\n    genre: nouvelle\n///\n\n/// sommaire\n///")


def _mentions(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and (
            HIDDEN.casefold().encode() in path.read_bytes().lower()
            or "zz" in path.relative_to(folder).as_posix()
            or "2020-12-24" in path.relative_to(folder).as_posix()
        )
    )


def _site(project: MakeProject, files: dict[str, str]) -> Project:
    return project({**FULL, "newsletters/2020/2020-05-06.md": LISTING, **files})


@pytest.mark.parametrize(("name", "content"), KINDS.values(), ids=KINDS)
def test_what_is_to_come_is_nowhere_before_its_day_and_there_on_it(
    project: MakeProject, name: str, content: str
) -> None:
    site = _site(project, {name: content})
    report = site.build()
    assert [str(one) for one in report.diagnostics] == []
    assert _mentions(report.output) == []
    eve = site.build(moment=datetime(2020, 12, 23, 23, 59, tzinfo=ZONE))
    assert _mentions(eve.output) == []
    report = site.build(moment=datetime(2020, 12, 24, 12, 0, tzinfo=ZONE))
    page = "2020-12-24" if name.startswith("newsletters") else "zz"
    assert any(f"{page}/index.html" in one for one in _mentions(report.output))


@pytest.mark.parametrize(("name", "content"), KINDS.values(), ids=KINDS)
def test_a_draft_is_never_built_but_in_the_preview(
    project: MakeProject, name: str, content: str
) -> None:
    draft = content.replace("---\n", "---\nstatut: brouillon\n", 1)
    site = _site(project, {name: draft})
    late = datetime(2030, 1, 1, tzinfo=ZONE)
    assert _mentions(site.build(moment=late).output) == []
    assert _mentions(site.build(moment=late, preview=True).output)


def test_the_articles_of_a_numero_wait_with_it(project: MakeProject) -> None:
    site = project(
        {
            "content/auteurs/une-personne.md": author("Une personne"),
            "content/magazine/2020-12/numero.md": numero(titre=HIDDEN, date=LATER),
            "content/magazine/2020-12/zz.md": article("Un article", date="2020-01-01"),
        }
    )
    assert _mentions(site.build().output) == []
    assert "magazine/2020-12/zz/index.html" in _mentions(
        site.build(moment=datetime(2020, 12, 24, 0, 1, tzinfo=ZONE)).output
    )


def test_the_preview_marks_what_it_alone_shows(project: MakeProject) -> None:
    name, content = KINDS["nouvelle"]
    site = _site(project, {name: content})
    page = site.build(preview=True).output / "nouvelles/zz/index.html"
    public = site.build(moment=datetime(2021, 1, 1, tzinfo=ZONE), target=site.root / "public")
    shown = (public.output / "nouvelles/zz/index.html").read_text(encoding="utf-8")
    assert 'class="avis' in page.read_text(encoding="utf-8")
    assert 'class="avis' not in shown
