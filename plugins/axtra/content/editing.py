"""A text changed by hand-sized edits: what nobody changed keeps its bytes.

A file is never parsed and written back. A value of the header is replaced where its YAML stands; a
body is compared line by line with what was shown. Byte-order mark, line ends, comments, the order
of the keys, their quotation marks and Pelican's names of keys stay as they were.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import NamedTuple

import yaml

from axtra.content.frontmatter import RECORDS
from axtra.content.schema import Key, Kind, Type, keys_and_aliases

DECORATION = '""'  # what a field shows of an alternative that is empty on purpose
BETWEEN = " | "  # stands between the values of a record, in a field
_BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\r|\n")
_LISTS = frozenset({Type.LINES, Type.NAMES, Type.WORDS, Type.AUTHORS})
_WIDE = 88  # characters of a header's line


class UnreadableHeaderError(ValueError):
    """The header is not a mapping of keys to values; only its text can be edited."""


class _Entry(NamedTuple):
    """A key of the header: where it starts and its value stands, as offsets in the header."""

    name: str
    start: int
    node: yaml.Node


class _Part(NamedTuple):
    """What stands for one line of a field: what is shown of it, and its span in the header."""

    shown: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EditableText:
    """A Markdown file, in the parts that are edited apart: joined, they are the file again.

    Attributes:
        header: the lines between the two « --- », with their line ends.
        body: what is shown as the text; blank lines around it are in `opening` and `closing`.
        opening: all that stands before the body and outside the header, in two halves.
        closing: the blank lines at the end.
    """

    opening: tuple[str, str]
    header: str
    body: str
    closing: str

    @classmethod
    def of(cls, data: bytes) -> EditableText:
        """Read a file.

        Raises:
            UnicodeDecodeError: it is not UTF-8.
        """
        text = data.decode("utf-8")
        first, start, end, after = _header_span(text)
        rest = text[after:]
        body_at = len(rest) - len(rest.lstrip("\r\n"))
        body = rest[body_at:].rstrip("\r\n")
        return cls(
            (text[:first] + text[first:start], text[end:after] + rest[:body_at]),
            text[start:end],
            body,
            rest[body_at + len(body) :],
        )

    @property
    def data(self) -> bytes:
        """Return the bytes of the file."""
        before, after = self.opening
        return f"{before}{self.header}{after}{self.body}{self.closing}".encode()

    @property
    def line_end(self) -> str:
        """Return the line end that the file uses most."""
        ends = _LINE_END.findall(
            f"{self.opening[0]}{self.header}{self.opening[1]}{self.body}{self.closing}"
        )
        return max(("\n", "\r\n", "\r"), key=ends.count)

    @property
    def body_line(self) -> int:
        """Return the line of the file on which the shown body starts."""
        before, after = self.opening
        return 1 + len(_LINE_END.findall(f"{before}{self.header}{after}"))

    def key_lines(self, kind: Kind) -> dict[str, int]:
        """Map the name of each key that the header holds to its line in the file."""
        first = 1 + len(_LINE_END.findall(self.opening[0]))
        return {
            key.name: first + len(_LINE_END.findall(self.header, 0, entry.start))
            for entry, key in _known(self.header, kind)
        }

    # --- the body --------------------------------------------------------------------------------

    def with_body(self, shown: str) -> EditableText:
        """Return the text with another body, as a browser sends it: lines not changed stay."""
        return replace(self, body=_lines_changed(self.body, shown.rstrip("\r\n"), self.line_end))

    def with_header(self, shown: str) -> EditableText:
        """Return the text with another header, typed whole; lines not changed stay."""
        header = _lines_changed(self.header, shown.rstrip("\r\n"), self.line_end)
        if header and not header.endswith(("\r", "\n")):
            header += self.line_end
        return replace(self._with_marks(), header=header)

    def _with_marks(self) -> EditableText:
        """Return the text with an empty header where it has none."""
        if self.opening[0].strip(f"{_BOM}\r\n\t "):
            return self
        end = self.line_end
        mark = _BOM if self.opening[0].startswith(_BOM) else ""
        return replace(self, opening=(f"{mark}---{end}", f"---{end}{end}"))

    # --- the header ------------------------------------------------------------------------------

    def fields(self, kind: Kind) -> dict[str, str]:
        """Map the name of each key that the header holds to what a form's field shows of it.

        A list is shown as one value a line, a record as its values between bars.

        Raises:
            UnreadableHeaderError: the header does not parse.
        """
        return {
            key.name: "\n".join(part.shown for part in _parts(self.header, entry.node, key))
            for entry, key in _known(self.header, kind)
        }

    def with_fields(self, kind: Kind, shown: Mapping[str, str]) -> EditableText:
        """Return the text with other values, by the names of their keys; "" takes a key away.

        A value equal to what is shown changes nothing.

        Raises:
            UnreadableHeaderError: the header does not parse.
        """
        text = self
        for key in kind.keys:
            if key.name in shown:
                text = text._with_field(kind, key, _typed(shown[key.name], key))
        return text

    def _with_field(self, kind: Kind, key: Key, lines: Sequence[str]) -> EditableText:
        known = list(_known(self.header, kind))
        entry = next((entry for entry, other in known if other is key), None)
        if entry is None:
            return self._with_key(kind, key, lines) if lines else self
        parts = list(_parts(self.header, entry.node, key))
        if [part.shown for part in parts if part.shown] == list(lines):
            return self
        header = self.header
        if lines:
            header = _rewritten(header, entry.node, key, parts, lines)
        else:
            start, end = _whole_lines(header, entry.start, _end(header, entry.node))
            header = header[:start] + header[end:]
        left = {other.name for _, other in known} - ({key.name} if not lines else set())
        if {other.name for _, other in _known(header, kind)} != left:
            raise UnreadableHeaderError
        return replace(self, header=header)

    def _with_key(self, kind: Kind, key: Key, lines: Sequence[str]) -> EditableText:
        """Write a key after those that the schema names before it."""
        text = self._with_marks()
        rank = kind.keys.index(key)
        before = [
            entry for entry, other in _known(text.header, kind) if kind.keys.index(other) < rank
        ]
        at = 0
        for entry in before:
            at = max(at, _whole_lines(text.header, entry.start, _end(text.header, entry.node))[1])
        end = self.line_end
        lead = end if at and not text.header[:at].endswith(("\r", "\n")) else ""
        written = f"{lead}{key.name}: {_new_value(key, lines, end)}{end}"
        return replace(text, header=text.header[:at] + written + text.header[at:])


def _header_span(text: str) -> tuple[int, int, int, int]:
    """Return where the first mark, the header, the last mark and the rest start, or zeros."""
    first = len(_BOM) if text.startswith(_BOM) else 0
    at, start = first, None
    while at < len(text):
        found = _LINE_END.search(text, at)
        end = found.end() if found else len(text)
        line = text[at:end].rstrip()
        if start is None:
            if line != "---":
                break
            start = end
        elif line in {"---", "..."}:
            return first, start, at, end
        at = end
    return first, first, first, first


def _lines_changed(old: str, shown: str, line_end: str) -> str:
    """Return what was shown and edited, with the bytes of the lines that stayed.

    `shown` has the line ends of whatever sent it. A browser shows U+FFFD where a NUL stands.
    """
    kept, ends = _LINE_END.split(old), _LINE_END.findall(old)
    before = [line.replace("\0", "\ufffd") for line in kept]
    after = _LINE_END.split(shown)
    if before == after:
        return old
    if "\r" in ends and {*ends, line_end} != {
        "\r"
    }:  # an old Mac's line end before another reads as one
        ends = [line_end] * len(ends)
    head = _alike(before, after)  # else thousands of blank lines would be slow
    tail = _alike(before[head:][::-1], after[head:][::-1])
    middle = SequenceMatcher(
        None, before[head : len(before) - tail], after[head : len(after) - tail], autojunk=False
    )
    stayed = [*zip(kept, [*ends, line_end], strict=True)]
    lines = stayed[:head]
    for tag, start, stop, new_start, new_stop in middle.get_opcodes():
        if tag == "equal":
            lines += stayed[head + start : head + stop]
        else:
            lines += [(line, line_end) for line in after[head + new_start : head + new_stop]]
    lines += stayed[len(before) - tail :]
    text = "".join(line + end for line, end in lines)
    return text.removesuffix(lines[-1][1])


def _alike(first: Sequence[str], second: Sequence[str]) -> int:
    """Count the lines at the start that are the same in both."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))


