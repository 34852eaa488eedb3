"""The EPUB of a numéro: the same words for e-readers, with what assistive software asks."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, uuid5

from ebooklib import epub as book
from lxml import etree
from lxml.html import HtmlElement, tostring

from axtra.books import cover, drawn_text, footnotes, page_breaks
from axtra.books.book_theme import BookTheme
from axtra.books.page_breaks import PageBreak
from axtra.books.parts import Part
from axtra.books.resources import BookResources, Resource
from axtra.content.model import Library, Numero
from axtra.design.image_files import hashed_name

COVER = "couverture.png"
_OPS = "http://www.idpf.org/2007/ops"
_DAY = (1980, 1, 1, 0, 0, 0)  # the first day a zip knows: bytes depend on no clock
_TYPE = "data-type"
_NOTE = "axe_note-"  # what nobody names an anchor
# An address that a book may hold: its host has names between its points.
_ADDRESS = re.compile(
    r"(?P<start>mailto:|tel:|https?://[^\s./?#\\]+(\.[^\s./?#\\]+)*\.?)(?P<rest>([/?#\\].*|(?<=:).*)?)",
    re.IGNORECASE | re.DOTALL,
)
_ILL = re.compile(r"[\s\"<>\\^`{|}\[\]]|%(?![0-9a-f]{2})", re.IGNORECASE)
_FEATURES = (
    "alternativeText", "displayTransformability", "readingOrder", "structuralNavigation",
    "tableOfContents",
)  # fmt: skip
_PAGED = ("pageBreakMarkers", "pageNavigation")
_SUMMARY = (
    "Le texte suit un seul ordre de lecture; les titres, la table des matières et les notes sont "
    "balisés; les images qui portent un sens sont décrites."
)


def make(
    numero: Numero,
    parts: tuple[Part, ...],
    resources: BookResources,
    *,
    breaks: tuple[PageBreak, ...] = (),
) -> bytes:
    """Return a numéro as an EPUB; the same content and theme give the same bytes.

    The trees of the parts are rewritten on the way.

    Args:
        numero: the numéro.
        parts: its parts.
        resources: what it may show.
        breaks: where the pages of its PDF begin; none where there is no PDF.
    """
    known_parts = {part.name for part in parts}
    breaks = tuple(found for found in breaks if found.part in known_parts)
    for part in parts:
        page_breaks.mark(part.root, [found for found in breaks if found.part == part.name])
    library, theme = resources.library, resources.theme
    known = {part.url: part.name for part in parts if part.url}
    ebook = book.EpubBook()
    _describe(ebook, numero, library, theme, paged=bool(breaks))
    pictures: dict[str, Resource] = {}  # by the name of its file in the book
    documents = {part.name: _document(part, known, resources, pictures) for part in parts}
    for item in _files(resources, pictures):
        ebook.add_item(item)
    ebook.add_item(_cover(cover.paint(numero, resources)))
    for document in documents.values():
        ebook.add_item(document)
    _arrange(ebook, parts, documents, numero, library)
    return _stamped(ebook, numero, parts, breaks)


class _Document(book.EpubHtml):  # type: ignore[misc]
    """A document whose bytes are final; the library would rebuild its head."""

    def get_content(self, default: object = None) -> bytes:  # noqa: ARG002
        """Return the bytes of the document."""
        content: bytes = self.content
        return content


def _describe(
    ebook: book.EpubBook, numero: Numero, library: Library, theme: BookTheme, *, paged: bool
) -> None:
    facts = library.facts
    ebook.set_identifier(f"urn:uuid:{uuid5(NAMESPACE_URL, theme.address(numero.url))}")
    ebook.set_title(f"{facts.magazine}, {numero.label_within} – {numero.title.plain}")
    ebook.set_language(numero.language)
    ebook.add_metadata("DC", "publisher", facts.long_name)
    ebook.add_metadata("DC", "source", theme.address(numero.url))
    if numero.summary:
        ebook.add_metadata("DC", "description", numero.summary.plain)
    if numero.date:
        ebook.add_metadata("DC", "date", f"{numero.date:%Y-%m-%d}")
    for subject in numero.subjects:
        ebook.add_metadata("DC", "subject", subject.name.plain)
    signed = (author for article in library.articles_in(numero) for author in article.authors)
    for name in dict.fromkeys(author.title.plain for author in signed):
        ebook.add_metadata("DC", "creator", name)
    if paged:
        source = theme.address(f"{numero.url}{facts.book_name(numero.slug)}.pdf")
        ebook.add_metadata(None, "meta", source, {"property": "pageBreakSource"})
    for name, values in _accessibility(paged=paged).items():
        for value in values:
            ebook.add_metadata(None, "meta", value, {"property": f"schema:{name}"})


def _accessibility(*, paged: bool) -> Mapping[str, tuple[str, ...]]:
    """Return what schema.org says of a book that everyone can read.

    Source: EPUB Accessibility 1.1, section 2.2.
    """
    return {
        "accessMode": ("textual", "visual"),
        "accessModeSufficient": ("textual",),
        "accessibilityFeature": (*_FEATURES, *(_PAGED if paged else ())),
        "accessibilityHazard": ("none",),
        "accessibilitySummary": (_SUMMARY,),
    }


def _document(
    part: Part, known: Mapping[str, str], resources: BookResources, pictures: dict[str, Resource]
) -> _Document:
    _rewrite(part, known, resources, pictures)
    body = tostring(part.root, encoding="unicode", method="xml")
    page = resources.theme.templates.get_template("epub.html").render(part=part, body=body)
    tree = etree.fromstring(page.encode())
    for element in tree.iter():
        if kind := element.attrib.pop(_TYPE, None):
            element.set(f"{{{_OPS}}}type", kind)
    document = _Document(
        uid=part.name, file_name=f"{part.name}.xhtml", title=part.title, lang=part.language
    )
    if tree.find(".//{*}svg") is not None:
        document.properties.append("svg")
    document.content = etree.tostring(
        tree, encoding="utf-8", xml_declaration=True, doctype="<!DOCTYPE html>"
    )
    return document


def _rewrite(
    part: Part, known: Mapping[str, str], resources: BookResources, pictures: dict[str, Resource]
) -> None:
    for link in part.root.iter("a"):
        href = link.get("href", "")
        page, sign, anchor = href.partition("#")
        if page in known:
            link.set("href", f"{known[page]}.xhtml{sign}{anchor}")
        elif page:
            _point(link, "href", resources.theme.address(href))
    for quotation in part.root.iter("blockquote", "q"):
        _point(quotation, "cite", quotation.get("cite", ""))
    for picture in part.root.iter("img"):
        url = picture.get("src", "")
        if url.startswith("/"):
            resource, stem = resources.read(url), PurePosixPath(unquote(url)).stem
            if resource.extension == ".svg":
                data = drawn_text.with_fonts(resource.data, resources.theme.faces)
                resource = replace(resource, data=data)
            name = hashed_name(stem, resource.data, resource.extension)
            pictures[name] = resource
            picture.set("src", name)
    part.root.set(_TYPE, part.role)
    if part.role != "cover":
        part.root.set("role", f"doc-{part.role}")
    for number, note in enumerate(footnotes.take(part.root), 1):
        part.root.append(_aside(note, number))
    _name_asides(part.root)
    known_ids: set[str] = set()
    for element in part.root.iter():
        if (name := element.get("id")) in known_ids:
            del element.attrib["id"]
        elif name:
            known_ids.add(name)


def _name_asides(root: HtmlElement) -> None:
    """Name each aside, so that a reader tells one from another."""
    names: set[str] = set()
    for aside in root.iter("aside"):
        if aside.get("role"):
            continue
        titles = [*aside.iter("h2"), *aside.find_class("petit-titre")]
        name = titles[0].text_content().strip() if titles else "Encadré"
        rank = 1
        while (numbered := f"{name} ({rank})" if rank > 1 else name) in names:
            rank += 1
        names.add(numbered)
        aside.set("aria-label", numbered)


def _point(element: HtmlElement, name: str, address: str) -> None:
    """Set an address as its standard writes it; remove what leads nowhere from a book."""
    if parts := _ADDRESS.fullmatch(address):
        path, sign, anchor = parts["rest"].partition("#")
        rest = f"{path}{sign}{anchor.replace('#', '%23')}"
        element.set(name, parts["start"] + _ILL.sub(lambda match: quote(match[0]), rest))
    else:
        element.attrib.pop(name, None)


def _aside(note: footnotes.Note, number: int) -> HtmlElement:
    """Turn a note into an aside, which e-readers show where it is called."""
    for call in note.calls:
        link = call[0]
        link.set(_TYPE, "noteref")
        link.set("role", "doc-noteref")
        link.set("href", f"#{_NOTE}{number}")
    aside: HtmlElement = note.calls[0].makeelement(
        "aside", {"id": f"{_NOTE}{number}", _TYPE: "footnote", "role": "doc-footnote"}
    )
    back = aside.makeelement("a", {"href": f"#{note.calls[0].get('id')}", "role": "doc-backlink"})
    back.text = str(number)
    paragraphs = list(note.body)
    if not paragraphs or paragraphs[0].tag != "p":
        paragraphs.insert(0, aside.makeelement("p"))
    aside.extend(paragraphs)
    back.tail = f"\u00a0 {paragraphs[0].text or ''}"
    paragraphs[0].text = None
    paragraphs[0].insert(0, back)
    return aside


def _files(resources: BookResources, pictures: Mapping[str, Resource]) -> Iterator[book.EpubItem]:
    sheet = resources.theme.sheet("epub.css").encode()
    yield book.EpubItem("style", "livre.css", "text/css", sheet)
    for face in resources.theme.faces:
        yield book.EpubItem(face.name.replace(".", "-"), face.name, "font/woff2", face.data)
    for number, (name, resource) in enumerate(sorted(pictures.items()), 1):
        yield book.EpubItem(f"image-{number}", name, resource.media_type, resource.data)


def _cover(data: bytes) -> book.EpubCover:
    item = book.EpubCover(uid="couverture-image", file_name=COVER)
    item.media_type = "image/png"
    item.content = data
    return item


def _arrange(
    ebook: book.EpubBook,
    parts: tuple[Part, ...],
    documents: Mapping[str, _Document],
    numero: Numero,
    library: Library,
) -> None:
    """Set the reading order, the table of contents and the landmarks."""
    rubriques = {
        f"texte-{article.slug}": article.rubrique for article in library.articles_in(numero)
    }
    table: list[Any] = []
    for rubrique, group in groupby(parts, key=lambda part: rubriques.get(part.name)):
        listed = [documents[part.name] for part in group]
        if rubrique is None:
            table.extend(document for document in listed if document.id != "couverture")
        else:
            section = book.Section(rubrique.name.plain, href=listed[0].file_name)
            table.append((section, listed))
    ebook.toc = table
    ebook.spine = [documents[part.name] for part in parts]
    text = next((part for part in parts if part.role in {"preface", "chapter"}), parts[-1])
    ebook.guide = [
        {"type": "cover", "title": "Couverture", "href": "couverture.xhtml"},
        {"type": "toc", "title": "Sommaire", "href": "sommaire.xhtml"},
        {"type": "text", "title": "Début du texte", "href": f"{text.name}.xhtml"},
    ]
    ebook.add_item(book.EpubNcx())
    nav = book.EpubNav(uid="nav", file_name="nav.xhtml", title="Table des matières")
    nav.add_link(href="livre.css", rel="stylesheet", type="text/css")
    ebook.add_item(nav)


def _page_list(breaks: tuple[PageBreak, ...]) -> str:
    """Return the page list, whose folios are those of the PDF."""
    items = "".join(
        f'<li><a href="{found.part}.xhtml#axe_page-{found.folio}">{found.folio}</a></li>'
        for found in breaks
    )
    return f'<nav epub:type="page-list" hidden="hidden"><h2>Pages</h2><ol>{items}</ol></nav>'


def _in_their_languages(nav: bytes, parts: tuple[Part, ...]) -> bytes:
    """Say the language of each title of the table of contents that is not in French."""
    for part in parts:
        if not part.language.startswith("fr"):
            link, said = f'href="{part.name}.xhtml"', f'lang="{part.language}"'
            nav = nav.replace(link.encode(), f"{link} {said} xml:{said}".encode())
    return nav


def _stamped(
    ebook: book.EpubBook,
    numero: Numero,
    parts: tuple[Part, ...],
    breaks: tuple[PageBreak, ...],
) -> bytes:
    """Write the zip, then write it again: the library uses the clock, and knows no page list."""
    moment = (numero.updated or datetime(*_DAY[:3], tzinfo=UTC)).astimezone(UTC)
    options = {"mtime": moment, "landmark_title": "Repères", "epub3_pages": False}
    first, second = BytesIO(), BytesIO()
    book.EpubWriter(first, ebook, options).write()
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(second, "w") as new:
        for entry in old.infolist():
            stored = zipfile.ZipInfo(entry.filename, _DAY)
            stored.compress_type = entry.compress_type
            stored.external_attr = 0o644 << 16
            data = old.read(entry)
            if entry.filename.endswith("content.opf"):
                data = data.replace(
                    b"<package ", f'<package xml:lang="{numero.language}" '.encode(), 1
                )
            if entry.filename.endswith("nav.xhtml"):
                data = _in_their_languages(data, parts)
                if breaks:
                    data = data.replace(b"</body>", _page_list(breaks).encode() + b"</body>", 1)
            new.writestr(stored, data, compresslevel=9)
    return second.getvalue()
