"""HTML of other programs read as blocks: nothing but what Markdown says, and no raw style.

It comes from Word files, from other systems, and from the clipboard, where a word processor or a
browser puts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import groupby
from typing import Any

from axtra.intake.html_inline import (
    BREAK,
    CELL,
    IGNORED,
    MEDIA,
    escaped,
    inline,
    line,
    plain,
    tidy,
)
from axtra.intake.html_tree import join_runs, left_behind, source, tree_of
from infolettre.text.followed_addresses import cleaned

_DIGITS = 7  # of a number in an attribute
_BULLET = re.compile(r"^[•·●▪◦‣\uf0b7\uf0a7–—-][ \ue009\u00a0]+|^o[ \ue009\u00a0]+")
_SPACES = f" \u00a0{CELL}"
_FEW = 3  # cells: of a single line with so many tabs, each may only be a space
_BLOCKS = frozenset(
    {
        "p", "div", "section", "article", "main", "header", "footer", "aside", "figure", "body",
        "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "blockquote", "pre", "hr",
        "dl", "dt", "dd", "address", "figcaption", "center",
    }
)  # fmt: skip


class Nature(Enum):
    """What a block is."""

    TITLE = auto()
    SUBTITLE = auto()
    AUTHOR = auto()
    HEADING = auto()
    PARAGRAPH = auto()
    LIST = auto()
    QUOTE = auto()
    TABLE = auto()
    BOX = auto()
    PICTURE = auto()
    CAPTION = auto()
    CODE = auto()
    RULE = auto()
    PULLED = auto()  # a quotation set apart; `rows` has who speaks
    BUTTON = auto()  # `rows` has where it leads
    MEDIA = auto()  # a video or a sound elsewhere; `text` is its address, `rows` its title


# What no quotation holds, and what no entry of a list does.
_OUTSIDE = {Nature.PICTURE, Nature.MEDIA, Nature.BOX, Nature.BUTTON, Nature.PULLED}
_APART = {*_OUTSIDE, Nature.TABLE, Nature.CODE}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list: its Markdown, and how deep it is, from 0."""

    text: str
    depth: int
    number: int = 0  # 0: a bullet


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a text.

    Attributes:
        nature: what it is.
        text: its Markdown, inline; of a picture, its address.
        level: of a heading, from 1.
        entries: of a list.
        rows: of a table, the Markdown of its cells.
        inner: of a quotation or a box.
        bold: whether all of it is bold.
        posing: whether only tabs made a table of it.
    """

    nature: Nature
    text: str = ""
    level: int = 0
    entries: tuple[Entry, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    inner: tuple[Block, ...] = ()
    bold: bool = False
    posing: bool = False

    @property
    def plain(self) -> str:
        """Return its text without signs of Markdown."""
        return plain(self.text)


@dataclass(slots=True)
class Page:
    """The blocks of an HTML text, its notes by their ids, and what is `left` behind, in French."""

    blocks: list[Block] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def blocks_of(html: str) -> Page:
    """Read HTML into blocks."""
    page = Page()
    if not html.strip():
        return page
    tree = tree_of(html)
    for note in tree.xpath(".//li[starts-with(@id, 'footnote-') or starts-with(@id, 'endnote-')]"):
        for back in note.xpath(".//a[starts-with(@href, '#') and contains(@href, 'ref')]"):
            back.drop_tree()
        page.notes[note.get("id")] = " ".join(b.text for b in _flat(_blocks(note)) if b.text)
        parent = note.getparent()
        parent.remove(note)
        if parent.tag == "ol" and not len(parent):
            parent.getparent().remove(parent)
    join_runs(tree)
    page.left = list(left_behind(tree))
    page.blocks = list(_joined(_blocks(tree)))
    return page


def _blocks(node: Any) -> Iterator[Block]:  # noqa: ANN401 - lxml has no types
    """Yield the blocks of an element; text between blocks is a paragraph."""
    loose: list[Any] = []

    def flush() -> Iterator[Block]:
        yield from _paragraphs(loose)
        loose.clear()

    if node.text and node.text.strip():
        loose.append(node.text)
    for child in node:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _BLOCKS:
            yield from flush()
            yield from _block(child, tag)
        elif tag and tag not in IGNORED:
            if tag in MEDIA and source(child):
                yield from flush()
                yield from _media(child)
            elif tag == "a" and "wp-block-button__link" in (child.get("class") or ""):
                yield from flush()
                yield Block(
                    Nature.BUTTON, plain(line(child)), rows=((cleaned(child.get("href") or ""),),)
                )
            elif child.find(".//p") is not None or child.find(".//table") is not None:
                yield from flush()
                yield from _blocks(child)
            else:
                loose.append(child)
        if child.tail and (loose or child.tail.strip()):
            loose.append(child.tail)
    yield from flush()


def _block(node: Any, tag: str) -> Iterator[Block]:  # noqa: ANN401
    kind = node.get("class") or ""
    if "wp-block-pullquote" in kind:
        who = " ".join(cite.text_content().strip() for cite in _taken(node, "cite"))
        held = node.find(".//blockquote")
        inner = tuple(_joined(_blocks(node if held is None else held)))
        yield Block(Nature.PULLED, inner=inner, rows=((who,),))
        return
    if "wp-block-embed" in kind and (address := _address_in(node)):
        yield Block(Nature.MEDIA, address, rows=((_caption_of(node),),))
        return
    match tag:
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
            yield from _shown(node)
            if text := line(node):
                yield Block(Nature.HEADING, _unbold(text), level=int(tag[1]))
        case "ul" | "ol":
            aside: list[Block] = []
            if entries := tuple(_entries(node, 0, aside)):
                yield Block(Nature.LIST, entries=entries)
            yield from aside
        case "blockquote":
            yield from _quoted(node)
        case "table":
            yield from _table(node)
        case "pre":
            yield Block(Nature.CODE, node.text_content().strip("\n"))
        case "hr":
            yield Block(Nature.RULE)
        case "p" | "dt" | "dd" | "address" | "figcaption" | "li" if node.find(".//table") is None:
            natures = {
                "titre": Nature.TITLE,
                "sous-titre": Nature.SUBTITLE,
                "legende": Nature.CAPTION,
                "auteur": Nature.AUTHOR,
            }
            nature = Nature.CAPTION if tag == "figcaption" else natures.get(kind, Nature.PARAGRAPH)
            for block in _paragraphs([node]):
                is_text = block.nature is Nature.PARAGRAPH
                yield replace(block, nature=nature) if is_text else block
        case _:
            yield from _blocks(node)


def _paragraphs(parts: Sequence[Any]) -> Iterator[Block]:
    """Yield what inline parts say: what they show, then a paragraph for each empty line."""
    for part in parts:
        if not isinstance(part, str):
            yield from _shown(part)
    text = "".join(escaped(part) if isinstance(part, str) else inline(part) for part in parts)
    for piece in re.split(r"(?:[ \t]*\\\n){2,}", text):
        clean = tidy(piece)
        if clean:
            yield Block(Nature.PARAGRAPH, clean, bold=_is_bold(clean))


def _taken(node: Any, tag: str) -> list[Any]:  # noqa: ANN401
    """Take the elements of a name out of another, and return them."""
    found = list(node.iter(tag))
    for inner in found:
        inner.getparent().remove(inner)
    return found


def _address_in(node: Any) -> str:  # noqa: ANN401
    found = re.search(r"https?://[^\s<>\"]+", " ".join([*node.itertext(), *node.xpath(".//@src")]))
    return found[0] if found else ""


def _caption_of(node: Any) -> str:  # noqa: ANN401
    return " ".join(" ".join(part.text_content().split()) for part in node.iter("figcaption"))


def _quoted(node: Any) -> Iterator[Block]:  # noqa: ANN401
    """Yield a quotation, cut at what none holds."""
    for outside, held in groupby(_joined(_blocks(node)), lambda block: block.nature in _OUTSIDE):
        if outside:
            yield from held
        else:
            yield Block(Nature.QUOTE, inner=tuple(held))


def _shown(node: Any) -> Iterator[Block]:  # noqa: ANN401
    """Yield the pictures, the videos and the sounds of an element."""
    for shown in node.iter("img", *MEDIA):
        if shown.tag == "img":
            yield from _pictures(shown)
        elif not any(True for _ in shown.iterancestors(*MEDIA)):
            yield from _media(shown)


def _media(node: Any) -> Iterator[Block]:  # noqa: ANN401
    if address := source(node):
        yield Block(Nature.MEDIA, address, rows=((node.get("title") or "",),))


def _pictures(node: Any) -> Iterator[Block]:  # noqa: ANN401
    for picture in node.iter("img"):
        if address := source(picture):
            yield Block(Nature.PICTURE, address, rows=((picture.get("alt") or "",),))


def _entries(node: Any, depth: int, aside: list[Block]) -> Iterator[Entry]:  # noqa: ANN401
    """Yield the entries of a list; what an entry cannot hold goes `aside`."""
    number = _number(node, "start", 1) if node.tag == "ol" else 0
    for item in node:
        if item.tag in {"ul", "ol"}:  # some programs put a list beside the entry that it is of
            yield from _entries(item, depth + 1, aside)
            continue
        if not isinstance(item.tag, str):
            continue
        inner = [child for child in item if child.tag in {"ul", "ol"}]
        for child in inner:
            child.drop_tree()
        parts = list(_blocks(item))
        aside += [b for b in parts if b.nature in _APART]
        text = " ".join(b.text for b in _flat(b for b in parts if b.nature not in _APART) if b.text)
        if text:
            yield Entry(text, depth, number)
            number += 1 if number else 0
        for child in inner:
            yield from _entries(child, depth + 1 if text else depth, aside)


def _table(node: Any) -> Iterator[Block]:  # noqa: ANN401
    rows = [row for row in node.iter("tr") if next(row.iterancestors("table")) is node]
    cells = [[cell for cell in row if cell.tag in {"td", "th"}] for row in rows]
    if sum(map(len, cells)) == 1:  # a frame that somebody drew around a text
        yield Block(Nature.BOX, inner=tuple(_joined(_blocks(cells[0][0]))))
        return
    grid: list[list[str]] = []
    held: dict[tuple[int, int], str] = {}
    for rank, row in enumerate(cells):
        line: list[str] = []
        for cell in row:
            while (rank, len(line)) in held:
                line.append(held.pop((rank, len(line))))
            text = "<br>".join(b.text for b in _flat(_blocks(cell)) if b.text)
            text = text.replace(BREAK, "<br>").replace(CELL, " ").replace("|", "\\|")
            wide, tall = _span(cell, "colspan"), _span(cell, "rowspan")
            for below in range(1, tall):
                held |= {(rank + below, len(line) + right): "" for right in range(wide)}
            line += [text, *[""] * (wide - 1)]
        while (rank, len(line)) in held:
            line.append(held.pop((rank, len(line))))
        grid.append(line)
    width = max(map(len, grid), default=0)
    rows_of_text = tuple(tuple(line + [""] * (width - len(line))) for line in grid if any(line))
    if rows_of_text:
        yield Block(Nature.TABLE, rows=rows_of_text)
    for cell in node.iter("td", "th"):
        yield from _shown(cell)


def _flat(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield the blocks of a cell, where a list can only be lines."""
    for block in blocks:
        if block.nature is Nature.LIST:
            for entry in block.entries:
                yield Block(Nature.PARAGRAPH, f"• {entry.text}")
        elif block.inner:
            yield from _flat(iter(block.inner))
        elif block.nature is Nature.TABLE:
            for row in block.rows:
                yield Block(Nature.PARAGRAPH, " · ".join(cell for cell in row if cell))
        elif block.nature is Nature.CODE:
            yield replace(block, text=escaped(block.text))
        elif block.nature not in {Nature.PICTURE, Nature.MEDIA}:
            yield block


