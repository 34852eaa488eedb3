"""Sites with almost no content, as on the first day of a magazine."""

from __future__ import annotations

import pytest

from support.crawler import CrawledSite
from support.fixture_types import MakeProject
from support.small_sites import letter, news, numero, text

ALONE = {
    "nothing": {},
    "news without a numéro": {"content/nouvelles/2020/une.md": news()},
    "only a draft": {"content/nouvelles/2020/une.md": news(statut="brouillon")},
    "only a letter": {"newsletters/2020/2020-05-06.md": letter()},
    "only a page": {"content/pages/a-propos.md": text(titre="À propos")},
    "only an event": {
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
def test_a_site_with_almost_no_content_has_all_its_pages(
    new_project: MakeProject, files: dict[str, str]
) -> None:
    report = new_project(files).build()
    assert [str(each) for each in report.diagnostics] == []
    crawl = CrawledSite(report.output)
    assert crawl.files >= ALWAYS
    assert crawl.broken() == []
    assert crawl.repeated_ids() == []


def test_a_numero_without_articles_builds_with_a_warning(new_project: MakeProject) -> None:
    report = new_project({"content/magazine/2020-05/numero.md": numero()}).build()
    assert [each.rule for each in report.diagnostics] == ["numero-vide"]
    assert CrawledSite(report.output).broken() == []


def test_a_missing_settings_file_is_named(new_project: MakeProject) -> None:
    empty = new_project()
    (empty.root / "content/site.toml").unlink()
    report = empty.build()
    assert [(each.file, each.rule) for each in report.diagnostics] == [
        ("content/site.toml", "fichier-absent")
    ]
    assert not empty.output.exists()