# --- where the YAML of a header stands -----------------------------------------------------------


def _known(header: str, kind: Kind) -> Iterator[tuple[_Entry, Key]]:
    """Pair each entry with the key of a kind; of two that say the same, only the first."""
    keys, seen = dict(keys_and_aliases(kind)), set()
    for entry in _entries(header):
        key = keys.get(entry.name)
        if key is not None and key.attribute not in seen:
            seen.add(key.attribute)
            yield entry, key


def _entries(header: str) -> list[_Entry]:
    try:
        # The parser in Python: the marks of the one in C have no offset.
        node = yaml.compose(header, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        raise UnreadableHeaderError from None
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableHeaderError
    return [
        _Entry(str(key.value), key.start_mark.index, value)
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode)
    ]


def _end(header: str, node: yaml.Node) -> int:
    """Return where a value ends, without the blank lines and comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(header, last[1] if isinstance(last, tuple) else last)
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(header[start:end].rstrip())


def _whole_lines(header: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the lines that a span touches, with the last line's end."""
    while start and header[start - 1] not in "\r\n":
        start -= 1
    found = _LINE_END.search(header, end)
    return start, found.end() if found else len(header)


def _parts(header: str, node: yaml.Node, key: Key) -> Iterator[_Part]:
    """Yield what a field shows of a value, line by line, with where each stands."""
    if isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield _Part(_shown(inner, key), inner.start_mark.index, _end(header, inner))
    elif isinstance(node, yaml.ScalarNode) and key.type in _LISTS and key.type is not Type.LINES:
        for name in re.split(r"[,;]", node.value):
            if name.strip():
                yield _Part(" ".join(name.split()), node.start_mark.index, _end(header, node))
    else:
        yield _Part(_shown(node, key), node.start_mark.index, _end(header, node))


