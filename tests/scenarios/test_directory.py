"""The directory of centres, as visitors without scripts and programs of others find it."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from lxml import html

from axtra import site
from support.centre_sheets import HOURS, centre, many, territory
from support.fixture_types import MakeProject
from support.small_sites import DAY, FULL, Project, letter, make_project

CENTRES = {
    "content/centres/premier.md": centre(
        "Le Premier Centre",
        "04",
        adresse="12, rue du Test",
        ville="Trois-Rivières",
        code_postal="g9a1a1",
        specialites="[orientation, recherche d’emploi]",
        publics="jeunes",
        langues="[français]",
        heures=HOURS,
        telephone="819 555-0101",
        courriel="premier@essai.example",
        site="https://premier.essai.example/",
        service_en_ligne="oui",
        verifie="2020-05-01",
    ),
    "content/centres/second.md": centre(
        "Le Second; le « vrai »",
        "Mauricie",
        coordonnees="[46.6, -72.7]",
        specialites="[Orientation]",
        verifie="2018-05-01",
    ),
    "content/centres/du-nord.md": centre(
        "Centre du Nord",
        "saguenay-lac-saint-jean",
        ville="Alma",
        heures="{lundi: 9 h à 12 h, mardi: fermé}",
    ),
    "content/centres/ailleurs.md": centre("Sans région", "", code_postal="H0H 0H0").replace(
        "region: \n", ""
    ),
    "content/centres/brouillon.md": centre("Pas encore", statut="brouillon"),
}
BLOCKS = (
    "/// centre | premier\n///\n\n/// centres | Près d’ici\n    region: Mauricie\n///\n\nVoilà."
)
SLUGS = ["ailleurs", "du-nord", "premier", "second"]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build a site with a few centres, a page and a letter that show them."""
    page = FULL["content/pages/a-propos.md"] + f"\n{BLOCKS}\n"
    files = {**CENTRES, **territory(), "content/pages/a-propos.md": page}
    project = make_project(tmp_path_factory.mktemp("annuaire"), files)
    project.write({"newsletters/2020/2020-05-06.md": letter(BLOCKS)})
    report = project.build()
    assert not report.refused, "\n".join(map(str, report.diagnostics))
    return project


def page(project: Project, address: str) -> html.HtmlElement:
    return html.fromstring((project.output / address.strip("/") / "index.html").read_text("utf-8"))


def words(tree: html.HtmlElement) -> str:
    return " ".join(tree.text_content().split())


def reached(project: Project) -> dict[str, html.HtmlElement]:
    """Follow the plain links of the directory."""
    pages: dict[str, html.HtmlElement] = {}
    left = ["/trouver/"]
    while left:
        address = left.pop()
        if address not in pages:
            pages[address] = page(project, address)
            found = pages[address].xpath("//main//a/@href")
            left += [at for at in found if at.startswith("/trouver/") and at.endswith("/")]
    return pages


def test_plain_links_lead_to_every_region_speciality_public_and_centre(directory: Project) -> None:
    pages = reached(directory)
    written = (directory.output / "trouver").rglob("index.html")
    assert {f"/{path.parent.relative_to(directory.output).as_posix()}/" for path in written} == {
        *pages
    }
    heads = {address: words(tree.xpath("//h1")[0]) for address, tree in pages.items()}
    assert heads["/trouver/regions/mauricie/"] == "Mauricie"
    mauricie = words(pages["/trouver/regions/mauricie/"])
    assert "Le Premier Centre" in mauricie
    assert "Le Second" in mauricie
    assert "Centre du Nord" not in mauricie
    assert heads["/trouver/centres/premier/"] == "Le Premier Centre"
    assert heads["/trouver/regions/mauricie/orientation/"] == "orientation, en Mauricie"
    assert heads["/trouver/specialites/recherche-d-emploi/"] == "recherche d’emploi"
    assert heads["/trouver/publics/jeunes/"] == "jeunes"
    assert heads["/trouver/regions/a-confirmer/"] == "Région à confirmer"
    assert heads["/trouver/regions/saguenay-lac-saint-jean/"] == "Saguenay–Lac-Saint-Jean"
    assert "Pas encore" not in "".join(map(words, pages.values()))


def test_a_sheet_says_all_that_it_knows_and_how_fresh_it_is(directory: Project) -> None:
    first = words(page(directory, "/trouver/centres/premier/"))
    for said in (
        "12, rue du Test",
        "Trois-Rivières (Québec)",
        "G9A\u00a01A1",
        "819",
        "orientation",
    ):
        assert said.replace("\u00a0", " ") in first
    assert "vérifiée par le centre le 1er mai 2020" in first
    assert "il y a plus d’un an" in words(page(directory, "/trouver/centres/second/"))
    assert "pas encore vérifié" in words(page(directory, "/trouver/centres/du-nord/"))
    data = json.loads(
        page(directory, "/trouver/centres/premier/").xpath(
            "//script[@type='application/ld+json']/text()"
        )[0]
    )
    agency = next(thing for thing in data["@graph"] if thing["@type"] == "EmploymentAgency")
    assert agency["areaServed"]["name"] == "Mauricie"
    assert agency["address"]["postalCode"] == "G9A 1A1"
    assert [span["opens"] for span in agency["openingHoursSpecification"]] == ["08:30", "09:00"]


