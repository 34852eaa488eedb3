"""Sites with almost nothing in them: the first day of a magazine."""

from __future__ import annotations

import pytest

from support.crawler import Crawl
from support.fixture_types import MakeProject
from support.small_sites import letter, news, numero, text

ALONE = {
    "nothing": {},
    "news without a numéro": {"content/nouvelles/2020/une.md": news()},
    "a draft alone": {"content/nouvelles/2020/une.md": news(statut="brouillon")},
    "a letter alone": {"newsletters/2020/2020-05-06.md": letter()},
    "a page alone": {"content/pages/a-propos.md": text(titre="À propos")},
    "an event alone": {
        "content/evenements/un-colloque.md": text(titre="Un colloque", debut="2030-01-01")
    },
}
ALWAYS = {
    "index.html", "404.html", "magazine/index.html", "nouvelles/index.html",
    "communiques/index.html", "publications/index.html", "evenements/index.html",
    "auteurs/index.html", "infolettres/index.html", "rubriques/index.html", "sujets/index.html",
    "flux/site.xml", "flux/articles.xml", "flux/rubriques/regards.xml", "sitemap.xml",
}  # fmt: skip


@pytest.mark.parametrize("files", ALONE.values(), ids=ALONE)
def test_a_site_with_almost_nothing_builds_whole(
    project: MakeProject, files: dict[str, str]
) -> None:
    report = project(files).build()
    assert [str(one) for one in report.diagnostics] == []
    crawl = Crawl(report.output)
    assert crawl.files >= ALWAYS
    assert crawl.broken() == []
    assert crawl.repeated_ids() == []


def test_a_numero_without_article_builds_and_says_so(project: MakeProject) -> None:
    report = project({"content/magazine/2020-05/numero.md": numero()}).build()
    assert [one.rule for one in report.diagnostics] == ["numero-vide"]
    assert Crawl(report.output).broken() == []


def test_a_missing_file_of_facts_is_named(project: MakeProject) -> None:
    empty = project()
    (empty.root / "content/site.toml").unlink()
    report = empty.build()
    assert [(one.file, one.rule) for one in report.diagnostics] == [
        ("content/site.toml", "fichier-absent")
    ]
    assert not empty.output.exists()
