"""What is decided from a layout, kept from one edit to the next.

An editor who corrects a text waits for the PDF of its numéro: only what the text changes is laid
out again, then the whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field

from axtra.books.baseline import Box
from axtra.books.composition import Length, Opener, Place
from axtra.core.cache import Store


@dataclass(frozen=True, slots=True)
class LayoutFacts:
    """Facts of a layout, by the names of parts, boxes and anchors.

    Attributes:
        boxes: the marked boxes that no page cuts.
        places: where each part is.
        lengths: what each part will take in two columns.
        folios: the page of each anchor.
        notes: the names of the notes at the foot of each page that has some.
    """

    boxes: Mapping[str, Box] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    lengths: Mapping[str, Length] = field(default_factory=dict)
    folios: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class KeptFacts:
    """The facts of the last layouts of a book, by keys that name all that each was made from.

    Args:
        store: where they are kept; None keeps nothing.
        name: their key in the store.
    """

    store: Store | None = None
    name: str = ""
    _known: dict[str, LayoutFacts] | None = None
    _used: dict[str, LayoutFacts] = field(default_factory=dict)

    def get(self, key: str) -> LayoutFacts | None:
        """Return the facts of a layout, if they are known."""
        if self._known is None:
            data = self.store.get(self.name) if self.store else None
            self._known = _load(data) if data else {}
        if found := self._known.get(key):
            self._used[key] = found
        return found

    def put(self, key: str, facts: LayoutFacts) -> None:
        """Note the facts of a layout."""
        self._used[key] = facts

    def save(self) -> None:
        """Keep what served, and nothing else."""
        if self.store:
            self.store.put(self.name, _dump(self._used))


def _dump(known: Mapping[str, LayoutFacts]) -> bytes:
    return json.dumps({key: astuple(facts) for key, facts in known.items()}).encode()


def _load(data: bytes) -> dict[str, LayoutFacts]:
    return {
        key: LayoutFacts(
            {name: Box(*box) for name, box in boxes.items()},
            {name: Place(*place) for name, place in places.items()},
            {
                name: Length({Opener(opener): head for opener, head in heads.items()}, rest)
                for name, (heads, rest) in lengths.items()
            },
            folios,
            {int(page): tuple(names) for page, names in notes.items()},
        )
        for key, (boxes, places, lengths, folios, notes) in json.loads(data).items()
    }
