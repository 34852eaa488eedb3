"""The elements of a mail: their attributes, styles and texts, and what they inherit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Self, TypeVar

from lxml import etree

from infolettre.checks import styles
from infolettre.text.html.elements import COMMENT, Element

PADDING = "\u034f\u200c\u200b\u00a0\u00ad\u2007\ufeff "
_PARSER = etree.HTMLParser()
_MISFOLDED = re.compile(r"[\t\r\n\f\v]|  ")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_AROUND = PADDING + "\n\t"
T = TypeVar("T")


@dataclass(eq=False)
class MailElement(Element):
    """An element of a mail.

    Attributes:
        index: its rank in the document.
        style: the declarations of its style attribute.
        parent: the element that holds it.
        in_body: whether it is the body or a descendant of it.
        hidden: whether it is hidden from readers.
        own_text: its own text, without that of its descendants.
        line: the line of its tag, from 1; None for what the parser adds.
    """

    index: int = 0
    style: Mapping[str, str] = field(default_factory=dict)
    parent: Self | None = field(default=None, repr=False)
    in_body: bool = False
    hidden: bool = False
    own_text: str = ""
    line: int | None = None

    def has(self, name: str) -> bool:
        """Tell whether an attribute is written, even empty."""
        return name in self.attributes

    @cached_property
    def text(self) -> str:
        """Return all the words inside, spaces folded."""
        return fold(self.raw_text).strip(PADDING)

    @property
    def elements_and_tails(self) -> Iterator[tuple[Self, str]]:
        """Yield each child element with the text that follows it."""
        for child, after in pairwise([*self.children, ""]):
            if not isinstance(child, str):
                yield child, after if isinstance(after, str) else ""

    @property
    def next_sibling(self) -> Self | None:
        """Return the next element of the same parent."""
        siblings = self.parent.elements if self.parent else [self]
        return next(iter(siblings[siblings.index(self) + 1 :]), None)

    @property
    def lineage(self) -> Iterator[Self]:
        """Yield this element, then its parent, and so on outwards."""
        element: Self | None = self
        while element is not None:
            yield element
            element = element.parent

    def inherited(self, name: str) -> str:
        """Return the nearest declared value of a property."""
        return next((up.style[name] for up in self.lineage if name in up.style), "")

    @property
    def background(self) -> str:
        """Return the background colour that it declares itself, as written, or nothing."""
        shorthand = styles.background_colour(self.style.get("background", ""))
        return self.style.get("background-color") or shorthand or self["bgcolor"]

    @cached_property
    def label(self) -> str:
        """Return what a screen reader says of a link: its text, its images, its own label."""
        alts = [image["alt"] for image in self.find("img")]
        return " ".join([*self.text.split(), *alts, self["aria-label"]]).strip()


def inherit(
    elements: Iterable[MailElement], own_value: Callable[[MailElement], T | None], default: T
) -> list[T]:
    """List a value of each element, by its index: its own, or else that of its parent."""
    values: list[T] = []
    for element in elements:
        value = own_value(element)
        if value is None:
            value = values[element.parent.index] if element.parent else default
        values.append(value)
    return values


def parse(html: str) -> tuple[MailElement, ...]:
    """List the elements of a mail in document order; lxml repairs its mistakes."""
    by_node: dict[etree._Element, MailElement] = {}
    for node in _document(html).iter():
        parent = by_node.get(node.getparent())
        element = _element(node, parent, len(by_node))
        if element.tag != COMMENT:
            by_node[node] = element
        if parent is not None:
            parent.children.append(element)
            if tail := node.tail:
                parent.children.append(tail)
    for element in by_node.values():
        words = [child for child in element.children if isinstance(child, str)]
        element.own_text = " ".join(words).strip(_AROUND)
    return tuple(by_node.values())


def _element(node: etree._Element, parent: MailElement | None, index: int) -> MailElement:
    text, tag = node.text, node.tag
    children: list[MailElement | str] = [text] if text else []
    if not isinstance(tag, str):
        return MailElement(COMMENT, {}, children, index, parent=parent, line=node.sourceline)
    attributes = dict(node.items())
    style = attributes.get("style", "")
    return MailElement(
        tag,
        attributes,
        children,
        index,
        styles.declarations(style),
        parent,
        in_body=tag == "body" or (parent is not None and parent.in_body),
        hidden=(
            styles.hides(style) or "hidden" in attributes or (parent is not None and parent.hidden)
        ),
        line=node.sourceline,
    )


def _document(html: str) -> etree._Element:
    try:
        root = etree.fromstring(html, _PARSER)
    except ValueError:  # characters that XML forbids
        root = None
    if root is None:  # an empty page
        return etree.fromstring("<html></html>", _PARSER)
    return root


def fold(text: str) -> str:
    """Fold ASCII white space, never a no-break space."""
    return _SPACES.sub(" ", text) if _MISFOLDED.search(text) else text
