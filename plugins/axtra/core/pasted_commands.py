"""Commands of this program as a remedy prints them: to be pasted in a shell as they are."""

from __future__ import annotations

import re
import shlex

_PLAIN = re.compile(r"[\w@%+=:,./-]+")
# What a shell, or its history, still reads between double quotes.
_ACTIVE = frozenset('"\\$`!')


def command(words: str, *values: str) -> str:
    """Return a command to paste; `values` come last, between quotes where they need them.

    Args:
        words: what follows « axtra », typed as it is read: « nouveau auteur ».
        values: what a person typed, a title or a name.
    """
    apart = ["--"] if any(value.startswith("-") for value in values) else []
    return " ".join(["axtra", words, *apart, *map(quoted, values)])


def quoted(value: str) -> str:
    """Return a word as a POSIX shell reads it: between double quotes, as people type, if it can."""
    if _PLAIN.fullmatch(value):
        return value
    return shlex.quote(value) if _ACTIVE & set(value) else f'"{value}"'
