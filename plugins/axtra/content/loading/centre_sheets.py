"""The sheets of the directory: their words, where they are, and how fresh they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from axtra.content import frontmatter, opening_hours
from axtra.content.frontmatter import Field, slugify
from axtra.content.model import Category, Centre, Point, Status, Territory, Text
from axtra.content.region_names import find_region
from axtra.content.schema import KINDS, Key, Type
from infolettre.core import dates
from infolettre.core.diagnostics import Notes, did_you_mean


class SheetReader:
    """Reads what is particular to the sheets of centres; a word keeps its first spelling."""

    def __init__(self, ground: Territory) -> None:
        self._ground = ground
        self._words: dict[tuple[str, str], Category] = {}

    def value(self, key: Key, found: Field, notes: Notes) -> Any:  # noqa: ANN401 - the schema knows
        """Return words, a region or a point as the model holds them."""
        match key.type:
            case Type.REGION:
                return find_region(str(found.value), found.line, notes)
            case Type.POINT:
                latitude, longitude = map(float, str(found.value).split(","))
                return Point(latitude, longitude)
        return tuple(self._categories(key, found, notes))

    def _categories(self, key: Key, found: Field, notes: Notes) -> Iterator[Category]:
        seen: set[str] = set()
        for word in frontmatter.texts(found.value):
            name = Text.of(str(word.value))
            slug = slugify(name.plain)
            if not slug:
                notes.error(
                    "mot-invalide",
                    word.line,
                    f"« {word.value} » ne fait pas une adresse : il lui faut des lettres",
                    f"Par exemple :  {key.name}: {key.example}",
                )
            elif slug not in seen:
                seen.add(slug)
                yield self._words.setdefault((key.name, slug), Category(slug, name))

    def located(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return where a sheet is: what it says, else what its postal code or its town says."""
        area = self._ground.area(values.get("postal_code") or "")
        region = values.get("region") or (area[1] if area else None)
        town = values.get("town")
        point = values.get("point") or (area[0] if area else None)
        if point is None and town:
            point = self._ground.town(slugify(town.plain), region)
        return {"region": region, "point": point}


def inspect(centre: Centre, line: Callable[[str], int], notes: Notes, moment: datetime) -> None:
    """Note what a sheet says that nobody can read, or that may no longer be true."""
    for hours in centre.hours:
        if opening_hours.read(hours.plain) is None:
            notes.warning(
                "heures-illisibles",
                line("hours"),
                f"« {hours.plain} » se lit sur la page, mais aucun moteur de recherche ne le lira",
                'Écrivez par exemple :  heures: ["lundi au jeudi : 8 h 30 à 16 h 30"]',
            )
    keys = {key.name for key in KINDS["centre"].keys}
    for name in set(centre.demonstration) - keys:
        notes.error(
            "cle-inconnue",
            line("demonstration"),
            f"« {name} » n’est pas une clé de la fiche d’un centre",
            did_you_mean(name, keys),
        )
    if centre.verified and centre.verified > moment:
        notes.error(
            "verifie-a-venir",
            line("verified"),
            f"la fiche ne peut pas avoir été vérifiée le {dates.day(centre.verified)}, un jour à "
            "venir",
            f"Par exemple :  verifie: {moment:%Y-%m-%d}",
        )
    elif (
        centre.status is Status.PUBLISHED
        and not centre.demonstration
        and centre.last_fresh_day < moment.date()
    ):
        notes.warning(
            "fiche-perimee",
            line("verified"),
            f"personne n’a vérifié cette fiche depuis le {dates.day(centre.verified)}"
            if centre.verified
            else "personne n’a encore vérifié cette fiche",
            "Demandez-le au centre :  axtra centres relancer",
        )
