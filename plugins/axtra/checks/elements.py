"""The elements of a page, read once from its tree: what each declares, holds and inherits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from lxml import etree
from lxml import html as lxml_html

from axtra.checks import styles

PADDING = "\u034f\u200c\u200b\u00a0\u00ad\u2007\ufeff "
COMMENT = "#"  # the tag of what readers see nothing of
_MISFOLDED = re.compile(r"[ \t\r\n\f\v]{2,}|[\t\r\n\f\v]")
_UNSEEN = re.compile(r"-\d{3,}")
T = TypeVar("T")


@dataclass(eq=False)
class Element:
    """An element with what it declares, and the texts and elements that it holds, in order.

    `place` is its rank in the document; `in_body` is whether the body holds it, or it is the body.
    """

    place: int
    tag: str
    attributes: Mapping[str, str]
    style: Mapping[str, str]
    parent: Element | None = field(repr=False)
    in_body: bool
    pieces: list[str | Element] = field(repr=False)

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

    @cached_property
    def own(self) -> str:
        """Give the words that stand in no other element."""
        return " ".join(one for one in self.pieces if isinstance(one, str)).strip(PADDING + "\n\t")

    @property
    def children(self) -> Iterator[tuple[Element, str]]:
        """Give each element that it holds itself, with the words that follow."""
        for piece, after in pairwise([*self.pieces, ""]):
            if not isinstance(piece, str):
                yield piece, after if isinstance(after, str) else ""

    @property
    def following(self) -> Element | None:
        """Give the next element that the same one holds."""
        beside = [one for one, _ in self.parent.children] if self.parent else [self]
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
            left.extend(piece for piece in reversed(one.pieces) if not isinstance(piece, str))
        return found

    def inherited(self, name: str) -> str:
        """Give the nearest declared value."""
        return next((one.style[name] for one in self.above if name in one.style), "")

    @cached_property
    def hidden(self) -> bool:
        """Tell whether readers see nothing of it."""
        said = self.style
        unseen = said.get("display") == "none" or said.get("visibility") == "hidden"
        flat = said.get("max-height", said.get("height", "")) in {"0", "0px"}
        unseen = unseen or (flat and said.get("overflow") == "hidden")
        unseen = unseen or bool(_UNSEEN.match(said.get("text-indent", "")))
        return unseen or self.has("hidden") or (self.parent is not None and self.parent.hidden)

    @cached_property
    def classes(self) -> frozenset[str]:
        """Give its classes."""
        return frozenset(self["class"].split())

    @cached_property
    def ground(self) -> str:
        """Give the colour of the ground that it declares itself, as written, or nothing."""
        shorthand = styles.ground(self.style.get("background", ""))
        return self.style.get("background-color") or shorthand or self["bgcolor"]


class Inherited(dict[Element | None, T]):
    """A value of each element: what it says itself, or else what the one that holds it has."""

    def __init__(self, own: Callable[[Element], T | None], default: T) -> None:
        super().__init__({None: default})
        self._own = own

    def __missing__(self, element: Element) -> T:
        """Find the value of an element, once."""
        own = self._own(element)
        self[element] = self[element.parent] if own is None else own
        return self[element]


def grow(html: str) -> tuple[Element, ...]:
    """List the elements of a page in the order of the document."""
    known: dict[lxml_html.HtmlElement, Element] = {}
    for node in _document(html).iter():
        parent = known.get(node.getparent())
        one = _element(node, parent, len(known))
        if one.tag != COMMENT:
            known[node] = one
        if parent is not None:
            parent.pieces.append(one)
            if tail := node.tail:
                parent.pieces.append(tail)
    return tuple(known.values())


def _element(node: lxml_html.HtmlElement, parent: Element | None, place: int) -> Element:
    text, tag = node.text, node.tag if isinstance(node.tag, str) else COMMENT
    attributes = dict(node.attrib.items()) if tag != COMMENT else {}
    style = styles.declarations(attributes.get("style", ""))
    in_body = tag == "body" or (parent is not None and parent.in_body)
    return Element(place, tag, attributes, style, parent, in_body, [text] if text else [])


def _document(html: str) -> lxml_html.HtmlElement:
    try:
        return lxml_html.document_fromstring(html)
    except (etree.ParserError, ValueError):  # nothing to read, or bytes that no page holds
        return lxml_html.document_fromstring("<html></html>")


def fold(text: str) -> str:
    """Fold ASCII white space, never a no-break space."""
    return _MISFOLDED.sub(" ", text)
