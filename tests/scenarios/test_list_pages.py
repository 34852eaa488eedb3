"""The paginated lists of a large site: they lose nothing, and a new text rebuilds few pages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pytest

from axtra import books, site
from axtra.pictures import posters
from support import metadata_standards
from support.crawler import SITEURL, CrawledSite
from support.small_sites import (
    DAY,
    Project,
    article,
    author,
    letter,
    make_project,
    news,
    numero,
    text,
)

FIRST = date(2013, 1, 8)
NUMEROS = 6
ARTICLES = 8  # per numéro
NEWS = 75
LETTERS = 30
EVENTS = 50


def _texts() -> Mapping[str, str]:
    """Return the short texts of several years: 210 files."""
    files = {"content/auteurs/une-personne.md": author("Une personne")}
    for n in range(NUMEROS):
        folder = f"content/magazine/{2017 + n // 2}-{n % 2 * 6 + 5:02d}"
        day, titre = f"{folder[-7:]}-05", f"Numéro {n}"
        files[f"{folder}/numero.md"] = numero(titre=titre, date=day, numero=str(n + 1))
        for m in range(ARTICLES):
            subjects = f"[essai, s-{n % 4}]"
            written = article(f"Article {n}.{m}", ordre=str(m + 1), mots_cles=subjects)
            files[f"{folder}/article-{n}-{m}.md"] = written
    for n in range(NEWS):
        day = FIRST + timedelta(days=30 * n)
        written = news(f"Nouvelle {n}", f"{day}", mots_cles=f"[essai, s-{n % 4}]")
        files[f"content/nouvelles/{day.year}/nouvelle-{n}.md"] = written
    for n in range(EVENTS):
        start = f"{FIRST + timedelta(days=50 * n)}"
        files[f"content/evenements/evenement-{n}.md"] = text(titre=f"Événement {n}", debut=start)
    for n in range(LETTERS):
        day = FIRST + timedelta(days=70 * n)
        files[f"newsletters/{day.year}/{day}.md"] = letter(
            objet=f"La lettre numéro {n}", date=f"{day}"
        )
    return files


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Build the site without PDF or the pixels of posters, which are slow and not tested here."""
    project = make_project(tmp_path_factory.mktemp("listes") / "projet", _texts())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(books, "has_pango", lambda: False)
        patch.setattr(
            posters.PosterMaker, "paint", lambda _poster_maker, poster: poster.stem.encode()
        )
        report = project.build()
        assert not report.refused, "\n".join(map(str, report.diagnostics))
        yield project


@pytest.fixture(scope="module")
def crawl(large: Project) -> CrawledSite:
    return CrawledSite(large.output)


def _rows(crawl: CrawledSite, folder: str, ending: str) -> Counter[str]:
    """Count the occurrences of each text in a list, over all its pages."""
    names = [name for name in crawl.pages if name.startswith(folder)]
    pages = [name for name in names if name == f"{folder}index.html" or "/page/" in name]
    links = (url for name in pages for url in crawl.pages[name].xpath("//main//h3/a/@href"))
    return Counter(url for url in links if ending in url)


def test_each_text_appears_once_in_each_of_its_lists(crawl: CrawledSite) -> None:
    for folder, ending, expected in (
        ("nouvelles/", "/nouvelles/", NEWS),
        ("infolettres/", "/infolettres/", LETTERS),
        ("evenements/", "/evenements/", EVENTS),
        ("rubriques/regards/", "/article-", NUMEROS * ARTICLES),
        ("auteurs/une-personne/", "/article-", NUMEROS * ARTICLES),
        ("sujets/essai/", "", NEWS + NUMEROS * ARTICLES),
    ):
        rows = _rows(crawl, folder, ending)
        assert set(rows.values()) == {1}, folder
        assert len(rows) == expected, folder


