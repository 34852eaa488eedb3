"""The body of an item: prose and blocks, every link resolved, every image measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, TypeAlias

from markupsafe import Markup

from axtra.content.model.values import Image, Rubrique, Text

if TYPE_CHECKING:  # items hold bodies, and bodies show items
    from axtra.content.model.items import Article, Item, Numero

NBSP = "\u00a0"
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Prose:
    """Flow content without a block in it.

    `html` is sanitised and corrected; its links and images start at the site's root (`/…`), at
    `#…` or at a scheme. `held` is the same where a letter calls its reader by name, the name a
    sentinel.
    """

    html: Markup
    held: Markup | None = None
    name: str = "prose"


@dataclass(frozen=True, slots=True)
class Figure:
    """An image with its caption."""

    image: Image
    caption: Markup  # inline HTML, may be empty
    name: str = "figure"


@dataclass(frozen=True, slots=True)
class Quote:
    """A pull quote, with who said it."""

    body: Body
    author: Text | None
    role: Text | None
    name: str = "citation"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number as displayed (« 1 500 », « 85 % ») and what it counts."""

    number: Text
    label: Markup  # inline HTML


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A row of key figures."""

    title: Text | None
    figures: tuple[KeyFigure, ...]
    name: str = "chiffres"


@dataclass(frozen=True, slots=True)
class Aside:
    """A boxed aside."""

    title: Text | None
    body: Body
    name: str = "encadre"


@dataclass(frozen=True, slots=True)
class Video:
    """A still image that links to a video kept elsewhere."""

    href: str
    title: Text
    image: Image | None
    name: str = "video"


@dataclass(frozen=True, slots=True)
class Button:
    """A call to action."""

    href: str
    label: Text
    name: str = "bouton"


@dataclass(frozen=True, slots=True)
class Card:
    """One item of content, by reference; `name` is article, evenement or publication."""

    item: Item
    name: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Items chosen by rule, in editorial order."""

    title: Text | None
    items: tuple[Item, ...]
    name: str = "articles"


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a numéro: its articles by rubrique."""

    numero: Numero
    sections: tuple[tuple[Rubrique, tuple[Article, ...]], ...]
    name: str = "sommaire"


@dataclass(frozen=True, slots=True)
class Only:
    """What is shown in one look only; `name` is web or courriel.

    `audience` is the list that alone reads it; what anyone may read does not hold it.
    """

    body: Body
    name: str
    audience: str | None = None


Block: TypeAlias = (
    Figure | Quote | KeyFigures | Aside | Video | Button | Card | Cards | Contents | Only
)
Node: TypeAlias = Prose | Block
Body: TypeAlias = tuple[Node, ...]


def plain_text(body: Body) -> str:
    """Give the prose of a body as one line of plain text."""
    return " ".join(" ".join(html_text(node.html) for node in prose_of(body)).split(" "))


def html_text(html: str) -> str:
    """Drop the tags of a fragment and resolve its entities."""
    return " ".join(unescape(_TAG.sub(" ", html)).replace(NBSP, "\0").split()).replace("\0", NBSP)


def prose_of(body: Body) -> Iterator[Prose]:
    """Walk the prose of a body, the prose within its blocks included."""
    for node in body:
        if isinstance(node, Prose):
            yield node
        elif isinstance(node, Quote | Aside | Only):
            yield from prose_of(node.body)


def walk(body: Body) -> Iterator[Node]:
    """Walk every node of a body, outer before inner."""
    for node in body:
        yield node
        if isinstance(node, Quote | Aside | Only):
            yield from walk(node.body)
