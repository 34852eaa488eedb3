"""Where the words of a mail were typed: its texts, aligned with the files that they come from.

Both are read as words, which are paired in their order, so that a sentence written twice has two
places.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from itertools import product
from operator import itemgetter
from typing import NamedTuple

_SPACES = re.compile(r"\s+")
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
_WORD = re.compile(r"\w+")
# What a line holds beside words: addresses, tags, first names, first words of a block.
_SILENT = re.compile(r"\]\([^()\s]*|<[^<>]*>|\{ *pr[ée]nom[^{}]*\}|^/{3,} *\w+")
_RUN = 5  # words by which a text is recognised
_AFTER = 6  # lines, at most, from the words of a link to its address


class Place(NamedTuple):
    """A place in a file; `rank` tells two places of one line apart."""

    file: str
    line: int | None
    rank: int = 0


@dataclass(frozen=True)
class SourceFile:
    """A file as words and lines.

    Attributes:
        name: its name.
        lines: its lines, as `plain` writes them.
        words: its words, each between two spaces.
        starts: where each word starts in `words`.
        numbers: the line of each word.
    """

    name: str
    lines: tuple[str, ...]
    words: str
    starts: list[int] = field(repr=False)
    numbers: list[int] = field(repr=False)

    @classmethod
    def of(cls, name: str, text: str) -> SourceFile:
        """Read a file."""
        lines, words, starts, numbers, at = [], [], [], [], 0
        for number, typed in enumerate(text.splitlines(), 1):
            lines.append(plain(typed))
            for word in _WORD.findall(_SILENT.sub(" ", typed.translate(_CURLY)).casefold()):
                words.append(word)
                starts.append(at)
                numbers.append(number)
                at += len(word) + 1
        return cls(name, tuple(lines), f" {' '.join(words)} ", starts, numbers)

    @cached_property
    def listed(self) -> list[str]:
        """List its words."""
        return self.words.split()

    def find(self, words: list[str], after: int) -> int | None:
        """Return the rank of the word at which some words start, `after` a rank; None if none."""
        wanted = f" {' '.join(words)} "
        start = self.starts[after] if after < len(self.starts) else len(self.words)
        at = self.words.find(wanted, start)
        return bisect_right(self.starts, at) - 1 if at >= 0 else None


Piece = list[tuple[str, int]]  # words, each with the offset at which it ends


@dataclass(frozen=True)
class SourcePlaces:
    """The places of what a mail says, piece by piece, in the files named."""

    files: tuple[SourceFile, ...]
    pieces: list[Piece]

    @cached_property
    def _words(self) -> list[list[str]]:
        return [[word for word, _ in piece] for piece in self.pieces]

    @cached_property
    def _main(self) -> dict[int, int]:
        """Pair the words of the mail with those of its own file, both in their order."""
        if not self.files:
            return {}
        mine, theirs = [word for words in self._words for word in words], self.files[0].listed
        blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
        return {ours + at: its + at for ours, its, size in blocks for at in range(size)}

    @cached_property
    def _pairs(self) -> list[tuple[SourceFile, dict[int, int]] | None]:
        """Return for each piece the file that it comes from, and the words of both in pairs."""
        pairs: list[tuple[SourceFile, dict[int, int]] | None] = []
        after = {source.name: 0 for source in self.files[1:]}
        first = 0
        for words in self._words:
            ranks = range(first, first + len(words))
            first += len(words)
            here = {rank - ranks.start: self._main[rank] for rank in ranks if rank in self._main}
            if 2 * len(here) > len(words):
                pairs.append((self.files[0], here))
                continue
            other = self._elsewhere(words, after)
            if other is not None:
                after[other[0].name] = max(other[1].values()) + 1
            pairs.append(other or ((self.files[0], here) if here else None))
        return pairs

    def _elsewhere(
        self, words: list[str], after: dict[str, int]
    ) -> tuple[SourceFile, dict[int, int]] | None:
        """Find a text in the files of what the letter shows."""
        for run in dict.fromkeys((len(words), min(len(words), _RUN))) if words else ():
            for skipped in range(len(words) - run + 1):
                for source, again in product(self.files[1:], (False, True)):
                    wanted = words[skipped : skipped + run]
                    at = source.find(wanted, 0 if again else after[source.name])
                    if at is not None:
                        return source, {skipped + rank: at + rank for rank in range(run)}
        return None

    def at(self, piece: int, offset: int) -> Place | None:
        """Return the place of what is at an offset of a piece; None where it was not typed."""
        known = self._pairs[piece]
        if known is None:
            return None
        rank = bisect_right(self.pieces[piece], offset, key=itemgetter(1))
        before = [own for own in known[1] if own <= rank]
        return self._place(known, before[-1] if before else min(known[1]))

    def image(self, piece: int, offset: int, *, told: bool) -> Place | None:
        """Return the place of an image of a piece, or of what is typed before it.

        Args:
            piece: the rank of the piece.
            offset: the offset of the image in it.
            told: its alternative text is in the piece.
        """
        rank = bisect_left(self.pieces[piece], offset, key=itemgetter(1)) - (not told)
        for at in range(piece, -1, -1):
            known = self._pairs[at]
            before = [own for own in known[1] if at < piece or own <= rank] if known else []
            if known and before:
                return self._place(known, before[-1])
        return None

    @staticmethod
    def _place(known: tuple[SourceFile, dict[int, int]], rank: int) -> Place:
        source, pairs = known
        return Place(source.name, source.numbers[pairs[rank]], pairs[rank])

    def having(self, needle: str, host: str) -> list[Place]:
        """List the places of some words or of an address, as whole as they can be found."""
        wanted = plain(needle)
        path = wanted.removeprefix(f"https://{host}")
        slug = path.strip("/").rpartition("/")[2]
        few = " ".join(wanted.split()[:4])
        for words in dict.fromkeys((wanted, path, slug, few)):
            places = [*self._lines_with(words)] if len(words) > 1 else []
            if places:
                return places
        return []

    def _lines_with(self, words: str) -> Iterable[Place]:
        for source in self.files:
            for number, line in enumerate(source.lines, 1):
                for rank in range(line.count(words)):
                    yield Place(source.name, number, -1 - rank)


def nearest(places: list[Place], hint: Place) -> list[Place]:
    """Return the places on the line that goes with a hint: its own, or one just below."""
    below = [
        place
        for place in places
        if place.file == hint.file and 0 <= (place.line or 0) - (hint.line or 0) <= _AFTER
    ]
    first = min((place.line or 0 for place in below), default=0)
    return [place for place in below if place.line == first]


def words_of(text: str) -> Piece:
    """Return the words of a text."""
    return [(word[0].casefold(), word.end()) for word in _WORD.finditer(text)]


def plain(text: str) -> str:
    """Reduce text to what an editor typed: all spaces, and all quotation marks, become alike."""
    bare = re.sub(r"[«»\"]", '"', text.translate(_CURLY))
    return _SPACES.sub(" ", bare.replace("\u034f", "").replace("\u200c", "")).strip().casefold()
