"""The renderers of a letter, HTML and text: its templates and their variables.

A letter is a list of nodes. A node is printed by the template `blocs/NAME` of its name: ours are
`prose` and `articles`; a house adds its own, with what their variables need.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeAlias

from jinja2 import Environment
from markupsafe import Markup

from infolettre.letter import plain_text
from infolettre.letter.cards import Card, Picture
from infolettre.letter.mjml_elements import check_markup
from infolettre.letter.plain_text import PlainWriter
from infolettre.letter.prose import ProseWriter
from infolettre.text.html.elements import Element

SEEN = 140  # characters that an inbox shows after the subject, at most
PAD = "\u034f\u200c\u00a0"  # takes space, shows nothing
PROSE = "prose"  # has margins of its own


class Node(Protocol):
    """A part of the body of a letter."""

    @property
    def name(self) -> str:
        """Return the name of its template."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, as HTML."""

    html: str
    name: ClassVar[str] = PROSE


@dataclass(frozen=True, slots=True)
class Cards:
    """Articles shown one under another, under a title if there is one."""

    cards: tuple[Card, ...]
    title: str = ""
    name: ClassVar[str] = "articles"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a letter; `address` is a mailbox, `place` a postal address, line by line."""

    name: str
    address: str
    place: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to render; `siteurl` has no final slash, and `title` is printed as it is."""

    subject: str
    title: object
    preheader: str
    moment: datetime | None
    language: str
    siteurl: str
    sender: Sender
    body: Sequence[Node]


@dataclass(frozen=True, slots=True)
class Renderer(ABC):
    """Prints a letter; `own` returns the variables that a house adds to ours."""

    environment: Environment
    letter: Letter
    own: Own
    home: str

    @abstractmethod
    def render(self, template: str, **values: object) -> str:
        """Print a template, named without its extension."""

    @abstractmethod
    def body(self, body: Iterable[Any], inset: int = 0) -> str:
        """Print a body, `inset` px narrower than its container."""

    def words(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return the variables of a template."""
        ours = {
            "lettre": self.letter,
            "absolu": self.absolute,
            "corps": self.body,
            "cartes": self.cards,
        }
        return {**ours, **self._words_of_form, **self.own(self), **values}

    @property
    @abstractmethod
    def _words_of_form(self) -> Mapping[str, object]:
        """Return the variables of the templates of this form."""

    def cards(self, cards: Iterable[Card], level: int = 3) -> str:
        """Print cards, whose titles are headings of a level."""
        return self.render("composants/cartes", fiches=tuple(cards), niveau=level)

    def absolute(self, address: str) -> str:
        """Make an address of the site absolute; return other addresses unchanged."""
        return self.letter.siteurl + address if address.startswith("/") else address

    def reachable(self, address: str) -> str | None:
        """Make an address absolute; return None for an anchor, which leads nowhere in a mail."""
        return None if not address or address.startswith("#") else self.absolute(address)

    def _nodes(self, body: Iterable[Node]) -> Iterator[tuple[Node, str]]:
        """Yield each node that shows something, with its printed form."""
        for node in body:
            printed = self.render(f"blocs/{node.name}", bloc=node)
            if printed.strip():
                yield node, printed


Own: TypeAlias = Callable[[Any], Mapping[str, object]]


def nothing(_: Renderer) -> Mapping[str, object]:
    """Return what a house without templates of its own adds to the variables."""
    return {}


@dataclass(frozen=True, slots=True)
class HtmlRenderer(Renderer):
    """The MJML of a letter; `width` is that of the column, in px."""

    width: int

    def render(self, template: str, **values: object) -> Markup:
        """Print a template; name it in the error when it breaks the document."""
        name = f"{template}.mjml"
        printed = self.environment.get_template(name).render(self.words(values))
        if values:
            check_markup(printed, f"{self.home}{name}")
        return Markup(printed)  # noqa: S704 - autoescaped

    def body(self, body: Iterable[Any], inset: int = 0) -> Markup:
        """Print a body in a cell; prose has its own margins, blocks are given a margin."""
        within = replace(self, width=self.width - inset)
        return Markup("").join(
            Markup(html if node.name == PROSE else f'<div class="dans">{html}</div>')  # noqa: S704
            for node, html in within._nodes(body)  # noqa: SLF001 - its own kind
        )

    def blocks(self) -> Iterator[tuple[str, Markup]]:
        """Print the nodes of the letter, each with its name."""
        for node, html in self._nodes(self.letter.body):
            yield node.name, Markup(html)  # noqa: S704 - autoescaped

    def picture(self, element: Element) -> Element:
        """Return an image of the prose as mail software shows it."""
        width = element["width"]
        return Picture(element["src"], int(width) if width.isdigit() else 0, element["alt"]).element

    @property
    def _words_of_form(self) -> Mapping[str, object]:
        prose = ProseWriter(self.reachable, self.picture)
        return {
            "prose": prose.write,
            "prose_citee": prose.write_quote,
            "blocs": self.blocks,
            "rembourrage": PAD * max(0, SEEN - len(self.letter.preheader)),
            "couleurs": (),
        }


@dataclass(frozen=True, slots=True)
class TextRenderer(Renderer):
    """The text of a letter."""

    def render(self, template: str, **values: object) -> str:
        """Print a template."""
        return self.environment.get_template(f"{template}.txt").render(self.words(values))

    def body(self, body: Iterable[Any], inset: int = 0) -> str:  # noqa: ARG002 - a text has no width in px
        """Print a body, with a blank line between its nodes."""
        return "\n\n".join(text.strip("\n") for _, text in self._nodes(body))

    @property
    def _words_of_form(self) -> Mapping[str, object]:
        writer = PlainWriter(self.reachable)
        return {
            "prose": writer.write,
            "prose_citee": writer.write_quote,
            "ligne": writer.write_line,
            "lien": plain_text.link,
        }
