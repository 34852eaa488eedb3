"""What falls due in the content, and when: a text appears, an event is over, a call closes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from axtra.content.model import Article, Centre, Event, Item, Library, Numero, Release, Status
from axtra.core.dates import ZONE, has_come


class Change(StrEnum):
    """What happens to an item by itself, in French."""

    APPEARS = "parution"
    RELEASED = "fin de l’embargo"
    OVER = "fin de l’événement"
    CLOSED = "fin de l’appel de textes"
    STALE = "un an depuis sa dernière vérification"


@dataclass(frozen=True, slots=True)
class DueDate:
    """A moment from which the site is no longer the same."""

    moment: datetime
    change: Change
    item: Item

    @property
    def key(self) -> str:
        """Return what tells it from any other, in any reading of the content."""
        return f"{self.item.source} {self.change.name} {self.moment.isoformat()}"

    def __str__(self) -> str:
        """Return « Un titre » (nouvelle) : parution."""
        return f"« {self.item.title.plain} » ({self.item.kind.label}) : {self.change}"


def due_dates(library: Library) -> list[DueDate]:
    """List every moment at which the site changes by itself, in the order of time."""
    found = (due for item in library.items for due in _of(item))
    return sorted(found, key=lambda due: (due.moment.timestamp(), due.item.source))


def fallen_due(library: Library, since: datetime, present: datetime) -> list[DueDate]:
    """List what fell due after a moment, and not later than the present."""
    return [due for due in still_to_come(library, since) if has_come(due.moment, present)]


def still_to_come(library: Library, since: datetime) -> list[DueDate]:
    """List what falls due after a moment."""
    return [due for due in due_dates(library) if not has_come(due.moment, since)]


def _of(item: Item) -> Iterator[DueDate]:
    if item.status is Status.DRAFT:
        return
    moments = list(_conditions(item))
    if moments:
        moment = max(moments, key=datetime.timestamp)
        embargo = isinstance(item, Release) and item.embargo == moment
        yield DueDate(moment, Change.RELEASED if embargo else Change.APPEARS, item)
    if isinstance(item, Event):
        yield from _after(item.last_day, Change.OVER, item)
    if isinstance(item, Centre) and item.verified:
        yield from _after(item.last_fresh_day, Change.STALE, item)
    if isinstance(item, Numero) and item.call and item.call.deadline:
        yield from _after(item.call.deadline, Change.CLOSED, item)


def _conditions(item: Item) -> Iterator[datetime]:
    """Yield the moments before which an item does not appear."""
    if item.date:
        yield item.date
    if isinstance(item, Release) and item.embargo:
        yield item.embargo
    if isinstance(item, Article):
        yield from _conditions(item.numero)


def _after(day: date, change: Change, item: Item) -> Iterator[DueDate]:
    """Yield what happens at the first moment after a day, in Quebec."""
    if day < date.max:
        yield DueDate(datetime.combine(day + timedelta(days=1), time(), ZONE), change, item)
