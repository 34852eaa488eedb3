"""Where the texts of another system go: a small TOML file, by sort of text and by category."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axtra.content.frontmatter import slugify
from axtra.content.schema import RECEIVED_KINDS
from infolettre.core.diagnostics import did_you_mean
from infolettre.core.refusals import Refusal

_TYPES = {"post": "nouvelle", "page": "page"}
_NOTHING = frozenset({"uncategorized", "non-classe", "non-classifie", "sans-categorie", "misc"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text goes: a kind; for an article, its numéro and its rubrique."""

    kind: str
    numero: str = ""
    rubrique: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Where each sort of text and each category goes; what it does not name goes by default."""

    types: Mapping[str, str] = field(default_factory=lambda: dict(_TYPES))
    categories: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def of(self, type_: str, categories: Iterable[str]) -> Place | None:
        """Return where a text goes, or None where it is not taken."""
        kind = self.types.get(type_, "")
        if not kind:
            return None
        for name in categories:
            given = self.categories.get(slugify(name))
            if given and (given.get("genre") or given.get("rubrique")):
                kind = given.get("genre") or "article"
                return Place(kind, given.get("numero", ""), given.get("rubrique", ""))
        return Place(kind)

    def subjects(self, categories: Iterable[str]) -> Iterator[str]:
        """Yield the categories that are only keywords."""
        for name in categories:
            if slugify(name) not in self.categories and slugify(name) not in _NOTHING:
                yield name

    def renamed(self, word: str) -> str:
        """Return a keyword as it is written here; "" where it is not kept."""
        return self.words.get(slugify(word), word)


def read(path: Path) -> Correspondence:
    """Read a file of correspondences.

    Raises:
        Refusal: it does not read, or names what does not exist.
    """
    try:
        held = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"« {path} » ne se lit pas.", "Vérifiez son nom et son dossier.") from error
    except tomllib.TOMLDecodeError as error:
        raise Refusal(
            f"« {path} » n’est pas du TOML : {error}.", 'Écrivez :  post = "nouvelle"'
        ) from error
    types = _TYPES | {name: _kind(kind, path) for name, kind in _table(held, "types", path).items()}
    categories = {
        slugify(name): _category(name, given, path)
        for name, given in _table(held, "categories", path).items()
    }
    words = {slugify(old): str(new) for old, new in _table(held, "mots-cles", path).items()}
    return Correspondence(types, categories, words)


def example(categories: Iterable[str]) -> str:
    """Return the file that says what is done without one, to be changed."""
    lines = [
        "[types]",
        *(f'{name} = "{kind}"' for name, kind in _TYPES.items()),
        "",
        "[categories]",
    ]
    lines += [
        f'# "{name.replace(chr(34), "")}" = {{ genre = "communique" }}' for name in categories
    ]
    return "\n".join([*lines, "", "[mots-cles]", '# "ancien mot" = "mot-clé"', ""])


def _table(held: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    table = held.get(name, {})
    if not isinstance(table, dict):
        raise Refusal(f"{path} : « {name} » n’est pas un tableau.", f"Écrivez :  [{name}]")
    return table


def _category(name: str, given: object, path: Path) -> Mapping[str, str]:
    if isinstance(given, str):
        return {"genre": _kind(given, path)}
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise Refusal(
            f"{path} : « {name} » n’est pas un genre.",
            f'Écrivez :  "{name}" = {{ genre = "communique" }}',
        )
    if "genre" in given:
        _kind(given["genre"], path)
    return given


def _kind(kind: object, path: Path) -> str:
    if kind == "" or kind in RECEIVED_KINDS:
        return str(kind)
    raise Refusal(
        f"{path} : « {kind} » n’est pas un genre de texte que l’on importe.",
        did_you_mean(str(kind), RECEIVED_KINDS),
    )
