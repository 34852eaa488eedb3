"""Prose as plain text: 72 columns, links written out, no-break spaces kept."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from infolettre.letter.prose import Address, quoted, read
from infolettre.text.html.elements import Element
from infolettre.text.html.fragments import Child

COLUMNS = 72
# ASCII white space only: a no-break space never ends a line.
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "hr",
        "table",
        "div",
        "figure",
        "figcaption",
        "details",
        "summary",
    ]
)


def wrap(text: object, *, width: int = COLUMNS, indent: str = "", first: str | None = None) -> str:
    """Fold text at spaces; a word longer than a line (an address) stays whole.

    Args:
        text: what to fold; its line breaks are kept.
        width: columns.
        indent: written before each line.
        first: written before the first line instead of `indent`.
    """
    lines: list[str] = []
    for line in str(text).split("\n"):
        lines += textwrap.wrap(
            _SPACES.sub(" ", line).strip(" "),
            width,
            initial_indent=indent if lines or first is None else first,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def underline(text: object, mark: str) -> str:
    """Underline a title with a line of marks."""
    folded = wrap(text)
    longest = max(map(len, folded.split("\n")))
    return f"{folded}\n{mark * longest}"


def tidy(text: str) -> str:
    """Reduce blank lines to a single line, and remove them at both ends, with trailing spaces."""
    lines = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n"


@dataclass(frozen=True, slots=True)
class PlainWriter:
    """Writes fragments as text; `address` makes addresses absolute, as in the HTML."""

    address: Address
    width: int = COLUMNS

    def write(self, html: str) -> str:
        """Write a fragment: paragraphs with a blank line between them."""
        return self._paragraphs(read(html).children)

    def write_quote(self, html: str) -> str:
        """Write a fragment between guillemets, indented."""
        return self._indented(quoted(read(html)).children, "    ")

    def write_line(self, html: str) -> str:
        """Write inline HTML, not folded."""
        return self._inline(read(html).children).strip(" ")

    def _paragraphs(self, children: Sequence[Child]) -> str:
        return "\n\n".join(text for text in self._blocks(children) if text)

    def _blocks(self, children: Sequence[Child]) -> Iterator[str]:
        """Yield each block; text between blocks becomes a paragraph."""
        for is_block, group in groupby(children, _is_block):
            if not is_block:
                yield wrap(self._inline(list(group)), width=self.width)
                continue
            for block in group:
                if isinstance(block, Element):
                    yield self._writer(block)(block)

    def _writer(self, block: Element) -> Callable[[Element], str]:
        writers: dict[str, Callable[[Element], str]] = {
            "h2": lambda block: underline(self._inline(block.children), "-"),
            "ul": self._list,
            "ol": self._list,
            "dl": self._definitions,
            "dd": lambda block: self._indented(block.children, "    "),
            "blockquote": lambda block: self._indented(block.children, "    "),
            "pre": lambda block: textwrap.indent(block.raw_text.strip("\n"), "    "),
            "hr": lambda _: "* * *",
            "table": self._table,
        }
        if "footnote" in block.classes:
            return self._notes
        return writers.get(block.tag, lambda block: self._paragraphs(block.children))

    def _indented(self, children: Sequence[Child], indent: str, first: str | None = None) -> str:
        narrow = replace(self, width=self.width - len(indent))
        text = textwrap.indent(narrow._paragraphs(children), indent)  # noqa: SLF001 - its own kind
        return text if first is None else first + text[len(first) :]

    def _list(self, block: Element, form: str = "{}.") -> str:
        number = int(block["start"] or 1)
        items = []
        for item in block.elements:
            mark = "-" if block.tag == "ul" else form.format(number)
            indent = " " * (len(mark) + 1)
            items.append(self._indented(item.children, indent, f"{mark} "))
            number += 1
        loose = any("\n\n" in item for item in items)
        return ("\n\n" if loose else "\n").join(items)

    def _notes(self, block: Element) -> str:
        notes = "\n\n".join(self._list(each, "[{}]") for each in block.find("ol"))
        return f"Notes\n\n{notes}"

    def _definitions(self, block: Element) -> str:
        return "\n".join(self._paragraphs([child]) for child in block.elements)

    def _table(self, block: Element) -> str:
        """Align columns when they fit the width; otherwise name the column of each cell."""
        rows = [
            [self._inline(cell.children).strip(" ") for cell in row.elements]
            for row in block.find("tr")
        ]
        caption = [wrap(self._inline(title.children)) for title in block.find("caption")]
        if not rows:
            return "\n".join(caption)
        count = max(map(len, rows))
        rows = [row + [""] * (count - len(row)) for row in rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        if sum(widths) + 2 * (count - 1) > self.width:
            return "\n\n".join([*caption, *self._records(rows)])
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip(" ") for row in rows]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([*caption, *lines])

    def _records(self, rows: list[list[str]]) -> Iterator[str]:
        names, *others = rows
        for row in others:
            cells = [
                wrap(f"{name}\u00a0: {cell}" if name else cell, width=self.width)
                for name, cell in zip(names, row, strict=True)
                if cell
            ]
            yield "\n".join(cells)

    def _inline(self, children: Sequence[Child]) -> str:
        return "".join(
            _SPACES.sub(" ", child) if isinstance(child, str) else self._phrase(child)
            for child in children
        )

    def _phrase(self, element: Element) -> str:
        if element.tag == "br":
            return "\n"
        if element.tag == "img":
            return f"[Image\u00a0: {element['alt']}]" if element["alt"] else ""
        text = self._inline(element.children)
        if "footnote-ref" in element.classes:
            return f"[{text}]"
        if element.tag == "a":
            return link(text, self.address(element["href"]))
        return text


def link(text: str, href: str | None) -> str:
    """Write « text <address> », or the address alone when it is the text.

    Source: RFC 3986, appendix C, for the angle brackets.
    """
    if href is None:
        return text
    if text in {"", href}:
        return f"<{href}>"
    if text == href.removeprefix("mailto:").removeprefix("tel:"):
        return text
    return f"{text} <{href}>"


def _is_block(child: Child) -> bool:
    return isinstance(child, Element) and child.tag in _BLOCKS
