"""The search page in a real browser: French queries, filters, the keyboard, no network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from markupsafe import Markup
from playwright.sync_api import Browser, BrowserContext, Page, expect
from snowballstemmer import stemmer

from axtra.content.loading import Folders, load
from axtra.content.model import walk
from axtra.site.search_index import words
from infolettre.core.dates import ZONE

pytestmark = pytest.mark.navigateur

# A query, and words from the title of a text that must be among the first five results.
QUERIES = [
    ("emploi", "Chercher un emploi"),
    ("l'emploi", "Chercher un emploi"),
    ("l’emploi", "Chercher un emploi"),
    ("emplois", "Chercher un emploi"),
    ("d’emploi", "plateforme des services d’emploi"),
    ("main-d’œuvre", "Quand ce sont les postes qui attendent"),
    ("main d'oeuvre", "Quand ce sont les postes qui attendent"),
    ("Tromsø", "De Québec à Tromsø"),
    ("tromso", "De Québec à Tromsø"),
    ("cœur", "Marianne St-Gelais"),
    ("coeur", "Marianne St-Gelais"),
    ("Québec", "De Québec à Tromsø"),
    ("quebec", "De Québec à Tromsø"),
    ("stages rémunérés", "Des stages qui paient"),
    ("stage remunere", "Des stages qui paient"),
    ("jeune", "jeunes et les stages"),
    ("les jeunes", "jeunes et les stages"),
    ("prix meritas", "Cinq prix pour dire merci"),
    ("Prix Méritas", "Cinq prix pour dire merci"),
    ("aujourd’hui", "sondage d’AXTRA"),
    ("aujourd'hui", "sondage d’AXTRA"),
    ("politique publique", "développement de carrière"),
    ("budget federal", "Budget fédéral"),
    ("« être sur son X »", "Chercher un emploi, trouver son X"),
    ("immigrants", "Deux budgets"),
    ("1 500", "Le travail change d’axe"),
    ("l’axe d’un numéro", "Le travail change d’axe"),
]
TITLES = "#axe_trouve h3"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def page(visit: BrowserContext, address: str) -> Iterator[Page]:
    """Open the search page; fail if it logs anything or calls another host."""
    page = visit.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request", lambda sent: None if sent.url.startswith(address) else wrong.append(sent.url)
    )
    page.goto(f"{address}/recherche/")
    expect(page.locator(".facettes option").nth(3)).to_be_attached()
    yield page
    page.close()
    assert wrong == []


def ask(page: Page, query: str) -> str:
    """Type a query, press Enter and return the announced count."""
    page.fill("#axe_q", query)
    page.keyboard.press("Enter")
    expect(page.locator("#axe_bilan")).to_contain_text(f"pour « {query} »")
    return page.locator("#axe_bilan").inner_text()


def titles(page: Page) -> list[str]:
    return page.locator(TITLES).all_inner_texts()


def test_readers_find_texts_however_they_type_their_query(page: Page) -> None:
    missed = []
    for query, expected in QUERIES:
        ask(page, query)
        first = titles(page)[:5]
        if not any(expected in title for title in first):
            missed.append((query, first))
    assert missed == []


# Asked with their accents; the truth is worked out from the texts themselves.
TRUE_SETS = (
    "emploi", "stages", "stage rémunéré", "marché du travail", "main-d’œuvre", "employabilité",
    "conseillers", "développement de carrière", "formation", "compétences", "immigration",
    "budget du Québec", "budget fédéral", "femmes", "jeunes", "recherche", "rémunération",
    "politiques publiques", "prix méritas", "symposium", "colloque", "entreprises", "personnes",
    "sondage", "députation", "campagne électorale", "apprentissage", "partenaires", "publication",
    "infolettres", "services d’emploi", "intervention",
)  # fmt: skip
NONSENSE = (
    "zzzz", "xqwjk", "blorptif", "gnouflard", "krzyżak", "wxyz", "qsdfgh", "ptiwok", "zygomorphe",
    "kwyjibo", "hjklm", "brznk", "intelligence artificielle", "blockchain", "ornithorynque",
)  # fmt: skip
SMALL = {"de", "du", "d", "la"}


STEM = stemmer("french").stemWord


@pytest.fixture(scope="module")
def stems() -> dict[str, set[str]]:
    """Return the stems of the words of each published text, by its title."""
    held = {}
    for item in load(Folders(ROOT), moment=datetime(2019, 4, 2, 12, tzinfo=ZONE))[0].items:
        if item.shown:
            texts = (item.title, item.summary, *item.front_words, *(s.name for s in item.subjects))
            said = [text.plain for text in texts if text]
            said += [Markup(html).striptags() for node in walk(item.body) for html in node.words]  # noqa: S704 - our own
            held[" ".join(item.title.plain.split())] = {*map(STEM, words(" ".join(said)))}
    return held


def test_a_query_finds_only_the_texts_with_its_words(
    page: Page, stems: dict[str, set[str]]
) -> None:
    wrong = {}
    for query in TRUE_SETS:
        ask(page, query)
        assert page.locator("#axe_proches").is_hidden(), query
        shown = {" ".join(title.split()) for title in titles(page)}
        wanted = {STEM(word) for word in words(query) if word not in SMALL}
        true = {title for title, held in stems.items() if wanted <= held}
        if shown != true:
            wrong[query] = (sorted(shown - true), sorted(true - shown))
    assert wrong == {}


def test_a_word_in_no_text_finds_only_what_comes_near(page: Page) -> None:
    for query in NONSENSE:
        assert ask(page, query).startswith("Aucun texte"), query
        assert page.locator("#axe_trouve").is_hidden(), (query, titles(page))
    for query, near in (("télétravail", "travail"), ("compétance", "compétences")):
        assert ask(page, query).startswith("Aucun texte"), query
        expect(page.get_by_role("heading", name="Ce qui s’en approche")).to_be_visible()
        assert f"« {near} »" in page.locator("#axe_proches").inner_text()
        assert near in page.locator("mark").first.inner_text().lower()


def test_stems_are_those_of_the_published_algorithm(page: Page, stems: dict[str, set[str]]) -> None:
    inflected = {
        start + end
        for start in ("travail", "emploi", "naïf", "aigu", "cré", "jou", "quitt", "nî", "col")
        for end in ("", "s", "er", "ements", "atrices", "euses", "ivement", "issaient", "abilité",
                    "ions", "eaux", "aux", "emment", "ication", "logies", "ière", "ais", "ït")
    }  # fmt: skip
    every = sorted(inflected.union(*stems.values()))
    form = "document.querySelector('.chercher')"
    given = page.evaluate(
        f"async all => all.map((await import({form}.dataset.racine)).stem)", every
    )
    assert dict(zip(every, given, strict=True)) == {word: STEM(word) for word in every}


def test_two_spellings_of_a_word_find_the_same_texts(page: Page) -> None:
    pairs = (("l’emploi", "emploi"), ("cœur", "coeur"), ("Tromsø", "tromso"), ("Québec", "quebec"),
             ("employeurs", "employeur"), ("égalités", "egalite"),
             ("rémunération", "remuneration"))  # fmt: skip
    for spellings in pairs:
        counts = [ask(page, query).partition(" pour")[0] for query in spellings]
        assert counts[0] == counts[1] != "Aucun texte", (spellings, counts)


def test_results_are_shown_in_their_original_spelling(page: Page) -> None:
    ask(page, "main-d'oeuvre")
    shown = page.locator("#axe_trouve").inner_text()
    assert "main-d’œuvre" in shown
    assert "oeu" not in shown
    assert "'" not in shown
    assert "main-d’œuvre" in page.locator("mark").all_inner_texts()
    ask(page, "tromso")
    assert set(page.locator("mark").all_inner_texts()) == {"Tromsø"}


def test_filters_narrow_a_search_and_show_how_many_texts_they_leave(page: Page) -> None:
    every = int(ask(page, "emploi").split(" ")[0])
    option = page.locator("#axe_genre option", has_text="Article (")
    count = int(option.inner_text().rpartition("(")[2].rstrip(")"))
    assert 0 < count < every
    page.select_option("#axe_genre", "Article")
    expect(page.locator("#axe_bilan")).to_have_text(f"{count} textes pour « emploi »")
    page.select_option("#axe_rubrique", "Projets novateurs")
    expect(page.locator("#axe_trouve .etiquette").first).to_have_text("Projets novateurs")
    assert set(page.locator("#axe_trouve .etiquette").all_inner_texts()) <= {"Projets novateurs"}
    assert "genre=Article" in page.url
    assert "rubrique=Projets+novateurs" in page.url


def test_a_filter_without_a_query_lists_its_texts_newest_first(page: Page) -> None:
    page.select_option("#axe_genre", "Communiqué")
    expect(page.locator(TITLES)).to_have_count(3)
    days = page.locator("#axe_trouve .date").all_inner_texts()
    years = [int(day.split()[-1]) for day in days]
    assert years == sorted(years, reverse=True)


def test_an_address_restores_its_search(page: Page, address: str) -> None:
    page.goto(f"{address}/recherche/?q=m%C3%A9ritas&annee=2019")
    expect(page.locator(TITLES).first).to_be_visible()
    assert page.input_value("#axe_q") == "méritas"
    assert page.input_value("#axe_annee") == "2019"


def test_the_page_works_with_the_keyboard_and_announces_the_count(page: Page) -> None:
    page.focus(".vers-recherche")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "axe_q"
    page.keyboard.type("emploi")
    expect(page.locator("[role=status]")).to_contain_text("textes pour « emploi »")
    expect(page.locator(TITLES).nth(30)).to_be_visible()  # all are given, not the first page
    for name in ("BUTTON", "SELECT", "SELECT", "SELECT", "A"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == name
    assert page.evaluate("document.activeElement.closest('li') !== null")
    last = page.locator("#axe_trouve li").nth(30)
    expect(last.locator("mark")).to_have_count(0)
    last.scroll_into_view_if_needed()
    expect(last.locator("p mark").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/recherche/" not in url)


def test_a_query_without_results_is_announced_and_never_executed(page: Page) -> None:
    assert ask(page, "zzzz").startswith("Aucun texte pour « zzzz »")
    assert page.locator("#axe_trouve").is_hidden()
    assert "<img src=x" in ask(page, "<img src=x onerror=alert(1)>")
    assert page.locator("main img").count() == 0


def test_every_result_links_to_a_page(page: Page, address: str) -> None:
    ask(page, "emploi")
    links = page.locator("#axe_trouve a").evaluate_all("all => all.map(link => link.href)")
    assert len(links) > 10
    for link in links:
        assert page.request.get(link).ok, link
        assert link.startswith(address)


def test_without_javascript_the_page_says_so_and_offers_links(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/recherche/")
    assert page.locator("form:visible").count() == 0
    assert page.get_by_text("demande JavaScript").is_visible()
    assert page.locator("#axe_parcourir a").count() > 10
    context.close()


def test_an_index_that_cannot_be_loaded_is_reported(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/textes.json", lambda route: route.abort())
    page.goto(f"{address}/recherche/?q=emploi")
    expect(page.locator("#axe_bilan")).to_contain_text("n’a pas pu se charger")
    page.close()
