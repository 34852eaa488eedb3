"""Quotation marks and apostrophes, which must be paired before they are replaced."""

from __future__ import annotations

import re
from typing import Final

from infolettre.text.typography.vocabulary import BREAK, LIMIT, TAG, WORD, S

_MARK: Final = re.compile(f"[\"'«»“”‘’{LIMIT}]")
_INCH_OR_LIMIT: Final = re.compile(f'["«»{LIMIT}]')
_OPENERS: Final = frozenset("([{«“‘'’—–-/")
_BOTH_SIDES: Final = frozenset("—–-/")  # what ends a word as well as it precedes one
_SPACED_CLOSING: Final = re.compile(f"{S}+”")
_OPENED_BY: Final = {"»": "«", "”": "“", '"': '"', "’": "‘'", "'": "‘'"}
_STRENGTH: Final = {"«": 3, "“": 2, '"': 2, "‘": 1, "'": 1}
_LEVELS: Final = ("«»", "“”", "‘’")
_APOSTROPHE: Final = re.compile("['´ʼ′‘]")
# What begins with an apostrophe: the year ’80, rock ’n’ roll, ’ti-Jean, ’tite.
_APHAERESIS: Final = re.compile(r"\d\d(?!\d)|n['’](?!\w)|[Tt]i(?:t|te)?s?(?!\w)")


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


def _follows_opener(before: str, after: str) -> bool:
    """Tell whether a mark between two characters may open."""
    return before.isspace() or (
        before in _OPENERS and (before not in _BOTH_SIDES or after.isalnum())
    )


def _is_inch_mark(text: str, position: int, before: str) -> bool:
    """Tell whether a mark after a digit is a unit: 2'33", or 27" in a quotation still open."""
    if not before.isdigit():
        return False
    if re.search(r"\d['’]\s?\d+$", text[max(0, position - 8) : position]):
        return True
    following = _INCH_OR_LIMIT.search(text, position + 1)
    if following is None or following[0] != '"':
        return False
    closes_here, _ = _neighbours(text, following.start())
    return not closes_here.isspace() and closes_here not in _OPENERS


def _opens(text: str, here: int, before: str, after: str) -> bool:
    mark = text[here]
    if mark == "«":
        return True
    if mark == "“":  # which closes in „German“
        return not before.isalnum()
    if not _follows_opener(before, after) or after.isspace() or after == mark:
        return False
    return mark == '"' or (after.isalnum() and not _APHAERESIS.match(text, here + 1))


def _closes(text: str, here: int, before: str, after: str) -> bool:
    mark = text[here]
    if mark in "»”":
        return True
    if after.isalnum() or _follows_opener(before, after):
        return False
    if mark == '"':
        return not _is_inch_mark(text, here, before)
    return after not in f'«“"{WORD}' and not before.isdigit()


def _pair(text: str) -> list[tuple[int, int]]:
    """Return the pairs of matching quotation marks, whatever their form."""
    pairs: list[tuple[int, int]] = []
    pending: list[int] = []
    for match in _MARK.finditer(text):
        mark, here = match[0], match.start()
        if mark == LIMIT:
            pending.clear()
            continue
        before, after = _neighbours(text, here)
        opening = _OPENED_BY.get(mark)
        if opening and _closes(text, here, before, after):
            # What a pair encloses cannot stay open.
            while pending and _STRENGTH[text[pending[-1]]] < _STRENGTH[opening[0]]:
                pending.pop()
            if pending and text[pending[-1]] in opening:
                pairs.append((pending.pop(), here))
                continue
        if mark in _STRENGTH and _opens(text, here, before, after):
            pending.append(here)
    return sorted(pairs)


def quote(text: str) -> str:
    """Turn straight and English quotation marks into « », “ ” inside others, ‘ ’ inside these.

    An unpaired mark is left as it is: it may be an inch, a ditto, or a mistake that only the author
    can correct. So are French marks, wherever they are.

    Source: OQLF 22039.
    """
    if not any(mark in text for mark in "\"“‘'"):
        return text
    edits: dict[int, str] = {}
    enclosing: list[int] = []
    for opening, closing in _pair(text):
        while enclosing and enclosing[-1] < opening:
            enclosing.pop()
        if text[opening] != "«":
            edits[opening], edits[closing] = _LEVELS[min(len(enclosing), 2)]
        enclosing.append(closing)
    return _edited(text, edits)


def curl(text: str) -> str:
    """Turn straight apostrophes into ’, and whatever stands for one between two letters.

    After a letter, it marks an elision; before two digits, a shortened year. After a digit, it is a
    prime (feet, minutes), which is left as it is.

    Source: OQLF 22039.
    """
    if not _APOSTROPHE.search(text):
        return text
    edits: dict[int, str] = {}
    for match in _APOSTROPHE.finditer(text):
        here = match.start()
        before, after = _neighbours(text, here)
        starts_a_word = _follows_opener(before, after)
        if match[0] != "'" and not (before.isalpha() and after.isalpha()):
            continue
        if before.isalpha() or (starts_a_word and _APHAERESIS.match(text, here + 1)):
            edits[here] = "’"
    return _edited(text, edits)


def _edited(text: str, edits: dict[int, str]) -> str:
    characters = list(text)
    for position, replacement in edits.items():
        characters[position] = replacement
    return "".join(characters)
