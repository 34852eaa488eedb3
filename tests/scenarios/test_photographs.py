"""Photographs in a whole build: pages, files, refusals."""

from __future__ import annotations

from lxml import html
from PIL import Image as Bitmap

from support.fixture_types import MakeProject
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
