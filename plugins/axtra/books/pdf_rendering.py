"""WeasyPrint, which reads nothing but the resources of the book."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.layout import column
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from axtra.books import baseline
from axtra.books.composition import Length, Opener, Place
from axtra.books.layout_facts import LayoutFacts
from axtra.books.page_breaks import RANK, PageBreak
from axtra.books.pdf_structure import Finishing
from axtra.books.resources import BookResources, MissingResourceError

# WeasyPrint lets the whole process open truncated pictures; those of a book are whole, and
# elsewhere a truncated picture must be reported.
ImageFile.LOAD_TRUNCATED_IMAGES = False

# What page breaks and notes add to a text, in pt and as a factor, in the mean.
_WHITE, _LOOSE = 70.0, 1.06
_PX = 0.75  # pt
_MARKS = (baseline.MARK, baseline.PART, baseline.COLUMNS, baseline.NOTE, RANK)


_report_footnotes = column._report_footnotes  # noqa: SLF001 - see below


def _report_all_footnotes(context: Any, height: float) -> None:  # noqa: ANN401
    """Put off to the next page the notes that do not fit under columns, as WeasyPrint does.

    WeasyPrint 70 goes on past the last note where not even the margin of an empty area fits, and
    raises; it then has put off all notes, from the last to the first.
    """
    before = len(context.reported_footnotes)
    try:
        _report_footnotes(context, height)
    except IndexError:
        if context.current_page_footnotes:
            raise
        context.reported_footnotes[before:] = context.reported_footnotes[before:][::-1]


column._report_footnotes = _report_all_footnotes  # noqa: SLF001


class _Fetcher(URLFetcher):  # type: ignore[misc]
    """Reads the addresses of the site from the disk; refuses all others."""

    def __init__(self, resources: BookResources) -> None:
        super().__init__(allowed_protocols=())
        self._resources = resources
        self._base = resources.theme.siteurl

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ANN401, ARG002
        """Return the resource of an address."""
        path = url.removeprefix(self._base) if url.startswith(f"{self._base}/") else url
        try:
            resource = self._resources.read(path)
        except MissingResourceError as error:
            raise FatalURLFetchingError(f"a book may not show {url}") from error
        return URLFetcherResponse(url, resource.data, {"Content-Type": resource.media_type})


@dataclass(frozen=True)
class Layout:
    """A document as it was laid out."""

    document: Any
    digest: bytes

    @property
    def pages(self) -> int:
        """Return the number of pages."""
        return len(self.document.pages)

    @property
    def folios(self) -> dict[str, int]:
        """Return the page of each anchor."""
        return {
            name: number
            for number, page in reversed(list(enumerate(self.document.pages, 1)))
            for name in page.anchors
        }

    @cached_property
    def _found(self) -> Mapping[tuple[str, str], list[tuple[int, Any]]]:
        """List the boxes of what is marked, with their pages from 1, by mark and name."""
        found: dict[tuple[str, str], list[tuple[int, Any]]] = {}
        for number, page in enumerate(self.document.pages, 1):
            for key, box in _boxes(page._page_box):  # noqa: SLF001 - heights are nowhere else
                found.setdefault(key, []).append((number, box))
        return found

    @property
    def boxes(self) -> dict[str, baseline.Box]:
        """Return the marked boxes that no page cuts, by their names."""
        return {
            name: baseline.Box(found[0][1].border_height() * _PX, found[0][1].padding_bottom * _PX)
            for (mark, name), found in self._found.items()
            if mark == baseline.MARK and len(found) == 1
        }

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Return where each part is, by its name."""
        return {
            name: self._place(name, found)
            for (mark, name), found in self._found.items()
            if mark == baseline.PART
        }

    @property
    def facts(self) -> LayoutFacts:
        """Return what is decided from the layout."""
        notes = {page: self._notes(page) for page in range(1, self.pages + 1)}
        return LayoutFacts(
            self.boxes,
            self.places,
            {name: self._length(name) for name in self.places},
            self.folios,
            {page: names for page, names in notes.items() if names},
        )

    def _length(self, name: str) -> Length:
        """Return what a part will take in two columns, of which one only was laid out."""
        found = self._found.get((baseline.COLUMNS, name), ())
        columns = sum(float(box.border_height()) * _PX for _, box in found)
        place = self.places[name]
        head = place.opened - place.begin
        flow = place.end - place.opened - columns / 2
        return Length({Opener.HALF: head}, _WHITE + flow * _LOOSE)

    def page_breaks(self) -> Iterator[PageBreak]:
        """Yield what begins each page; a page that only ends what began before is left out."""
        part, seen, broken = "", set[tuple[str, str]](), set[int]()
        for number, page in enumerate(self.document.pages, 1):
            for (mark, name), _ in _boxes(page._page_box):  # noqa: SLF001 - as above
                if mark == baseline.PART:
                    part = name
                if mark not in {baseline.PART, RANK} or (part, mark + name) in seen:
                    continue
                seen.add((part, mark + name))
                if number not in broken:
                    broken.add(number)
                    yield PageBreak(number, part, int(name) if mark == RANK else -1)

    def _notes(self, page: int) -> tuple[str, ...]:
        """Return the names of the notes at the foot of a page."""
        marked = (
            (name, number)
            for (mark, name), found in self._found.items()
            for number, _ in found
            if mark == baseline.NOTE
        )
        return tuple(dict.fromkeys(name for name, number in marked if number == page))

    def _place(self, name: str, found: list[tuple[int, Any]]) -> Place:
        bodies = self._found.get((baseline.COLUMNS, name), found)
        # Columns that hold nothing yet may begin where an opening ends.
        page, body = next((each for each in bodies if each[1].border_height() > 0), bodies[0])
        last_page, last = found[-1]
        first = next(box for number, box in found if number == page)
        begin = max(0.0, self._height(page, first.content_box_y()))
        end = self._height(last_page, last.border_box_y() + last.border_height())
        opened = self._height(page, body.border_box_y())
        heads = [self._found.get((baseline.MARK, f"{name}-0~{opener}"), []) for opener in Opener]
        torn = any(found and found[-1][0] != page for found in heads)
        return Place(page, last_page, begin, opened, end, torn)

    def _height(self, page: int, y: float) -> float:
        """Return a height of a page in pt, from the top of its text."""
        box = self.document.pages[page - 1]._page_box  # noqa: SLF001 - as above
        return float(y - box.content_box_y()) * _PX

    def pdf(self, finishing: Finishing) -> bytes:
        """Return the layout as a tagged PDF; its identifier is a hash of the document."""
        data: bytes = self.document.write_pdf(
            pdf_variant="pdf/ua-1", pdf_identifier=self.digest, finisher=finishing
        )
        return data


