"""The words of the card of an item, the same in HTML and in text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

from axtra.content import template_filters
from axtra.content.model import (
    Article,
    Author,
    Body,
    Centre,
    Event,
    Item,
    Newsletter,
    Node,
    Publication,
    Release,
    Text,
    html_text,
    walk,
)


@dataclass(frozen=True, slots=True)
class CardText:
    """The words of a card beside the title and the chapeau.

    `colour` names a token; `details` go on a line under the chapeau; `link` is an additional
    link: its text and its address.
    """

    label: Text | str
    colour: str
    details: tuple[Text | str, ...] = ()
    link: tuple[Text, str] | None = None


@singledispatch
def card_text(item: Item) -> CardText:
    """Return the words of the card of an item."""
    return CardText(item.label, item.kind.card_colour, tuple(_day(item)))


@card_text.register
def _(item: Article) -> CardText:
    names = template_filters.noms(item.authors)
    authors = Text(html_text(names), names)
    time = f"{template_filters.nombre(item.minutes, 'minute')} de lecture"
    label: Text | str = item.rubrique.name
    if item.kicker:
        label = f"{label} · {item.kicker}"
    paid = ("Contenu commandité",) if item.sponsored else ()
    return CardText(label, item.rubrique.colour, (authors, time, *paid))


@card_text.register
def _(item: Release) -> CardText:
    city = [item.city] if item.city else []
    return CardText(item.label, item.kind.card_colour, (*city, *_day(item)))


@card_text.register
def _(item: Newsletter) -> CardText:
    return CardText(item.newsletter_type.name, item.kind.card_colour, tuple(_day(item)))


@card_text.register
def _(item: Author) -> CardText:
    return CardText("Signature", item.kind.card_colour, item.front_words)


@card_text.register
def _(item: Publication) -> CardText:
    link = None
    if item.file:
        size = [template_filters.nombre(item.pages, "page")] if item.pages else []
        size += [template_filters.poids(item.file_size)] if item.file_size else []
        about = f" ({', '.join(size)})" if size else ""
        link = (Text.of(f"Télécharger « {item.title.plain} » en PDF{about}"), item.file)
    return CardText(item.label, item.kind.card_colour, tuple(_day(item)), link)


@card_text.register
def _(item: Event) -> CardText:
    where = [item.place] if item.place else []
    link = None
    if item.registration:
        link = (Text.of(f"S’inscrire : {item.title.plain}"), item.registration)
    details = (template_filters.periode(item), *where)
    return CardText(item.label, item.kind.card_colour, details, link)


@card_text.register
def _(item: Centre) -> CardText:
    region = item.region.name if item.region else None
    details = [text for text in (item.town, region, item.telephone) if text]
    return CardText(item.label, item.kind.card_colour, tuple(details))


def _day(item: Item) -> Iterator[Text]:
    if item.date:
        yield template_filters.jour(item.date)


def lead(body: Body) -> tuple[Node, Article] | None:
    """Return the article that the letter shows with an image, the first that has a card.

    The body is what its readers are shown.
    The node tells that first card from another of the same article.
    """
    cards = ((node, item) for node in walk(body) for item in node.cards)
    return next(((node, item) for node, item in cards if isinstance(item, Article)), None)
