"""The tree of HTML: elements, and the texts between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

# Elements that have neither content nor end tag.
VOID = frozenset(
    [
        *["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"],
        *["source", "track", "wbr"],
    ]
)
COMMENT = "#"  # the tag of a comment, whose text readers do not see


@dataclass(eq=False)
class Element:
    """An element; an attribute without value holds an empty text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Self | str] = field(default_factory=list, repr=False)

    def __getitem__(self, name: str) -> str:
        """Return the value of an attribute, empty when there is none."""
        return self.attributes.get(name, "")

    @property
    def classes(self) -> frozenset[str]:
        """Return the words of the class attribute."""
        return frozenset(self["class"].split())

    @property
    def elements(self) -> list[Self]:
        """Return the children that are elements."""
        return [child for child in self.children if not isinstance(child, str)]

    def find(self, *tags: str) -> Iterator[Self]:
        """Walk the descendants that have one of the tags, in document order."""
        stack = self.elements[::-1]
        while stack:
            element = stack.pop()
            if element.tag in tags:
                yield element
            stack.extend(reversed(element.elements))

    @property
    def texts(self) -> Iterator[str]:
        """Yield each text inside, comments left out."""
        stack = self.children[::-1]
        while stack:
            child = stack.pop()
            if isinstance(child, str):
                yield child
            elif child.tag != COMMENT:
                stack.extend(reversed(child.children))

    @property
    def raw_text(self) -> str:
        """Return all the text inside, as written."""
        return "".join(self.texts)
