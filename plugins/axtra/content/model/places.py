"""Where things are: the regions of Quebec, points, and the small vocabularies of the directory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from axtra.content.model.values import Text

DIRECTORY = "/trouver/"
_A, _F = 6_378_137.0, 1 / 298.257_223_563  # of WGS 84: metres, flattening


@dataclass(frozen=True, slots=True)
class Region:
    """An administrative region of Quebec; `within` says where something is: « en Mauricie »."""

    number: str  # two figures
    slug: str
    name: Text
    within: str

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return f"{DIRECTORY}regions/{self.slug}/"


@dataclass(frozen=True, slots=True)
class Category:
    """A word by which centres are found: a speciality, a public, a language."""

    slug: str
    name: Text


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the ground, in degrees (WGS 84); `exact` unless it stands for a postal area."""

    latitude: float
    longitude: float
    exact: bool = True


def distance(start: Point, end: Point) -> float:
    """Return the distance between two points in metres, along the ellipsoid.

    Source: Lambert's formula for long lines, within 10 m over thousands of kilometres.
    `theme/static/trouver/pres-de-moi.js` does the same on the device of a reader.
    """
    first, second = (
        math.atan((1 - _F) * math.tan(math.radians(point.latitude))) for point in (start, end)
    )
    turn = math.radians(end.longitude - start.longitude)
    half = (
        math.sin((second - first) / 2) ** 2
        + math.cos(first) * math.cos(second) * math.sin(turn / 2) ** 2
    )
    angle = 2 * math.asin(min(1.0, math.sqrt(half)))
    if not 0 < angle < math.pi:
        return _A * angle
    middle, apart = (first + second) / 2, (second - first) / 2
    x = (angle - math.sin(angle)) * (math.sin(middle) * math.cos(apart) / math.cos(angle / 2)) ** 2
    y = (angle + math.sin(angle)) * (math.cos(middle) * math.sin(apart) / math.sin(angle / 2)) ** 2
    return _A * (angle - _F / 2 * (x + y))


def _regions() -> Mapping[str, Region]:
    table = (
        ("01", "bas-saint-laurent", "Bas-Saint-Laurent", "au"),
        ("02", "saguenay-lac-saint-jean", "Saguenay–Lac-Saint-Jean", "au"),
        ("03", "capitale-nationale", "Capitale-Nationale", "dans la"),
        ("04", "mauricie", "Mauricie", "en"),
        ("05", "estrie", "Estrie", "en"),
        ("06", "montreal", "Montréal", "à"),
        ("07", "outaouais", "Outaouais", "en"),
        ("08", "abitibi-temiscamingue", "Abitibi-Témiscamingue", "en"),
        ("09", "cote-nord", "Côte-Nord", "sur la"),
        ("10", "nord-du-quebec", "Nord-du-Québec", "dans le"),
        ("11", "gaspesie-iles-de-la-madeleine", "Gaspésie–Îles-de-la-Madeleine", "en"),
        ("12", "chaudiere-appalaches", "Chaudière-Appalaches", "en"),
        ("13", "laval", "Laval", "à"),
        ("14", "lanaudiere", "Lanaudière", "dans"),
        ("15", "laurentides", "Laurentides", "dans les"),
        ("16", "monteregie", "Montérégie", "en"),
        ("17", "centre-du-quebec", "Centre-du-Québec", "au"),
    )
    return MappingProxyType(
        {
            slug: Region(number, slug, Text.of(name), f"{before} {name}")
            for number, slug, name, before in table
        }
    )


# Source: Institut de la statistique du Québec, « Code géographique du Québec ».
REGIONS = _regions()
