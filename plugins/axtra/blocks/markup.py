"""Python-Markdown as our bodies need it: its extensions, and a placeholder for each block.

Each block becomes an element that carries a key of its document, so nobody can type one by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown, util
from markdown.treeprocessors import InlineProcessor
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from axtra.frontmatter import slugify
from axtra.schema import BLOCKS

PLACEHOLDER = "axtra-bloc"
# What each inline pattern of Python-Markdown 3.11 cannot match without: one of some texts.
_SIGNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "backtick": ("`",),
        "escape": ("\\",),
        "footnote": ("[^",),
        "reference": ("[",),
        "link": ("[",),
        "image_link": ("![",),
        "image_reference": ("![",),
        "short_reference": ("[",),
        "short_image_ref": ("![",),
        "autolink": ("<",),
        "automail": ("<",),
        "linebreak": ("  \n",),
        "html": ("<",),
        "entity": ("&",),
        "em_strong": ("*", "_"),
    }
)


def engine(placeholders: Placeholders) -> Markdown:
    """Make a converter, to be used for many bodies; `reset` it before each."""
    made = Markdown(
        extensions=[
            "abbr",
            "attr_list",
            "def_list",
            "fenced_code",
            "footnotes",
            "sane_lists",
            "tables",
            "toc",
            placeholders,
        ],
        extension_configs={
            "footnotes": {"BACKLINK_TITLE": "Retourner à l’appel de la note {}"},
            "tables": {"use_align_attribute": True},
            "toc": {"slugify": _anchor, "marker": ""},
        },
        output_format="html",
    )
    made.treeprocessors.register(_Inline(made), "inline", 20)  # in place of the stock one
    return made


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


class _Inline(InlineProcessor):
    """The stock processor, which does not try a pattern on a text that has none of its signs.

    A third of the time of a conversion goes to patterns that find nothing.
    """

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        patterns = md.inlinePatterns
        signs = {patterns.get_index_for_name(name): listed for name, listed in _SIGNS.items()}
        self._tried = tuple((one, signs.get(at)) for at, one in enumerate(patterns))
        # What the stock class does for itself has no public name.
        self._try: Callable[..., tuple[str, bool, int]]
        self._try = getattr(self, "_InlineProcessor__applyPattern")  # noqa: B009

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, util.AtomicString):
            return data
        start = 0
        for at in range(patternIndex, len(self._tried)):
            pattern, signs = self._tried[at]
            if signs is None or any(sign in data for sign in signs):
                found = True
                while found:
                    data, found, start = self._try(pattern, data, at, start)
        return data


def _anchor(text: str, _separator: str) -> str:
    return slugify(text) or "section"
