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
from axtra.content.model import Author, Library, Newsletter, NewsletterType, Numero
from axtra.content.schema import Key, Kind, Type
from axtra.core.pasted_commands import command, quoted
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import did_you_mean
from infolettre.core.refusals import Refusal

_TEXT = "À compléter : le texte.\n"
_LONGEST_NAME = 80  # characters, of a file


class RefusedError(Refusal):
    """The skeleton cannot be written."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What was asked for, with the content that is already there."""

    kind: Kind
    title: str
    slug: str
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
    slug: str | None = None,
    since: date | None = None,
    newsletter_type: str | None = None,
    rectified: str | None = None,
) -> Path:
    """Write the skeleton of a text and return its path.

    Args:
        folders: where the content is.
        kind: the kind of content.
        title: its title; « à compléter » when there is none.
        numero: folder of the numéro, for an article, a numéro or the letter that announces one.
        day: the day of publication to suggest.
        slug: the end of its address, which names its file; by default, made from the title.
        since: for a letter, the first day of what it tells.
        newsletter_type: for a letter, its type; else the first of infolettres.toml.
        rectified: for a letter, the name of the edition that it rectifies.

    Raises:
        RefusedError: the file exists, or the numéro or the type does not; the title or the numéro
            makes no address.
    """
    moment = datetime.combine(day, time(), ZONE)
    content, _ = loading.load(folders, moment=moment)
    if kind.name == "infolettre":
        draft = (
            _rectifying(content, day, rectified)
            if rectified
            else _draft(content, day, numero, since, newsletter_type)
        )
        order = _Order(kind, title or draft.subject, draft.slug, "", draft.day, content, draft)
    else:
        number = _numero(kind, numero, content, day, title)
        order = _Order(kind, title or TO_DO, _slug(kind, title, slug, numero), number, day, content)
    path = folders.root / folders.free(_path(order, folders))
    if path.exists():
        raise _taken(folders.name(path), order, numero)
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
    return _located(folders, kind, slug, _numero(kind, numero, library, day, None), day)


def short_slug(title: str) -> str:
    """Return the end of an address made from a title, cut to what every disk takes."""
    return slugify(title)[:_LONGEST_NAME].rstrip("-")


def _slug(kind: Kind, title: str | None, typed: str | None, numero: str | None) -> str:
    """Return the end of the address that a person types, else one made from the title."""
    if typed is None:
        slug = short_slug(title or TO_DO)
    else:
        slug = typed if slugify(typed) == typed and len(typed) <= _LONGEST_NAME else ""
    if not slug and kind.name != "numero":
        what = f"« {title} »" if typed is None else f"l’adresse « {typed} »"
        example = short_slug(typed or "") or f"{kind.name}-1"
        raise RefusedError(
            f"{what} ne peut nommer un fichier : il y faut des lettres de a à z ou des chiffres, "
            f"et au plus {_LONGEST_NAME} signes.",
            _retyped(kind, title, example, numero),
        )
    return slug


def _retyped(kind: Kind, title: str | None, slug: str, numero: str | None) -> str:
    """Return the command to type again, with an address for the text."""
    about = f" --numero {quoted(numero)}" if numero else ""
    return command(f"nouveau {kind.name}{about} --adresse {slug}", *([title] if title else []))


def _taken(name: str, order: _Order, numero: str | None) -> RefusedError:
    there = next((item.title for item in order.library.items if item.source == name), None)
    remedy = "Ouvrez ce fichier."
    if order.draft is None and order.kind.name != "numero":
        again = _retyped(order.kind, order.title, f"{order.slug[: _LONGEST_NAME - 2]}-2", numero)
        remedy = f"Ouvrez ce fichier, ou donnez une autre adresse :  {again}"
    held = f" : c’est « {there} »" if there else ""
    return RefusedError(f"« {name} » existe déjà{held}.", remedy)


def _numero(kind: Kind, typed: str | None, content: Library, day: date, title: str | None) -> str:
    """Return the numéro asked for, else the newest; for a new numéro, the month."""
    if kind.name == "numero":
        if typed is not None and (not typed or slugify(typed) != typed):
            raise RefusedError(
                f"« {typed} » ne peut nommer le dossier d’un numéro.",
                command(
                    f"nouveau numero --numero {slugify(typed) or f'{day:%Y-%m}'}",
                    title or "Thème",
                ),
            )
        return typed or f"{day:%Y-%m}"
    known = [item.slug for item in content.items if isinstance(item, Numero)]
    if kind.name != "article":
        return ""
    if not known or (typed and typed not in known):
        named = slugify(typed or "") or f"{day:%Y-%m}"
        raise RefusedError(
            f"le numéro « {typed} » n’existe pas encore." if typed else "il n’y a pas de numéro.",
            f"Créez-le d’abord :  {command(f'nouveau numero --numero {named}', 'Thème')}",
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


def _rectifying(content: Library, day: date, slug: str) -> Draft:
    letters = {item.slug: item for item in content.items if isinstance(item, Newsletter)}
    if slug not in letters:
        raise RefusedError(f"l’édition « {slug} » n’existe pas.", did_you_mean(slug, letters))
    return letter_drafts.rectifying(day, letters[slug], letters)


def _newsletter_type(content: Library, typed: str | None) -> NewsletterType | None:
    """Find the type asked for, else the first."""
    if typed is None:
        return next(iter(content.newsletter_types), None)
    known = {declared.slug: declared for declared in content.newsletter_types}
    if typed not in known:
        raise RefusedError(
            f"il n’y a pas d’infolettre « {typed} ».",
            f"{did_you_mean(typed, known)}\n"
            f"Sinon, ajoutez [{slugify(typed) or 'nom-du-type'}] dans infolettres.toml.",
        )
    return known[typed]


def _path(order: _Order, folders: Folders) -> str:
    return _located(folders, order.kind, order.slug, order.numero, order.day)


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
    """Return whether a draft says a value that letters may go without."""
    known = {"audience", "rectified"}
    return key.attribute in known and bool(getattr(order.draft, key.attribute, None))


def _value(key: Key, order: _Order) -> str:
    """Return a value that the checks accept."""
    content = order.library
    match key.type:
        case Type.MOMENT | Type.OCCASION | Type.DATE:
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
            return getattr(order.draft, key.attribute, None) or key.example
    text = order.title if key.attribute == "title" else f"{TO_DO} : {key.label.split(' (')[0]}"
    if key.attribute == "preheader" and order.draft and order.draft.preheader:
        text = order.draft.preheader
    return json.dumps(text, ensure_ascii=False)


def _next_number(key: Key, content: Library) -> int:
    """Number a numéro after the newest."""
    numeros = (item for item in content.items if isinstance(item, Numero))
    newest = next((item for item in numeros if item.special is None), None)
    if newest is None:
        return 1
    return (newest.number or 0) + 1 if key.attribute == "number" else newest.volume or 1
