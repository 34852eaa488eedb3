"""A file is published only if its content is of a known kind; others are refused with a remedy."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from axtra.content import active_files, file_formats

SVG = 'xmlns="http://www.w3.org/2000/svg"'


def archive(*names: str, first: str = "") -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as zipped:
        if first:
            zipped.writestr("mimetype", first)
        for name in names:
            zipped.writestr(name, "x")
    return data.getvalue()


def picture(kind: str) -> bytes:
    data = BytesIO()
    Image.new("RGB", (2, 2)).save(data, kind)
    return data.getvalue()


def film(brand: bytes) -> bytes:
    return struct.pack(">I4s4sI4s", 20, b"ftyp", brand, 0, brand)


TYPES = "[Content_Types].xml"
OPEN = "application/vnd.oasis.opendocument."
GOOD = {
    "rapport.pdf": b"%PDF-1.7\n%%EOF\n",
    "RAPPORT.PDF": b"%PDF-1.7\n%%EOF\n",
    "notes.v2.pdf": b"%PDF-1.7\n",
    "a.docx": archive(TYPES, "word/document.xml"),
    "a.xlsx": archive(TYPES, "xl/workbook.xml"),
    "a.pptx": archive(TYPES, "ppt/presentation.xml"),
    "a.odt": archive("content.xml", first=f"{OPEN}text"),
    "a.ods": archive("content.xml", first=f"{OPEN}spreadsheet"),
    "a.odp": archive("content.xml", first=f"{OPEN}presentation"),
    "a.epub": archive("a.opf", first="application/epub+zip"),
    "a.csv": "organisme;ville\r\nCarrefour;Québec\r\n".encode("cp1252"),
    "b.csv": "organisme\tville\n".encode("utf-16"),
    "a.txt": b"Un mot : 2 < 3.\n",
    "a.ics": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "a.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n",
    "a.srt": b"\xef\xbb\xbf1\r\n00:00:00,000 --> 00:00:01,000\r\nBonjour\r\n",
    "a.mp3": b"ID3\x04rest",
    "b.mp3": b"\xff\xfb\x90\x00",
    "a.m4a": film(b"M4A "),
    "a.mp4": film(b"isom"),
    "a.jpg": picture("JPEG"),
    "a.jpeg": picture("JPEG"),
    "a.png": picture("PNG"),
    "a.gif": picture("GIF"),
    "a.webp": picture("WEBP"),
    "a.avif": picture("AVIF"),
    "a.bib": "@book{roy, title = {L’été}}".encode(),
    "a.json": b'[{"id": "roy", "title": "x"}]',
    "a.svg": f"<svg {SVG}/>".encode(),
}
PROGRAMS = (
    "phtml", "php5", "asp", "cgi", "pl", "py", "sh", "ps1", "dll", "msi", "lnk", "url", "mht",
    "xbl", "svgz", "docm", "html", "js", "swf", "xml", "jar", "exe", "hta",
)  # fmt: skip


def is_published(folder: Path, name: str, data: bytes) -> bool:
    """Return whether a file with this content would be published."""
    path = folder / name
    path.write_bytes(data)
    return not active_files.of(path) and file_formats.refusal(path) is None


@pytest.mark.parametrize("name", GOOD)
def test_each_kind_of_file_that_editors_publish_is_accepted(tmp_path: Path, name: str) -> None:
    assert is_published(tmp_path, name, GOOD[name])


def test_every_listed_kind_has_a_sample() -> None:
    assert {Path(name.lower()).suffix for name in GOOD} | {".webm", ".ogg"} == set(
        file_formats.KINDS
    )


@pytest.mark.parametrize("extension", PROGRAMS)
def test_a_file_that_could_run_code_is_not_a_document(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a.{extension}"
    path.write_bytes(b"%PDF-1.7")
    assert f".{extension}" in active_files.of(path)


@pytest.mark.parametrize(
    "name", ["a.zip", "a.bin", "a.rtf", "a.xyz", "a", "a.pdf.", "a.pdf ", "a.7z"]
)
def test_an_unlisted_kind_is_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"%PDF-1.7")
    refusal = file_formats.refusal(tmp_path / name)
    assert refusal
    assert ".pdf" in refusal.remedy


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"a.svg"}))
@pytest.mark.parametrize(
    "data",
    [b"", b"<!DOCTYPE html><script>alert(1)</script>", b"<?php x", b"#!/bin/sh\n", b"MZ\x90\x00",
     b"\x7fELF\x02", b"PK\x03\x04\x00", b" \n<html>"],
)  # fmt: skip
def test_a_file_whose_content_does_not_match_its_name_is_refused(
    tmp_path: Path, name: str, data: bytes
) -> None:
    may_be_empty = data == b"" and name.endswith((".txt", ".csv"))
    assert is_published(tmp_path, name, data) is may_be_empty


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", archive(TYPES, "word/document.xml", "word/vbaProject.bin")),
        ("a.xlsx", archive(TYPES, "xl/workbook.xml", "xl/activeX/activeX1.bin")),
        ("a.odt", archive("Basic/Standard/Module1.xml", first=f"{OPEN}text")),
        ("a.docx", archive(TYPES, "xl/workbook.xml")),
        ("a.odt", archive("content.xml", first="application/epub+zip")),
        ("affiche.php.jpg", picture("JPEG")),
        ("rapport.html.pdf", b"%PDF-1.7"),
        ("a.pdf", b"junk\n%PDF-1.7"),
        ("a.m4a", film(b"heic")),
    ],
)
def test_macros_and_disguised_files_are_refused(tmp_path: Path, name: str, data: bytes) -> None:
    assert not is_published(tmp_path, name, data)


@pytest.mark.parametrize(
    "svg",
    [
        f'<svg {SVG}><img src="x" onerror="alert(1)">',
        f'<svg {SVG}><h:meta xmlns:h="http://www.w3.org/1999/xhtml" http-equiv="refresh"/></svg>',
        f'<svg {SVG}><h:p xmlns:h="http://www.w3.org/1999/xhtml">x</h:p></svg>',
        f'<svg {SVG}><q:x xmlns:q="urn:inconnu"/></svg>',
        f'<svg {SVG}><animate attributeName="href" to="javascript:alert(1)"/></svg>',
        f'<svg {SVG}><a href="#x"/></svg>',
        f'<svg {SVG} onload="alert(1)"/>',
        f'<svg {SVG} xml:base="https://exemple.test/"/>',
        f'<svg {SVG}><image href="data:image/svg+xml,x"/></svg>',
        f'<svg {SVG}><use href="autre.svg#x"/></svg>',
        f"<svg {SVG}><style>rect{{fill:u<!-- -->rl(//exemple.test/a)}}</style></svg>",
        f"<svg {SVG}><style>@im<![CDATA[port ]]>'//exemple.test/a'</style></svg>",
        f"<svg {SVG}><style>rect{{fill:u\\72l(//exemple.test/a)}}</style></svg>",
        f"<svg {SVG}><rect style=\"background:image-set('//exemple.test/a' 1x)\"/></svg>",
        f'<?xml-stylesheet href="a.xsl"?><svg {SVG}/>',
        f'<!DOCTYPE svg [<!ENTITY a "b">]><svg {SVG}/>',
        f'<?xml version="1.0" encoding="iso-8859-1"?><svg {SVG}/>',
        "<svg><rect/></svg>",
        f"<g {SVG}/>",
        "",
        "Un mot.",
    ],
)
def test_an_svg_with_unlisted_content_is_refused(svg: str) -> None:
    assert active_files.of_drawing(svg.encode())


def test_an_svg_that_is_not_utf_8_or_is_too_complex_is_refused() -> None:
    assert active_files.of_drawing(f"<svg {SVG}><script/></svg>".encode("utf-16"))
    assert active_files.of_drawing(
        f"<svg {SVG}><style>{'a{}' * 9000}@import 'x'</style></svg>".encode()
    )


def test_an_svg_written_by_a_drawing_program_is_accepted() -> None:
    drawn = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
        ' xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:cc="http://creativecommons.org/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' version="1.1" viewBox="0 0 9 9" role="img" aria-label="Un point" xml:space="preserve"'
        ' inkscape:export-filename="C:\\Images\\point.png">'
        '<sodipodi:namedview id="base" pagecolor="#fff" inkscape:zoom="1"/>'
        '<metadata><rdf:RDF><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format>'
        "</cc:Work></rdf:RDF></metadata>"
        '<style type="text/css">.st0{fill:#123;font-family:"Inter"} rect{filter:url(#f)}</style>'
        '<defs><linearGradient id="g" xlink:href="#h"><stop offset="0" stop-color="#fff"/>'
        '</linearGradient><filter id="f"><feGaussianBlur stdDeviation="2"/></filter></defs>'
        '<g id="calque" data-name="Calque 1" inkscape:label="Calque"><use xlink:href="#g"/>'
        '<image width="1" height="1" xlink:href="data:image/png;base64,AA=="/>'
        '<text x="1" y="2"><tspan>Un point</tspan></text></g></svg>'
    )
    assert active_files.of_drawing(drawn.encode()) == ""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_picture_under_the_extension_of_another_is_refused_with_its_own(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"été.{'png' if kind == 'JPEG' else 'jpg'}"
    path.write_bytes(picture(kind))
    own = kind.lower().replace("jpeg", "jpg")
    assert (refused := file_formats.refusal(path))
    assert refused.problem.endswith(f"mais en « .{own} »")
    assert f"« été.{own} »" in refused.remedy


@pytest.mark.parametrize("name", ["a.TIFF", "a.tif", "a.bmp", "a.heic", "a.HEIF", "a.jfif"])
def test_a_picture_that_few_browsers_show_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(picture("BMP"))
    assert (refused := file_formats.refusal(tmp_path / name))
    assert "navigateurs" in refused.problem
    assert "JPEG" in refused.remedy
