"""The renderers of a letter, HTML and text: its templates and their variables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup

from axtra.content.audiences import Reader
from axtra.content.model import (
    Body,
    Cards,
    DataFigure,
    Event,
    Image,
    Item,
    Library,
    Newsletter,
    Node,
    Numero,
    Prose,
)
from axtra.content.schema import KINDS
from axtra.newsletter import cards
from axtra.newsletter.mail_pictures import MailPictures, Picture, PictureCollector
from axtra.newsletter.theme import MailTheme
from infolettre.letter import plain_text
from infolettre.letter.mjml_elements import check_markup
from infolettre.letter.plain_text import PlainWriter
from infolettre.letter.prose import ProseWriter
from infolettre.letter.rendering import PAD, SEEN
from infolettre.text.html.elements import Element
from infolettre.text.html.fragments import serialise
from infolettre.text.personal_values import Personal

_CARD_COLOURS = frozenset(kind.card_colour for kind in KINDS.values())


@dataclass(frozen=True, slots=True)
class Renderer(ABC):
    """Renders what a reader is shown of a letter; `lead` is the card that has an image."""

    newsletter: Newsletter
    contents: Body
    reader: Reader
    library: Library
    theme: MailTheme
    lead: tuple[Node, Item] | None

    @abstractmethod
    def render(self, template: str, **values: object) -> str:
        """Print a template, named without its extension."""

    @abstractmethod
    def body(self, body: Body, inset: int = 0) -> str:
        """Print a body, `inset` px narrower than its container."""

    @property
    def words(self) -> dict[str, Any]:
        """Return the variables of every template."""
        return {
            "infolettre": self.newsletter,
            "contenu": self.contents,
            "lecteur": self.reader,
            "facts": self.library.facts,
            "siteurl": self.theme.siteurl,
            "personnel": Personal,
            "texte_carte": cards.card_text,
            "absolu": self.absolute,
            "corps": self.body,
            "cartes": self.cards,
            "a_venir": self.is_to_come,
        }

    def cards(self, node: Node) -> str:
        """Print the cards of a node; where a title says it, the label of all is left out."""
        items = node.cards
        titled = isinstance(node, Cards) and node.title is not None
        said = titled or (len(items) > 1 and self._under_heading(node))
        texts = [cards.card_text(item) for item in items]
        labels = {str(text.label) for text in texts}
        return self.render(
            "composants/cartes",
            cartes=list(zip(items, texts, strict=True)),
            niveau=4 if titled else 3,
            etiquettes=not said or len(labels) > 1,
            bref=isinstance(node, Cards) and node.brief,
            vedette=self.lead[1] if self.lead and self.lead[0] is node else None,
        )

    def _under_heading(self, node: Node) -> bool:
        """Tell whether nothing stands between a node of the letter and a heading."""
        above = next((above for above, below in pairwise(self.contents) if below is node), None)
        return isinstance(above, Prose) and str(above.html).rstrip().endswith(("</h2>", "</h3>"))

    def is_to_come(self, item: Item) -> bool:
        """Return whether an item is an event that is not over when the letter leaves."""
        day = self.newsletter.date
        return isinstance(item, Event) and (day is None or item.last_day >= day.date())

    def absolute(self, address: str) -> str:
        """Make an address of the site absolute; return other addresses unchanged."""
        return self.theme.siteurl + address if address.startswith("/") else address

    def reachable(self, address: str) -> str | None:
        """Make an address absolute; return None for an anchor, which leads nowhere in a mail."""
        return None if not address or address.startswith("#") else self.absolute(address)

    def _nodes(self, body: Body) -> Iterator[tuple[Node, str]]:
        """Yield each node that shows something, with its printed form."""
        for node in body:
            printed = self.render(f"blocs/{node.name}", bloc=node)
            if printed.strip():
                yield node, printed


@dataclass(frozen=True, slots=True)
class HtmlRenderer(Renderer):
    """The MJML of a letter; `width` is that of the column, in px."""

    collector: PictureCollector
    width: int

    def render(self, template: str, **values: object) -> Markup:
        """Print a template; name it in the error when it breaks the document."""
        name = f"{template}.mjml"
        words = {**self.words, **self._markup_words, **values}
        printed = self.theme.html.get_template(name).render(words)
        if values:
            check_markup(printed, name)
        return Markup(printed)  # noqa: S704 - autoescaped

    def body(self, body: Body, inset: int = 0) -> Markup:
        """Print a body in a cell; prose has its own margins, blocks are given a margin."""
        within = replace(self, width=self.width - inset)
        return Markup("").join(
            Markup(html if isinstance(node, Prose) else f'<div class="dans">{html}</div>')  # noqa: S704
            for node, html in within._nodes(body)  # noqa: SLF001 - its own kind
        )

    @property
    def _markup_words(self) -> Mapping[str, Any]:
        prose = ProseWriter(self.reachable, self._inline_picture)
        return {
            "prose": prose.write,
            "prose_citee": prose.write_quote,
            "image": self.image,
            "illustration": self.illustration,
            "couverture": self.cover,
            "graphique": self.chart,
            "enseigne": self.wordmark,
            "blocs": self.blocks,
            "rembourrage": PAD * max(0, SEEN - len(self.newsletter.preheader.plain)),
            "couleurs": self._colours,
        }

    def blocks(self) -> Iterator[tuple[str, Markup]]:
        """Print the nodes of the letter, each with its name."""
        for node, html in self._nodes(self.contents):
            yield node.name, Markup(html)  # noqa: S704 - autoescaped

    def image(self, image: Image, alt: str = "") -> Markup:
        """Show an image of the content folder; `alt` is used when it has no text of its own."""
        shown = image.alt or alt
        return self._show(self._pictures.photograph(image.path, shown, self.width, image.duotone))

    def illustration(self, item: Item, alt: str = "", width: int = 0) -> Markup:
        """Show the image of an item, or else its drawing.

        Args:
            item: the item.
            alt: what stands for the image, in a link that holds nothing else.
            width: in px; that of the column where it is not given.
        """
        within = replace(self, width=width or self.width)
        if item.image:
            return within.image(item.image, alt)
        picture = self._pictures.illustrate(item, within.width)
        return self._show(replace(picture, alt=alt))

    def chart(self, figure: DataFigure) -> Markup:
        """Show the picture of a chart."""
        return self._show(self._pictures.chart(figure, self.width))

    def cover(self, numero: Numero, width: int) -> Markup:
        """Show the cover of a numéro."""
        return self._show(self._pictures.cover(numero, self.library, width))

    def wordmark(self) -> Markup:
        """Show the drawn name of the magazine."""
        return self._show(self._pictures.wordmark(self.library.facts))

    @property
    def _pictures(self) -> MailPictures:
        return self.theme.pictures

    def _show(self, picture: Picture) -> Markup:
        return Markup(serialise(self.collector.add(picture)))  # noqa: S704 - serialise escapes

    def _inline_picture(self, element: Element) -> Element:
        path = self.library.assets[unquote(element["src"]).removeprefix("/")]
        return self.collector.add(self._pictures.photograph(path, element["alt"], self.width))

    @property
    def _colours(self) -> list[str]:
        rubriques = {rubrique.colour for rubrique in self.library.rubriques}
        return sorted(rubriques | _CARD_COLOURS)


@dataclass(frozen=True, slots=True)
class TextRenderer(Renderer):
    """The text of a letter."""

    def render(self, template: str, **values: object) -> str:
        """Print a template."""
        words = {**self.words, **self._text_words, **values}
        return self.theme.text.get_template(f"{template}.txt").render(words)

    def body(self, body: Body, inset: int = 0) -> str:  # noqa: ARG002 - a text has no width in px
        """Print a body, with a blank line between its nodes."""
        return "\n\n".join(text.strip("\n") for _, text in self._nodes(body))

    @property
    def _text_words(self) -> Mapping[str, Any]:
        writer = PlainWriter(self.reachable)
        return {
            "prose": writer.write,
            "prose_citee": writer.write_quote,
            "ligne": writer.write_line,
            "lien": plain_text.link,
        }
