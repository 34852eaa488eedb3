"""Repairs carried out: edits put in the bytes of a file, a file and what names it renamed.

Only the characters that an edit names change: byte-order mark, line ends and the rest keep their
bytes. An edit that does not find what it replaces is left out.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from html import escape
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import quote

from infolettre.core.diagnostics import Diagnostic, Edit

_BOM = "\ufeff"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |\r?$)", re.MULTILINE)
# What stands before and after a whole address.
_BEFORE, _AFTER = r"(?<![\w/.:@%?=&#~+-])", r"(?![\w/%?=&#~+-]|[.,:;!][\w/])"
# Where an address may be a path of the site: in a link, a definition, a tag, an option.
_IN_LINK = re.compile(
    r"\]\(\s*<?\Z|\]:\s*<?\Z|(?:href|src)\s*=\s*[\"']?\Z|\A\s*(?:- )?[\w-]+:\s+[\"']?\Z|\|\s*\Z",
    re.IGNORECASE,
)


class _Change(NamedTuple):
    """Characters of a text to replace, as offsets."""

    start: int
    end: int
    new: str


def marked(found: Iterable[Diagnostic]) -> dict[str, Diagnostic]:
    """Name the findings of a text, in order, by what they say: a line may be added above them."""
    named: dict[str, Diagnostic] = {}
    seen = Counter[str]()
    for problem in found:
        said = f"{problem.rule}\0{problem.problem}"
        seen[said] += 1
        digest = sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        named[f"{digest}-{seen[said]}"] = problem
    return named


def in_conflict(data: bytes) -> bool:
    """Tell whether a file holds two versions that somebody has yet to choose from."""
    return bool(_CONFLICT.search(data.decode("utf-8", "replace")))


def repaired(data: bytes, found: Iterable[Diagnostic]) -> tuple[bytes, list[Diagnostic]]:
    """Carry out repairs that do not touch one another.

    Returns:
        The bytes of the file, and which findings are mended; the others may be on another pass.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data, []
    if in_conflict(data):
        return data, []
    ends = _LINE_END.findall(text)
    end = max(("\n", "\r\n", "\r"), key=ends.count)
    lines = _LINE.findall(text)
    starts = [0, *accumulate(map(len, lines))]
    kept: list[_Change] = []
    mended: list[Diagnostic] = []
    for problem in found:
        changes = [
            change
            for edit in (problem.repair.edits if problem.repair else ())
            for change in _changes(edit, lines, starts, end)
        ]
        others = [change for change in changes if change not in kept]
        if changes and not any(_touch(change, other) for change in others for other in kept):
            kept += others
            mended.append(problem)
    for start, stop, new in sorted(kept, reverse=True):
        text = text[:start] + new + text[stop:]
    return text.encode("utf-8"), mended


def _touch(change: _Change, other: _Change) -> bool:
    return change.start <= other.end and other.start <= change.end


def _changes(edit: Edit, lines: list[str], starts: list[int], end: str) -> Iterator[_Change]:
    """Yield what an edit changes; nothing when it does not find what it replaces."""
    if not 0 < edit.line <= len(lines):
        return
    new = edit.new.replace("\n", end)
    at = edit.line - 1
    if edit.column is None:
        here = [*_addresses(edit, lines[at])]
        ranks = [at] if here else [r for r, line in enumerate(lines) if _defines(edit.old, line)]
        for rank in ranks:
            for start, stop, written in _addresses(edit, lines[rank]):
                yield _Change(starts[rank] + start, starts[rank] + stop, written)
        return
    typed = _LINE_END.sub("", lines[at])
    bom = len(_BOM) if at == 0 and typed.startswith(_BOM) else 0
    start = bom + _raw_column(typed[bom:], edit.column)
    stop = bom + _raw_column(typed[bom:], edit.column + len(edit.old))
    if unicodedata.normalize("NFC", typed[start:stop]) == edit.old:
        yield _Change(starts[at] + start, starts[at] + stop, new)


def _raw_column(typed: str, column: int) -> int:
    """Return where a column of a line stands in it as typed, where accents may be apart."""
    if unicodedata.is_normalized("NFC", typed):
        return column
    for at in range(len(typed) + 1):
        whole = not unicodedata.combining(typed[at : at + 1] or " ")
        if whole and len(unicodedata.normalize("NFC", typed[:at])) >= column:
            return at
    return len(typed)


def _addresses(edit: Edit, line: str) -> Iterator[_Change]:
    for old, new in {edit.old: edit.new, escape(edit.old): escape(edit.new)}.items():
        for found in re.finditer(_BEFORE + re.escape(old) + _AFTER, line):
            if not new.startswith("/") or _IN_LINK.search(line[: found.start()]):
                yield _Change(found.start(), found.end(), new)


def _defines(address: str, line: str) -> bool:
    return bool(re.match(rf"[\s>]*\[[^\]]+\]:\s*<?{re.escape(address)}{_AFTER}", line))


# --- names of files ------------------------------------------------------------------------------


def naming(data: bytes, file: str, names: Mapping[str, str], content: str) -> bytes:
    """Return the bytes of a file in which what is renamed has its new name.

    Args:
        data: a file that may name others.
        file: its name, relative to the project's root, as for all.
        names: the new name of each old one.
        content: the folder from which texts name files.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    for old, new in names.items():
        here = posixpath.dirname(file)
        for start in {content, here, ""}:
            was, will = posixpath.relpath(old, start or "."), posixpath.relpath(new, start or ".")
            if not was.startswith("../") or start == here:
                text = _spelled(was).sub(lambda _, will=will: will, text)  # type: ignore[misc]
    return text.encode("utf-8")


def _spelled(path: str) -> re.Pattern[str]:
    """Find a path however it is written: accents composed or not, signs as in an address."""
    return re.compile(
        r"(?<![\w.%-])(?<![\w.%-]/)(?<!\.\./)"
        + "".join(map(_sign, unicodedata.normalize("NFC", path)))
        + r"(?![\w%-]|\.\w)"
    )


def _sign(sign: str) -> str:
    forms = {sign, unicodedata.normalize("NFD", sign)}
    coded = {quote(form, safe="") for form in forms}
    lower = {re.sub("%..", lambda code: code[0].lower(), form) for form in coded}
    written = forms | coded | lower | {escape(sign)}
    return f"(?:{'|'.join(sorted(map(re.escape, written), key=len, reverse=True))})"
