"""Python-Markdown as our bodies need it: its extensions, and a placeholder for each block.

Each block becomes an element that carries a key of its document, so nobody can type one by hand.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET
from zlib import crc32

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from pymdownx import util
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from axtra.content.audiences import SITE
from axtra.content.blocks import containers
from axtra.content.blocks.everyday_signs import EverydaySigns
from axtra.content.blocks.marks import MARK, Marks
from axtra.content.blocks.shortcuts import Engine, Toc
from axtra.content.blocks.tags import PLACEHOLDER
from axtra.content.frontmatter import slugify
from axtra.content.schema import BLOCKS

_PRIVATE = re.compile(
    "[\U000f0000-\U000ffffd]"
)  # what a line is marked with while a problem is placed
_AFTER_INDENTS = 89.99  # the priority of the stock processor
# As in pymdownx, with a mark as the argument of what opens, and after the slashes of what closes.
_START = re.compile(rf"(?:^|\n) {{0,3}}(/{{3,}}) ([\w-]+) \| ({MARK})(?:\n|$)")
_HEADING = re.compile("h[1-6]")
_END = r"(?m)(?:^|\n)/+ {}(?:\n|$)"


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
            Toc(slugify=anchor, marker=""),
            EverydaySigns(),
            placeholders,
        ],
        extension_configs={
            "footnotes": {"BACKLINK_TITLE": "Retourner à l’appel de la note {}"},
            "tables": {"use_align_attribute": True},
        },
        output_format="html",
    )


class Placeholders(BlocksExtension):  # type: ignore[misc]
    """Makes a placeholder of each block that has a mark; `marks` are those of the document."""

    def __init__(self) -> None:
        super().__init__()
        self.marks = Marks("")

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:  # noqa: N802
        """Register the blocks with pymdownx."""
        md.block_level_elements.append(PLACEHOLDER)
        for name in BLOCKS:
            block_mgr.register(_placeholder(name, self), {})

    def register_block_mgr(self, md: Markdown) -> BlocksProcessor:
        """Register what finds the blocks."""
        md.registerExtension(self)
        util.escape_chars(md, ["/"])
        self._finder = _Finder(md.parser, md)
        md.parser.blockprocessors.register(self._finder, "blocks", _AFTER_INDENTS)
        self._containers = _Containers(md.parser, self)
        md.parser.blockprocessors.register(self._containers, "containers", _AFTER_INDENTS - 0.01)
        return self._finder

    def reset(self) -> None:
        """Forget the last document."""
        self._finder._reset()  # noqa: SLF001 - as the stock extension does
        self._containers.reset()


class _Finder(BlocksProcessor):  # type: ignore[misc]
    """The stock processor, for which marks alone open and close; the scan has read the options."""

    def __init__(self, parser: BlockParser, md: Markdown) -> None:
        super().__init__(parser, md)
        self.start = _START

    def split_header(self, block: str, length: int) -> tuple[dict[str, Any], str]:  # noqa: ARG002
        return {}, block

    def split_end(self, block: str, length: int) -> tuple[str | None, str | None, bool]:  # noqa: ARG002
        end = re.search(_END.format(self.stack[-1].block.argument), block)
        if end is None:
            return block, None, False
        return block[: end.start()] or None, block[end.end() :] or None, True


class _Containers(BlockProcessor):
    """Makes a list or a quotation of the blocks between its marks, which come one by one."""

    def __init__(self, parser: BlockParser, extension: Placeholders) -> None:
        super().__init__(parser)
        self._extension = extension
        self.reset()

    def reset(self) -> None:
        """Forget the last document."""
        self._open: list[tuple[ET.Element, str]] = []
        self._inside = False

    def test(self, parent: ET.Element, block: str) -> bool:  # noqa: ARG002 - as in the stock class
        return (bool(self._open) and not self._inside) or bool(self._mark(block))

    def _mark(self, block: str) -> re.Match[str] | None:
        mark = containers.MARK.match(block)
        return mark if mark and mark[1] == self._extension.marks.key else None

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        mark = self._mark(block)
        if mark is None:
            within, state = self._open[-1]
            self._inside = True
            self.parser.state.set(state)
            self.parser.parseBlocks(within, [block])
            self.parser.state.reset()
            self._inside = False
            return
        self._extension.marks.containers -= 1
        if mark[2] != "fin":
            tag, state = containers.KINDS[mark[2]]
            made = ET.SubElement(self._open[-1][0] if self._open else parent, tag)
            if mark[3] not in {"", "1"}:
                made.set("start", mark[3])
            self._open.append((made, state))
        elif self._open:
            self._open.pop()


def _placeholder(name: str, extension: Placeholders) -> type[Block]:
    class Placeholder(Block):  # type: ignore[misc]
        NAME = name

        def _validate(self, parent: ET.Element, arg: str, **options: Any) -> bool:  # noqa: ANN401, ARG002
            # The schema judges arguments and options, with their lines and in French.
            self.argument = arg
            self.options: dict[str, Any] = {"attrs": {}}
            rank = extension.marks.rank(arg)
            self.rank = -1 if rank is None else rank
            return rank is not None and parent.get("data-cle", "") == extension.marks.place(rank)

        def on_create(self, parent: ET.Element) -> ET.Element:
            element = ET.SubElement(parent, PLACEHOLDER)
            element.set("data-cle", extension.marks.name(self.rank))
            if parent.tag == PLACEHOLDER or parent is self.md.parser.root:
                extension.marks.made.add(self.rank)
            return element

        def on_end(self, block: ET.Element) -> None:
            extension.marks.closed.add(self.rank)
            if not SITE.reads(name):  # its headings take no anchor from those of the page
                for at, element in enumerate(block.iter()):
                    if _HEADING.fullmatch(element.tag):
                        element.set("id", f"{extension.marks.name(self.rank)}-{at}")

        def on_markdown(self) -> str:
            return "block"

    return Placeholder


def anchor(text: str, _separator: str = "") -> str:
    """Make the id of a heading from its words, whatever stands around it."""
    typed = _PRIVATE.sub("", text)
    return slugify(typed) or f"section-{crc32(typed.encode()):08x}"
