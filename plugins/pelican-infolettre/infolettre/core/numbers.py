"""Numbers in words."""

from __future__ import annotations

_WORDS = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def in_letters(number: int) -> str:
    """Return a number that is written in letters, up to ten; a greater one, in figures."""
    return _WORDS[number - 1] if 0 < number <= len(_WORDS) else str(number)
