"""What WeasyPrint leaves out of a PDF: notes and contents in its structure, page labels, tabs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import pydyf

Finish: TypeAlias = Callable[[Any, Any], None]

_CONTENTS = {"/L": "/TOC", "/LI": "/TOCI"}
_TAB, _HEIGHT, _STEP, _TOP, _BLEED = 17.0, 62.0, 70.0, 68.0, 9.0  # pt


@dataclass(frozen=True, slots=True)
class Tab:
    """The tab of a rubrique at the outer edge of a page: its page from 1, its step, its colour."""

    page: int
    step: int
    colour: str  # #RRVVBB


@dataclass(frozen=True, slots=True)
class Finishing:
    """What is added to a PDF before it is written.

    `contents` are the pages of the table of contents, from 1; `folios` tells whether page labels
    are those of a numéro, whose first page is its cover.
    """

    contents: Collection[int] = ()
    tabs: Collection[Tab] = ()
    folios: bool = True

    def __call__(self, _document: object, pdf: Any) -> None:  # noqa: ANN401 - no types there
        """Complete a PDF."""
        by_number = {item.number: item for item in pdf.objects}
        root = by_number[_number(pdf.catalog["StructTreeRoot"])]
        [whole] = (by_number[_number(kid)] for kid in root["K"])
        _tell_notes(whole, by_number)
        pages = [pdf.page_references[number - 1] for number in self.contents]
        for element in _descendants(whole, by_number):
            if element.get("Pg") in pages:
                element["S"] = _CONTENTS.get(element["S"], element["S"])
        for tab in self.tabs:
            _draw(pdf, by_number, tab)
        if self.folios:
            cover = pydyf.Dictionary({"P": pydyf.String("Couverture")})
            others = pydyf.Dictionary({"S": "/D", "St": 2})
            numbers = pydyf.Array([0, cover, 1, others])
            pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": numbers})


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def _kids(element: Any, by_number: dict[int, Any]) -> Iterator[Any]:  # noqa: ANN401 - as above
    """Yield the structure elements right under another."""
    for kid in element["K"]:
        if isinstance(kid, bytes) and "S" in (found := by_number[_number(kid)]):
            yield found


def _descendants(element: Any, by_number: dict[int, Any]) -> Iterator[Any]:  # noqa: ANN401 - as above
    yield element
    for kid in _kids(element, by_number):
        yield from _descendants(kid, by_number)


def _tell_notes(whole: Any, by_number: dict[int, Any]) -> None:  # noqa: ANN401 - as above
    """Say of what stands at the foot of pages that it is notes, each with a name of its own."""
    rank = 0
    for area in _kids(whole, by_number):
        if area["S"] != "/NonStruct":  # the parts of a book are sections
            continue
        for note in _kids(area, by_number):
            rank += 1
            note["S"] = "/Note"
            note["ID"] = pydyf.String(f"note-{rank}")


def _draw(pdf: Any, by_number: dict[int, Any], tab: Tab) -> None:  # noqa: ANN401 - as above
    """Draw a tab on a page, as an artefact that nobody reads aloud."""
    page = by_number[_number(pdf.page_references[tab.page - 1])]
    red, green, blue = (int(tab.colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    right, top = 612.0, 792.0
    x = -_BLEED if tab.page % 2 == 0 else right - _TAB
    y = top - _TOP - tab.step * _STEP - _HEIGHT
    drawn = pydyf.Stream(
        [
            b"/Artifact BMC q",
            f"{red:.4f} {green:.4f} {blue:.4f} rg {x} {y} {_TAB + _BLEED} {_HEIGHT} re f".encode(),
            b"Q EMC",
        ]
    )
    pdf.add_object(drawn)
    drawn_before = page["Contents"] if isinstance(page["Contents"], list) else [page["Contents"]]
    # First: what WeasyPrint draws turns the page over, and leaves it so.
    page["Contents"] = pydyf.Array([drawn.reference, *drawn_before])
