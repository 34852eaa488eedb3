"""Where the values of a header stand in its text, and how one is written in place of another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

import yaml

from axtra.content.frontmatter import RECORDS
from axtra.content.schema import LIST_TYPES, SENTENCES, Key, Kind, Type, keys_and_aliases

DECORATION = '""'  # what a field shows of an alternative that is empty on purpose
BETWEEN = " | "  # stands between the values of a record, in a field
LINE_END = re.compile(r"\r\n|\r|\n")
_WIDE = 88  # characters of a header's line


class UnreadableHeaderError(ValueError):
    """The header is not a mapping of keys to values; only its text can be edited."""


class Entry(NamedTuple):
    """A key of the header: where it starts and its value stands, as offsets in the header."""

    name: str
    start: int
    node: yaml.Node


class Part(NamedTuple):
    """What stands for one line of a field: what is shown of it, and its span in the header."""

    shown: str
    start: int
    end: int


def keys_in(header: str, kind: Kind) -> Iterator[tuple[Entry, Key]]:
    """Pair each entry with the key of a kind; of two that say the same, only the first."""
    keys, seen = dict(keys_and_aliases(kind)), set()
    for entry in _entries(header):
        key = keys.get(entry.name)
        if key is not None and key.attribute not in seen:
            seen.add(key.attribute)
            yield entry, key


@lru_cache(maxsize=64)  # each key of a form asks
def _entries(header: str) -> tuple[Entry, ...]:
    try:
        # The parser in Python: the marks of the one in C have no offset.
        node = yaml.compose(header, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        raise UnreadableHeaderError from None
    if node is None:
        return ()
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableHeaderError
    return tuple(
        Entry(str(key.value), key.start_mark.index, value)
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode)
    )


def end_of(header: str, node: yaml.Node) -> int:
    """Return where a value ends, without the blank lines and comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(header, last[1] if isinstance(last, tuple) else last)
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(header[start:end].rstrip())


