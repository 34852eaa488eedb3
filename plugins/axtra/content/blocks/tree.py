"""The tree of a body: HTML between blocks that keep their lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from axtra.content.frontmatter import Value
from axtra.content.schema import BLOCKS, BlockKind


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a body; `text` is plain."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """HTML between blocks: sanitised and corrected, its links as typed."""

    html: str


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block as typed, with the line of its first slashes."""

    name: str
    argument: str
    options: Mapping[str, Value]
    line: int
    children: tuple[Part, ...] = ()

    @property
    def kind(self) -> BlockKind:
        """Return what the schema says of it."""
        return BLOCKS[self.name]


Part: TypeAlias = Fragment | RawBlock


@dataclass(frozen=True, slots=True)
class Document:
    """A body, converted; `ids` are its anchors and `words` counts its prose."""

    parts: tuple[Part, ...] = ()
    headings: tuple[Heading, ...] = ()
    ids: frozenset[str] = frozenset()
    words: int = 0


def inner_html(parts: tuple[Part, ...]) -> str:
    """Return the HTML of a body that is one paragraph, without its `<p>`."""
    html = "".join(part.html for part in parts if isinstance(part, Fragment))
    return re.sub(r"\A<p>(.*)</p>\Z", r"\1", html, flags=re.DOTALL)