def test_numbered_pages_of_a_list_are_complete_pages_of_the_site(crawl: CrawledSite) -> None:
    assert crawl.broken() == []
    assert crawl.repeated_ids() == []
    numbered = {name: page for name, page in crawl.pages.items() if "/page/" in name}
    assert len(numbered) >= 8
    titles = Counter(page.findtext("head/title") for page in crawl.pages.values())
    sitemap = (crawl.output / "sitemap.xml").read_text("utf-8")
    for name, page in numbered.items():
        url = f"{SITEURL}/{name.removesuffix('index.html')}"
        assert titles[page.findtext("head/title")] == 1
        assert page.xpath("//link[@rel='canonical']/@href") == [url]
        assert f"<loc>{url}</loc>" in sitemap
        graph = json.loads(page.xpath("string(//script)"))["@graph"]
        assert [
            fault for thing in graph for fault in metadata_standards.schema_org_faults(thing)
        ] == []
        [trail] = [thing for thing in graph if thing["@type"] == "BreadcrumbList"]
        above = url[: url.index("page/")]
        assert [step["item"] for step in trail["itemListElement"]] == [f"{SITEURL}/", above, url]
        assert page.xpath("//nav//a[@rel='prev' or @rel='next']")


# What every new text changes: the feeds of the site, the sitemap, the headers, the search index,
# and what programs are told of the site.
EVERY = {
    *("flux/site.xml", "flux/site.json", "sitemap.xml", "_headers", "llms.txt"),
    *("recherche/index/textes.json", "security.txt", ".well-known/security.txt"),
}
SUBJECTS = {"sujets/index.html", "sujets/essai/index.html", "sujets/s-1/index.html"}


def _cost(project: Project, files: Mapping[str, str], lists: set[str]) -> set[str]:
    """Add a text; return the first file of each job that runs, save those of its lists.

    Args:
        project: the large site.
        files: the text.
        lists: a page and a feed for each of its lists; each of these jobs must run.
    """
    project.write(files)
    done: list[str] = []
    report = site.build_site(project.root, moment=DAY, progress=lambda *job: done.append(job[2]))
    assert not report.refused
    for name in files:
        (project.root / name).unlink()
    project.build()
    assert lists <= set(done)
    return set(done) - lists - {".axtra"}


def test_adding_news_rebuilds_its_page_and_the_first_page_of_its_lists(large: Project) -> None:
    written = news("Neuve", "2020-05-30", mots_cles="[essai, s-1]")
    lists = SUBJECTS | {"index.html", "nouvelles/index.html", "flux/nouvelles.xml"}
    done = _cost(large, {"content/nouvelles/2020/neuve.md": written}, lists)
    assert len(done) <= 15
    assert [name for name in done - EVERY if "neuve" not in name] == []


def test_adding_an_event_rebuilds_its_page_and_the_first_page_of_its_list(large: Project) -> None:
    written = text(titre="Un événement neuf", debut="2020-07-01", date="2020-05-30")
    lists = {"index.html", "evenements/index.html", "flux/evenements.xml", "evenements/agenda.ics"}
    done = _cost(large, {"content/evenements/neuf.md": written}, lists)
    assert len(done) <= 15
    assert [name for name in done - EVERY if "neuf" not in name] == []


def test_adding_a_letter_rebuilds_its_page_its_list_and_the_previous_letter(large: Project) -> None:
    before = f"infolettres/{FIRST + timedelta(days=70 * (LETTERS - 1))}/index.html"
    lists = {"index.html", "infolettres/index.html", "flux/infolettres.xml", before}
    done = _cost(large, {"newsletters/2020/2020-05-31.md": letter(date="2020-05-31")}, lists)
    assert len(done) <= 15
    assert [name for name in done - EVERY if "2020-05-31" not in name] == []


def test_adding_an_article_rebuilds_its_page_its_numero_and_the_first_page_of_its_lists(
    large: Project,
) -> None:
    folder = f"magazine/{2017 + (NUMEROS - 1) // 2}-11"
    written = article("Un article neuf", ordre="9", mots_cles="[essai, s-1]")
    lists = SUBJECTS | {
        *(
            "index.html",
            "auteurs/index.html",
            "auteurs/une-personne/index.html",
            "flux/articles.xml",
        ),
        *("rubriques/index.html", "rubriques/regards/index.html", "flux/rubriques/regards.xml"),
    }
    done = _cost(large, {f"content/{folder}/neuf.md": written}, lists)
    issue = {name for name in done if name.startswith(folder) and "neuf" not in name}
    assert len(issue) == ARTICLES + 2  # its page, its book, « Dans ce numéro » of its articles
    assert len(done - issue) <= 15
    assert [name for name in done - issue - EVERY if "neuf" not in name] == []
