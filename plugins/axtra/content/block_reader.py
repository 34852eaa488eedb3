"""What the reading of a body offers to the blocks that have a module of their own."""

from __future__ import annotations

from typing import Protocol

from markupsafe import Markup

from axtra.content.blocks import RawBlock
from axtra.content.frontmatter import Source
from axtra.content.model import Image, Item, Text
from axtra.core.diagnostics import Notes


class BlockReader(Protocol):
    """The reading of one body, as `bodies` does it."""

    notes: Notes
    item: Item
    source: Source

    def option(self, raw: RawBlock, name: str) -> str | None:
        """Return an option as typed, or None."""

    def text(self, raw: RawBlock, name: str) -> Text | None:
        """Return an option as corrected text."""

    def line(self, raw: RawBlock, name: str) -> int:
        """Return the line of an option, else that of the block."""

    def caption(self, html: str, line: int) -> Markup:
        """Resolve a line of HTML that everyone reads alike."""

    def find_image(
        self, path: str, line: int | None, alt: str = "", **more: str | None
    ) -> Image | None:
        """Find and measure an image, or note why it cannot be shown."""

    def rank(self, raw: RawBlock) -> int:
        """Count the blocks of its name that were read in this body, this one included."""
