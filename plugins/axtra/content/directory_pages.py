"""The pages of the directory: choosing, then what each region, speciality and public has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from axtra.content.model import DIRECTORY, Directory, Library, Shelf

# What a page of at most 30 KB holds: whole sheets, names alone, or only the regions to go on to.
WHOLE, NAMED = 70, 230
_BROWSED = 60  # centres that the first page lists by itself


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """The page of a shelf.

    Attributes:
        above: what leads to it from the directory, as (name, address).
        parts: its cut by speciality, or by region.
        detail: how much it says of each centre: « fiches », « noms » or « regions ».
    """

    shelf: Shelf
    title: str
    above: tuple[tuple[str, str], ...]
    parts: tuple[Shelf, ...]
    detail: str


def shelf_pages(library: Library) -> Iterator[ShelfPage]:
    """List the page of each region, of each word, and of each speciality of a region."""
    directory = library.directory
    top = (("Trouver un centre", DIRECTORY),)
    for region in directory.regions:
        parts = directory.within(region)
        yield ShelfPage(region, region.name.plain, top, parts, _detail(region, regional=True))
        for part in parts:
            above = (*top, (region.name.plain, region.url))
            title = f"{part.name.plain}, {region.region.within if region.region else ''}"
            yield ShelfPage(part, title, above, (), _detail(part, regional=True))
    for word in (*directory.specialities, *directory.publics):
        parts = directory.within(word)
        yield ShelfPage(word, word.name.plain, top, parts, _detail(word, regional=False))


def lists_all(directory: Directory) -> bool:
    """Return whether the first page lists every centre, by region."""
    return len(directory.centres) <= _BROWSED


def _detail(shelf: Shelf, *, regional: bool) -> str:
    number = len(shelf.centres)
    if number <= WHOLE:
        return "fiches"
    return "noms" if number <= NAMED or regional else "regions"
