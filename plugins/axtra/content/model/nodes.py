"""The body of an item: prose and blocks, every link resolved, every image measured."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from markupsafe import Markup

from axtra.content.audiences import Reader
from axtra.content.model.values import Image, Rubrique, Text

if TYPE_CHECKING:  # items hold bodies, and bodies show items
    from axtra.content.model.item import Item
    from axtra.content.model.items import Article, Numero

NBSP = "\u00a0"
LEAD_WORDS = 35
_TAG = re.compile(r"<[^>]+>")
HREF = re.compile(r'<a [^>]*?href="([^"]+)"')


class Node:
    """A part of a body: prose or a block.

    A node says what it holds, so that nothing else has to know every kind of node. `name` is that
    of its templates; for a block, it is what an editor types.
    """

    __slots__ = ()
    name: str

    @property
    def inner(self) -> Body:
        """Return the nodes that it contains."""
        return ()

    @property
    def cards(self) -> tuple[Item, ...]:
        """Return the items whose cards it shows."""
        return ()

    @property
    def listed(self) -> tuple[Item, ...]:
        """Return the items that it announces without a card."""
        return ()

    @property
    def links(self) -> tuple[str, ...]:
        """Return the addresses of its own links, without their anchors where it is prose."""
        return ()

    @property
    def words(self) -> tuple[str, ...]:
        """Return its own words as HTML, without those of the nodes and the items in it."""
        return ()

    def shown_to(self, reader: Reader) -> Node | None:  # noqa: ARG002 - some nodes are for some readers
        """Return what a reader is shown of it, or None."""
        return self


class _Container(Node):
    """A node that contains a body."""

    __slots__ = ()
    body: Body

    @property
    def inner(self) -> Body:
        """Return its body."""
        return self.body

    def shown_to(self, reader: Reader) -> Node | None:
        """Return it with what a reader is shown of its body; None when nothing is left."""
        inner = shown_to(reader, self.body)
        if inner is self.body:
            return self
        return replace(cast("Any", self), body=inner) if inner else None


@dataclass(frozen=True, slots=True)
class Prose(Node):
    """Flow content without a block in it.

    `html` is sanitised and corrected; its links and images start at the site's root (`/…`), at
    `#…` or at a scheme. `held` is the same where a letter calls its reader by name, the name a
    sentinel.
    """

    html: Markup
    held: Markup | None = None
    name: str = "prose"

    @property
    def links(self) -> tuple[str, ...]:
        """Return the addresses of its links, without their anchors."""
        return tuple(unescape(href).partition("#")[0] for href in HREF.findall(self.html))

    @property
    def words(self) -> tuple[str, ...]:
        """Return its HTML."""
        return (self.html,)


@dataclass(frozen=True, slots=True)
class Figure(Node):
    """An image with its caption."""

    image: Image
    caption: Markup  # inline HTML, may be empty
    name: str = "figure"

    @property
    def words(self) -> tuple[str, ...]:
        """Return the caption."""
        return (self.caption,)


@dataclass(frozen=True, slots=True)
class Quote(_Container):
    """A quotation, with who said it."""

    body: Body
    author: Text | None
    role: Text | None
    name: str = "citation"


@dataclass(frozen=True, slots=True)
class PullQuote(Quote):
    """A sentence set large, which breaks the measure of the text."""

    name: str = "exergue"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number as displayed (« 1 500 », « 85 % ») and what it counts."""

    number: Text
    label: Markup  # inline HTML


@dataclass(frozen=True, slots=True)
class KeyFigures(Node):
    """A row of key figures."""

    title: Text | None
    figures: tuple[KeyFigure, ...]
    name: str = "chiffres"

    @property
    def words(self) -> tuple[str, ...]:
        """Return the title, then each number with its label."""
        rows = (f"{figure.number.html} {figure.label}" for figure in self.figures)
        return (*html_of(self.title), *rows)


@dataclass(frozen=True, slots=True)
class Aside(_Container):
    """A boxed aside."""

    title: Text | None
    body: Body
    name: str = "encadre"

    @property
    def words(self) -> tuple[str, ...]:
        """Return the title."""
        return html_of(self.title)


