"""Quotation marks and apostrophes, which must be paired before they are replaced."""

from __future__ import annotations

import re
from typing import Final

from axtra.text.typography.vocabulary import BREAK, LIMIT, TAG, WORD, S

_MARK: Final = re.compile(f"[\"'«»{LIMIT}]")
_OPENERS: Final = frozenset("([{«“‘'’—–-/")
_SPACED_CLOSING: Final = re.compile(f"{S}+”")
_OPENED_BY: Final = {'"': '"', "»": "«"}


def _neighbours(text: str, position: int) -> tuple[str, str]:
    """Return the characters on both sides, past inline tags; a space at an edge.

    The spaces before a ” do not count: the spacing rules, which run next, remove them.
    """
    left, right = position - 1, position + 1
    while left >= 0 and text[left] == TAG:
        left -= 1
    while right < len(text) and text[right] == TAG:
        right += 1
    before = text[left] if left >= 0 else " "
    after = text[right] if right < len(text) else " "
    if after.isspace() and _SPACED_CLOSING.match(text, right):
        after = "”"
    edges = (LIMIT, BREAK)
    return (" " if before in edges else before), (" " if after in edges else after)


def _is_inch_mark(text: str, position: int, before: str) -> bool:
    """Tell whether a mark after a digit is a unit: 2'33", or 27" in a quotation still open."""
    if not before.isdigit():
        return False
    if re.search(r"\d['’]\s?\d+$", text[max(0, position - 8) : position]):
        return True
    following = _MARK.search(text, position + 1)
    while following and following[0] == "'":
        following = _MARK.search(text, following.end())
    if following is None or following[0] != '"':
        return False
    closes_here, _ = _neighbours(text, following.start())
    return not closes_here.isspace() and closes_here not in _OPENERS


def _pair(text: str) -> list[tuple[int, int]]:
    """Return the pairs of matching quotation marks, straight or French."""
    pairs: list[tuple[int, int]] = []
    pending: list[int] = []
    for match in _MARK.finditer(text):
        mark, here = match[0], match.start()
        if mark == LIMIT:
            pending.clear()
        elif mark == "«":
            pending.append(here)
        elif mark != "'":
            before, after = _neighbours(text, here)
            after_opener = before.isspace() or before in _OPENERS
            if mark == "»":
                closes = True
                while pending and text[pending[-1]] != "«":  # what « » enclose cannot stay open
                    pending.pop()
            else:
                closes = not (after_opener or after.isalnum() or _is_inch_mark(text, here, before))
            if closes and pending and text[pending[-1]] == _OPENED_BY[mark]:
                pairs.append((pending.pop(), here))
            elif mark == '"' and after_opener and not after.isspace() and after != '"':
                pending.append(here)
    return sorted(pairs)


def quote(text: str) -> str:
    """Turn straight quotation marks into « », and into “ ” inside others.

    An unpaired mark is left as it is: it may be an inch, a ditto, or a mistake that only the author
    can correct.

    Source: OQLF 22039.
    """
    if '"' not in text:
        return text
    edits: dict[int, str] = {}
    enclosing: list[int] = []
    for opening, closing in _pair(text):
        while enclosing and enclosing[-1] < opening:
            enclosing.pop()
        if text[opening] == '"':
            left, right = "“”" if enclosing else "«»"
            edits[opening], edits[closing] = left, right
        enclosing.append(closing)
    return _edited(text, edits)


def curl(text: str) -> str:
    """Turn straight apostrophes into ’.

    After a letter, it marks an elision; before two digits, a shortened year. After a digit, it is a
    prime (feet, minutes); around a word, a single quotation mark: both are left as they are.

    Source: OQLF 22039.
    """
    if "'" not in text:
        return text
    edits: dict[int, str] = {}
    quoting = False
    for match in _MARK.finditer(text):
        here = match.start()
        if match[0] == LIMIT:
            quoting = False
        elif match[0] == "'":
            before, after = _neighbours(text, here)
            starts_a_word = before.isspace() or before in _OPENERS
            if before.isalpha() and (after.isalnum() or after in f'«“"{WORD}' or not quoting):
                edits[here] = "’"
            elif before.isalpha():
                quoting = False
            elif starts_a_word and re.match(r"\d\d(?!\d)", text[here + 1 : here + 4]):
                edits[here] = "’"
            elif starts_a_word and after.isalnum():
                quoting = True
    return _edited(text, edits)


def _edited(text: str, edits: dict[int, str]) -> str:
    characters = list(text)
    for position, replacement in edits.items():
        characters[position] = replacement
    return "".join(characters)
