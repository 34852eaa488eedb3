"""Skeletons of new content, written from the schema: valid at once, unfinished on purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from axtra.content import letter_drafts, loading
from axtra.content.frontmatter import slugify
from axtra.content.letter_drafts import TO_DO, Draft
from axtra.content.loading import Folders
from axtra.content.model import Author, Library, NewsletterType, Numero
from axtra.content.schema import Key, Kind, Type
from axtra.core.dates import ZONE
from axtra.core.diagnostics import did_you_mean
from axtra.core.refusals import Refusal

_TEXT = "À compléter : le texte.\n"


class RefusedError(Refusal):
    """The skeleton cannot be written."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What was asked for, with the content that is already there."""

    kind: Kind
    title: str
    numero: str
    day: date
    library: Library
    draft: Draft | None = None


def create(
    folders: Folders,
    kind: Kind,
    *,
    title: str | None,
    numero: str | None,
    day: date,
    since: date | None = None,
    newsletter_type: str | None = None,
) -> Path:
    """Write the skeleton of a text and return its path.

    Args:
        folders: where the content is.
        kind: the kind of content.
        title: its title; « à compléter » when there is none.
        numero: folder of the numéro, for an article, a numéro or the letter that announces one.
        day: the day of publication to suggest.
        since: for a letter, the first day of what it tells.
        newsletter_type: for a letter, its type; else the first of infolettres.toml.

    Raises:
        RefusedError: the file exists, or the numéro or the type does not.
    """
    moment = datetime.combine(day, time(), ZONE)
    content, _ = loading.load(folders, moment=moment)
    if kind.name == "infolettre":
        draft = _draft(content, day, numero, since, newsletter_type)
        order = _Order(kind, title or draft.subject, "", draft.day, content, draft)
    else:
        order = _Order(kind, title or TO_DO, _numero(kind, numero, content, day), day, content)
    path = folders.root / _path(order, folders)
    if path.exists():
        raise RefusedError(
            f"« {path.relative_to(folders.root).as_posix()} » existe déjà.",
            "Donnez un autre titre, ou ouvrez ce fichier.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(order), encoding="utf-8", newline="\n")
    return path


def place(
    folders: Folders, kind: Kind, slug: str, numero: str | None, library: Library, day: date
) -> str:
    """Return where a text of a kind is written, relative to the project's root.

    Raises:
        RefusedError: the numéro does not exist.
    """
    return _located(folders, kind, slug, _numero(kind, numero, library, day), day)


def _numero(kind: Kind, typed: str | None, content: Library, day: date) -> str:
    """Return the numéro asked for, else the newest; for a new numéro, the month."""
    if kind.name == "numero":
        return typed or f"{day:%Y-%m}"
    known = [item.slug for item in content.items if isinstance(item, Numero)]
    if kind.name != "article":
        return ""
    if not known or (typed and typed not in known):
        raise RefusedError(
            f"le numéro « {typed or ''} » n’existe pas encore.",
            f'Créez-le d’abord :  axtra nouveau numero "Thème" --numero {typed or "2026-12"}',
        )
    return typed or known[0]


def _draft(
    content: Library, day: date, numero: str | None, since: date | None, typed: str | None
) -> Draft:
    """Draft a letter: the launch of a numéro, else what no letter has carried."""
    chosen = _newsletter_type(content, typed)
    if numero:
        announced = content.find(numero, Numero)
        if not isinstance(announced, Numero):
            known = (item.slug for item in content.items if isinstance(item, Numero))
            raise RefusedError(f"le numéro « {numero} » n’existe pas.", did_you_mean(numero, known))
        return letter_drafts.launch(content, day, chosen, announced)
    return letter_drafts.latest(content, day, chosen, since)


def _newsletter_type(content: Library, typed: str | None) -> NewsletterType | None:
    """Find the type asked for, else the first."""
    if typed is None:
        return next(iter(content.newsletter_types), None)
    known = {declared.slug: declared for declared in content.newsletter_types}
    if typed not in known:
        raise RefusedError(
            f"il n’y a pas d’infolettre « {typed} ».",
            f"{did_you_mean(typed, known)}\n"
            f"Sinon, ajoutez [{slugify(typed)}] dans infolettres.toml.",
        )
    return known[typed]


def _path(order: _Order, folders: Folders) -> str:
    slug = slugify(order.title)
    if order.draft:
        slug = order.draft.slug
    return _located(folders, order.kind, slug, order.numero, order.day)


def _located(folders: Folders, kind: Kind, slug: str, numero: str, day: date) -> str:
    top, _, rest = kind.pattern.partition("/")
    folder = folders.content if top == "content" else folders.newsletters
    return f"{folder}/{rest}".replace("**", str(day.year)).format(slug=slug, numero=numero)


def _text(order: _Order) -> str:
    lines = ["---"]
    for key in order.kind.keys:
        if key.attribute == "status":
            lines += ["# Effacez la ligne qui suit quand le texte est prêt.", "statut: brouillon"]
        elif key.required or key.attribute == "date" or _known(key, order):
            lines.append(f"{key.name}: {_value(key, order)}")
    return "\n".join([*lines, "---", "", order.draft.body if order.draft else _TEXT])


def _known(key: Key, order: _Order) -> bool:
    return bool(key.attribute == "audience" and order.draft and order.draft.audience)


def _value(key: Key, order: _Order) -> str:
    """Return a value that the checks accept."""
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
            known = order.draft.newsletter_type if order.draft else None
            return known.slug if known else key.example
        case Type.AUTHORS:
            authors = [item.slug for item in content.items if isinstance(item, Author)]
            return f"[{authors[0] if authors else TO_DO}]"
        case Type.WORD:
            audience = order.draft.audience if order.draft else None
            return audience or key.example
    text = order.title if key.attribute == "title" else f"{TO_DO} : {key.label.split(' (')[0]}"
    if key.attribute == "preheader" and order.draft and order.draft.preheader:
        text = order.draft.preheader
    return json.dumps(text, ensure_ascii=False)


def _next_number(key: Key, content: Library) -> int:
    """Number a numéro after the newest."""
    numeros = [item for item in content.items if isinstance(item, Numero)]
    if not numeros:
        return 1
    return numeros[0].number + 1 if key.attribute == "number" else numeros[0].volume
