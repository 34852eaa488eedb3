"""The placeholders for what is not prose, and the building blocks of substitutions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

NBSP: Final = "\u00a0"

# What precedes ; ! ? in each profile: nothing, or a thin space if the medium has it.
# OQLF 22039.
PROFILES: Final = {"qc": "", "qc-fine": "\u202f"}

# Placeholders are noncharacters: Unicode reserves them for use inside a program.
TAG: Final = "\ufdd0"  # an inline tag, which rules ignore
WORD: Final = "\ufdd1"  # protected content that reads as a word: code, URL, English
BREAK: Final = "\ufdd2"  # a line break: only a pair of quotation marks may span it
LIMIT: Final = "\ufdd3"  # a block boundary: nothing spans it
SUP: Final = "\ufdd4"  # superscript to open, in HTML only
SUP_END: Final = "\ufdd5"
PLAIN: Final = "\ufdd6"  # prose that no rule reads
PLACEHOLDERS: Final = "\ufdd0-\ufdd6"

DIGITS: Final = "0123456789"  # among the signs of a substitution, any digit

# Pattern vocabulary.
SPACES: Final = " \t\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
S: Final = f"[{SPACES}]"
T: Final = f"{TAG}*"
GAP: Final = f"[{SPACES}{TAG}]*"
EDGE: Final = f"[{BREAK}{LIMIT}]|\\Z"
UPPER: Final = "A-ZÀ-ÖØ-ÞŒ"
LOWER: Final = "a-zß-öø-ÿœ"

Replacement = str | Callable[[re.Match[str]], str]


class Substitution(NamedTuple):
    """A pattern and its replacement; a text with none of the signs has no match."""

    pattern: str
    replacement: Replacement
    signs: str

    def run(self, text: str) -> str:
        """Replace each match in a text."""
        return compiled(self.pattern).sub(self.replacement, text)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern on first use: most processes correct few lines, or none."""
    return re.compile(pattern, re.DOTALL)


def words(listed: str) -> frozenset[str]:
    """Split a string of words."""
    return frozenset(listed.split())


def without_spaces(gap: str) -> str:
    """Return the inline tags of a gap, without its spaces."""
    return TAG * gap.count(TAG)


def glue(before: str, after: str, *, spaced: bool = True, signs: str) -> Substitution:
    """Put a no-break space between two patterns, whatever tags and spaces separate them.

    Args:
        before: Pattern of the left side.
        after: Pattern of the right side.
        spaced: Whether the author must have typed a space already.
        signs: Characters of which every match contains at least one.
    """
    count = "+" if spaced else "*"
    return Substitution(f"((?:{before}){T}){S}{count}({T})(?={after})", rf"\1{NBSP}\2", signs)
