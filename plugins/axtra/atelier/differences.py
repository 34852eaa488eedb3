"""Two versions of a text shown word by word: what was taken away, what was added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from axtra.atelier.forms import split_label
from axtra.content.editing import EditableText, UnreadableHeaderError
from axtra.content.schema import Kind

_PIECE = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")  # a word goes with the space after it
_AROUND = 40  # pieces kept on each side of a change

Change = tuple[str, str]  # « même », « retiré », « ajouté » or « … », then the text


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """A part of a text that changed: a key of its header by its label, or its body (« Texte »)."""

    label: str
    changes: tuple[Change, ...]


def changed_parts(
    before: bytes, after: bytes, kind: Kind, around: int = _AROUND
) -> list[ChangedPart]:
    """Return what changed between two versions of a text, in the order of a form."""
    old, new = (EditableText.of(data.decode(errors="replace").encode()) for data in (before, after))
    parts: list[tuple[str, str, str]] = []
    try:
        known, now = old.fields(kind), new.fields(kind)
    except UnreadableHeaderError:
        parts.append(("En-tête", old.header, new.header))
    else:
        parts += [
            (split_label(key)[0], known.get(key.name, ""), now.get(key.name, ""))
            for key in kind.keys
        ]
    parts.append(("Texte", old.body, new.body))
    found = (ChangedPart(label, tuple(differences(was, now, around))) for label, was, now in parts)
    return [part for part in found if part.changes]


def differences(before: str, after: str, around: int = _AROUND) -> list[Change]:
    """Return the pieces of two texts; of those that stayed, `around` on each side of a change."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    made: list[Change] = []
    for tag, start, stop, new_start, new_stop in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            made.extend(_short(old[start:stop], around, first=not made, last=stop == len(old)))
            continue
        if start < stop:
            made.append(("retiré", "".join(old[start:stop])))
        if new_start < new_stop:
            made.append(("ajouté", "".join(new[new_start:new_stop])))
    return made if any(kind in {"retiré", "ajouté"} for kind, _ in made) else []


def _short(pieces: list[str], around: int, *, first: bool, last: bool) -> Iterator[Change]:
    if len(pieces) <= 2 * around:
        yield "même", "".join(pieces)
        return
    if not first:
        yield "même", "".join(pieces[:around])
    yield "…", ""
    if not last:
        yield "même", "".join(pieces[-around:])
