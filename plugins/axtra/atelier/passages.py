"""The paragraph that a comment is about, found again in a text that has changed since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+")
_ALIKE = 0.5  # of its words in common, and it is the same paragraph still
_BLANK = re.compile(r"(?:^[ \t]*$\n?)+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a source: its words, and its first line, from 1."""

    words: str
    line: int


def of_source(body: str) -> Iterator[Passage]:
    """Yield the paragraphs of a Markdown body: what blank lines set apart."""
    start = 0
    for gap in [*_BLANK.finditer(body), None]:
        end = gap.start() if gap else len(body)
        if piece := body[start:end].strip():
            lead = len(body[start:end]) - len(body[start:end].lstrip())
            yield Passage(piece, body.count("\n", 0, start + lead) + 1)
        start = gap.end() if gap else end


def find(said: str, rank: int, candidates: Sequence[str]) -> int | None:
    """Return the rank of the candidate that a passage has become.

    Args:
        said: the words of the passage, as they were.
        rank: where it was, from 0: among equals, the nearest is chosen.
        candidates: the words of the paragraphs that are there now.

    Returns:
        None when none of them is like it any more.
    """
    words = _words(said)
    if not words:
        return None
    likeness = [_likeness(words, _words(candidate)) for candidate in candidates]
    best = max(likeness, default=0.0)
    if best < _ALIKE:
        return None
    equals = (at for at, alike in enumerate(likeness) if alike == best)
    return min(equals, key=lambda at: abs(at - rank))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _likeness(words: list[str], others: Iterable[str]) -> float:
    """Return from 0 to 1 how much of a passage is in another; a long one may hold it whole."""
    others = list(others)
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    if not others or matcher.real_quick_ratio() == 0.0:
        return 0.0
    same = sum(block.size for block in matcher.get_matching_blocks())
    return (same / len(words) + matcher.ratio()) / 2
