"""What our templates of letters know beside those of any letter: items, cards, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup

from axtra.content import template_filters
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
    Text,
)
from axtra.content.schema import KINDS
from axtra.newsletter import cards
from axtra.newsletter.mail_pictures import MailPictures, Picture, PictureCollector
from infolettre.letter.cards import THUMBNAIL_WIDTH, Card, Form
from infolettre.letter.cards import Picture as Shown
from infolettre.letter.prose import ProseWriter
from infolettre.letter.renderers import HtmlRenderer, Renderer
from infolettre.text.html.elements import Element

_CARD_COLOURS = frozenset(kind.card_colour for kind in KINDS.values())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The variables of both forms; `lead` is the card that has a large image."""

    newsletter: Newsletter
    contents: Body
    reader: Reader
    library: Library
    lead: tuple[Node, Item] | None

    def __call__(self, renderer: Renderer) -> Mapping[str, Any]:
        """Return the variables of a template."""
        return {
            "infolettre": self.newsletter,
            "facts": self.library.facts,
            "siteurl": renderer.letter.siteurl,
            "texte_carte": cards.card_text,
            "jour": template_filters.jour_semaine,
            "cartes": lambda node: self.cards(node, renderer),
        }

    def cards(self, node: Node, renderer: Renderer) -> str:
        """Print the cards of a node; where a title says it, the label of all is left out."""
        items = node.cards
        titled = isinstance(node, Cards) and node.title is not None
        said = titled or (len(items) > 1 and self._under_heading(node))
        labelled = not said or len({str(cards.card_text(item).label) for item in items}) > 1
        shown = [self._card(item, node, renderer, labelled=labelled) for item in items]
        return renderer.cards(shown, 4 if titled else 3)

    def _under_heading(self, node: Node) -> bool:
        """Tell whether nothing stands between a node of the letter and a heading."""
        above = next((above for above, below in pairwise(self.contents) if below is node), None)
        return isinstance(above, Prose) and str(above.html).rstrip().endswith(("</h2>", "</h3>"))

    def _card(self, item: Item, node: Node, renderer: Renderer, *, labelled: bool) -> Card:
        text, form = cards.card_text(item), self._form(item, node)
        links = [text.link] if text.link else []
        if self._is_to_come(item):
            links.append((_to_agenda(item), f"/evenements/{item.slug}.ics"))
        return Card(
            title=item.title,
            summary=item.summary or item.lead_for(self.reader),
            url=renderer.absolute(item.url),
            image=self._image(item, form, renderer),
            language="" if item.language.startswith("fr") else item.language,
            form=form,
            label=text.label if labelled else "",
            colour=text.colour,
            details=text.details,
            links=tuple((words, renderer.absolute(address)) for words, address in links),
        )

    def _form(self, item: Item, node: Node) -> Form:
        if self.lead and self.lead[0] is node and self.lead[1] is item:
            return Form.LEAD
        if isinstance(node, Cards) and node.brief:
            return Form.BRIEF
        return Form.THUMBNAIL if item.kind.name == "article" else Form.PLAIN

    def _image(self, _item: Item, _form: Form, _renderer: Renderer) -> Shown | None:
        """Return the picture of a card; a text has none."""
        return None

    def _is_to_come(self, item: Item) -> bool:
        """Return whether an item is an event that is not over when the letter leaves."""
        day = self.newsletter.date
        return isinstance(item, Event) and (day is None or item.last_day >= day.date())


@dataclass(frozen=True, slots=True)
class HtmlVocabulary(Vocabulary):
    """The variables of the HTML; each picture that a template shows is collected."""

    pictures: MailPictures
    collector: PictureCollector

    def __call__(self, renderer: HtmlRenderer) -> Mapping[str, Any]:  # type: ignore[override]
        """Return the variables of a template."""
        within = _Pictures(self, renderer.width)
        prose = ProseWriter(renderer.reachable, within.inline)
        return {
            **Vocabulary.__call__(self, renderer),
            "prose": prose.write,
            "prose_citee": prose.write_quote,
            "image": within.image,
            "couverture": within.cover,
            "graphique": within.chart,
            "enseigne": within.wordmark,
            "couleurs": self._colours,
        }

    def _image(self, item: Item, form: Form, renderer: Renderer) -> Shown | None:
        if form is Form.LEAD and isinstance(renderer, HtmlRenderer):
            return _Pictures(self, renderer.width).illustration(item, item.title.plain)
        if form is Form.THUMBNAIL:
            return _Pictures(self, THUMBNAIL_WIDTH).illustration(item)
        return None

    @property
    def _colours(self) -> list[str]:
        rubriques = {rubrique.colour for rubrique in self.library.rubriques}
        return sorted(rubriques | _CARD_COLOURS)


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The pictures of a letter in a column of `width` px."""

    words: HtmlVocabulary
    width: int

    def image(self, image: Image, alt: str = "") -> Shown:
        """Show an image of the content folder; `alt` is used when it has no text of its own."""
        shown = image.alt or alt
        return self._show(self._files.photograph(image.path, shown, self.width, image.duotone))

    def illustration(self, item: Item, alt: str = "") -> Shown:
        """Show the image of an item, or else its drawing.

        `alt` is what stands for the image, in a link that holds nothing else.
        """
        if item.image:
            return self.image(item.image, alt)
        return self._show(replace(self._files.illustrate(item, self.width), alt=alt))

    def chart(self, figure: DataFigure) -> Shown:
        """Show the picture of a chart."""
        return self._show(self._files.chart(figure, self.width))

    def cover(self, numero: Numero, width: int) -> Shown:
        """Show the cover of a numéro."""
        return self._show(self._files.cover(numero, self.words.library, width))

    def wordmark(self) -> Shown:
        """Show the drawn name of the magazine."""
        return self._show(self._files.wordmark(self.words.library.facts))

    def inline(self, element: Element) -> Element:
        """Show an image of the prose."""
        path = self.words.library.assets[unquote(element["src"]).removeprefix("/")]
        return self._show(self._files.photograph(path, element["alt"], self.width)).element

    @property
    def _files(self) -> MailPictures:
        return self.words.pictures

    def _show(self, picture: Picture) -> Shown:
        return self.words.collector.add(picture)


def _to_agenda(item: Item) -> Text:
    return Text(
        f"Ajouter à l’agenda\u00a0: {item.title.plain}",
        Markup("Ajouter à l’agenda&#160;: {}").format(item.title),
    )
