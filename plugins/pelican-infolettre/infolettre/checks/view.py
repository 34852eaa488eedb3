"""The HTML of a mail as some software reads it, indexed for the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from typing import NamedTuple

from infolettre.checks import cascade, mail_elements, style_rules, styles, tag_order
from infolettre.checks.cascade import Rendition
from infolettre.checks.mail_elements import PADDING, MailElement, fold, inherit
from infolettre.checks.tag_order import TagOrder
from infolettre.text.html.elements import COMMENT
from infolettre.text.languages import is_english

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
    """A block of French prose: a paragraph, a heading, a cell."""

    text: str
    element: MailElement


@dataclass(frozen=True)
class View:
    """The HTML as some software reads it; `name` is that software, empty for the usual case."""

    name: str
    html: str
    host: str
    preheader: str

    @cached_property
    def elements(self) -> tuple[MailElement, ...]:
        """List the elements in document order."""
        return mail_elements.parse(self.html)

    @cached_property
    def tags(self) -> TagOrder:
        """Return what its tags reveal, as they are written."""
        return tag_order.read(self.html)

    @cached_property
    def by_tag(self) -> Mapping[str, list[MailElement]]:
        """Group the elements by tag."""
        index: dict[str, list[MailElement]] = {}
        for element in self.elements:
            index.setdefault(element.tag, []).append(element)
        return index

    @cached_property
    def by_attribute(self) -> Index:
        """Group the elements by attribute, then by value."""
        index: dict[str, dict[str, list[MailElement]]] = {}
        for element in self.elements:
            for name, value in element.attributes.items():
                index.setdefault(name, {}).setdefault(value, []).append(element)
        return index

    @cached_property
    def by_property(self) -> Index:
        """Group the elements by property of their style, then by value."""
        index: dict[str, dict[str, list[MailElement]]] = {}
        for style, elements in self.by_attribute.get("style", {}).items():
            for name, value in styles.declarations(style).items():
                index.setdefault(name, {}).setdefault(value, []).extend(elements)
        return index

    def all(self, *names: str) -> Iterable[MailElement]:
        """Return the elements that have one of the tags, in document order."""
        groups = [self.by_tag[name] for name in names if name in self.by_tag]
        return groups[0] if len(groups) == 1 else merge(*groups, key=lambda element: element.index)

    def with_attribute(self, attribute: str) -> Mapping[str, list[MailElement]]:
        """Return the elements of the body that have an attribute, by value."""
        return _in_body(self.by_attribute.get(attribute, {}))

    def with_property(self, name: str) -> Mapping[str, list[MailElement]]:
        """Return the elements of the body that declare a property, by value."""
        return _in_body(self.by_property.get(name, {}))

    @cached_property
    def body(self) -> tuple[MailElement, ...]:
        """List the body and its descendants."""
        return tuple(element for element in self.elements if element.in_body)

    @cached_property
    def text_elements(self) -> tuple[MailElement, ...]:
        """List the visible elements that have a text of their own, or an alternative text."""
        return tuple(
            element
            for element in self.body
            if (element.own_text or element["alt"]) and not element.hidden
        )

    @cached_property
    def colours(self) -> list[str]:
        """List the text colour of each element, by index; empty where none is declared."""
        return inherit(self.elements, _colour, "")

    @cached_property
    def backgrounds(self) -> list[str]:
        """List the background colour of each element, by index; empty where none is declared."""
        return inherit(self.elements, _background, "")

    @cached_property
    def style_sheets(self) -> str:
        """Return the style sheets of the mail, joined, without comments."""
        return style_rules.without_comments(
            "\n".join(sheet.raw_text for sheet in self.all("style"))
        )

    def first(self, *names: str) -> MailElement | None:
        """Return the first element that has one of the tags, in document order."""
        return next(iter(self.all(*names)), None)

    @cached_property
    def sheet_rules(self) -> str:
        """Return the style sheets with empty strings and addresses: only their rules."""
        return style_rules.without_strings(self.style_sheets)

    @cached_property
    def renditions(self) -> tuple[Rendition, ...]:
        """List the renditions on the kinds of screens that the sheets may spoil."""
        sheets = [(sheet["media"].lower(), sheet.raw_text) for sheet in self.all("style")]
        return tuple(cascade.renditions(self.elements, self.by_tag, sheets))

    @cached_property
    def foreign(self) -> list[bool]:
        """Tell of each element, by index, whether it is in another language, or code."""
        return inherit(self.elements, _foreign, default=False)

    @cached_property
    def foreign_text(self) -> str:
        """Return the visible text in other languages, without code."""
        texts = [passage.text for passage in self.unmarked]
        if not any(self.foreign[element.index] for element in self.body):
            return "\n".join(texts)
        unread: set[MailElement | None] = set()
        for element in self.body:
            if element.tag in _SILENT or element.parent in unread:
                unread.add(element)
            elif self.foreign[element.index] and not element.hidden:
                texts.append(element.own_text)
        return "\n".join(filter(None, texts))

    @cached_property
    def all_words(self) -> str:
        """Return the visible text in all languages."""
        return f"{self.visible_text}\n{self.foreign_text}".strip()

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """List the visible blocks of French prose."""
        return tuple(block for block in self._blocks if not is_english(block.text))

    @cached_property
    def unmarked(self) -> tuple[Passage, ...]:
        """List the visible blocks in English that do not say so."""
        return tuple(block for block in self._blocks if is_english(block.text))

    @cached_property
    def _blocks(self) -> tuple[Passage, ...]:
        """List the visible blocks of prose that no language but French is declared for."""
        passages, foreign = [], self.foreign
        for element in self.body:
            if element.tag in _PROSE and not element.hidden and not foreign[element.index]:
                text = fold(_prose(element)).strip(" ")
                if text.strip(PADDING):
                    passages.append(Passage(text, element))
        return tuple(passages)

    @cached_property
    def all_text(self) -> str:
        """Return every text of the page, one per line."""
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
    def visible_text(self) -> str:
        """Return the text of all the passages."""
        return "\n".join(passage.text for passage in self.passages)


def _in_body(index: Mapping[str, list[MailElement]]) -> Mapping[str, list[MailElement]]:
    inside = {
        value: [element for element in elements if element.in_body]
        for value, elements in index.items()
    }
    return {value: elements for value, elements in inside.items() if elements}


def _colour(element: MailElement) -> str | None:
    colour = element.style.get("color") or element["color"] or element["text"]
    return styles.hexadecimal(colour)


def _background(element: MailElement) -> str | None:
    return styles.hexadecimal(element.background)


def _foreign(element: MailElement) -> bool | None:
    """Tell whether a text is in another language, or code; None when it is not declared."""
    if element.tag in _SILENT:
        return True
    language = element["lang"].lower()
    return not language.startswith("fr") if language else None


def _prose(element: MailElement) -> str:
    """Return the text of a block without that of nested blocks; a line break becomes a space."""
    words = []
    for child in element.children:
        if isinstance(child, str):
            words.append(child)
        elif child.tag == "br":
            words.append(" ")
        elif child.tag not in _BLOCKS:
            is_french = child.tag not in _SILENT and (child["lang"] or "fr").startswith("fr")
            words.append(_prose(child) if is_french else "\ufffc")
    return "".join(words)
