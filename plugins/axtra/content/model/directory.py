"""The directory of centres: by region, by speciality, by public; and the ground that it covers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from axtra.content.model.items import Centre
from axtra.content.model.places import DIRECTORY, REGIONS, Category, Point, Region
from axtra.content.model.sorting import sort_key
from axtra.content.model.values import Text

# Centres whose region nobody knows yet.
UNPLACED = Region("", "a-confirmer", Text.of("Région à confirmer"), "sans région connue")


@dataclass(frozen=True, slots=True)
class Town:
    """A place that people name when they look for what is near."""

    slug: str
    name: str
    region: Region
    point: Point


@dataclass(frozen=True, slots=True)
class MapShape:
    """A region on the schematic map: its outline, as the data of an SVG path."""

    region: Region
    path: str
    inset: bool = False


@dataclass(frozen=True, slots=True)
class Territory:
    """What `content/territoire/` holds; a site without it has no map and finds nothing near.

    `areas` maps the first three signs of a postal code to a point and a region; `box` is the view
    box of the map, `frames` the outlines around its insets.
    """

    towns: tuple[Town, ...] = ()
    areas: Mapping[str, tuple[Point, Region]] = field(default_factory=lambda: MappingProxyType({}))
    box: str = ""
    shapes: tuple[MapShape, ...] = ()
    frames: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()

    def area(self, postal_code: str) -> tuple[Point, Region] | None:
        """Return where a postal code is, and its region, where they are known."""
        return self.areas.get(postal_code[:3])

    def town(self, name_slug: str, region: Region | None) -> Point | None:
        """Return where a town of a region is; without a region, only a name that one town has."""
        named = [
            town for town in self.towns if town.slug == name_slug and region in {None, town.region}
        ]
        return named[0].point if len({town.region for town in named}) == 1 else None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Centres that share a word, and the address of the page that lists them."""

    slug: str
    name: Text
    url: str
    centres: tuple[Centre, ...]
    region: Region | None = None  # for the shelf of a region, or of a speciality within it


Shelves: TypeAlias = tuple[Shelf, ...]


@dataclass(frozen=True)
class Directory:
    """The centres that a build shows, by name."""

    centres: tuple[Centre, ...] = field(default=())

    @cached_property
    def regions(self) -> Shelves:
        """List the regions that have centres, by name; what has no region comes last."""
        known = [
            Shelf(region.slug, region.name, region.url, centres, region)
            for region in (*sorted(REGIONS.values(), key=_region_name), UNPLACED)
            if (centres := self._in(region))
        ]
        return tuple(known)

    @cached_property
    def specialities(self) -> Shelves:
        """List the specialities, by name."""
        return self._shelves("specialites", lambda centre: centre.specialities)

    @cached_property
    def publics(self) -> Shelves:
        """List the publics, by name."""
        return self._shelves("publics", lambda centre: centre.publics)

    def within(self, shelf: Shelf) -> Shelves:
        """Cut the shelf of a region by speciality, or that of a word by region.

        The shelves of a speciality within a region have a page of their own; those of a public
        within a region have the page of the region.
        """
        if region := shelf.region:
            return _cut(shelf.centres, lambda centre: centre.specialities, region.url, region)
        shelves = Directory(shelf.centres).regions
        if shelf not in self.specialities:
            return shelves
        return tuple(
            Shelf(part.slug, part.name, f"{part.url}{shelf.slug}/", part.centres, part.region)
            for part in shelves
        )

    def _in(self, region: Region) -> tuple[Centre, ...]:
        return tuple(centre for centre in self.centres if (centre.region or UNPLACED) is region)

    def _shelves(self, folder: str, words: Callable[[Centre], Iterable[Category]]) -> Shelves:
        return _cut(self.centres, words, f"{DIRECTORY}{folder}/")


def _cut(
    centres: Iterable[Centre],
    words: Callable[[Centre], Iterable[Category]],
    above: str,
    region: Region | None = None,
) -> Shelves:
    named: dict[str, Category] = {}
    held: dict[str, list[Centre]] = {}
    for centre in centres:
        for word in words(centre):
            named.setdefault(word.slug, word)
            held.setdefault(word.slug, []).append(centre)
    shelves = [
        Shelf(slug, word.name, f"{above}{slug}/", tuple(held[slug]), region)
        for slug, word in named.items()
    ]
    return tuple(sorted(shelves, key=lambda shelf: sort_key(shelf.name.plain)))


def _region_name(region: Region) -> str:
    return sort_key(region.name.plain)
