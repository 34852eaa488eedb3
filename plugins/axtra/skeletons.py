"""Skeletons of new content, written from the schema: valid at once, unfinished on purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from axtra import library
from axtra.dates import ZONE
from axtra.frontmatter import slugify
from axtra.library import Folders
from axtra.model import Author, Library, Numero
from axtra.schema import Key, Kind, Type

TO_DO = "à compléter"
_TEXT = "À compléter : le texte.\n"


class RefusedError(Exception):
    """The skeleton cannot be written; the message, in French, says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What was asked for, with the content that is already there."""

    kind: Kind
    title: str
    numero: str
    day: date
    library: Library


def create(
    folders: Folders, kind: Kind, *, title: str | None, numero: str | None, day: date
) -> Path:
    """Write the skeleton of one kind and give its path.

    Args:
        folders: where the content is.
        kind: the kind of content.
        title: its title; « à compléter » when there is none.
        numero: folder of the numéro, for an article or a numéro.
        day: the day of publication to suggest.

    Raises:
        RefusedError: the file exists, or the numéro does not.
    """
    moment = datetime.combine(day, time(), ZONE)
    content, _ = library.load(folders, moment=moment)
    order = _Order(kind, title or TO_DO, _numero(kind, numero, content, day), day, content)
    path = folders.root / _path(order, folders)
    if path.exists():
        raise RefusedError(
            f"« {path.relative_to(folders.root).as_posix()} » existe déjà.\n"
            "    → Donnez un autre titre, ou ouvrez ce fichier."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(order), encoding="utf-8", newline="\n")
    return path


def _numero(kind: Kind, typed: str | None, content: Library, day: date) -> str:
    """Choose the numéro: the one asked for, else the newest; for a new numéro, the month."""
    if kind.name == "numero":
        return typed or f"{day:%Y-%m}"
    known = [item.slug for item in content.items if isinstance(item, Numero)]
    if kind.name != "article":
        return ""
    if not known or (typed and typed not in known):
        raise RefusedError(
            f"le numéro « {typed or ''} » n’existe pas encore.\n"
            f'    → Créez-le d’abord :  axtra nouveau numero "Thème" --numero {typed or "2026-12"}'
        )
    return typed or known[0]


def _path(order: _Order, folders: Folders) -> str:
    year = str(order.day.year)
    slug = slugify(order.title)
    if order.kind.name == "infolettre":
        slug = f"{order.day:%Y-%m-%d}"
    top, _, rest = order.kind.pattern.partition("/")
    folder = folders.content if top == "content" else folders.newsletters
    return f"{folder}/{rest}".replace("**", year).format(slug=slug, numero=order.numero)


def _text(order: _Order) -> str:
    lines = ["---"]
    for key in order.kind.keys:
        if key.attribute == "status":
            lines += ["# Effacez la ligne qui suit quand le texte est prêt.", "statut: brouillon"]
        elif key.required or key.attribute == "date":
            lines.append(f"{key.name}: {_value(key, order)}")
    return "\n".join([*lines, "---", "", _TEXT])


def _value(key: Key, order: _Order) -> str:
    """Give a value that the checks accept."""
    content = order.library
    match key.type:
        case Type.MOMENT | Type.DATE:
            return f"{order.day:%Y-%m-%d}"
        case Type.NUMBER:
            return str(_next_number(key, content))
        case Type.CHOICE:
            return key.choices[0]
        case Type.RUBRIQUE:
            return content.rubriques[0].slug if content.rubriques else key.example
        case Type.TYPE:
            types = content.newsletter_types
            return types[0].slug if types else key.example
        case Type.AUTHORS:
            authors = [item.slug for item in content.items if isinstance(item, Author)]
            return f"[{authors[0] if authors else TO_DO}]"
        case Type.WORD:
            return key.example
    text = order.title if key.attribute == "title" else f"{TO_DO} : {key.label.split(' (')[0]}"
    return json.dumps(text, ensure_ascii=False)


def _next_number(key: Key, content: Library) -> int:
    """Number a numéro after the newest one."""
    numeros = [item for item in content.items if isinstance(item, Numero)]
    if not numeros:
        return 1
    return numeros[0].number + 1 if key.attribute == "number" else numeros[0].volume
