"""What a line with a known fault becomes, where only one other line can have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

import yaml

from infolettre.core.diagnostics import Edit, Repair

# UTF-8 that was read as Windows-1252: its first byte, then the others, as the letters they became.
_HIGH = bytes(range(0x80, 0xC0))
_NEXT = "".join(sorted({*_HIGH.decode("cp1252", "ignore"), *_HIGH.decode("latin-1")}))
# C0 but for tab and line ends, C1, soft hyphen, zero-width signs, U+FFFD: pasted from elsewhere,
# invisible, and reason enough for Gmail to clip a message. Then the signs of direction, by which a
# text or an address reads otherwise than it is written.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffd-\uffff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_MISREAD = re.compile(rf"[ÃÂÅ][{re.escape(_NEXT)}]|â[{re.escape(_NEXT)}]{{2}}")
# What French texts hold beyond ASCII; the rest would only look like it.
_OURS = re.compile("[\u00a0-\u00ffŒœŸ\u2010-\u2026\u202f\u2030\u2039\u203a€™]")
_LOST_A = re.compile(r"(?<!\w)Ã  ?(?=\w)")  # its second half was a no-break space
_TIMES = 3  # that a text may have been misread one after another
# Word's signs: a line end, a new page, a hyphen that does not break; the others show nothing.
_SHOWN = {"\x0b": " ", "\x0c": " ", "\x1e": "-", "\x85": "…"}
_SMART = "“”„‟«»″"
_SPACES = " \u00a0\u202f\u2009"
_KEY = re.compile(
    rf"(\s*(?:-[{_SPACES}]+)?)[{_SMART}]?([\w-]+)[{_SMART}]?[{_SPACES}]*:(?:[{_SPACES}]+(.*)|)"
)
_WRAPPED = re.compile(rf"[{_SMART}][{_SPACES}]*([^{_SMART}]+?)[{_SPACES}]*[{_SMART}]")
_OPEN = re.compile(r":\s*[|>]?[+-]?\s*\Z")  # its value is on the next lines
_LONGEST = 200  # lines of a header
_ASIDE = re.compile(r"[*&!%@`>|]|\[[^\]]*\]\s*[^\s,#]|\{[^}]*\}\s*[^\s,#]")


def line(number: int, typed: str, mended: str, effect: str = "") -> Repair | None:
    """Return the repair that makes a line another; None when nothing would change."""
    return Repair((Edit.of(number, typed, mended),), effect=effect) if typed != mended else None


def accents(typed: str) -> str:
    """Return a line with the accents that it had before it was misread."""
    for _ in range(_TIMES):
        mended = _MISREAD.sub(_read_again, typed)
        if mended == typed:
            break
        typed = mended
    return _LOST_A.sub("à ", typed)


def _read_again(found: re.Match[str]) -> str:
    with suppress(UnicodeDecodeError, UnicodeEncodeError):
        octets = b"".join(_octet(sign) for sign in found[0])
        read = octets.decode("utf-8")
        if _OURS.fullmatch(read) or _MISREAD.match(read):
            return read
    return found[0]


def _octet(sign: str) -> bytes:
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return sign.encode("latin-1")


def without_invisible(text: str) -> str:
    """Return a text with what its invisible signs stand for, often nothing; U+FFFD stays."""
    return INVISIBLE.sub(lambda sign: _visible(sign[0]), text)


def _visible(sign: str) -> str:
    if sign in _SHOWN:
        return _SHOWN[sign]
    if "\x80" <= sign <= "\x9f":
        return sign.encode("latin-1").decode("cp1252", "ignore")
    return sign if sign == "\ufffd" else ""  # what U+FFFD was, nobody knows


def quoted(value: str) -> str:
    """Return a value between quotation marks, as YAML takes it."""
    return (
        f"'{value.replace(chr(39), chr(39) * 2)}'" if re.search(r'["\\]', value) else f'"{value}"'
    )


def quoted_value(header: str, at: int, first: int) -> Repair | None:
    """Return the repair that puts the value of a line of a header between quotation marks."""
    typed = "".join(header.split("\n")[at : at + 1])
    found = re.fullmatch(r"(\s*[\w-]+:\s+)(\S.*?)\s*", typed)
    return line(first + at, typed, found[1] + quoted(found[2])) if found else None


def header_line(lines: Sequence[str], at: int) -> tuple[int, str] | None:
    """Return the rank of a line of a header and what makes it readable, when that is certain.

    Args:
        lines: the header.
        at: the rank of the line at which the reading stopped; the one before may be the cause.
    """
    if len(lines) > _LONGEST:
        return None
    furthest, best = at, None
    for rank in (at, at - 1) if at else (at,):
        following = lines[rank + 1] if rank + 1 < len(lines) else ""
        if _indent(following) > _indent(lines[rank]) and not _OPEN.search(lines[rank]):
            continue  # the value goes on
        for mended in _candidates(lines[rank]):
            reached = _reached([*lines[:rank], mended, *lines[rank + 1 :]])
            if reached > furthest:
                furthest, best = reached, (rank, mended)
    return best


def _indent(typed: str) -> int:
    return len(typed) - len(typed.lstrip())


def _reached(lines: Sequence[str]) -> int:
    """Return the rank of the first line of a header that does not read; their number if all do."""
    try:
        node = yaml.compose("\n".join(lines), Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        marks = (error.context_mark, error.problem_mark)
        return min((mark.line for mark in marks if mark), default=0)
    except yaml.YAMLError:
        return 0
    return len(lines) if isinstance(node, yaml.MappingNode) else 0


def _candidates(typed: str) -> Iterator[str]:
    """Yield what a line of a header may have been meant to be, each with more changed."""
    indent = typed[: _indent(typed)]
    mended = indent.replace("\t", "  ") + typed[len(indent) :].replace("\t", " ")
    yield mended
    if "\t" in indent:
        yield mended.lstrip()
    mended = re.sub(rf"\A([ ]*-)[{_SPACES}]+", r"\1 ", mended)
    yield mended
    mended = re.sub(r"\A([\w-]+):(?=\w)", r"\1: ", mended)
    found = _KEY.fullmatch(mended)
    if found is None:
        return
    lead = re.sub(rf"[{_SPACES}]", " ", found[1])
    value = (found[3] or "").strip(_SPACES)
    start = f"{lead}{found[2]}:"
    yield f"{start} {value}".rstrip()
    if found := _WRAPPED.fullmatch(value):
        yield f"{start} {quoted(found[1])}"
    elif value[:1] in {'"', "'"}:
        alone = value.count(value[0]) == 1
        yield f"{start} {value}{value[0]}" if alone else f"{start} {quoted(value)}"
    elif not value or re.search(r"\s#", value):
        return  # what follows « # » may be a comment
    elif value[0] not in "[{*&!%@`>|" or _ASIDE.match(value):
        yield f"{start} {quoted(value)}"
