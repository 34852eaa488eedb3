"""Accessibility rules that no tool checks, on every page of the sample and of the hardest site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from lxml import html
from lxml.html import HtmlElement

from support import hardest_components
from support.fixture_types import Sample

GENERIC = re.compile(
    r"(cliquez )?ici|lien|liens|plus|en savoir plus|lire la suite|lire|suite|voir|voir plus|"
    r"d[ée]tails|t[ée]l[ée]charger|https?://\S+",
    re.IGNORECASE,
)
ENGLISH = frozenset("the of and to in is for with that this by from are was were your our".split())  # noqa: SIM905
LEAST_WORDS = 5
EXTERNAL = re.compile(r"https?://(?!www\.axtra\.ca)")


@pytest.fixture(scope="module")
def pages(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> dict[str, HtmlElement]:
    """Parse every page of both sites, save the mails, which have their own rules."""
    output = hardest_components.output(tmp_path_factory)
    parsed = {name: page for name, page in sample.crawl.pages.items() if "courriel" not in name}
    for path in sorted(output.rglob("*.html")):
        parsed[f"extrême/{path.relative_to(output)}"] = html.document_fromstring(path.read_bytes())
    return parsed


def words(node: HtmlElement) -> str:
    """Return the text of a node as a single line."""
    return " ".join(node.text_content().split())


def generic_links(page: HtmlElement) -> Iterator[str]:
    for link in page.xpath("//a[@href]"):
        name = link.get("aria-label") or words(link) or " ".join(link.xpath(".//img/@alt"))
        address = link.get("href")
        if not name or (GENERIC.fullmatch(name.strip(" .…")) and name != address):
            yield html.tostring(link, encoding="unicode", with_tail=False)


def headings(page: HtmlElement) -> Iterator[str]:
    levels = [int(node.tag[1]) for node in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} h1"
    yield from (f"h{above} then h{below}" for above, below in pairwise(levels) if below > above + 1)


def tables(page: HtmlElement) -> Iterator[str]:
    for table in page.xpath("//table"):
        if not table.xpath(".//th[@scope]"):
            yield f"a table without header cells: {words(table)[:60]}"
        if not table.xpath("ancestor::*[@tabindex='0'][@aria-label]"):
            yield f"a table that the keyboard cannot scroll: {words(table)[:60]}"


def unmarked_english(page: HtmlElement) -> Iterator[str]:
    for node in page.xpath("//p|//li|//h1|//h2|//h3|//dd|//figcaption|//blockquote|//a"):
        language = node.xpath("string(ancestor-or-self::*[@lang][1]/@lang)")
        spoken = re.findall(r"[^\W\d_]+", words(node).lower())
        english = sum(word in ENGLISH for word in spoken)
        if language.startswith("fr") and len(spoken) >= LEAST_WORDS and english * 4 > len(spoken):
            yield words(node)[:80]


def images(page: HtmlElement) -> Iterator[str]:
    at = 0
    for image in page.xpath("//main//img"):
        if image.get("alt") is None or not (image.get("width") and image.get("height")):
            yield f"no alt or no size: {image.get('src')}"
        if image.xpath("ancestor::ul[contains(@class, 'signatures')]"):
            continue  # the small portraits of a byline come before the picture of the text
        # What is at the foot of the page waits.
        further = image.xpath("ancestor::section[@aria-labelledby='axe_connexes']")
        if image.get("loading") == "lazy" and at == 0 and not further:
            yield f"the first image is lazy: {image.get('src')}"
        if image.get("loading") != "lazy" and (at > 0 or further):
            yield f"not lazy: {image.get('src')}"
        at += 1


def landmarks(page: HtmlElement) -> Iterator[str]:
    ids = set(page.xpath("//@id"))
    for node in page.xpath("//nav|//section|//aside|//form"):
        labelled = node.get("aria-labelledby")
        if labelled and labelled not in ids:
            yield f"labelled by nothing: {labelled}"
        if node.tag == "nav" and not (labelled or node.get("aria-label")):
            yield "a nav without name"
    names = [
        node.get("aria-label") or words(page.get_element_by_id(node.get("aria-labelledby")))
        for node in page.xpath("//nav[@aria-label or @aria-labelledby]")
    ]
    yield from (f"two nav named {name}" for name in set(names) if names.count(name) > 1)
    if page.xpath("//a[1]/@href")[:1] != ["#axe_contenu"]:
        yield "the first link does not skip to the contents"


def downloads(page: HtmlElement) -> Iterator[str]:
    for link in page.xpath("//main//a[contains(@href, '.pdf')]"):
        if "PDF" not in words(link.getparent()):
            yield f"nothing says that it is a PDF: {words(link)}"


def foreign(page: HtmlElement) -> Iterator[str]:
    for link in page.xpath("//a[@target='_blank']"):
        yield f"opens a window: {link.get('href')}"
    for node in page.xpath(
        "//*[@src] | //link[@rel='stylesheet' or @rel='preload' or @rel='icon']"
    ):
        address = node.get("src") or node.get("href")
        if EXTERNAL.match(address):
            yield f"fetches {address}"


RULES = (
    generic_links, headings, tables, unmarked_english, images, landmarks, downloads, foreign,
)  # fmt: skip
WRONG = {
    generic_links: '<a href="/x/">Cliquez ici</a>',
    headings: "<h1>A</h1><h1>B</h1>",
    tables: "<table><tr><td>1</td></tr></table>",
    unmarked_english: '<div lang="fr-CA"><p>This is the voice of the people in the room</p></div>',
    images: '<main><img src="/a.png"></main>',
    landmarks: "<nav></nav><nav aria-label='a'></nav>",
    downloads: '<main><p><a href="/a.pdf">Le rapport</a></p></main>',
    foreign: '<img src="https://ailleurs.example/pixel.gif">',
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_page_follows_every_rule(pages: dict[str, HtmlElement], rule: object) -> None:
    assert callable(rule)
    faults = [f"{name}: {fault}" for name, page in pages.items() for fault in rule(page)]
    assert faults == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_detects_its_fault(rule: object) -> None:
    assert callable(rule)
    assert list(rule(html.document_fromstring(f"<html><body>{WRONG[rule]}</body></html>")))


def test_a_numero_links_to_its_books_and_its_neighbours(pages: dict[str, HtmlElement]) -> None:
    page = pages["extrême/magazine/2019-11/index.html"]
    books = page.xpath("//a[@download]/@href")
    stem = "/magazine/2019-11/axe-magazine-2019-11"
    assert books == [f"{stem}.pdf", f"{stem}.epub"]
    assert page.xpath("//a[@rel='prev']/@href") == ["/magazine/2019-05/"]
    assert page.xpath("//a[@rel='next']/@href") == ["/magazine/2020-05/"]


def test_an_article_page_shows_every_key_of_its_file(pages: dict[str, HtmlElement]) -> None:
    page = pages["extrême/magazine/2020-05/tout/index.html"]
    shown = words(page.xpath("//article")[0]).replace("\u00a0", " ")
    for expected in (
        "mis à jour le 20 mai 2020", "À retenir", "Un deuxième.", "Photo : une personne, CC BY 4.0",
        "18 mai 2020 – Le total est 336 et non 335.", "L’une des autrices siège au comité",
        "Qui signent ce texte", "Citer cet article", "Dans ce texte", "Partager",
    ):  # fmt: skip
        assert expected in shown, expected
    for note in page.xpath("//*[contains(@class, 'footnote-backref')]/@href"):
        assert page.get_element_by_id(note[1:]) is not None


def test_a_press_release_shows_its_city_its_embargo_and_its_contact(
    pages: dict[str, HtmlElement],
) -> None:
    shown = words(pages["extrême/communiques/communique/index.html"]).replace("\u00a0", " ")
    assert "Embargo levé le 2 février 2020" in shown
    assert "Québec, le 2 février 2020 –" in shown
    assert "Une personne, communications, 418 555-0100" in shown
