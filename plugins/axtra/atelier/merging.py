"""Two versions of a text brought together: what each changed apart is kept; the rest is chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from merge3 import Merge3


@dataclass(frozen=True, slots=True)
class Conflict:
    """A passage that both changed: what each wrote there."""

    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The text that holds both sides' changes; where both changed a passage, it holds mine."""

    data: bytes
    conflicts: tuple[Conflict, ...]


def merged(
    base: bytes | None, mine: bytes, theirs: bytes, given_up: Collection[int] = ()
) -> Merged:
    """Bring two versions of a text together.

    Args:
        base: what both started from; when nobody knows, every difference is a conflict.
        mine: the version that a form sent.
        theirs: the version that is there now.
        given_up: the ranks of the passages, from 0, where the other version is preferred.
    """
    started, ours, others = (data.splitlines(keepends=True) for data in (base or b"", mine, theirs))
    result: list[bytes] = []
    conflicts: list[Conflict] = []
    for group in Merge3(started, ours, others).merge_groups():
        if group[0] == "conflict":
            result += group[3] if len(conflicts) in given_up else group[2]
            conflicts.append(Conflict(_text(group[2]), _text(group[3])))
        else:
            result += group[1]
    return Merged(b"".join(result), tuple(conflicts))


def _text(lines: Sequence[bytes]) -> str:
    return b"".join(lines).decode(errors="replace")
