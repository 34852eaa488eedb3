"""HTML of other programs written as our Markdown: nothing but what Markdown says, and no raw style.

The HTML comes from Word files and from the clipboard, where a word processor or a browser puts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from lxml import html as lxml_html

_BULLET = re.compile(r"^[•·●▪◦‣\uf0b7\uf0a7–—-][ \t\u00a0]+|^o[\t\u00a0]+")
_NUMBER = re.compile(r"^(\d{1,3})[.)][ \t\u00a0]+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_LINE_START = re.compile(r"^(#{1,6}(?=\s)|[-+](?=\s)|>|\d{1,9}(?=[.)]\s)|///|~~~|={3,}|-{3,}|\|)")
_TRACKERS = re.compile(r"^(?:utm_\w+|fbclid|gclid|mc_[ce]id|msclkid|_hsenc|_hsmi)$")
_BLOCKS = frozenset(
    {
        "p", "div", "section", "article", "main", "header", "footer", "aside", "figure", "body",
        "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "blockquote", "pre", "hr",
        "dl", "dt", "dd", "address", "figcaption", "center",
    }
)  # fmt: skip
_IGNORED = frozenset({"script", "style", "head", "title", "meta", "link", "template", "noscript"})


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
    """

    nature: Nature
    text: str = ""
    level: int = 0
    entries: tuple[Entry, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    inner: tuple[Block, ...] = ()
    bold: bool = False

    @property
    def plain(self) -> str:
        """Return its text without signs of Markdown."""
        return plain(self.text)


@dataclass(slots=True)
class Page:
    """The blocks of an HTML text, and its notes by their ids."""

    blocks: list[Block] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


def plain(markdown: str) -> str:
    """Return a line of Markdown without its signs."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"\[\^[^\]]+\]", "", text)
    text = re.sub(r"</?\w+[^>]*>", "", text)
    text = re.sub(r"(?<!\\)[*_`]+", "", text)
    return re.sub(r"\\([\\`*_\[\]<>#+.)|-])", r"\1", text).strip()


def blocks_of(html: str) -> Page:
    """Read HTML into blocks."""
    page = Page()
    if not html.strip():
        return page
    tree = lxml_html.fromstring(f"<div>{html}</div>")
    for note in tree.xpath(".//li[starts-with(@id, 'footnote-') or starts-with(@id, 'endnote-')]"):
        for back in note.xpath(".//a[starts-with(@href, '#') and contains(@href, 'ref')]"):
            back.drop_tree()
        page.notes[note.get("id")] = " ".join(
            text for part in _blocks(note) if (text := part.text.strip())
        )
        parent = note.getparent()
        parent.remove(note)
        if parent.tag == "ol" and not len(parent):
            parent.getparent().remove(parent)
    _join_runs(tree)
    page.blocks = list(_joined(_blocks(tree)))
    return page


def _join_runs(tree: Any) -> None:  # noqa: ANN401
    """Make one run of those that follow each other: a word processor cuts them anywhere."""
    for node in list(tree.iter("strong", "b", "em", "i", "s", "sup", "sub")):
        following = node.getnext()
        while (
            following is not None
            and following.tag == node.tag
            and not (node.tail or "").strip(" \u00a0")
            and node.getparent() is not None
        ):
            between = (node.tail or "") + (following.text or "")
            if len(node):
                node[-1].tail = (node[-1].tail or "") + between
            else:
                node.text = (node.text or "") + between
            node.extend(list(following))
            node.tail = following.tail
            following.tail = None
            following.getparent().remove(following)
            following = node.getnext()


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
        elif tag and tag not in _IGNORED:
            if child.find(".//p") is not None or child.find(".//table") is not None:
                yield from flush()
                yield from _blocks(child)
            else:
                loose.append(child)
        if child.tail and child.tail.strip():
            loose.append(child.tail)
    yield from flush()


def _block(node: Any, tag: str) -> Iterator[Block]:  # noqa: ANN401
    kind = node.get("class") or ""
    match tag:
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
            yield from _pictures(node)
            if text := _inline(node):
                yield Block(Nature.HEADING, _unbold(text), level=int(tag[1]))
        case "ul" | "ol":
            yield Block(Nature.LIST, entries=tuple(_entries(node, 0)))
        case "blockquote":
            yield Block(Nature.QUOTE, inner=tuple(_joined(_blocks(node))))
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
    """Yield what inline parts say: their pictures, then a paragraph for each empty line."""
    for part in parts:
        if not isinstance(part, str):
            yield from _pictures(part)
    text = "".join(_escaped(part) if isinstance(part, str) else _inline_of(part) for part in parts)
    for piece in re.split(r"(?:[ \t]*\\\n){2,}", text):
        clean = _tidy(piece)
        if clean:
            yield Block(Nature.PARAGRAPH, clean, bold=_is_bold(clean))


def _pictures(node: Any) -> Iterator[Block]:  # noqa: ANN401
    for picture in [node] if node.tag == "img" else node.iter("img"):
        if picture.get("src"):
            yield Block(
                Nature.PICTURE, picture.get("src"), inner=(), rows=((picture.get("alt") or "",),)
            )


def _entries(node: Any, depth: int) -> Iterator[Entry]:  # noqa: ANN401
    number = int(node.get("start") or 1) if node.tag == "ol" else 0
    for item in node:
        if item.tag in {"ul", "ol"}:  # some programs put a list beside the entry that it is of
            yield from _entries(item, depth + 1)
            continue
        inner = [child for child in item if child.tag in {"ul", "ol"}]
        for child in inner:
            item.remove(child)
        text = " ".join(block.text for block in _blocks(item) if block.text)
        if text:
            yield Entry(text, depth, number)
            number += 1 if number else 0
        for child in inner:
            yield from _entries(child, depth + 1)


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
            text = "<br>".join(block.text for block in _flat(_blocks(cell)) if block.text)
            wide, tall = _span(cell, "colspan"), _span(cell, "rowspan")
            for below in range(1, tall):
                held |= {(rank + below, len(line) + right): "" for right in range(wide)}
            line += [text.replace("\\\n", "<br>").replace("|", "\\|"), *[""] * (wide - 1)]
        while (rank, len(line)) in held:
            line.append(held.pop((rank, len(line))))
        grid.append(line)
    width = max(map(len, grid), default=0)
    rows_of_text = tuple(tuple(line + [""] * (width - len(line))) for line in grid if any(line))
    if rows_of_text:
        yield Block(Nature.TABLE, rows=rows_of_text)
    for cell in node.iter("td", "th"):
        yield from _pictures(cell)


def _flat(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield the blocks of a cell, where a list can only be lines."""
    for block in blocks:
        if block.nature is Nature.LIST:
            for entry in block.entries:
                yield Block(Nature.PARAGRAPH, f"• {entry.text}")
        elif block.inner:
            yield from _flat(iter(block.inner))
        elif block.nature is not Nature.PICTURE:
            yield block


def _span(cell: Any, name: str) -> int:  # noqa: ANN401
    value = cell.get(name) or "1"
    return min(int(value), 100) if value.isdecimal() and int(value) else 1


def _joined(blocks: Iterator[Block]) -> Iterator[Block]:
    """Turn paragraphs that pose as entries of a list into lists."""
    entries: list[Entry] = []
    for block in blocks:
        entry = _posing(block, entries)
        if entry or block.nature is Nature.LIST:
            entries += [entry] if entry else block.entries
            continue
        if entries:
            yield Block(Nature.LIST, entries=tuple(entries))
            entries = []
        yield block
    if entries:
        yield Block(Nature.LIST, entries=tuple(entries))


def _posing(block: Block, before: list[Entry]) -> Entry | None:
    """Return the entry that a paragraph poses as: « • Un CV », « 1. Lire »."""
    if block.nature is not Nature.PARAGRAPH or block.bold:
        return None
    text = block.text.removeprefix("\\")
    if found := _BULLET.match(text):
        return Entry(text[found.end() :].lstrip(), 0)
    if found := re.match(r"^(\d{1,3})\\?[.)][ \t\u00a0]+", text):
        number = int(found[1])
        if number == 1 or (before and before[-1].number == number - 1):
            return Entry(text[found.end() :].lstrip(), 0, number)
    return None


# --- inline --------------------------------------------------------------------------------------


def _inline(node: Any) -> str:  # noqa: ANN401
    return _tidy(_inline_of(node)).replace("\\\n", " ")


def _inline_of(node: Any) -> str:  # noqa: ANN401
    """Return an element as inline Markdown."""
    tag = node.tag if isinstance(node.tag, str) else ""
    if not tag or tag in _IGNORED or tag == "img":
        return ""
    if tag == "br":
        return "\\\n"
    pieces = [_escaped(node.text or "")]
    for child in node:
        pieces += [_inline_of(child), _escaped(child.tail or "")]
    inner = "".join(pieces)
    style = (node.get("style") or "").replace(" ", "").lower()
    if tag in {"strong", "b"} and "font-weight:normal" not in style:
        return _around(inner, "**")
    if tag in {"em", "i", "cite"} and "font-style:normal" not in style:
        return _around(inner, "*")
    if tag in {"s", "del", "strike"}:
        return _around(inner, "<s>", "</s>")
    if tag in {"sup", "sub"}:
        return inner if inner.startswith("[^") else _around(inner, f"<{tag}>", f"</{tag}>")
    if tag == "code":
        return _around(node.text_content(), "`")
    if tag == "a":
        return _link(node, inner)
    if re.search(r"font-weight:(?:bold|[6-9]00)", style) and tag == "span":
        inner = _around(inner, "**")
    if "font-style:italic" in style and tag == "span":
        inner = _around(inner, "*")
    return inner


def _around(text: str, start: str, end: str | None = None) -> str:
    """Put signs around a text, its outer spaces outside of them."""
    inner = text.strip(" \t\n\u00a0")
    if not inner:
        return text
    before = text[: len(text) - len(text.lstrip(" \t\n\u00a0"))]
    after = text[len(text.rstrip(" \t\n\u00a0")) :]
    return f"{before}{start}{inner}{end or start}{after}"


def _link(node: Any, inner: str) -> str:  # noqa: ANN401
    address = (node.get("href") or "").strip()
    note = re.fullmatch(r"#((?:footnote|endnote)-\d+)", address)
    if note:
        return f"[^{note[1].replace('footnote-', '').replace('endnote-', 'fin-')}]"
    if not re.match(r"(?:https?:|mailto:|tel:)", address, re.IGNORECASE) or not inner.strip():
        return inner  # a place in the Word file itself
    clean = without_trackers(address)
    if inner.strip() == clean or inner.strip() == _escaped(address):
        return f"<{clean}>"
    return _around(inner, "[", f"]({clean.replace(' ', '%20').replace(')', '%29')})")


def without_trackers(address: str) -> str:
    """Return an address without the parameters that follow readers."""
    head, mark, query = address.partition("?")
    query, hash_mark, place = query.partition("#")
    kept = "&".join(p for p in query.split("&") if p and not _TRACKERS.match(p.partition("=")[0]))
    return head + (mark + kept if kept else "") + (hash_mark + place)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", re.sub(r"[ \t\r\n\f]+", " ", text).replace("\u00ad", ""))


def _tidy(text: str) -> str:
    """Return a paragraph without the spaces and marks that a word processor leaves."""
    text = re.sub(r"[ \t]*\\\n[ \t]*", "\\\n", text).strip(" \t\n\u00a0")
    text = re.sub(r"^(?:\\\n)+|(?:\\\n)+$", "", text).removesuffix("\\")
    return re.sub(r" {2,}", " ", text)


def _is_bold(text: str) -> bool:
    return re.fullmatch(r"\*\*[^*]+\*\*[.:]?", text) is not None


def _unbold(text: str) -> str:
    found = re.fullmatch(r"\*\*([^*]+)\*\*", text)
    return found[1] if found else text


# --- writing -------------------------------------------------------------------------------------


def written(
    blocks: Sequence[Block], notes: dict[str, str], figure: Callable[[Block, Block | None], str]
) -> str:
    """Write blocks as Markdown, notes at the end.

    Args:
        blocks: in order.
        notes: as `Page` has them.
        figure: writes a picture, with the caption that follows it, if any.
    """
    pieces: list[str] = []
    rank = 0
    while rank < len(blocks):
        block = blocks[rank]
        following = blocks[rank + 1] if rank + 1 < len(blocks) else None
        if block.nature is Nature.PICTURE:
            caption = following if following and following.nature is Nature.CAPTION else None
            pieces.append(figure(block, caption))
            rank += 1 if caption else 0
        else:
            pieces.append(_written(block, figure))
        rank += 1
    for name, text in notes.items():
        mark = name.replace("footnote-", "").replace("endnote-", "fin-")
        pieces.append(f"[^{mark}]: {text}")
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def _written(block: Block, figure: Callable[[Block, Block | None], str]) -> str:
    match block.nature:
        case Nature.HEADING:
            return f"{'#' * min(6, max(2, block.level))} {block.text}"
        case Nature.LIST:
            return _list(block.entries)
        case Nature.QUOTE:
            inner = written(block.inner, {}, figure).rstrip("\n")
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        case Nature.TABLE:
            return _grid(block.rows)
        case Nature.BOX:
            return _box(block, figure)
        case Nature.CODE:
            return "\n".join(f"    {line}" for line in block.text.split("\n"))
        case Nature.RULE:
            return "* * *"
        case _:
            return _start(block.text)


def _start(text: str) -> str:
    """Return a paragraph that no sign turns into something else."""
    found = _LINE_START.match(text)
    if not found:
        return text
    mark = found[1]
    if mark.isdecimal():
        return f"{mark}\\{text[len(mark) :]}"
    return f"\\{text}"


def _list(entries: Sequence[Entry]) -> str:
    lines = []
    for entry in entries:
        indent = "    " * entry.depth
        mark = f"{entry.number}. " if entry.number else "- "
        text = entry.text.replace("\\\n", f"\\\n{indent}    ")
        lines.append(f"{indent}{mark}{text}")
    return "\n".join(lines)


def _grid(rows: Sequence[Sequence[str]]) -> str:
    head, *body = [[cell or " " for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _box(block: Block, figure: Callable[[Block, Block | None], str]) -> str:
    inner = list(block.inner)
    title = ""
    if inner and (inner[0].nature is Nature.HEADING or inner[0].bold):
        title = f" | {inner.pop(0).plain}"
    body = written(inner, {}, figure).rstrip("\n")
    return f"/// encadre{title}\n{body}\n///" if body or title else ""
