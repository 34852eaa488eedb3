"""Documents to items: each value of a header as the model holds it, each reference resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from axtra.content import frontmatter
from axtra.content.blocks import Document
from axtra.content.card_blocks import find_rubrique
from axtra.content.frontmatter import Field, Source
from axtra.content.loading import centre_sheets, event_times
from axtra.content.loading.media import Assets, near
from axtra.content.model import (
    CLASSES,
    Article,
    Author,
    Call,
    Centre,
    Correction,
    Dossier,
    Event,
    Exemption,
    Image,
    Item,
    Newsletter,
    NewsletterType,
    Numero,
    Rubrique,
    Status,
    Subject,
    Territory,
    Text,
    TypedText,
)
from axtra.content.schema import TREATMENTS, Kind, Type
from axtra.core.pasted_commands import command
from infolettre.core import dates
from infolettre.core.diagnostics import Notes, did_you_mean

_SPECIAL = "special"  # the field in whose presence a numéro has no number
_TREATED = frozenset({"numero", "article", "auteur", "dossier"})  # kinds that are of the magazine
_LONGEST_SLUG = 80  # characters


@dataclass(frozen=True, slots=True)
class PendingItem:
    """A file on its way to become an item."""

    kind: Kind
    slug: str
    numero: str  # folder of the numéro, or ""
    source: Source
    document: Document
    notes: Notes
    alone: int  # how many of the notes come from the file alone
    lines: Mapping[str, Text]

    def field(self, attribute: str) -> Any:  # noqa: ANN401 - the schema knows
        """Return the value of a key, or None."""
        found = self.source.fields.get(attribute)
        return found.value if found else None

    def line(self, attribute: str) -> int:
        """Return the line of a key."""
        return self.source.line(attribute)


class Maker:
    """Makes items; those that others refer to must come before them.

    Args:
        moment: the moment, with a time zone, on which the site is built.
        shows: returns whether the text of a file is shown although it is not published.
        rubriques: those of the facts.
        types: those of the letters.
        assets: the files beside the texts.
        statuses: of every text, by its file.
        treatment: of the photographs of the magazine, where their text does not say.
        ground: where towns and postal codes are.
        retyped: whether the words of headers may be typed again; see `TypedText`.
    """

    def __init__(
        self,
        moment: datetime,
        *,
        shows: Callable[[str], bool],
        statuses: Mapping[str, Status],
        rubriques: tuple[Rubrique, ...],
        types: tuple[NewsletterType, ...],
        assets: Assets,
        treatment: str = "",
        ground: Territory | None = None,
        retyped: bool = False,
    ) -> None:
        self._retyped = retyped
        self._moment = moment
        self._shows = shows
        self._statuses = statuses
        self._rubriques = rubriques
        self._types = types
        self._assets = assets
        self._authors: dict[str, Author] = {}
        self._subjects: dict[str, tuple[Subject, str]] = {}  # each with its first place
        self._numeros: dict[str, Numero] = {}
        self._dossiers: dict[str, Dossier] = {}
        self._treatment = treatment
        self._sheets = centre_sheets.SheetReader(ground or Territory())

    def make(self, entry: PendingItem) -> Item | None:
        """Return the item of an entry; None when a problem already noted prevents it."""
        kind, cls = entry.kind, CLASSES[entry.kind.name]
        status = self._statuses[entry.source.path]
        values = {name: self._value(entry, name) for name in entry.source.fields}
        values = {
            name: value
            for name, value in values.items()
            if value is not None and "." not in name and name not in {"status", "slug"}
        }
        values["image"] = self._image(entry)
        extra = self._relations(entry, values)
        required = {
            key.attribute
            for key in kind.keys
            if key.required and not (key.unless and entry.source.fields.get(_SPECIAL))
        }
        if extra is None or any(values.get(n) is None and n not in extra for n in required):
            return None
        values.update(extra)
        item = cls(
            kind=kind,
            slug=entry.numero if kind.name == "numero" else entry.slug,
            source=entry.source.path,
            url=kind.url.format(slug=entry.slug, numero=entry.numero),
            status=status,
            shown=status is Status.PUBLISHED or self._shows(entry.source.path),
            **values,
        )
        self._inspect_item(item, entry)
        if isinstance(item, Author):
            self._authors.setdefault(entry.slug, item)  # a draft takes the name of no one
        if isinstance(item, Dossier):
            self._dossiers[entry.slug] = item
        if isinstance(item, Numero):
            self._numeros[entry.numero] = item
        return item

    def _value(self, entry: PendingItem, attribute: str) -> Any:  # noqa: ANN401
        """Convert a field to what the model holds; references become objects."""
        key = next(key for key in entry.kind.keys if key.attribute == attribute)
        found = entry.source.fields[attribute]
        match key.type:
            case Type.LINE:
                line = entry.lines[attribute]
                return TypedText(line) if self._retyped else line
            case Type.LINES:
                return tuple(
                    Text.with_italics(str(line.value)) for line in frontmatter.texts(found.value)
                )
            case Type.NAMES:
                return tuple(_stem(str(name.value)) for name in frontmatter.texts(found.value))
            case Type.WORDS:
                return tuple(self._carried(entry.notes, frontmatter.texts(found.value)))
            case Type.AUTHORS:
                return tuple(self._signing(entry, frontmatter.texts(found.value)))
            case Type.HOURS:
                return tuple(Text.of(str(line.value)) for line in frontmatter.texts(found.value))
            case Type.CATEGORIES | Type.REGION | Type.POINT:
                return self._sheets.value(key, found, entry.notes)
            case Type.RUBRIQUE:
                return find_rubrique(str(found.value), self._rubriques, found.line, entry.notes)
            case Type.TYPE:
                return self._newsletter_type(str(found.value), found.line, entry.notes)
            case Type.CALL:
                given = _texts_of(_mapping(found.value))
                return Call(given["text"], _day(given.get("deadline"))) if given else None
            case Type.CORRECTIONS:
                return tuple(
                    Correction(made["date"].date(), Text.with_italics(made["text"]))
                    for made in map(_mapping, _sequence(found.value))
                )
            case Type.EXCEPTIONS:
                return tuple(self._exceptions(entry, found))
            case Type.DOSSIER:
                return self._dossier(entry, found)
            case Type.FILE:
                return self._assets.file(str(found.value), found.line, entry.notes)
            case (
                Type.DATE
                | Type.MOMENT
                | Type.OCCASION
                | Type.NUMBER
                | Type.WORD
                | Type.CHOICE
                | Type.IMAGE
                | Type.LINK
                | Type.LANGUAGE
                | Type.FOCUS
                | Type.FLAG
                | Type.REFERENCE
                | Type.POSTAL_CODE
                | Type.EMAIL
            ):
                return found.value
            case other:
                assert_never(other)

    def _exceptions(self, entry: PendingItem, found: Field) -> Iterator[Exemption]:
        """Read which warnings a letter silences; those whose day is past count no more."""
        from infolettre.checks import MAIL_RULES  # noqa: PLC0415 - few letters need it, and lxml with it

        for exception in map(_mapping, _sequence(found.value)):
            rule, until = str(exception["rule"]), exception["until"].date()
            if rule not in MAIL_RULES:
                entry.notes.error(
                    "exception-inconnue",
                    exception["line"],
                    f"« {rule} » n’est pas une règle des courriels",
                    did_you_mean(rule, MAIL_RULES),
                )
            elif until < self._moment.date():
                entry.notes.warning(
                    "exception-echue",
                    exception["line"],
                    f"l’exception à « {rule} » ne vaut plus depuis le {dates.day(until)}",
                    "Corrigez ce qu’elle taisait et enlevez-la, ou redonnez-lui un jour.",
                )
            else:
                yield Exemption(rule, str(exception["reason"]), until)

    def _carried(self, notes: Notes, words: Iterator[Field]) -> Iterator[Subject]:
        """Return the subject of each keyword; two words never share a page, save by their case."""
        for word in words:
            name = Text.of(str(word.value))
            slug = frontmatter.slugify(name.plain)
            place = f"{notes.file}:{word.line}"
            subject, first = self._subjects.setdefault(slug, (Subject(slug, name), place))
            if not slug or len(slug) > _LONGEST_SLUG:
                notes.error(
                    "mot-invalide",
                    word.line,
                    f"le mot-clé « {word.value} » ne fait pas une adresse : il lui faut des "
                    f"lettres ou des chiffres, et au plus {_LONGEST_SLUG} signes",
                    "Écrivez un mot ou deux, par exemple :  mots-cles: [jeunes, stages]",
                )
            elif subject.name.plain.casefold() != name.plain.casefold():
                notes.error(
                    "mots-cles-confondus",
                    word.line,
                    f"le mot-clé « {name} » aurait la même page que « {subject.name} » ({first})",
                    "Écrivez le même mot aux deux endroits, ou précisez-en un par un autre mot.",
                )
            else:
                yield subject

    def _signing(self, entry: PendingItem, names: Iterator[Field]) -> Iterator[Author]:
        for name in names:
            typed = str(name.value)
            by_file = self._authors.get(_stem(typed))
            found = [by_file] if by_file else self._named(Text.of(typed).plain.casefold())
            sheet = f"content/auteurs/{_stem(typed)}.md"
            if not found and sheet in self._statuses:
                entry.notes.error(
                    "auteur-inconnu",
                    name.line,
                    f"la fiche « {sheet} » a des erreurs",
                    f"Corrigez-la d’abord :  {command('verifier', sheet)}",
                )
            elif not found:
                entry.notes.error(
                    "auteur-inconnu",
                    name.line,
                    f"« {typed} » n’a pas de fiche dans content/auteurs/",
                    near(typed, self._authors) or f"Créez-la :  {command('nouveau auteur', typed)}",
                )
            elif len(found) > 1:
                entry.notes.error(
                    "auteur-ambigu",
                    name.line,
                    f"« {typed} » est le nom de {' et de '.join(each.source for each in found)}",
                    f"Nommez le bon fichier :  {' ou '.join(each.slug for each in found)}",
                )
            else:
                self._inspect_signature(entry, found[0], name)
                yield found[0]

    def _named(self, name: str) -> list[Author]:
        same = [each for each in self._authors.values() if each.title.plain.casefold() == name]
        return [each for each in same if each.status is Status.PUBLISHED] or same

    def _inspect_signature(self, entry: PendingItem, author: Author, name: Field) -> None:
        """Refuse, in a published text, who has but a draft: the text shows what it says."""
        if author.status is not Status.PUBLISHED and (
            self._statuses[entry.source.path] is Status.PUBLISHED
        ):
            entry.notes.error(
                "lien-vers-brouillon",
                name.line,
                f"la fiche de « {name.value} » est un brouillon",
                f"Publiez-la : effacez « statut: brouillon » dans {author.source}.",
            )

    def _dossier(self, entry: PendingItem, found: Field) -> Dossier | None:
        slug = _stem(str(found.value))
        if slug not in self._dossiers:
            entry.notes.error(
                "dossier-inconnu",
                found.line,
                f"« {found.value} » n’a pas de fiche dans content/dossiers/",
                near(slug, self._dossiers) or f"Créez-la :  {command('nouveau dossier', slug)}",
            )
        return self._dossiers.get(slug)

    def _newsletter_type(self, slug: str, line: int, notes: Notes) -> Any:  # noqa: ANN401
        known = {declared.slug: declared for declared in self._types}
        if slug not in known:
            problem = f"« {slug} » n’est pas une sorte d’infolettre"
            notes.error("type-inconnu", line, problem, did_you_mean(slug, known))
        return known.get(slug)

    def _image(self, entry: PendingItem) -> Image | None:
        path, alt = entry.field("image"), entry.field("image.alt")
        key = next((key.name for key in entry.kind.keys if key.attribute == "image"), "image")
        if path is None:
            if alt is not None:
                entry.notes.error(
                    "image-absente",
                    entry.line("image.alt"),
                    f"« alt » décrit une image, mais il n’y a pas de « {key} »",
                    f"Ajoutez « {key}: images/… », ou effacez « alt ».",
                )
            if entry.field("image.focus") is not None:
                entry.notes.error(
                    "image-absente",
                    entry.line("image.focus"),
                    f"« cadrage » place une image, mais il n’y a pas de « {key} »",
                    f"Ajoutez « {key}: images/… », ou effacez « cadrage ».",
                )
            return None
        line = entry.line("image")
        if alt is None:
            entry.notes.error(
                "alt-manquant",
                line,
                f"l’image « {path} » n’a pas de texte de remplacement",
                'Ajoutez :  alt: Ce que montre l’image   (ou  alt: ""  si elle décore)',
            )
        return self._assets.image(
            str(path),
            line,
            entry.notes,
            alt=str(alt or ""),
            credit=entry.field("image.credit"),
            licence=entry.field("image.licence"),
            focus=entry.field("image.focus"),
            duotone=self._duotone(entry),
        )

    def _duotone(self, entry: PendingItem) -> str:
        """Name the palette in whose inks a photograph is printed; nothing for its own colours."""
        kind = entry.kind
        own = self._treatment if kind.name in _TREATED else ""
        if (entry.field("image.treatment") or own) != TREATMENTS[1]:
            return ""
        named = {rubrique.slug: rubrique.colour for rubrique in self._rubriques}
        return named.get(str(entry.field("rubrique")), kind.palette or "marine")

    def _relations(self, entry: PendingItem, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what an item knows from its place; None when it has no place."""
        if entry.kind.name == "publication":
            if not (file := values.get("file")):
                return {}
            size, line = self._assets.size(file), entry.line("fichier")
            faults = self._assets.pdf_faults(file, line, entry.notes)
            return {"file_size": size, "file_faults": faults}
        if entry.kind.name == "centre":
            return self._sheets.located(values)
        if entry.kind.name == "evenement" and "start" in values:
            return event_times.times(values["start"], values.get("end"))
        if entry.kind.name != "article":
            return {}
        numero = self._numeros.get(entry.numero)
        if numero is None:
            entry.notes.error(
                "numero-absent",
                None,
                f"le dossier « {entry.numero} » de cet article n’a pas de numéro valable",
                f"Créez ou corrigez content/magazine/{entry.numero}/numero.md.",
            )
            return None
        return {"numero": numero, "date": values.get("date") or numero.date}

    def _inspect_item(self, item: Item, entry: PendingItem) -> None:
        notes = entry.notes
        if isinstance(item, Event):
            event_times.inspect(item, entry.field("start"), entry.line("end"), entry.notes)
        if isinstance(item, Centre):
            centre_sheets.inspect(item, entry.line, notes, self._moment)
        if item.modified and item.date and item.modified.date() < item.date.date():
            notes.error(
                "modifie-avant-date",
                entry.line("modified"),
                f"le texte serait mis à jour le {dates.day(item.modified)}, avant de paraître "
                f"le {dates.day(item.date)}",
                "Corrigez « modifie » ou « date », ou effacez « modifie ».",
            )
        if isinstance(item, Numero) and item.special:
            for key in entry.kind.keys:
                if key.unless and key.attribute in entry.source.fields:
                    notes.error(
                        "hors-serie-numerote",
                        entry.line(key.attribute),
                        f"un numéro qui a « {key.unless} » n’a pas de « {key.name} »",
                        f"Effacez la ligne « {key.name} », ou la ligne « {key.unless} ».",
                    )
        if isinstance(item, Article) and item.audio_link and not item.transcript_link:
            notes.warning(
                "audio-sans-transcription",
                entry.line("audio_link"),
                "ce son n’a pas de transcription, pour qui ne l’entend pas",
                "Ajoutez par exemple :  transcription: documents/entretien.txt",
            )
        if item.sponsored and not item.partners:
            notes.warning(
                "commandite-sans-partenaire",
                entry.line("sponsored"),
                "ce contenu est commandité, et ne dit pas par qui",
                "Ajoutez par exemple :  partenaires: [Nom de l’organisme]",
            )
        if isinstance(item, Newsletter) and item.date:
            stem = re.match(r"\d{4}-\d{2}-\d{2}", item.slug)
            if stem and stem[0] != f"{item.date:%Y-%m-%d}":
                notes.warning(
                    "date-et-nom",
                    entry.line("date"),
                    f"la date ({item.date:%Y-%m-%d}) n’est pas celle du nom du fichier",
                    "Corrigez la date, ou renommez le fichier.",
                )


def _texts_of(given: Mapping[str, Any]) -> dict[str, Any]:
    whole = "text" in given
    return (
        {n: Text.with_italics(v) if n == "text" else v for n, v in given.items()} if whole else {}
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Iterable[object]:
    return value if isinstance(value, tuple) else ()


def _day(moment: datetime | None) -> Any:  # noqa: ANN401
    return moment.date() if moment else None


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".md")
