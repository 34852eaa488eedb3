"""The tables `[publication.NOM]` of `content/site.toml`: where the site is published."""

from __future__ import annotations

import re
from collections.abc import Mapping

from axtra.content.toml_tables import TomlFile
from infolettre.core.diagnostics import did_you_mean

NAME = "publication"
_PLACE, _PUBLIC = "cible", "public"
_EXAMPLE = '[publication.site]  cible = "/var/www/axe"'


def read(site: TomlFile) -> Mapping[str, Mapping[str, str]]:
    """Return the sound tables, by name, and note what is wrong with the others."""
    given = site.values.get(NAME, {})
    if not isinstance(given, dict):
        site.notes.error(
            "valeur-invalide",
            site.line(NAME),
            f"« {NAME} » est une table",
            f"Écrivez :  {_EXAMPLE}",
        )
        return {}
    return {name: table for name, table in given.items() if _inspect(site, name, table)}


def _inspect(site: TomlFile, name: str, table: object) -> bool:
    """Hold a table to its form; return whether it may be used."""
    line = site.line(f"{NAME}.{name}")
    if not isinstance(table, dict) or not isinstance(table.get(_PLACE), str) or not table[_PLACE]:
        site.notes.error(
            "fait-manquant",
            line,
            f"il manque « {_PLACE} », l’endroit où publier, dans [{NAME}.{name}]",
            f"Écrivez par exemple :  {_EXAMPLE}",
        )
        return False
    unknown = table.keys() - {_PLACE, _PUBLIC}
    for key in sorted(unknown):
        site.notes.error(
            "cle-inconnue",
            site.line(key),
            f"« {key} » n’existe pas dans [{NAME}.{name}]",
            did_you_mean(key, (_PLACE, _PUBLIC)),
        )
    public = table.get(_PUBLIC, "")
    sound = isinstance(public, str) and (
        not public or re.match(r"https://\w|http://(127\.|localhost\b|\[::1\])", public)
    )
    if not sound:
        site.notes.error(
            "lien-non-securise",
            site.line(_PUBLIC),
            f"« {_PUBLIC} » de [{NAME}.{name}] n’est pas une adresse https",
            f'Écrivez par exemple :  {_PUBLIC} = "https://www.exemple.org"',
        )
    return bool(sound) and not unknown
