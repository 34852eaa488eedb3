"""The year of an infolettre: the days on which it goes out, and where each edition stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from axtra.content.model import Library, Newsletter, NewsletterType, Status
from axtra.core.diagnostics import Diagnostic, errors

Sent = Callable[[Newsletter], bool]


class State(StrEnum):
    """Where an edition stands, in French."""

    TO_WRITE = "à écrire"
    READY = "prête"
    SENT = "envoyée"
    SKIPPED = "sautée"  # its day went by without it


@dataclass(frozen=True, slots=True)
class Entry:
    """One day of the calendar; `letter` is None when nothing is written, `lacks` is in French."""

    day: date
    newsletter_type: NewsletterType
    letter: Newsletter | None
    state: State
    lacks: tuple[str, ...] = ()


def registered(days: Mapping[str, date]) -> Sent:
    """Tell which editions have left, by the register of what was sent.

    An edition older than the register left on its day; a newer one has left once it is there.

    Args:
        days: the day on which each registered edition was sent.
    """
    first = min(days.values(), default=date.max)

    def sent(letter: Newsletter) -> bool:
        older = letter.date is not None and letter.date.date() < first
        return letter.slug in days or (older and letter.status is Status.PUBLISHED)

    return sent


def every(library: Library, found: Sequence[Diagnostic], sent: Sent) -> list[Entry]:
    """List the editions that exist, oldest first."""
    letters = [one for one in library.items if isinstance(one, Newsletter)]
    entries = [_entry(letter, found, sent) for letter in letters if letter.date]
    return sorted(entries, key=_order)


def calendar(year: int, library: Library, found: Sequence[Diagnostic], sent: Sent) -> list[Entry]:
    """List the editions of a year, those that remain to be written among them.

    Args:
        year: a calendar year.
        library: the content.
        found: the problems of the content, which say what an edition lacks.
        sent: tells whether an edition has left.
    """
    entries = [one for one in every(library, found, sent) if one.day.year == year]
    today = library.moment.date()
    for one in library.newsletter_types:
        taken = {entry.day for entry in entries if entry.newsletter_type is one}
        for day in days(one, year):
            if day not in taken:
                state = State.SKIPPED if day < today else State.TO_WRITE
                command = f"axtra nouveau infolettre --date {day:%Y-%m-%d}"
                lacks = () if state is State.SKIPPED else (f"le texte :  {command}",)
                entries.append(Entry(day, one, None, state, lacks))
    return sorted(entries, key=_order)


def days(newsletter_type: NewsletterType, year: int) -> Iterator[date]:
    """Walk the days of a year on which an infolettre goes out, by its rhythm."""
    first, step = newsletter_type.first, newsletter_type.every
    if first is None or step is None:
        return
    start = max(first, date(year, 1, 1))
    day = first + timedelta(days=-(-(start - first).days // step) * step)
    while day.year == year:
        yield day
        day += timedelta(days=step)


def following(entries: Iterable[Entry]) -> Entry | None:
    """Find the next edition to send."""
    return next((one for one in entries if one.state in {State.TO_WRITE, State.READY}), None)


def _order(entry: Entry) -> tuple[date, str]:
    return (entry.day, entry.letter.slug if entry.letter else "")


def _entry(letter: Newsletter, found: Sequence[Diagnostic], sent: Sent) -> Entry:
    assert letter.date is not None  # noqa: S101 - the caller chose those that have one
    lacks = tuple(_lacks(letter, found))
    gone = sent(letter)
    state = State.SENT if gone else State.TO_WRITE if lacks else State.READY
    return Entry(letter.date.date(), letter.newsletter_type, letter, state, () if gone else lacks)


def _lacks(letter: Newsletter, found: Sequence[Diagnostic]) -> Iterator[str]:
    own = [one for one in found if one.file == letter.source]
    unfinished = [one for one in own if one.rule == "a-completer"]
    if unfinished:
        lines = ", ".join(str(one.line) for one in unfinished)
        yield f"« à compléter » ({'ligne' if len(unfinished) == 1 else 'lignes'} {lines})"
    for one in errors(own):
        yield one.problem
    if letter.status is Status.DRAFT:
        yield "effacer « statut: brouillon »"
    if letter.audience is None:
        yield "« public » : la liste d’envoi"
