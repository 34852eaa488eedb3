"""Reads one body in a small library, as the reading of the content does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtra.content.blocks import Document
from axtra.content.blocks.conversion import Converter
from axtra.content.bodies import Bodies
from axtra.content.frontmatter import Source
from axtra.content.links import Addresses
from axtra.content.model import Body, Image, Item
from infolettre.core.diagnostics import Diagnostic, Notes
from support.sample_library import ARTICLE, NUMERO, library, news

NEWS = news("nouvelle")
FILES: Mapping[str, bytes] = {
    "documents/a.pdf": b"%PDF-1.4",
    "documents/a.mp3": b"ID3",
    "documents/a.bib": "@book{roy, author = {Roy, Ève}, title = {Le livre}}".encode(),
    "documents/faux.json": b'[{"id": 1}]',
}
LIBRARY = library(NEWS, ARTICLE, NUMERO)
ADDRESSES = Addresses(
    content="content",
    items={item.source: item for item in LIBRARY.items},
    anchors={},
    pages={item.url: item for item in LIBRARY.items},
    assets=frozenset({"images/a.png", *FILES}),
)


def find_image(
    path: str, line: int | None, notes: Notes, *, alt: str = "", **_: Any
) -> Image | None:
    """Find the only image that there is."""
    if path != "images/a.png":
        notes.error("image-absente", line, "absente", "")
        return None
    return Image(path, f"/{path}", alt, 640, 480)


def read(
    text: str, item: Item = NEWS, bodies: Bodies | None = None
) -> tuple[Body, list[Diagnostic]]:
    """Return a body whose first line is the tenth, and what is wrong with it."""
    notes = Notes(item.source)
    document: Document = Converter().convert(text, first_line=10, language="fr-CA", notes=notes)
    bodies = bodies or Bodies(LIBRARY, ADDRESSES, find_image, FILES.__getitem__)
    body = bodies.resolve(document.parts, item, Source(item.source, {}, text, 10), notes)
    return body, notes.found
