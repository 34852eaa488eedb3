"""The elements of a page, read once from its tree: what each declares, holds and inherits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from lxml import etree

from axtra.checks import styles

PADDING = "\u034f\u200c\u200b\u00a0\u00ad\u2007\ufeff "
_PARSER = etree.HTMLParser()
COMMENT = "#"  # the tag of what readers see nothing of
_MISFOLDED = re.compile(r"[\t\r\n\f\v]|  ")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_AROUND = PADDING + "\n\t"
T = TypeVar("T")


@dataclass(eq=False)
class Element:
    """An element with what it declares, and the texts and elements that it holds, in order.

    `place` is its rank in the document; `in_body` tells whether it is the body or stands in it,
    `hidden` whether readers see nothing of it; `own` are the words that stand in no other element.
    """

    place: int
    tag: str
    attributes: Mapping[str, str]
    style: Mapping[str, str]
    parent: Element | None = field(repr=False)
    pieces: list[str | Element] = field(repr=False)
    in_body: bool = False
    hidden: bool = False
    own: str = ""

    def __getitem__(self, name: str) -> str:
        """Give an attribute, or nothing."""
        return self.attributes.get(name, "")

    def has(self, name: str) -> bool:
        """Tell whether an attribute is written, even empty."""
        return name in self.attributes

    @cached_property
    def text(self) -> str:
        """Give all the words inside, spaces folded."""
        return fold(self.whole).strip(PADDING)

    @property
    def whole(self) -> str:
        """Give all the words inside, as written."""
        return "".join(self.texts)

    @property
    def texts(self) -> Iterator[str]:
        """Give each text inside."""
        left = self.pieces[::-1]
        while left:
            piece = left.pop()
            if isinstance(piece, str):
                yield piece
            elif piece.tag != COMMENT:
                left.extend(reversed(piece.pieces))

    @property
    def held(self) -> list[Element]:
        """List the elements that it holds itself."""
        return [piece for piece in self.pieces if not isinstance(piece, str)]

    @property
    def children(self) -> Iterator[tuple[Element, str]]:
        """Give each element that it holds itself, with the words that follow."""
        for piece, after in pairwise([*self.pieces, ""]):
            if not isinstance(piece, str):
                yield piece, after if isinstance(after, str) else ""

    @property
    def following(self) -> Element | None:
        """Give the next element that the same one holds."""
        beside = self.parent.held if self.parent else [self]
        return next(iter(beside[beside.index(self) + 1 :]), None)

    @property
    def above(self) -> Iterator[Element]:
        """Give this element, then what holds it, outwards."""
        one: Element | None = self
        while one is not None:
            yield one
            one = one.parent

    def inside(self, *tags: str) -> list[Element]:
        """List the elements of some names that stand in it, itself included."""
        found, left = [], [self]
        while left:
            one = left.pop()
            if one.tag in tags:
                found.append(one)
            left.extend(reversed(one.held))
        return found

    def inherited(self, name: str) -> str:
        """Give the nearest declared value."""
        return next((one.style[name] for one in self.above if name in one.style), "")

    @property
    def ground(self) -> str:
        """Give the colour of the ground that it declares itself, as written, or nothing."""
        shorthand = styles.ground(self.style.get("background", ""))
        return self.style.get("background-color") or shorthand or self["bgcolor"]

    @cached_property
    def label(self) -> str:
        """Give what is read of a link aloud: its words, those of its images, its own label."""
        alts = [image["alt"] for image in self.inside("img")]
        return " ".join([*self.text.split(), *alts, self["aria-label"]]).strip()


def inherit(elements: Iterable[Element], own: Callable[[Element], T | None], default: T) -> list[T]:
    """Give a value of each element, by its place: its own, or that of the one that holds it."""
    found: list[T] = []
    for one in elements:
        said = own(one)
        if said is None:
            said = found[one.parent.place] if one.parent else default
        found.append(said)
    return found


def grow(html: str) -> tuple[Element, ...]:
    """List the elements of a page in the order of the document."""
    known: dict[etree._Element, Element] = {}
    for node in _document(html).iter():
        parent = known.get(node.getparent())
        one = _element(node, parent, len(known))
        if one.tag != COMMENT:
            known[node] = one
        if parent is not None:
            parent.pieces.append(one)
            if tail := node.tail:
                parent.pieces.append(tail)
    for one in known.values():
        words = [piece for piece in one.pieces if isinstance(piece, str)]
        one.own = " ".join(words).strip(_AROUND)
    return tuple(known.values())


def _element(node: etree._Element, parent: Element | None, place: int) -> Element:
    text, tag = node.text, node.tag
    pieces: list[str | Element] = [text] if text else []
    if not isinstance(tag, str):
        return Element(place, COMMENT, {}, {}, parent, pieces)
    attributes = dict(node.items())
    style = attributes.get("style", "")
    one = Element(place, tag, attributes, styles.declarations(style), parent, pieces)
    one.in_body = tag == "body" or (parent is not None and parent.in_body)
    one.hidden = (
        styles.hides(style) or "hidden" in attributes or (parent is not None and parent.hidden)
    )
    return one


def _document(html: str) -> etree._Element:
    try:
        root = etree.fromstring(html, _PARSER)
    except ValueError:  # bytes that no page holds
        root = None
    if root is None:  # as where there is nothing to read
        return etree.fromstring("<html></html>", _PARSER)
    return root


def fold(text: str) -> str:
    """Fold ASCII white space, never a no-break space."""
    return _SPACES.sub(" ", text) if _MISFOLDED.search(text) else text