def whole_lines(header: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the lines that a span touches, with the last line's end."""
    while start and header[start - 1] not in "\r\n":
        start -= 1
    found = LINE_END.search(header, end)
    return start, found.end() if found else len(header)


def parts_of(header: str, node: yaml.Node, key: Key) -> Iterator[Part]:
    """Yield what a field shows of a value, line by line, with where each stands."""
    if isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield Part(_shown(inner, key), inner.start_mark.index, end_of(header, inner))
    elif isinstance(node, yaml.ScalarNode) and key.type in LIST_TYPES - SENTENCES:
        for name in re.split(r"[,;]", node.value):
            if name.strip():
                yield Part(" ".join(name.split()), node.start_mark.index, end_of(header, node))
    else:
        yield Part(_shown(node, key), node.start_mark.index, end_of(header, node))


def _shown(node: yaml.Node, key: Key) -> str:
    if isinstance(node, yaml.MappingNode):
        given = {str(name.value): value for name, value in node.value}
        if key.type is Type.HOURS:  # a colon made a pair of a line
            return ", ".join(f"{name} : {_shown(value, key)}" for name, value in given.items())
        names = [declared.name for declared in RECORDS.get(key.type, ())]
        names += [name for name in given if name not in names]
        values = [_shown(given[name], key) if name in given else "" for name in names]
        return BETWEEN.join(values).rstrip(" |")
    if isinstance(node, yaml.SequenceNode):
        return ", ".join(_shown(inner, key) for inner in node.value)
    text = " ".join(str(node.value).split())
    assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - the two others are above
    if not text and key.attribute == "image.alt" and node.style:
        return DECORATION
    return text


# --- what is written -----------------------------------------------------------------------------


def typed(shown: str, key: Key) -> list[str]:
    """Return the lines of a field that hold something."""
    lines = [" ".join(line.split()) for line in LINE_END.split(shown)]
    if key.type not in LIST_TYPES and key.type not in RECORDS:
        lines = [" ".join(lines).strip()]
    return [line for line in lines if line]


def rewritten(
    header: str, node: yaml.Node, key: Key, parts: Sequence[Part], lines: Sequence[str]
) -> str:
    """Return the header with other lines in a value that is there already."""
    if not isinstance(node, yaml.SequenceNode):
        start, end = node.start_mark.index, end_of(header, node)
        space = "" if header[start - 1 : start].isspace() else " "
        return header[:start] + space + _scalar_or_list(node, key, lines) + header[end:]
    if not parts:
        start, end = node.start_mark.index, end_of(header, node)
        return header[:start] + _flow(key, lines) + header[end:]
    if node.flow_style:
        return _spliced(header, parts, lines, lambda line: _item(key, line, flow=True), ", ")
    column = node.start_mark.column
    bullets = [_part_with_dash(header, part, column) for part in parts]
    between = LINE_END.search(header)
    lead = (between[0] if between else "\n") + " " * column
    return _spliced(header, bullets, lines, lambda line: f"- {_item(key, line)}", lead)


def _part_with_dash(header: str, part: Part, column: int) -> Part:
    start, _ = whole_lines(header, part.start, part.start)
    while header[start + column : start + column + 1] != "-" and start:
        start, _ = whole_lines(header, start - 1, start - 1)
    comment = LINE_END.search(header, part.end)
    return part._replace(start=start + column, end=comment.start() if comment else len(header))


def _spliced(
    header: str,
    parts: Sequence[Part],
    lines: Sequence[str],
    write: Callable[[str], str],
    between: str,
) -> str:
    """Return the header with other parts; a run of parts that stay keeps all that is in it."""
    pieces = []
    for tag, start, stop, new_start, new_stop in SequenceMatcher(
        None, [part.shown for part in parts], lines, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            pieces.append(header[parts[start].start : parts[stop - 1].end])
        else:
            pieces += [write(line) for line in lines[new_start:new_stop]]
    return header[: parts[0].start] + between.join(pieces) + header[parts[-1].end :]


def _scalar_or_list(node: yaml.Node, key: Key, lines: Sequence[str]) -> str:
    """Write a value where a scalar or a record stands."""
    style = node.style if isinstance(node, yaml.ScalarNode) else None
    if key.type in RECORDS and key.type is not Type.CALL:
        return _flow(key, lines)
    if key.type in LIST_TYPES - SENTENCES:
        if any(re.search(r"[,;]", line) for line in lines):
            return _flow(key, lines)
        return _scalar(", ".join(lines), style)
    if len(lines) > 1:
        return _flow(key, lines)
    return _item(key, lines[0], style)


def new_value(key: Key, lines: Sequence[str], line_end: str) -> str:
    """Write a value that was not there."""
    if key.type not in LIST_TYPES and (key.type not in RECORDS or key.type is Type.CALL):
        return _item(key, lines[0])
    on_one_line = _flow(key, lines)
    if len(key.name) + 2 + len(on_one_line) <= _WIDE:
        return on_one_line
    return "".join(f"{line_end}  - {_item(key, line)}" for line in lines)


def _flow(key: Key, lines: Iterable[str]) -> str:
    return f"[{', '.join(_item(key, line, flow=True) for line in lines)}]"


def _item(key: Key, line: str, style: str | None = None, *, flow: bool = False) -> str:
    if key.type in RECORDS:
        names = [declared.name for declared in RECORDS[key.type]]
        typed = [" ".join(value.split()) for value in line.split(BETWEEN.strip(), len(names) - 1)]
        pairs = [
            f"{name}: {_scalar(value, flow=True)}"
            for name, value in zip(names, typed, strict=False)
            if value
        ]
        return f"{{{', '.join(pairs)}}}"
    if line == DECORATION and key.attribute == "image.alt":
        return DECORATION
    return _scalar(line, style, flow=flow)


def _scalar(text: str, style: str | None = None, *, flow: bool = False) -> str:
    """Write a line of text as YAML, between the quotation marks that were there, else if needed."""
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and _is_plain(text, flow=flow):
        return text
    return json.dumps(text, ensure_ascii=False)


def _is_plain(text: str, *, flow: bool) -> bool:
    """Return whether a text needs no quotation marks."""
    written = f"cle: [{text}]" if flow else f"cle: {text}"
    if "#" in text or "\\" in text:
        return False
    try:
        node = yaml.compose(written, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return False
    value = node.value[0][1] if node and len(node.value) == 1 else None
    if flow and isinstance(value, yaml.SequenceNode) and len(value.value) == 1:
        value = value.value[0]
    return isinstance(value, yaml.ScalarNode) and value.style is None and value.value == text
