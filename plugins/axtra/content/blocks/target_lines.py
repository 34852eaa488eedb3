"""The lines of the links and images of a body, found once one of them has a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, partial

from axtra.content.blocks.tree import Fragment, Part, RawBlock
from axtra.content.frontmatter import Source

_LINK = re.compile(r"<a [^>]*?href=\"")
_IMAGE = re.compile(r"<img ")


class TargetLines:
    """Counts the links and images of a body while its parts are read, in order in each of them."""

    def __init__(self, source: Source, parts: tuple[Part, ...], *, personal: bool) -> None:
        self._source = source
        self._parts = parts
        self._personal = personal
        self._within: Fragment | None = None
        self._links = self._images = 0

    def enter(self, *parts: Part) -> None:
        """Begin to read a part; the first of several, when they are read as a whole."""
        self._within = next((part for part in parts if isinstance(part, Fragment)), None)
        self._links = self._images = 0

    def next_link(self) -> Callable[[], int | None]:
        """Count a link, and return what gives its line."""
        self._links += 1
        return partial(self._line, self._within, link=self._links - 1)

    def next_image(self) -> Callable[[], int | None]:
        """Count an image, and return what gives its line."""
        self._images += 1
        return partial(self._line, self._within, image=self._images - 1)

    def _line(
        self, within: Fragment | None, link: int | None = None, image: int | None = None
    ) -> int | None:
        from axtra.content.blocks import line_places  # noqa: PLC0415 - most builds convert nothing
        from axtra.content.blocks.source import Typed  # noqa: PLC0415 - as above

        if within is None:
            return None
        typed = Typed(self._source.body, self._source.body_line)
        known = line_places.places_of(typed, personal=self._personal)
        links, images = self._before[id(within)]
        lines = known.images if link is None else known.links
        rank = images + (image or 0) if link is None else links + link
        return lines[rank] if rank < len(lines) else None

    @cached_property
    def _before(self) -> dict[int, tuple[int, int]]:
        """Count the links and images that stand before each fragment."""
        counts, links, images = dict[int, tuple[int, int]](), 0, 0
        for fragment in _fragments(self._parts):
            counts[id(fragment)] = links, images
            links += len(_LINK.findall(fragment.html))
            images += len(_IMAGE.findall(fragment.html))
        return counts


def _fragments(parts: tuple[Part, ...]) -> Iterator[Fragment]:
    for part in parts:
        if isinstance(part, RawBlock):
            yield from _fragments(part.children)
        else:
            yield part