def _shown(node: yaml.Node, key: Key) -> str:
    if isinstance(node, yaml.MappingNode):
        given = {str(name.value): value for name, value in node.value}
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


def _typed(shown: str, key: Key) -> list[str]:
    """Return the lines of a field that hold something."""
    lines = [" ".join(line.split()) for line in _LINE_END.split(shown)]
    if key.type not in _LISTS and key.type not in RECORDS:
        lines = [" ".join(lines).strip()]
    return [line for line in lines if line]


def _rewritten(
    header: str, node: yaml.Node, key: Key, parts: Sequence[_Part], lines: Sequence[str]
) -> str:
    """Return the header with other lines in a value that is there already."""
    if not isinstance(node, yaml.SequenceNode):
        start, end = node.start_mark.index, _end(header, node)
        space = "" if header[start - 1 : start].isspace() else " "
        return header[:start] + space + _scalar_or_list(node, key, lines) + header[end:]
    if not parts:
        start, end = node.start_mark.index, _end(header, node)
        return header[:start] + _flow(key, lines) + header[end:]
    if node.flow_style:
        return _spliced(header, parts, lines, lambda line: _item(key, line, flow=True), ", ")
    column = node.start_mark.column
    bullets = [_part_with_dash(header, part, column) for part in parts]
    between = _LINE_END.search(header)
    lead = (between[0] if between else "\n") + " " * column
    return _spliced(header, bullets, lines, lambda line: f"- {_item(key, line)}", lead)


def _part_with_dash(header: str, part: _Part, column: int) -> _Part:
    start, _ = _whole_lines(header, part.start, part.start)
    while header[start + column : start + column + 1] != "-" and start:
        start, _ = _whole_lines(header, start - 1, start - 1)
    comment = _LINE_END.search(header, part.end)
    return part._replace(start=start + column, end=comment.start() if comment else len(header))


def _spliced(
    header: str,
    parts: Sequence[_Part],
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
    if key.type in _LISTS and key.type is not Type.LINES:
        if any(re.search(r"[,;]", line) for line in lines):
            return _flow(key, lines)
        return _scalar(", ".join(lines), style)
    if len(lines) > 1:
        return _flow(key, lines)
    return _item(key, lines[0], style)


def _new_value(key: Key, lines: Sequence[str], line_end: str) -> str:
    """Write a value that was not there."""
    if key.type not in _LISTS and (key.type not in RECORDS or key.type is Type.CALL):
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
