"""The glossary of the magazine: `content/glossaire.toml`, a term and its definition a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axtra.content.frontmatter import slugify
from axtra.content.model import Term, Text, sort_key
from axtra.content.toml_tables import TomlFile, read_toml
from infolettre.core.diagnostics import Diagnostic, did_you_mean

FILE = "glossaire.toml"
_EXAMPLE = '"formation d’appoint" = "Une formation courte."'
_KEYS = ("definition", "formes")


def read(content: Path, folder: str) -> tuple[tuple[Term, ...], list[Diagnostic]]:
    """Read the terms, by name, and every problem; a site needs no glossary.

    Args:
        content: the content folder.
        folder: its name in messages, relative to the project's root.
    """
    try:
        file = read_toml(content / FILE, f"{folder}/{FILE}", _EXAMPLE)
    except OSError:
        return (), []
    terms = sorted(_terms(file), key=lambda term: sort_key(term.name.plain))
    return tuple(terms), file.notes.found


def _terms(file: TomlFile) -> Iterator[Term]:
    taken: dict[str, str] = {}  # forms, and the term of each
    slugs: set[str] = set()
    for name, given in file.values.items():
        definition, forms = _entry(file, name, given)
        if not definition:
            continue
        slug = slugify(name) or f"terme-{len(slugs) + 1}"
        for form in (name, *forms):
            if form.casefold() in taken or slug in slugs:
                file.notes.error(
                    "terme-en-double",
                    file.line(name),
                    f"« {form} » est défini deux fois dans le glossaire",
                    "Gardez une seule définition.",
                )
                break
            taken[form.casefold()] = name
        else:
            slugs.add(slug)
            yield Term(slug, Text.of(name), Text.with_italics(definition), (name, *forms))


def _entry(file: TomlFile, name: str, given: Any) -> tuple[str, tuple[str, ...]]:  # noqa: ANN401
    """Return the definition of a term and its other forms; what is neither is noted."""
    table = {"definition": given} if isinstance(given, str) else given
    definition = table.get("definition") if isinstance(table, dict) else None
    forms = table.get("formes", []) if isinstance(table, dict) else []
    if not isinstance(definition, str) or not definition.strip():
        file.notes.error(
            "fait-manquant",
            file.line(name),
            f"« {name} » n’a pas de définition",
            f"Écrivez par exemple :  {_EXAMPLE}",
        )
        return "", ()
    if not isinstance(forms, list) or not all(isinstance(form, str) and form for form in forms):
        file.notes.error(
            "valeur-invalide",
            file.line("formes"),
            f"« formes » de « {name} » est une liste de mots",
            'Écrivez par exemple :  formes = ["formations d’appoint"]',
        )
        return "", ()
    for key in table:
        if key not in _KEYS:
            file.notes.error(
                "cle-inconnue",
                file.line(key),
                f"« {key} » n’existe pas dans le glossaire",
                did_you_mean(key, _KEYS),
            )
    return definition.strip(), tuple(forms)
