"""HTML fragments as small trees, which the mail and its text part both walk.

The prose of the library is sanitised: its tags are known and closed. This reader keeps them as
they are, and its writer prints what XML and HTML both accept, as mrml asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import TypeAlias

VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "meta", "source", "wbr"})


@dataclass(slots=True)
class Element:
    """An element; an attribute without value holds an empty text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        """Give the value of an attribute, empty when there is none."""
        return self.attributes.get(name, "")

    @property
    def classes(self) -> frozenset[str]:
        """Give the words of its class attribute."""
        return frozenset(self["class"].split())

    @property
    def elements(self) -> list[Element]:
        """List the children that are elements."""
        return [child for child in self.children if isinstance(child, Element)]

    def find(self, *tags: str) -> Iterator[Element]:
        """Walk the descendants that have one of some tags, in document order."""
        for child in self.elements:
            if child.tag in tags:
                yield child
            yield from child.find(*tags)

    @property
    def text(self) -> str:
        """Join all the text that it holds."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


Child: TypeAlias = Element | str


def parse(html: str) -> Element:
    """Read a fragment; its top-level nodes are the children of an element without name."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.stack[0]


def serialise(child: Child) -> str:
    """Print a node as XML that is also HTML: every tag closed, every attribute quoted."""
    if isinstance(child, str):
        return escape(child, quote=False)
    inner = "".join(map(serialise, child.children))
    if not child.tag:
        return inner
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in child.attributes.items())
    if child.tag in VOID:
        return f"<{child.tag}{attributes} />"
    return f"<{child.tag}{attributes}>{inner}</{child.tag}>"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].children.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        open_tags = [element.tag for element in self.stack]
        if tag in open_tags[1:]:
            while self.stack.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)