def _boxes(box: Any) -> Iterator[tuple[tuple[str, str], Any]]:  # noqa: ANN401 - no types there
    """Yield the boxes of the marked elements, each with its mark and its name."""
    element = box.element
    if element is not None and box.element_tag == element.tag and not box.is_column:
        for mark in _MARKS:
            if name := element.get(mark):
                yield (mark, name), box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)


class Compositor:
    """Lays out the documents of a book, with fonts that are opened once, and pictures too.

    Pango's fonts serve a thread at a time: a compositor lasts no longer than the work on a book.
    """

    def __init__(self, resources: BookResources) -> None:
        self._base = f"{resources.theme.siteurl}/"
        self._fetcher = _Fetcher(resources)
        self._pictures: dict[str, Any] = {}
        self._fonts = FontConfiguration()
        faces = resources.theme.font_faces()
        CSS(string=faces, base_url=self._base, font_config=self._fonts, url_fetcher=self._fetcher)
        self._sheet = resources.theme.sheet("pdf.css")

    def lay_out(self, document: str, pages: str) -> Layout:
        """Lay out a document; `pages` is the sheet of its pages, beside that of all books."""
        page = HTML(string=document, base_url=self._base, url_fetcher=self._fetcher)
        laid = page.render(
            pdf_variant="pdf/ua-1",
            font_config=self._fonts,
            cache=self._pictures,
            stylesheets=[_parsed(self._sheet), _parsed(pages)],
        )
        return Layout(laid, hashlib.sha256(f"{pages}{document}".encode()).digest()[:16])


@lru_cache(maxsize=16)
def _parsed(sheet: str) -> CSS:
    """Parse a sheet, which takes as long as to lay out a page; it names no other file."""
    return CSS(string=sheet)
