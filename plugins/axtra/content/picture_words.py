"""What a text says of each picture that it shows, where it says it, and how to say otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import unquote

from axtra.content.blocks.source import Opening, Typed, scan
from axtra.content.editing import EditableText, UnreadableHeaderError
from axtra.content.header_values import LINE_END
from axtra.content.schema import BLOCKS, Kind
from axtra.content.schema.keys import IMAGE
from infolettre.core.diagnostics import Notes

_HEADER = "entete"
_ALT = "alt"
_WORDS = ("alt", "credit", "cadrage")  # names of keys, of a header and of blocks
_INDENT = "    "
_INLINE = re.compile(r"!\[((?:[^\[\]\\]|\\.)*)\]\(\s*<?([^)\s>]+)")
_CODE = re.compile(r"(`+).+?\1(?!`)")
_STATIC = re.compile(r"[{|](?:static|attach|filename)[}|]")
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|avif|gif|svg)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\[\]\\])")


@dataclass(frozen=True, slots=True)
class PictureUse:
    """A place of a text that shows a picture.

    Attributes:
        place: what tells it from the others of the text.
        name: the picture, relative to the folder of the content.
        line: of the file; 0 where the header is.
        shown: what the place says, by the names of the keys that it may have.
    """

    place: str
    name: str
    line: int
    shown: Mapping[str, str]


def uses(text: EditableText, kind: Kind) -> Iterator[PictureUse]:
    """Yield each place of a text that shows a picture; none in a header that does not parse."""
    header: Mapping[str, str] = {}
    if _PICTURE.search(text.header):  # to parse a header takes a millisecond
        with suppress(UnreadableHeaderError):
            header = text.fields(kind)
    image = next((key for key in kind.keys if key.attribute == "image"), None)
    if image and (path := header.get(image.name)):
        names = [key.name for key in kind.keys if key.name in _WORDS]
        shown = {name: header.get(name, "") for name in names}
        yield PictureUse(_HEADER, _name(path), 0, shown)
    first = text.body_line
    for opening in _blocks(text):
        if path := _path(opening):
            try:
                typed = _options(text, opening).fields(_as_kind(opening))
            except UnreadableHeaderError:
                continue
            shown = {key.name: typed.get(key.name, "") for key in _as_kind(opening).keys}
            line = first + opening.line - 1
            yield PictureUse(f"bloc-{opening.line}", _name(path), line, shown)
    for found in _inline(text):
        shown = {_ALT: _ESCAPED.sub(r"\1", text.body[found.start : found.end])}
        yield PictureUse(found.place, _name(found.path), first + found.line - 1, shown)


def reworded(
    text: EditableText, kind: Kind, place: str, words: Mapping[str, str]
) -> EditableText | None:
    """Return a text that says other words of a picture; nothing else of it changes.

    Args:
        text: the text.
        kind: its kind.
        place: that of a `PictureUse` of it.
        words: by the names of keys; those that the place may not have are left out.

    Returns:
        None where the text has no such place.

    Raises:
        UnreadableHeaderError: the header, or the options of the block, cannot take them.
    """
    use = next((use for use in uses(text, kind) if use.place == place), None)
    if use is None:
        return None
    words = {name: value for name, value in words.items() if name in use.shown}
    if place == _HEADER:
        return text.with_fields(kind, words)
    for opening in _blocks(text):
        if place == f"bloc-{opening.line}":
            return _with_options(text, opening, words)
    for found in _inline(text):
        if place == found.place and words.get(_ALT, use.shown[_ALT]) != use.shown[_ALT]:
            alt = re.sub(r"[\[\]\\]", r"\\\g<0>", " ".join(words[_ALT].split()))
            return replace(text, body=text.body[: found.start] + alt + text.body[found.end :])
    return text


# --- blocks --------------------------------------------------------------------------------------


def _blocks(text: EditableText) -> list[Opening]:
    if "///" not in text.body or not _PICTURE.search(text.body):
        return []
    body = LINE_END.sub("\n", text.body)
    return [found for found in scan(Typed(body, 1), Notes("")) if _path(found)]


def _path(opening: Opening) -> str:
    if opening.name == "figure":
        return opening.argument
    given = opening.options.get("image") if opening.name in BLOCKS else None
    return given.raw if given and isinstance(given.raw, str) else ""


def _as_kind(opening: Opening) -> Kind:
    """Return the options of a block as the keys of a header."""
    names = {option.name for option in BLOCKS[opening.name].options}
    return replace(_ANY, keys=tuple(key for key in IMAGE if key.name in {*_WORDS} & names))


_ANY = Kind("", "", "", "", "", "", ())


def _options(text: EditableText, opening: Opening) -> EditableText:
    """Return the options of a block as a text with nothing but a header."""
    start, end, indent = _span(text, opening)
    lines = text.body[start:end].splitlines(keepends=True)
    if not all(line.startswith(indent) for line in lines):
        raise UnreadableHeaderError
    mark = f"---{text.line_end}"
    return EditableText((mark, mark), "".join(line[len(indent) :] for line in lines), "", "")


def _with_options(text: EditableText, opening: Opening, words: Mapping[str, str]) -> EditableText:
    start, end, indent = _span(text, opening)
    options = _options(text, opening)
    made = options.with_fields(_as_kind(opening), words)
    if made.header == options.header:
        return text
    written = "".join(f"{indent}{line}" for line in made.header.splitlines(keepends=True))
    before = text.body[:start]
    if before and not before.endswith(("\r", "\n")):  # the block opens on the last line
        before += text.line_end
    return replace(text, body=before + written + text.body[end:])


def _span(text: EditableText, opening: Opening) -> tuple[int, int, str]:
    """Return where the options of a block start and end in the body, and their indentation."""
    starts, lines = _starts(text), opening.option_lines
    first = opening.line  # the rank of the line below it
    start, end = (starts[min(rank, len(starts) - 1)] for rank in (first, first + len(lines)))
    typed = text.body[start:end]
    return start, end, typed[: len(typed) - len(typed.lstrip(" \t"))] or _INDENT


# --- lines ---------------------------------------------------------------------------------------


class _Inline(NamedTuple):
    """A picture of the prose: `start` and `end` of its alternative are offsets in the body."""

    place: str
    line: int
    start: int
    end: int
    path: str


def _inline(text: EditableText) -> Iterator[_Inline]:
    if "![" not in text.body:
        return
    starts = _starts(text)
    for number, line, code in Typed(LINE_END.sub("\n", text.body), 1).lines:
        if code or "![" not in line:
            continue
        masked = _CODE.sub(lambda found: " " * len(found[0]), line)
        for rank, found in enumerate(_INLINE.finditer(masked)):
            at = starts[number - 1]
            start, end = at + found.start(1), at + found.end(1)
            path = line[found.start(2) : found.end(2)]
            yield _Inline(f"image-{number}-{rank}", number, start, end, path)


def _starts(text: EditableText) -> list[int]:
    """Return where each line of the body starts, and where the last one ends."""
    return [0, *(found.end() for found in LINE_END.finditer(text.body)), len(text.body)]


def _name(path: str) -> str:
    """Return the picture that a path names, as `axtra.content.loading.media` does."""
    name = unquote(_STATIC.sub("", path)).lstrip("/").removeprefix("content/")
    return unicodedata.normalize("NFC", name)