def test_the_data_is_open_with_an_entry_for_each_sheet(directory: Project) -> None:
    folder = directory.output / "trouver"
    records = json.loads((folder / "centres.json").read_text("utf-8"))
    assert [record["nom"] for record in records] == [
        "Centre du Nord", "Le Premier Centre", "Le Second; le «\u00a0vrai\u00a0»", "Sans région",
    ]  # fmt: skip
    first = records[1]
    assert (first["region"], first["code-postal"]) == ("Mauricie", "G9A 1A1")
    assert first["coordonnees-exactes"] is False
    assert 46.2 < first["coordonnees"][0] < 46.5
    assert records[0]["coordonnees"][0] == pytest.approx(48.55, abs=0.1)  # of its town
    assert records[3]["coordonnees"] is None
    table = (folder / "centres.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))
    assert [row["nom"] for row in rows] == [record["nom"] for record in records]
    places = json.loads((folder / "centres.geojson").read_text("utf-8"))["features"]
    assert [place["id"] for place in places] == ["du-nord", "premier", "second", "ailleurs"]
    assert places[2]["geometry"]["coordinates"] == [-72.7, 46.6]
    cards = sorted((folder / "centres").glob("*.vcf"))
    assert [card.stem for card in cards] == SLUGS
    card = (folder / "centres/second.vcf").read_bytes().decode()
    assert card.startswith("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Le Second\\; le")
    assert "GEO:46.6;-72.7\r\n" in card
    assert "TEL;TYPE=work,voice:819" in (folder / "centres/premier.vcf").read_text("utf-8")
    assert "/trouver/regions/mauricie/" in (directory.output / "sitemap.xml").read_text("utf-8")


def test_the_map_says_what_the_list_says(directory: Project) -> None:
    tree = page(directory, "/trouver/")
    links = tree.xpath("//main//*[local-name()='svg']//*[local-name()='a'][not(@aria-hidden)]")
    listed = tree.xpath("//div[@class='regions']//h2/a/@href")
    assert sorted(link.get("href") for link in links) == sorted(
        address for address in listed if "a-confirmer" not in address
    )
    assert "Carte schématique" in words(tree)
    assert "GeoNames" in words(tree)


def test_blocks_show_centres_in_pages_and_letters(directory: Project) -> None:
    about = page(directory, "/a-propos/")
    assert (
        about.xpath("//article[contains(@class, 'carte')]//a/@href").count(
            "/trouver/centres/premier/"
        )
        == 2
    )
    assert "/trouver/centres/second/" in about.xpath("//main//a/@href")
    mail = directory.output / "infolettres/2020-05-06"
    for name in ("courriel.html", "courriel.txt"):
        said = (mail / name).read_text("utf-8")
        assert "/trouver/centres/premier/" in said
        assert "Le Second" in said


def test_publication_refuses_a_sheet_of_demonstration(new_project: MakeProject) -> None:
    sheet = centre("De démonstration", demonstration="[adresse, telephone]", adresse="1, rue X")
    project = new_project({"content/centres/faux.md": sheet})
    assert not project.build().refused
    report = project.build(publish=True)
    assert report.refused
    assert [(found.file, found.rule) for found in report.diagnostics] == [
        ("content/centres/faux.md", "fait-de-demonstration")
    ]


def test_a_site_without_centres_has_no_directory(new_project: MakeProject) -> None:
    project = new_project()
    assert not project.build().refused
    assert not (project.output / "trouver").exists()


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Render the heaviest pages of a directory of 1,000 centres, without the others."""
    files = {**territory(), **many(1000)}
    project = make_project(tmp_path_factory.mktemp("mille"), files)
    ready = site.prepare(project.root, moment=DAY)
    assert not ready.refused
    shelves = ready.library.directory
    heaviest = [max(known, key=lambda shelf: len(shelf.centres)).url for known in (
        shelves.regions, shelves.specialities, shelves.publics,
    )]  # fmt: skip
    wanted = ["/trouver/", *heaviest, "/trouver/pres-de-moi.json", "/trouver/centres.csv",
              "/trouver/centres/centre-d-emploi-0007/"]  # fmt: skip
    return {at: made(ready, at) for at in wanted}


def made(ready: site.Prepared, address: str) -> bytes:
    task = ready.table.task_of(address)
    assert task is not None
    data = task.run().files[site.file_of(address)]
    assert data is not None
    return data


def test_a_thousand_centres_keep_pages_light(thousand: dict[str, bytes]) -> None:
    near = thousand.pop("/trouver/pres-de-moi.json")
    table = thousand.pop("/trouver/centres.csv")
    assert table.decode("utf-8-sig").count("\r\n") == 1001
    assert len(gzip.compress(near, 9)) <= 40_000
    for address, data in thousand.items():
        assert len(data) <= 30_000, address
    region = next(data for address, data in thousand.items() if "/regions/" in address)
    tree = html.fromstring(region.decode())
    listed = tree.xpath("//main//li/a[starts-with(@href, '/trouver/centres/')]")
    assert len(listed) > 100
    assert str(Path("/trouver/centres")) in region.decode()
