"""Where the pages of the PDF of a numéro begin in its texts, for the page list of the EPUB."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from lxml.html import HtmlElement

RANK = "data-rang"
_TAGS = ("p", "li", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "td")


class PageBreak(NamedTuple):
    """The first words of a page: its folio, the part, and the rank there of what they begin.

    The rank is -1 at the head of the part.
    """

    folio: int
    part: str
    rank: int


def rank(root: HtmlElement) -> None:
    """Number what may begin a page, alike in the trees of the PDF and of the EPUB."""
    for body in root.find_class("corps")[:1]:
        for number, element in enumerate(body.iter(*_TAGS)):
            element.set(RANK, str(number))


def mark(root: HtmlElement, breaks: Iterable[PageBreak]) -> None:
    """Set in the tree of a part of the EPUB where pages begin."""
    ranked = {element.get(RANK): element for element in root.iter() if element.get(RANK)}
    for found in breaks:
        place = ranked.get(str(found.rank), root)
        marker = root.makeelement(
            "span",
            {
                "data-type": "pagebreak",
                "role": "doc-pagebreak",
                "id": f"axe_page-{found.folio}",
                "aria-label": str(found.folio),
            },
        )
        marker.tail, place.text = place.text, None
        place.insert(0, marker)
    for element in ranked.values():
        del element.attrib[RANK]


def dump(breaks: Iterable[PageBreak]) -> bytes:
    """Return page breaks as they are kept."""
    return json.dumps(list(breaks)).encode()


def load(data: bytes) -> tuple[PageBreak, ...]:
    """Read what `dump` returned."""
    return tuple(PageBreak(*found) for found in json.loads(data))
