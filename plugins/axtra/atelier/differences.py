"""Two versions of a text shown word by word: what was taken away, what was added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_PIECE = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")  # a word goes with the space after it
_AROUND = 40  # pieces kept on each side of a change

Change = tuple[str, str]  # « même », « retiré », « ajouté » or « … », then the text


def differences(before: str, after: str) -> list[Change]:
    """Return the pieces of two texts, those that stayed far from a change left out."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    made: list[Change] = []
    for tag, start, stop, new_start, new_stop in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            made.extend(_short(old[start:stop], first=not made, last=stop == len(old)))
            continue
        if start < stop:
            made.append(("retiré", "".join(old[start:stop])))
        if new_start < new_stop:
            made.append(("ajouté", "".join(new[new_start:new_stop])))
    return made if any(kind in {"retiré", "ajouté"} for kind, _ in made) else []


def _short(pieces: list[str], *, first: bool, last: bool) -> Iterator[Change]:
    if len(pieces) <= 2 * _AROUND:
        yield "même", "".join(pieces)
        return
    if not first:
        yield "même", "".join(pieces[:_AROUND])
    yield "…", ""
    if not last:
        yield "même", "".join(pieces[-_AROUND:])
