"""Photographs in a whole build: pages, files, refusals."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree, html
from PIL import Image as Bitmap

from support import picture_names, quartered_pictures
from support.fixture_types import MakeProject
from support.quartered_pictures import redness
from support.small_sites import FULL, Project, news

ILLUSTRATED = {
    **FULL,
    "content/nouvelles/2020/photo.md": news(
        "Une nouvelle en image", image="images/rive.jpg", alt="Une rive au matin"
    ),
}


def photograph(project: Project, name: str = "rive.jpg") -> None:
    path = project.root / "content/images" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Bitmap.linear_gradient("L").resize((1500, 1000)).convert("RGB").save(path)


def test_every_file_of_a_picture_exists_with_its_declared_width(new_project: MakeProject) -> None:
    site = new_project(ILLUSTRATED)
    photograph(site)
    report = site.build()
    assert not report.diagnostics
    page = html.document_fromstring((site.output / "nouvelles/photo/index.html").read_bytes())
    [picture] = page.xpath("//picture")
    assert [source.get("type") for source in picture.xpath(".//source")] == [
        "image/avif",
        "image/webp",
    ]
    for source in picture.xpath(".//source"):
        for entry in source.get("srcset").split(", "):
            address, width = entry.split()
            with Bitmap.open(site.output / address[1:]) as image:
                assert f"{image.width}w" == width
    [img] = picture.xpath(".//img")
    assert (img.get("width"), img.get("height")) == ("1500", "1000")
    assert img.get("alt") == "Une rive au matin"
    assert (site.output / img.get("src")[1:]).is_file()


def test_a_truncated_photograph_stops_the_build(new_project: MakeProject) -> None:
    site = new_project(ILLUSTRATED).with_own_caches("livres")
    photograph(site)
    assert not site.build().refused
    before = (site.output / "nouvelles/photo/index.html").read_bytes()
    path = site.root / "content/images/rive.gif"
    photograph(site, "rive.gif")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + b"\0;")
    site.write({"content/nouvelles/2020/photo.md": news(image="images/rive.gif", alt="Une rive")})
    report = site.build()
    assert [each for each in report.diagnostics if each.rule == "image-illisible"]
    assert report.refused
    assert (site.output / "nouvelles/photo/index.html").read_bytes() == before


def test_a_file_whose_name_hides_something_is_never_published(new_project: MakeProject) -> None:
    names = ("a\nb", "a\u202egnp.b", "a\x1b[2Jb", "a\u200bb", "a\u2028b")
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    files = {f"content/images/{name}.svg": drawing for name in names}
    report = new_project({**FULL, **files}).build()
    found = [each for each in report.diagnostics if each.rule == "nom-de-fichier"]
    assert sorted(each.file for each in found) == sorted(files)
    assert all(each.remedy.endswith(".svg") and each.remedy.isascii() for each in found)
    assert all(len(str(each).splitlines()) == 2 for each in found)
    assert report.refused


def test_a_file_with_active_content_is_never_published(new_project: MakeProject) -> None:
    files = {
        "content/documents/page.html": "<script>alert(1)</script>",
        "content/images/piege.svg": (
            '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        ),
    }
    report = new_project({**FULL, **files}).build()
    active = sorted(each.file for each in report.diagnostics if each.rule == "fichier-actif")
    assert active == sorted(files)
    assert report.refused


# --- names -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site of the names that people give; return its output."""
    project = picture_names.make(tmp_path_factory.mktemp("noms") / "projet")
    report = project.build()
    found = [each for each in report.diagnostics if each.rule != "nom-de-fichier"]
    assert not found, "\n".join(map(str, found))
    return project.output


def addresses(page: Path) -> Iterator[str]:
    """Yield every address of a picture in a page or a mail, in its metadata too."""
    tree = html.document_fromstring(page.read_bytes())
    yield from tree.xpath("//img/@src | //meta[@property='og:image']/@content")
    for candidates in tree.xpath("//source/@srcset"):
        yield from (candidate.split()[0] for candidate in candidates.split(", "))
    for data in tree.xpath("//script[@type='application/ld+json']/text()"):
        yield from re.findall(r'"(?:image|contentUrl)": ?"([^"]*)"', data)


def test_every_address_of_a_picture_is_encoded_and_leads_to_it(named: Path) -> None:
    pages = [
        *named.glob("nouvelles/cas-*/index.html"),
        *named.glob("magazine/*/premier/index.html"),
        *named.glob("infolettres/*/courriel.html"),
    ]
    assert len(pages) == len(picture_names.NAMES) + 2
    found = [(page, address) for page in pages for address in addresses(page)]
    for feed in json.loads((named / "flux/site.json").read_text("utf-8"))["items"]:
        found += [(named / "flux/site.json", feed["image"])] if "image" in feed else []
    assert len(found) > 10 * len(picture_names.NAMES)
    for page, address in found:
        assert re.fullmatch(r"[A-Za-z0-9/:._~%-]+", address), (page, address)
        assert (named / unquote(urlsplit(address).path).lstrip("/")).is_file(), (page, address)


