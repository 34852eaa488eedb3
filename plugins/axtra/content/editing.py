"""A text changed by hand-sized edits: what nobody changed keeps its bytes.

A file is never parsed and written back. A value of the header is replaced where its YAML stands; a
body is compared line by line with what was shown. Byte-order mark, line ends, comments, the order
of the keys, their quotation marks and Pelican's names of keys stay as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from axtra.content.header_values import (
    LINE_END,
    UnreadableHeaderError,
    end_of,
    keys_in,
    new_value,
    parts_of,
    rewritten,
    typed,
    whole_lines,
)
from axtra.content.schema import Key, Kind

__all__ = ["EditableText", "UnreadableHeaderError"]

_BOM = "\ufeff"


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
        ends = LINE_END.findall(
            f"{self.opening[0]}{self.header}{self.opening[1]}{self.body}{self.closing}"
        )
        return max(("\n", "\r\n", "\r"), key=ends.count)

    @property
    def body_line(self) -> int:
        """Return the line of the file on which the shown body starts."""
        before, after = self.opening
        return 1 + len(LINE_END.findall(f"{before}{self.header}{after}"))

    def key_lines(self, kind: Kind) -> dict[str, int]:
        """Map the name of each key that the header holds to its line in the file."""
        first = 1 + len(LINE_END.findall(self.opening[0]))
        return {
            key.name: first + len(LINE_END.findall(self.header, 0, entry.start))
            for entry, key in keys_in(self.header, kind)
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
            key.name: "\n".join(part.shown for part in parts_of(self.header, entry.node, key))
            for entry, key in keys_in(self.header, kind)
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
                text = text._with_field(kind, key, typed(shown[key.name], key))
        return text

    def _with_field(self, kind: Kind, key: Key, lines: Sequence[str]) -> EditableText:
        known = list(keys_in(self.header, kind))
        entry = next((entry for entry, other in known if other is key), None)
        if entry is None:
            return self._with_key(kind, key, lines) if lines else self
        parts = list(parts_of(self.header, entry.node, key))
        if [part.shown for part in parts if part.shown] == list(lines):
            return self
        header = self.header
        if lines:
            header = rewritten(header, entry.node, key, parts, lines)
        else:
            start, end = whole_lines(header, entry.start, end_of(header, entry.node))
            header = header[:start] + header[end:]
        left = {other.name for _, other in known} - ({key.name} if not lines else set())
        if {other.name for _, other in keys_in(header, kind)} != left:
            raise UnreadableHeaderError
        return replace(self, header=header)

    def _with_key(self, kind: Kind, key: Key, lines: Sequence[str]) -> EditableText:
        """Write a key after those that the schema names before it."""
        text = self._with_marks()
        rank = kind.keys.index(key)
        before = [
            entry for entry, other in keys_in(text.header, kind) if kind.keys.index(other) < rank
        ]
        at = 0
        for entry in before:
            at = max(at, whole_lines(text.header, entry.start, end_of(text.header, entry.node))[1])
        end = self.line_end
        lead = end if at and not text.header[:at].endswith(("\r", "\n")) else ""
        written = f"{lead}{key.name}: {new_value(key, lines, end)}{end}"
        return replace(text, header=text.header[:at] + written + text.header[at:])


def _header_span(text: str) -> tuple[int, int, int, int]:
    """Return where the first mark, the header, the last mark and the rest start, or zeros."""
    first = len(_BOM) if text.startswith(_BOM) else 0
    at, start = first, None
    while at < len(text):
        found = LINE_END.search(text, at)
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
    kept, ends = LINE_END.split(old), LINE_END.findall(old)
    before = [line.replace("\0", "\ufffd") for line in kept]
    after = LINE_END.split(shown)
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
