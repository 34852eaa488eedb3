"""Python-Markdown, less the searches that cannot find anything.

Each part is the stock one, which works only on what has a sign of what it is about. With the stock
parts alone, a build of 1,000 texts from nothing costs a fifth more CPU time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self
from xml.etree import ElementTree as ET

from markdown import Markdown, util
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.extensions.toc import TocExtension, TocTreeprocessor
from markdown.inlinepatterns import LINK_RE, LinkInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import InlineProcessor

# How a line begins that each block processor of Python-Markdown 3.11 and of pymdownx looks for, be
# it after three spaces; « | » may stand anywhere.
_OPENERS: Mapping[str, str] = MappingProxyType(
    {
        "indent": " ",
        "blocks": "/ ",
        "defindent": " ",
        "code": " ",
        "table": "|",
        "hashheader": "#",
        "setextheader": "=-",
        "hr": "-_* ",
        "ulist": "*+- ",
        "deflist": ": ",
        "quote": "> ",
        "footnote": "[ ",
        "abbr": "*",
        "reference": "[ ",
    }
)
# What each inline pattern cannot match without: one of some texts.
_SIGNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "backtick": ("`",),
        "escape": ("\\",),
        "backslash_break": ("\\\n",),
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
        "bare_address": ("://", "www."),
        "bare_mail": ("@",),
        "struck": ("~~",),
    }
)
# The patterns that find nothing in a text that defines no reference.
_REFERRING = frozenset({"reference", "image_reference", "short_reference", "short_image_ref"})
# The end of a link without title, bracket, or placeholder of what was found before.
_PLAIN_LINK = re.compile(r"\(\s*([^()<>\"'\s\x02]*)\)")


class Engine(Markdown):
    """The stock converter, with the parts that follow in place of the stock ones."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of Markdown
        super().__init__(**options)
        for name, priority, signs in (
            ("fenced_code_block", 25, ("```", "~~~")),
            ("html_block", 20, ("<", "&")),
        ):
            part = _Preprocessor(self, self.preprocessors[name], signs)
            self.preprocessors.register(part, name, priority)
        self.inlinePatterns.register(_Link(LINK_RE, self), "link", 160)
        self.treeprocessors.register(_Inline(self), "inline", 20)
        self.treeprocessors.register(_Attributes(self), "attr_list", 8)

    def build_parser(self) -> Self:
        """Take the stock parts, but for the parser of blocks."""
        super().build_parser()
        stock, self.parser = self.parser, _Parser(self)
        self.parser.blockprocessors = stock.blockprocessors
        for processor in stock.blockprocessors:
            processor.parser = self.parser
        return self


class _Preprocessor(Preprocessor):
    def __init__(self, md: Markdown, stock: Preprocessor, signs: tuple[str, ...]) -> None:
        super().__init__(md)
        self._stock = stock
        self._signs = signs

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        return self._stock.run(lines) if any(sign in text for sign in self._signs) else lines


class _Parser(BlockParser):
    @cached_property
    def _asked(self) -> tuple[tuple[BlockProcessor, str | None], ...]:
        every = self.blockprocessors
        openers = {every.get_index_for_name(name): listed for name, listed in _OPENERS.items()}
        return tuple((processor, openers.get(at)) for at, processor in enumerate(every))

    def parseBlocks(self, parent: ET.Element, blocks: list[str]) -> None:  # noqa: N802
        opened = getattr(self.blockprocessors["blocks"], "stack")  # noqa: B009 - for mypy
        while blocks:
            begins = {line[:1] for line in blocks[0].split("\n")}
            if "|" in blocks[0]:
                begins.add("|")
            if opened:
                begins.add("/")  # what is open may take whatever comes
            for processor, openers in self._asked:
                if (
                    (openers is None or not begins.isdisjoint(openers))
                    and processor.test(parent, blocks[0])
                    and processor.run(parent, blocks) is not False
                ):
                    break


class _Link(LinkInlineProcessor):
    def getText(self, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802
        end = data.find("]", index)
        if end < 0 or "[" in data[index:end]:
            return super().getText(data, index)
        return data[index:end], end + 1, True

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:  # noqa: N802
        plain = _PLAIN_LINK.match(data, index)
        return (plain[1], None, plain.end(), True) if plain else super().getLink(data, index)


class _Inline(InlineProcessor):
    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        every = md.inlinePatterns
        signs = {every.get_index_for_name(name): listed for name, listed in _SIGNS.items()}
        referring = {every.get_index_for_name(name) for name in _REFERRING}
        self._tried = tuple(
            (processor, signs[at], at in referring) for at, processor in enumerate(every)
        )
        # What the stock class does for itself has no public name.
        self._try: Callable[..., tuple[str, bool, int]]
        self._try = getattr(self, "_InlineProcessor__applyPattern")  # noqa: B009

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, util.AtomicString):
            return data
        start = 0
        for at in range(patternIndex, len(self._tried)):
            pattern, signs, referring = self._tried[at]
            if referring and not self.md.references:
                continue
            for sign in signs:
                if sign in data:
                    found = True
                    while found:
                        data, found, start = self._try(pattern, data, at, start)
                    break
        return data


class _Attributes(AttrListTreeprocessor):
    def run(self, doc: ET.Element) -> None:
        if any("{" in line for line in self.md.lines):  # type: ignore[attr-defined]
            super().run(doc)


class _Contents(TocTreeprocessor):
    def build_toc_div(self, _toc_list: list[Any]) -> ET.Element:
        return ET.Element("div")  # nobody shows it


class Toc(TocExtension):
    """The stock extension: it gives headings their anchors, and lists them."""

    TreeProcessorClass = _Contents
