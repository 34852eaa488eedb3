"""Python-Markdown as our bodies need it: its extensions, and a placeholder for each block.

Each block becomes an element that carries a key of its document, so nobody can type one by hand.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from axtra.content.blocks.shortcuts import Engine, Toc
from axtra.content.frontmatter import slugify
from axtra.content.schema import BLOCKS

PLACEHOLDER = "axtra-bloc"


def engine(placeholders: Placeholders) -> Markdown:
    """Make a converter, to be used for many bodies; `reset` it before each."""
    return Engine(
        extensions=[
            "abbr",
            "attr_list",
            "def_list",
            "fenced_code",
            "footnotes",
            "sane_lists",
            "tables",
            Toc(slugify=_anchor, marker=""),
            placeholders,
        ],
        extension_configs={
            "footnotes": {"BACKLINK_TITLE": "Retourner à l’appel de la note {}"},
            "tables": {"use_align_attribute": True},
        },
        output_format="html",
    )


class Placeholders(BlocksExtension):  # type: ignore[misc]
    """Registers each block of the schema; each one leaves a numbered placeholder element."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.key = ""

    def start(self, key: str) -> None:
        """Begin a document; the key keeps anyone from typing a placeholder by hand."""
        self.names = []
        self.key = key

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:  # noqa: N802
        """Register the blocks with pymdownx."""
        md.block_level_elements.append(PLACEHOLDER)
        for name in BLOCKS:
            block_mgr.register(_placeholder(name, self), {})


def _placeholder(name: str, extension: Placeholders) -> type[Block]:
    class Placeholder(Block):  # type: ignore[misc]
        NAME = name

        def _validate(self, parent: ET.Element, arg: Any, **options: Any) -> bool:  # noqa: ANN401, ARG002
            # The schema judges arguments and options, with their lines and in French.
            self.argument = arg
            self.options: dict[str, Any] = {"attrs": {}}
            return True

        def on_create(self, parent: ET.Element) -> ET.Element:
            element = ET.SubElement(parent, PLACEHOLDER)
            element.set("data-cle", f"{extension.key}-{len(extension.names)}")
            extension.names.append(name)
            return element

        def on_markdown(self) -> str:
            return "block"

    return Placeholder


def _anchor(text: str, _separator: str) -> str:
    return slugify(text) or "section"
