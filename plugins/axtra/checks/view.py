"""The HTML of a mail as some software reads it, with an index that every rule uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from typing import NamedTuple

from axtra.checks import mail_elements, styles, tag_order
from axtra.checks.mail_elements import PADDING, MailElement, fold, inherit
from axtra.checks.tag_order import TagOrder
from axtra.text.html.elements import COMMENT

_PROSE = frozenset(
    [
        *["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "dt", "dd", "div"],
        *["blockquote", "center", "caption", "body", "address", "section"],
    ]
)
_BLOCKS = _PROSE | {"ul", "ol", "dl", "table", "tbody", "tr", "hr", COMMENT}
_SILENT = frozenset(["style", "script", "code", "pre", "kbd", "title", "head", "xml", "noscript"])

Index = Mapping[str, Mapping[str, list[MailElement]]]


class Passage(NamedTuple):
    """Some prose in French: a paragraph, a title, a cell."""

    text: str
    element: MailElement


@dataclass(frozen=True)
class View:
    """The HTML as some software reads it; `name` is empty for most of them."""

    name: str
    html: str
    host: str
    preheader: str

    @cached_property
    def elements(self) -> tuple[MailElement, ...]:
        """List the elements in the order of the document."""
        return mail_elements.parse(self.html)

    @cached_property
    def tags(self) -> TagOrder:
        """Follow its tags as they are written."""
        return tag_order.read(self.html)

    @cached_property
    def named(self) -> Mapping[str, list[MailElement]]:
        """Sort the elements by name."""
        index: dict[str, list[MailElement]] = {}
        for element in self.elements:
            index.setdefault(element.tag, []).append(element)
        return index

    @cached_property
    def attributes(self) -> Index:
        """Sort the elements by attribute, then by its value."""
        index: dict[str, dict[str, list[MailElement]]] = {}
        for element in self.elements:
            for name, value in element.attributes.items():
                index.setdefault(name, {}).setdefault(value, []).append(element)
        return index

    @cached_property
    def declared(self) -> Index:
        """Sort the elements by property of their style, then by its value."""
        index: dict[str, dict[str, list[MailElement]]] = {}
        for style, elements in self.attributes.get("style", {}).items():
            for name, value in styles.declarations(style).items():
                index.setdefault(name, {}).setdefault(value, []).extend(elements)
        return index

    def all(self, *names: str) -> Iterable[MailElement]:
        """Give the elements of some names, in the order of the document."""
        groups = [self.named[name] for name in names if name in self.named]
        return groups[0] if len(groups) == 1 else merge(*groups, key=lambda element: element.index)

    def written(self, attribute: str) -> Mapping[str, list[MailElement]]:
        """Give what the body holds that has an attribute, by its value."""
        return _in_body(self.attributes.get(attribute, {}))

    def styled(self, name: str) -> Mapping[str, list[MailElement]]:
        """Give what the body holds that declares a property, by its value."""
        return _in_body(self.declared.get(name, {}))

    @cached_property
    def body(self) -> tuple[MailElement, ...]:
        """List what the body holds, itself first."""
        return tuple(element for element in self.elements if element.in_body)

    @cached_property
    def said(self) -> tuple[MailElement, ...]:
        """List what shows words of its own, or those that stand for an image."""
        return tuple(
            element
            for element in self.body
            if (element.own_text or element["alt"]) and not element.hidden
        )

    @cached_property
    def colours(self) -> list[str]:
        """Give the colour of the words of each element, by its place; nothing where none is."""
        return inherit(self.elements, _colour, "")

    @cached_property
    def backgrounds(self) -> list[str]:
        """Give the colour behind each element, by its place; nothing where none is declared."""
        return inherit(self.elements, _background, "")

    @cached_property
    def sheets(self) -> str:
        """Give every style sheet of the mail."""
        return "\n".join(sheet.raw_text for sheet in self.all("style"))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """List the visible prose in French, each piece once."""
        passages, foreign = [], inherit(self.elements, _foreign, default=False)
        for element in self.body:
            if element.tag in _PROSE and not element.hidden and not foreign[element.index]:
                text = fold(_prose(element)).strip(" ")
                if text.strip(PADDING):
                    passages.append(Passage(text, element))
        return tuple(passages)

    @cached_property
    def texts(self) -> str:
        """Join every text of the page, a line each."""
        return "\n".join(self.elements[0].texts)

    @cached_property
    def links(self) -> tuple[MailElement, ...]:
        """List the links that have an address."""
        return tuple(link for link in self.all("a") if link["href"].strip())

    @cached_property
    def images(self) -> tuple[MailElement, ...]:
        """List the images."""
        return tuple(self.all("img"))

    @cached_property
    def words(self) -> str:
        """Give all the visible prose."""
        return "\n".join(passage.text for passage in self.passages)


def _in_body(index: Mapping[str, list[MailElement]]) -> Mapping[str, list[MailElement]]:
    inside = {
        value: [element for element in elements if element.in_body]
        for value, elements in index.items()
    }
    return {value: elements for value, elements in inside.items() if elements}


def _colour(element: MailElement) -> str | None:
    said = element.style.get("color") or element["color"] or element["text"]
    return styles.hexadecimal(said)


def _background(element: MailElement) -> str | None:
    return styles.hexadecimal(element.background)


def _foreign(element: MailElement) -> bool | None:
    """Tell whether a text is in another language, or code; None when nothing says it."""
    if element.tag in _SILENT:
        return True
    language = element["lang"].lower()
    return not language.startswith("fr") if language else None


def _prose(element: MailElement) -> str:
    """Give the words of a block without those of the blocks in it; a break is a space."""
    words = []
    for child in element.children:
        if isinstance(child, str):
            words.append(child)
        elif child.tag == "br":
            words.append(" ")
        elif child.tag not in _BLOCKS:
            said = child.tag not in _SILENT and (child["lang"] or "fr").startswith("fr")
            words.append(_prose(child) if said else "\ufffc")
    return "".join(words)
