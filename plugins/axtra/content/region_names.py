"""The regions of Quebec as people type them: a name or a number."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from axtra.content.frontmatter import slugify
from axtra.content.model import REGIONS, Region
from infolettre.core.diagnostics import Notes, did_you_mean

_NAMED: Mapping[str, Region] = MappingProxyType(
    {name: region for region in REGIONS.values() for name in (region.slug, region.number)}
)


def find_region(typed: str, line: int | None, notes: Notes) -> Region | None:
    """Find a region by its name or its number; None when there is none, which is noted."""
    slug = slugify(typed)
    region = _NAMED.get(slug) or _NAMED.get(slug.zfill(2))
    if region is None:
        names = [region.name.plain for region in REGIONS.values()]
        notes.error(
            "region-inconnue",
            line,
            f"« {typed} » n’est pas une région administrative du Québec",
            did_you_mean(typed, names),
        )
    return region
