"""Blocks written as our Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from axtra.intake.html_blocks import Block, Entry, Nature
from axtra.intake.html_inline import BREAK, escaped, leads, leads_among_us, note_mark, says_language

TO_DO = "à compléter"
_LINE_START = re.compile(r"^(#|[-+](?=\s)|>|\d{1,9}(?=[.)]\s)|~~~|={2,}|-{2,}|\||!!!|:(?=\s))")
_CODED = {"=": "&#61;", ":": "&#58;"}


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
    text = "\n\n".join(piece for piece in pieces if piece)
    for name, note in notes.items():
        if f"[^{note_mark(name)}]" in text:
            text += f"\n\n[^{note_mark(name)}]: {note.replace(BREAK, ' ')}"
    return text + "\n"


def _written(block: Block, figure: Callable[[Block, Block | None], str]) -> str:
    match block.nature:
        case Nature.HEADING:
            text = re.sub(r"#(?=#*$)", r"\\#", block.text)
            return f"{'#' * min(6, max(2, block.level))} {text}"
        case Nature.LIST:
            return _list(block.entries)
        case Nature.QUOTE:
            inner = written(block.inner, {}, figure).rstrip("\n")
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        case Nature.TABLE:
            return _grid(block.rows)
        case Nature.BOX:
            return _box(block, figure)
        case Nature.PULLED:
            who = one_line(block.rows[0][0])
            inner = written(block.inner, {}, figure).rstrip("\n")
            return f"/// citation{f' | {who}' if who else ''}\n{inner}\n///" if inner else ""
        case Nature.BUTTON if block.text and _leads(block.rows[0][0]):
            return f"/// bouton | {one_line(block.text)}\n    lien: {quoted(block.rows[0][0])}\n///"
        case Nature.MEDIA:
            return _media(block)
        case Nature.CODE:
            fence = max([2, *(len(ticks) for ticks in re.findall("`+", block.text))]) * "`" + "`"
            return f"{fence}\n{block.text}\n{fence}"
        case Nature.RULE:
            return "* * *"
        case _:
            return says_language(line_starts(block.text))


def _media(block: Block) -> str:
    address, title = block.text, block.rows[0][0]
    address = re.sub(
        r"(youtube(?:-nocookie)?\.com)/(?:embed|v)/([\w-]+).*", r"\1/watch?v=\2", address
    )
    address = re.sub(r"player\.vimeo\.com/video/", "vimeo.com/", address)
    if re.search(r"//(?:[\w-]+\.)*(?:youtube(?:-nocookie)?\.com|youtu\.be|vimeo\.com)/", address):
        return f"/// video | {address}\n    titre: {quoted(title or TO_DO)}\n///"
    if not _leads(address):
        return escaped(f"{title} {address}".strip())
    return f"[{escaped(title)}]({address})" if title else f"<{address}>"


def _leads(address: str) -> bool:
    return leads(address) or leads_among_us(address)


def one_line(text: str) -> str:
    """Return the argument of a block, where a bar would start another."""
    return " ".join(text.replace("|", "–").split())


def quoted(value: str) -> str:
    """Return the value of an option of a block."""
    return value if re.fullmatch(r"[\w’ ,.()-]+", value) else json.dumps(value, ensure_ascii=False)


def line_starts(text: str) -> str:
    """Return a paragraph of which no line starts with a sign that makes it something else."""
    return BREAK.join(map(_started, text.split(BREAK)))


def _started(text: str) -> str:
    found = _LINE_START.match(text)
    if not found:
        return text
    mark = found[1]
    if mark.isdecimal():
        return f"{mark}\\{text[len(mark) :]}"
    coded = _CODED.get(mark[0])
    return f"{coded}{text[1:]}" if coded else f"\\{text}"


def _list(entries: Sequence[Entry]) -> str:
    lines = []
    for entry in entries:
        indent = "    " * entry.depth
        mark = f"{entry.number}. " if entry.number else "- "
        text = says_language(line_starts(entry.text)).replace(BREAK, f"{BREAK}{indent}    ")
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