def _span(cell: Any, name: str) -> int:  # noqa: ANN401
    return min(_number(cell, name, 1), 100) or 1


def _number(node: Any, name: str, usual: int) -> int:  # noqa: ANN401
    value = node.get(name) or ""
    return int(value) if value.isdecimal() and len(value) < _DIGITS else usual


def _joined(blocks: Iterator[Block]) -> Iterator[Block]:
    """Turn paragraphs that pose as a list or as a table into what they pose as."""
    entries: list[Entry] = []
    rows: list[Block] = []

    def flush() -> Iterator[Block]:
        if entries:
            yield Block(Nature.LIST, entries=tuple(entries))
        cells = [re.split(f" *{CELL}[{CELL} ]*", row.text) for row in rows]
        if len(rows) > 1 or (cells and len(cells[0]) > _FEW):
            yield Block(Nature.TABLE, rows=tuple(map(tuple, cells)), posing=True)
        else:
            yield from (replace(row, text=row.text.replace(CELL, " ")) for row in rows)
        entries.clear()
        rows.clear()

    for block in blocks:
        entry = _posing(block, entries)
        tabs = len(re.findall(f"{CELL}[{CELL} ]*", block.text))
        if entry or block.nature is Nature.LIST:
            if rows:
                yield from flush()
            entries += [entry] if entry else block.entries
        elif tabs and block.nature is Nature.PARAGRAPH and BREAK not in block.text:
            if entries or (rows and tabs != len(re.findall(f"{CELL}[{CELL} ]*", rows[0].text))):
                yield from flush()
            rows.append(block)
        else:
            yield from flush()
            yield replace(block, text=block.text.replace(CELL, " "))
    yield from flush()


def _posing(block: Block, before: list[Entry]) -> Entry | None:
    """Return the entry that a paragraph poses as: « • Un CV », « 1. Lire »."""
    if block.nature is not Nature.PARAGRAPH or block.bold:
        return None
    text = block.text.removeprefix("\\")
    if found := _BULLET.match(text):
        return Entry(text[found.end() :].lstrip(_SPACES).replace(CELL, " "), 0)
    if found := re.match(r"^(\d{1,3})\\?[.)][ \ue009\u00a0]+", text):
        number = int(found[1])
        if number == 1 or (before and before[-1].number == number - 1):
            return Entry(text[found.end() :].lstrip(_SPACES).replace(CELL, " "), 0, number)
    return None


def _is_bold(text: str) -> bool:
    return re.fullmatch(r"\*\*(?:\\.|[^*\\])+\*\*[.:]?", text) is not None


def _unbold(text: str) -> str:
    found = re.fullmatch(r"\*\*((?:\\.|[^*\\])+)\*\*", text)
    return found[1] if found else text
