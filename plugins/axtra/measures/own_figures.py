"""Figures that only people know, from `content/annee/AAAA.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from axtra.content.toml_tables import TomlFile, read_toml
from axtra.core.diagnostics import Diagnostic, did_you_mean

_EXAMPLE = '"publications sur Facebook" = 344'
_KEYS = ("nombre", "definition")


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """A figure that somebody wrote: `number` as it is printed, `definition` may be empty."""

    group: str
    label: str
    number: str
    definition: str = ""


def read(content: Path, folder: str, year: int) -> tuple[list[OwnFigure], list[Diagnostic]]:
    """Read the figures of a year, and every problem; a year may have none.

    Args:
        content: the content folder.
        folder: its name in messages, relative to the project's root.
        year: that which names the file.
    """
    name = f"annee/{year}.toml"
    try:
        file = read_toml(content / name, f"{folder}/{name}", _EXAMPLE)
    except FileNotFoundError:
        return [], []
    return list(_figures(file)), file.notes.found


def _figures(file: TomlFile) -> Iterator[OwnFigure]:
    for group, table in file.values.items():
        if not isinstance(table, dict):
            file.notes.error(
                "valeur-invalide",
                file.line(group),
                f"« {group} » est hors d’un groupe",
                f"Écrivez au-dessus le nom d’un groupe, puis le chiffre :  [Communications]\n"
                f"{_EXAMPLE}",
            )
            continue
        for label, given in table.items():
            value = given if isinstance(given, dict) else {"nombre": given}
            for key in value:
                if key not in _KEYS:
                    file.notes.error(
                        "cle-inconnue",
                        file.line(label),
                        f"« {key} » n’existe pas dans un chiffre",
                        did_you_mean(key, _KEYS),
                    )
            number, definition = value.get("nombre"), value.get("definition", "")
            sound = isinstance(number, int | str) and not isinstance(number, bool)
            if not sound or not str(number).strip() or not isinstance(definition, str):
                file.notes.error(
                    "nombre-invalide",
                    file.line(label),
                    f"« {label} » attend un nombre",
                    f"Par exemple :  {_EXAMPLE}",
                )
                continue
            yield OwnFigure(group, label, str(number).strip(), definition.strip())