@dataclass(frozen=True, slots=True)
class Video(Node):
    """A still image that links to a video kept elsewhere."""

    href: str
    title: Text
    image: Image | None
    name: str = "video"

    @property
    def links(self) -> tuple[str, ...]:
        """Return the address of the video."""
        return (self.href,)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the title."""
        return html_of(self.title)


@dataclass(frozen=True, slots=True)
class Audio(_Container):
    """Something to listen to, kept on our site, with all that is said in it.

    `body` is its transcript.
    """

    href: str
    title: Text
    length: Text | None
    body: Body
    name: str = "audio"

    @property
    def links(self) -> tuple[str, ...]:
        """Return the address of the sound."""
        return (self.href,)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the title."""
        return html_of(self.title)


@dataclass(frozen=True, slots=True)
class Button(Node):
    """A call to action."""

    href: str
    label: Text
    name: str = "bouton"

    @property
    def links(self) -> tuple[str, ...]:
        """Return the address to which it leads."""
        return (self.href,)


@dataclass(frozen=True, slots=True)
class Card(Node):
    """An item of content, by reference; `name` is article, evenement or publication."""

    item: Item
    name: str

    @property
    def cards(self) -> tuple[Item, ...]:
        """Return the item."""
        return (self.item,)


@dataclass(frozen=True, slots=True)
class Cards(Node):
    """Items chosen by rule, in editorial order; `brief`, and each has one line."""

    title: Text | None
    items: tuple[Item, ...]
    brief: bool = False
    name: str = "articles"

    @property
    def cards(self) -> tuple[Item, ...]:
        """Return the items."""
        return self.items


@dataclass(frozen=True, slots=True)
class Contents(Node):
    """The contents of a numéro: its articles by rubrique."""

    numero: Numero
    sections: tuple[tuple[Rubrique, tuple[Article, ...]], ...]
    name: str = "sommaire"

    @property
    def listed(self) -> tuple[Item, ...]:
        """Return its articles."""
        return tuple(article for _, articles in self.sections for article in articles)


@dataclass(frozen=True, slots=True)
class Only(_Container):
    """What is shown in one look only; `name` is web or courriel.

    `audience` is the list that alone reads it. `shown_to` leaves it out for all other readers.
    """

    body: Body
    name: str
    audience: str | None = None

    def shown_to(self, reader: Reader) -> Node | None:
        """Return what a reader is shown of its body; None when it is for others."""
        if not reader.reads(self.name, self.audience):
            return None
        return _Container.shown_to(self, reader)  # a class with slots has no super() of its own


Body: TypeAlias = tuple[Node, ...]

# The nodes of the blocks whose argument, options and body are simply their fields.
PLAIN_NODES: Mapping[str, type[Node]] = MappingProxyType(
    {"bouton": Button, "citation": Quote, "encadre": Aside, "exergue": PullQuote}
)


def shown_to(reader: Reader, body: Body) -> Body:
    """Leave out of a body the blocks that are not for a reader, and what is empty without them."""
    kept = tuple(node for node in (node.shown_to(reader) for node in body) if node is not None)
    same = len(kept) == len(body) and all(map(operator.is_, kept, body))
    return body if same else kept


def excerpt(body: Body) -> str:
    """Return the first words of a body, in plain text."""
    words = plain_text(body).split(" ")
    end = "…" if len(words) > LEAD_WORDS else ""
    return " ".join(words[:LEAD_WORDS]) + end


def plain_text(body: Body) -> str:
    """Return the prose of a body as one line of plain text."""
    return " ".join(" ".join(html_text(node.html) for node in prose_of(body)).split(" "))


def html_text(html: str) -> str:
    """Drop the tags of a fragment and resolve its entities."""
    return " ".join(unescape(_TAG.sub(" ", html)).replace(NBSP, "\0").split()).replace("\0", NBSP)


def prose_of(body: Body) -> Iterator[Prose]:
    """Walk the prose of a body, the prose within its blocks included."""
    return (node for node in walk(body) if isinstance(node, Prose))


def walk(body: Body) -> Iterator[Node]:
    """Walk every node of a body, outer before inner."""
    for node in body:
        yield node
        if inner := node.inner:
            yield from walk(inner)


def html_of(text: Text | None) -> tuple[str, ...]:
    """Return the HTML of a text, if there is one."""
    return (text.html,) if text else ()
