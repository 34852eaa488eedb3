"""What a letter carries: cards chosen by rule, and what earlier letters have carried already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import TypeAlias

from axtra.content.audiences import ANY_MAIL
from axtra.content.model import (
    Article,
    Body,
    Event,
    Item,
    Library,
    Newsletter,
    Rubrique,
    Status,
    Subject,
    shown_to,
    walk,
)

RECENT = 6  # editions back that a reader remembers: three months of bimensuelles


@dataclass(frozen=True, slots=True)
class ListRule:
    """Which items a block « articles » shows: of a class, since a day, at most so many."""

    cls: type[Item]
    rubrique: Rubrique | None = None
    subject: Subject | None = None
    since: date | None = None
    most: int = 3

    def choose(self, reader: Item, library: Library, taken: Collection[str]) -> tuple[Item, ...]:
        """Choose for the body of an item, in editorial order.

        A page shows all that has appeared; a letter, what had appeared on its day and that no
        letter has carried; a text still to come, what will have appeared.

        Args:
            reader: the item that shows the cards.
            library: what there is to choose from.
            taken: addresses that are not to be shown (again).
        """
        fitting = [
            item
            for item in available(self.cls, reader, library)
            if (self.rubrique is None or _rubrique(item) is self.rubrique)
            and (self.subject is None or self.subject in item.subjects)
            and (self.since is None or item.date is None or item.date.date() >= self.since)
            and item.url not in taken
        ]
        return tuple(fitting[: self.most])


def _rubrique(item: Item) -> Rubrique | None:
    return item.rubrique if isinstance(item, Article) else None


def available(cls: type[Item], reader: Item, library: Library) -> Iterator[Item]:
    """Walk what a body may choose from: newest first, but events soonest first in a letter."""
    waits = reader.status is not Status.PUBLISHED
    letter = reader if isinstance(reader, Newsletter) else None
    items = [
        item
        for item in library.items
        if isinstance(item, cls)
        and item is not reader
        and (
            item.status is Status.PUBLISHED
            or (waits and item.status is Status.SCHEDULED)
            or (item.shown and letter is None)
        )
    ]
    if letter is None or letter.date is None:
        yield from items
        return
    day = letter.date.date()
    appeared = [item for item in items if item.date is None or item.date.date() <= day]
    if issubclass(cls, Event):
        ahead = [event for event in appeared if isinstance(event, Event) and event.last_day >= day]
        yield from reversed(ahead)
    else:
        yield from appeared


def addresses(body: Body) -> Iterator[str]:
    """Walk where the cards and links of a mail lead; a sommaire announces, it does not carry."""
    for node in walk(shown_to(ANY_MAIL, body)):
        yield from (item.url for item in node.cards)
        yield from node.links


Carried: TypeAlias = tuple[Newsletter, frozenset[str]]  # a letter, and the addresses in it


@dataclass(slots=True)
class EarlierLetters:
    """What the letters read so far carry; they are remembered in the order of their days."""

    letters: list[Carried] = field(default_factory=list)

    def remember(self, letter: Newsletter, body: Body) -> None:
        """Keep what a letter carries."""
        self.letters.append((letter, frozenset(addresses(body))))

    def rewind(self, letter: Newsletter) -> list[Carried]:
        """Forget a letter and those that come after it; return them, with what they carried."""
        known = [other for other, _ in self.letters]
        gone = self.letters[known.index(letter) :]
        del self.letters[-len(gone) :]
        return gone

    def before(self, letter: Newsletter) -> Iterator[Carried]:
        """Walk the earlier letters for the same readers, latest first.

        For a published letter, only published ones count; for a letter in preparation, all do.
        """
        waits = letter.status is not Status.PUBLISHED
        return (
            (other, carried)
            for other, carried in reversed(self.letters)
            if other.audience == letter.audience and (waits or other.status is Status.PUBLISHED)
        )

    def taken(self, letter: Newsletter) -> set[str]:
        """Return every address that earlier letters carried."""
        return {address for _, carried in self.before(letter) for address in carried}

    def carrier(self, letter: Newsletter, address: str) -> Newsletter | None:
        """Find which of the last letters carried an address, if any did."""
        last = islice(self.before(letter), RECENT)
        return next((other for other, carried in last if address in carried), None)

    def last(self, letter: Newsletter) -> Newsletter | None:
        """Find the letter of the same type that came before."""
        before = (other for other, _ in self.before(letter))
        same = (other for other in before if other.newsletter_type is letter.newsletter_type)
        return next(same, None)


def in_order(letters: Iterable[Newsletter]) -> list[Newsletter]:
    """Order letters by their moments, each after those whose contents it must not repeat."""
    return sorted(
        letters, key=lambda letter: (letter.date.timestamp() if letter.date else 0.0, letter.slug)
    )
