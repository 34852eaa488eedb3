"""What the reading of a body offers to the blocks that have a module of their own."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import unquote

from markupsafe import Markup

from axtra.content.blocks import Part, RawBlock
from axtra.content.frontmatter import Source
from axtra.content.links import Addresses
from axtra.content.model import Body, Image, Item, Library, Text
from axtra.core.diagnostics import Notes


class BlockReader(Protocol):
    """The reading of one body, as `bodies` does it."""

    notes: Notes
    item: Item
    source: Source
    addresses: Addresses
    library: Library

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

    def inspect_repeat(self, address: str, line: int | None) -> None:
        """Note what one of the last letters has carried already."""

    def typed_image(self, path: str, alt: str) -> Image | None:
        """Find the next image of the text, whose line is known."""

    def file_bytes(self, name: str) -> bytes:
        """Return a file of the content folder, named from it."""

    def nodes(self, parts: tuple[Part, ...]) -> Body:
        """Resolve parts in order."""

    def rank(self, raw: RawBlock) -> int:
        """Count the blocks of its name that were read in this body, this one included."""


def own_file(
    path: str, line: int, extensions: tuple[str, ...], reader: BlockReader, *, rule: str
) -> str | None:
    """Return the address of a file of the content folder; None when it is none, which is noted."""
    before = len(reader.notes.found)
    href = reader.addresses.resolve(path, reader.item, line, reader.notes)
    if href is None or len(reader.notes.found) > before:
        return None
    known = unquote(href.removeprefix("/")) in reader.addresses.assets
    if known and href.lower().endswith(extensions):
        return href
    reader.notes.error(
        rule,
        line,
        f"« {path} » n’est pas un fichier {' ou '.join(extensions)} du site",
        "Rangez le fichier sous content/documents/, et nommez-le ainsi :  "
        f"documents/nom{extensions[0]}",
    )
    return None
