"""The blocks that show other content: which item a card names, which ones a rule chooses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from axtra.content import frontmatter
from axtra.content.blocks import Part, RawBlock
from axtra.content.frontmatter import Value
from axtra.content.letter_choices import EarlierLetters, ListRule, available
from axtra.content.links import Addresses
from axtra.content.model import (
    CLASSES,
    Article,
    Card,
    Cards,
    Choice,
    Contents,
    Event,
    Item,
    Library,
    Newsletter,
    Numero,
    Rubrique,
    Status,
    Subject,
    Text,
)
from axtra.content.schema import CARD_KINDS, LISTED_KINDS, Key, Type
from axtra.core.pasted_commands import command
from infolettre.core.diagnostics import Notes, did_you_mean

_DEFAULT_CARDS = 3
FORMS = ("cartes", "bref")  # of a list


class CardReader:
    """What the reading of one body knows of cards; `taken` holds what no rule may show."""

    def __init__(
        self,
        library: Library,
        addresses: Addresses,
        earlier: EarlierLetters,
        item: Item,
        notes: Notes,
    ) -> None:
        self.library = library
        self.addresses = addresses
        self.earlier = earlier
        self.item = item
        self.notes = notes
        self.taken: set[str] = set()
        self.for_site = False  # reading what no mail shows
        self.choices: list[Choice] = []

    def option(self, raw: RawBlock, name: str) -> str | None:
        """Return an option as typed, or None; an option that is not a single value is noted."""
        value, key = raw.options.get(name), raw.kind.option(name)
        if value is None or key is None:
            return None
        converted = frontmatter.convert(value, key, self.notes)
        return None if converted is None else str(converted)

    def text(self, raw: RawBlock, name: str) -> Text | None:
        """Return an option as corrected text."""
        return text_of(self.option(raw, name))

    def line(self, raw: RawBlock, name: str) -> int:
        """Return the line of an option, else that of the block."""
        value: Value | None = raw.options.get(name)
        return value.line if value else raw.line

    def card(self, raw: RawBlock) -> Card | None:
        """Resolve the card of one item."""
        item = self._named(raw.argument, raw.line, CARD_KINDS[raw.name])
        if item is None:
            return None
        self.inspect_repeat(item.url, raw.line)
        return Card(item, raw.name)

    def _named(self, reference: str, line: int, kinds: Sequence[str]) -> Item | None:
        """Find the item of a card, or note why none can be shown."""
        classes = tuple(CLASSES[kind] for kind in kinds)
        item = self._referred(reference, kinds)
        if item is None:
            known = {item.slug for item in self.library.items if isinstance(item, classes)}
            self.notes.error(
                "carte-inconnue",
                line,
                f"« {reference} » ne mène à aucun contenu de ce genre",
                did_you_mean(reference.rpartition("/")[2].removesuffix(".md"), known),
            )
            return None
        if not self.addresses.reachable(item, self.item, reference, line, self.notes):
            return None
        if not isinstance(item, classes):  # it stands for one that could not be built
            self.notes.error(
                "carte-inconnue",
                line,
                f"« {reference} » a des erreurs : sa carte ne peut pas être montrée",
                f"Corrigez-le d’abord :  {command('verifier', item.source)}",
            )
            return None
        self._inspect_past(item, line)
        return item

    def _referred(self, reference: str, kinds: Sequence[str]) -> Item | None:
        """Find an item by its file, or by its slug."""
        known = self.addresses.items
        others = (*self.library.items, *known.values())
        return named_item(reference, kinds, self.addresses.content, known, others)

    def cards(self, raw: RawBlock) -> Cards | None:
        """Resolve cards chosen by rule, or frozen."""
        genre = self.option(raw, "genre") or "article"
        if genre not in LISTED_KINDS:
            problem = f"« {genre} » n’est pas un genre de contenu à lister"
            line = self.line(raw, "genre")
            self.notes.error("choix-inconnu", line, problem, did_you_mean(genre, LISTED_KINDS))
            return None
        title, form = text_of(raw.argument), self.option(raw, "forme") or FORMS[0]
        if form not in FORMS:
            problem = f"« {form} » n’est pas une forme de liste"
            line = self.line(raw, "forme")
            self.notes.error("choix-inconnu", line, problem, did_you_mean(form, FORMS))
            return None
        brief = form == "bref"
        if "contenus" in raw.options:
            frozen = self._frozen(raw, genre)
            return Cards(title, frozen, brief) if frozen else None
        rule = self._rule(raw, CLASSES[genre])
        if rule is None:
            return None
        chosen = rule.choose(self.item, self.library, self.taken)
        self.choices.append(Choice(raw.line, title.plain if title else "", chosen))
        if not chosen:
            self.notes.warning(
                "cartes-absentes",
                raw.line,
                "aucun contenu ne répond à cette règle : rien ne paraîtra ici",
                "Changez la règle, ou enlevez le bloc.",
            )
            return None
        self.taken.update(item.url for item in chosen)
        return Cards(title, chosen, brief)

    def _frozen(self, raw: RawBlock, genre: str) -> tuple[Item, ...]:
        """Find the items that a file names one by one."""
        key = raw.kind.option("contenus")
        assert key is not None  # noqa: S101 - the schema has it
        named = frontmatter.texts(
            frontmatter.convert(raw.options["contenus"], key, self.notes) or ()
        )
        items = (self._named(str(name.value), name.line, (genre,)) for name in named)
        return tuple(item for item in items if item is not None)

    def _rule(self, raw: RawBlock, cls: type[Item]) -> ListRule | None:
        """Read a rule; None when a part of it is wrong, which is noted."""
        before = len(self.notes.found)
        rubrique = subject = None
        if typed := self.option(raw, "rubrique"):
            line = self.line(raw, "rubrique")
            rubrique = find_rubrique(typed, self.library.rubriques, line, self.notes)
        if typed := self.option(raw, "sujet"):
            subject = self._subject(typed, self.line(raw, "sujet"))
        since = self._since(raw)
        if len(self.notes.found) > before:
            return None
        most = self.option(raw, "nombre")
        return ListRule(cls, rubrique, subject, since, int(most) if most else _DEFAULT_CARDS)

    def _subject(self, typed: str, line: int) -> Subject | None:
        published = self.item.status is Status.PUBLISHED  # what waits must change nothing of it
        known = {
            subject.slug: subject
            for item in self.library.items
            if item.status is Status.PUBLISHED or not published
            for subject in item.subjects
        }
        subject = known.get(frontmatter.slugify(typed))
        if subject is None:
            names = (subject.name.plain for subject in known.values())
            whose = "contenu publié" if published else "contenu"
            problem = f"aucun {whose} n’a « {typed} » dans ses mots-clés"
            self.notes.error("sujet-inconnu", line, problem, did_you_mean(typed, names))
        return subject

    def _since(self, raw: RawBlock) -> date | None:
        """Read « depuis »: a day, or the last letter of the same type."""
        typed = self.option(raw, "depuis")
        if typed is None:
            return None
        if frontmatter.slugify(typed) == "derniere":
            letter = self.item if isinstance(self.item, Newsletter) else None
            last = self.earlier.last(letter) if letter else None
            return last.date.date() if last and last.date else None
        key = Key("depuis", "since", Type.MOMENT, "premier jour", "2019-03-13")
        moment = frontmatter.convert(raw.options["depuis"], key, self.notes)
        return moment.date() if isinstance(moment, datetime) else None

    def typed_cards(self, parts: tuple[Part, ...]) -> Iterator[str]:
        """Walk the addresses of the items that cards name, which no rule may show again."""
        for part in parts:
            if isinstance(part, RawBlock):
                if part.name in CARD_KINDS:
                    item = self._referred(part.argument, CARD_KINDS[part.name])
                    if item is not None:
                        yield item.url
                yield from self.typed_cards(part.children)

    def inspect_repeat(self, address: str, line: int | None) -> None:
        """Note what one of the last letters has carried already."""
        if self.for_site or not isinstance(self.item, Newsletter):
            return
        end = self.addresses.pages.get(address.partition("#")[0])
        told_once = address.startswith(("https:", "http:", "/documents/")) or (
            end is not None and end.kind.told_once
        )
        other = self.earlier.carrier(self.item, address.partition("#")[0]) if told_once else None
        if other is not None:
            self.notes.warning(
                "deja-envoye",
                line,
                f"l’édition {other.slug} (« {other.title.plain} ») portait déjà"
                f" {f'« {end.title.plain} »' if end else address}",
                "Choisissez un autre contenu; « axtra infolettre oublies » en propose.",
            )

    def _inspect_past(self, item: Item, line: int) -> None:
        """Note an event that is over on the day of the letter that shows it."""
        letter = self.item if isinstance(self.item, Newsletter) and not self.for_site else None
        if letter is None or letter.date is None or not isinstance(item, Event):
            return
        if item.last_day < letter.date.date():
            self.notes.warning(
                "evenement-passe",
                line,
                f"« {item.title.plain} » est fini ({item.when_words}) le jour de l’envoi",
                "Retirez cette carte, ou corrigez la date de l’événement; laissez-la si vous en"
                " parlez au passé.",
            )

    def contents(self, raw: RawBlock) -> Contents | None:
        """Resolve the sommaire of a numéro."""
        numero = self._numero(raw.argument)
        if numero is None:
            known = [numero.slug for numero in self._numeros()]
            problem = f"le numéro « {raw.argument} » n’existe pas ou n’est pas paru"
            if not raw.argument:
                problem = "il n’y a pas encore de numéro dont montrer le sommaire"
            self.notes.error("numero-absent", raw.line, problem, did_you_mean(raw.argument, known))
            return None
        return Contents(numero, self.library.sommaire(numero))

    def _numero(self, slug: str) -> Numero | None:
        if isinstance(self.item, Numero) and slug.strip("/") in {"", self.item.slug}:
            return self.item
        if isinstance(self.item, Article) and not slug:
            return self.item.numero
        known = self._numeros()
        if slug:
            return next((numero for numero in known if numero.slug == slug.strip("/")), None)
        return known[0] if known else None

    def _numeros(self) -> list[Numero]:
        items = available(Numero, self.item, self.library)
        return [item for item in items if isinstance(item, Numero)]


def named_item(
    reference: str,
    kinds: Sequence[str],
    content: str,
    by_source: Mapping[str, Item],
    items: Iterable[Item],
) -> Item | None:
    """Find what a card names by its file, or by its slug; of two, the published one.

    Args:
        reference: what an editor typed.
        kinds: those that the card may show, the likeliest first.
        content: the name of the content folder, which editors omit.
        by_source: the items by their files.
        items: those that a slug may name.
    """
    path = re.sub(r"[{|]filename[}|]", "", reference).lstrip("/")
    for candidate in (path, f"{content}/{path}", f"{content}/{path}.md"):
        item = by_source.get(candidate)
        if item and item.kind.name in kinds:
            return item
    named = (item for item in items if item.slug == path and item.kind.name in kinds)
    return min(
        named,
        key=lambda item: (item.status is not Status.PUBLISHED, kinds.index(item.kind.name)),
        default=None,
    )


def find_rubrique(
    typed: str, rubriques: tuple[Rubrique, ...], line: int | None, notes: Notes
) -> Rubrique | None:
    """Find a rubrique by its slug or its name."""
    wanted = frontmatter.slugify(typed)
    for rubrique in rubriques:
        if wanted in {rubrique.slug, frontmatter.slugify(rubrique.name.plain)}:
            return rubrique
    notes.error(
        "rubrique-inconnue",
        line,
        f"« {typed} » n’est pas une rubrique du magazine",
        did_you_mean(typed, (rubrique.slug for rubrique in rubriques)),
    )
    return None


def text_of(raw: str | None) -> Text | None:
    """Correct what was typed, if anything was; `*words*` are in italics."""
    return Text.with_italics(raw) if raw else None