def test_every_picture_of_an_epub_is_its_own(named: Path) -> None:
    with zipfile.ZipFile(next(named.glob("magazine/*/*.epub"))) as book:
        names = book.namelist()
        shown = {
            f"EPUB/{picture.get('src')}"
            for name in names
            if "texte-" in name
            for picture in etree.fromstring(book.read(name)).iter("{*}img")
        }
    assert len(names) == len(set(names))
    assert shown <= set(names)
    assert len(shown) == len(picture_names.NAMES)
    assert all(re.fullmatch(r"[A-Za-z0-9/._-]+", name) for name in shown)


def test_two_files_of_one_name_are_an_error(new_project: MakeProject) -> None:
    site = new_project(FULL)
    photograph(site, "e\u0301te\u0301.jpg")
    photograph(site, "\u00e9t\u00e9.jpg")
    report = site.build()
    assert {each.rule for each in report.diagnostics} == {"nom-de-fichier", "fichier-double"}
    assert report.refused


def test_a_heavy_animation_is_a_warning_and_a_large_photograph_is_reduced(
    new_project: MakeProject,
) -> None:
    site = new_project(FULL)
    folder = site.root / "content/images"
    folder.mkdir(parents=True)
    frames = [Bitmap.effect_noise((1700, 1700), 90 + turn) for turn in range(4)]
    frames[0].save(folder / "anime.gif", save_all=True, append_images=frames[1:])
    frames[0].resize((6100, 100)).save(folder / "large.png")
    report = site.build()
    assert [(each.file, each.rule) for each in report.diagnostics] == [
        ("content/images/anime.gif", "image-lourde")
    ]
    with Bitmap.open(site.output / "images/large.png") as published:
        assert published.width == 3000


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("image: images/RIVE.JPG\nalt: Une rive", "images/rive.jpg"),
        ("image: images/rive.JPG\nalt: Une rive", "images/rive.jpg"),
    ],
)
def test_a_name_in_other_capitals_is_an_error_that_names_the_file(
    new_project: MakeProject, typed: str, remedy: str
) -> None:
    site = new_project(FULL)
    photograph(site)
    text = ILLUSTRATED["content/nouvelles/2020/photo.md"]
    site.write(
        {
            "content/nouvelles/2020/photo.md": re.sub(r"image: .*\nalt: .*", typed, text),
            "content/nouvelles/2020/lien.md": news().replace(
                "Un texte assez long pour être lu.", "[La rive au matin](/images/Rive.jpg)"
            ),
        }
    )
    link, shown = sorted(site.build().diagnostics, key=lambda each: each.file)
    assert (shown.rule, shown.line) == ("image-absente", 5)
    assert shown.remedy == f"Attention aux majuscules :  {remedy}"
    assert (link.rule, link.line) == ("lien-brise", 7)
    assert link.remedy == f"Attention aux majuscules :  /{remedy}"


def test_the_books_the_pages_and_the_posters_keep_the_point_of_a_picture(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    site = quartered_pictures.output(tmp_path_factory)
    with zipfile.ZipFile(site / "magazine/2020-05/axe-magazine-2020-05.epub") as files:
        [cover] = [name for name in files.namelist() if name.endswith("couverture.png")]
        with files.open(cover) as file, Bitmap.open(file) as image:
            assert redness(image.crop((0, 310, 1200, 1130))) > 0.4
    [poster] = (site / "images/affiches").glob("magazine-2020-05-premier.*.jpg")
    with Bitmap.open(poster) as image:
        assert redness(image.crop((980, 0, 1200, 630))) > 0.4
    [mailed] = (site / "images/courriel").glob("rouge.*")
    with Bitmap.open(mailed) as image:  # a mail shows it whole
        assert (image.width / image.height, redness(image)) == (4, 0.25)
    for page, classes in (("magazine", "cadre-10-5 coupe"), ("rubriques/regards", "cadre-10-5")):
        read = (site / page / "index.html").read_text("utf-8")
        assert f'<img class="{classes}"' in read
        assert "css/cadrage." in read
        assert 'style="' not in read
    plain = (site / "nouvelles/index.html").read_text("utf-8")
    assert "cadre-" not in plain
    assert "css/cadrage." not in plain
