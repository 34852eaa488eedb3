"""Figures that only people know, from `content/annee/AAAA.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from axtra.content.toml_tables import TomlFile, read_toml
from infolettre.core.diagnostics import Diagnostic, did_you_mean
from infolettre.core.refusals import Refusal

_EXAMPLE = '"publications sur Facebook" = 344'
PATH = "content/annee/{}.toml"  # from the root of the project
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


def with_numbers(
    data: bytes, numbers: Mapping[tuple[str, str], str], added: OwnFigure | None
) -> bytes:
    """Return the file of a year with other numbers; what does not change keeps every byte.

    Args:
        data: the file; empty when the year has none.
        numbers: those of the figures, by group and label; an empty one takes its figure away.
        added: one more figure.

    Raises:
        Refusal: the file is not TOML, or the figure to add is half written or there already.
    """
    try:
        document = tomlkit.parse(data.decode("utf-8-sig"))
    except ValueError:
        raise Refusal("les chiffres de cette année ne se lisent pas.") from None
    for (group, label), number in numbers.items():
        table = document.get(group)
        if not isinstance(table, MutableMapping) or label not in table:
            continue
        given = table[label]
        holder, key = (given, "nombre") if isinstance(given, MutableMapping) else (table, label)
        if not number:
            del table[label]
        elif str(holder.get(key, "")).strip() != number:
            holder[key] = _value(number)
    if added is not None:
        if not (added.group and added.label and added.number):
            raise Refusal(
                "le chiffre à ajouter n’est pas complet.",
                "Remplissez ses trois champs, ou videz-les tous.",
            )
        table = document.setdefault(added.group, tomlkit.table())
        if not isinstance(table, MutableMapping) or added.label in table:
            raise Refusal(f"« {added.label} » est déjà là.", "Changez son nombre, plus haut.")
        table[added.label] = _value(added.number)
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return mark + tomlkit.dumps(document).encode()


def _value(number: str) -> int | str:
    plain = "".join(number.split())
    return int(plain) if plain.isascii() and plain.isdecimal() else number


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
