"""The calendar of an infolettre: the days on which it is sent, and the state of each edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from axtra.content.model import Library, Newsletter, NewsletterType, Status
from axtra.core.diagnostics import Diagnostic, errors

Sent = Callable[[Newsletter], bool]


class EditionState(StrEnum):
    """The state of an edition, in French."""

    TO_WRITE = "à écrire"
    READY = "prête"
    SENT = "envoyée"
    SKIPPED = "sautée"  # its day passed and nothing was sent


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One day of the calendar; `letter` is None when nothing is written, `lacks` is in French."""

    day: date
    newsletter_type: NewsletterType
    letter: Newsletter | None
    state: EditionState
    lacks: tuple[str, ...] = ()


def registered(days: Mapping[str, date]) -> Sent:
    """Return a function that tells whether an edition has been sent, according to the register.

    An edition older than the register was sent on its day; a newer edition, once it is listed.

    Args:
        days: the day on which each registered edition was sent.
    """
    first = min(days.values(), default=date.max)

    def sent(letter: Newsletter) -> bool:
        older = letter.date is not None and letter.date.date() < first
        return letter.slug in days or (older and letter.status is Status.PUBLISHED)

    return sent


def every(library: Library, diagnostics: Sequence[Diagnostic], sent: Sent) -> list[CalendarEntry]:
    """List the editions that exist, oldest first."""
    letters = [item for item in library.items if isinstance(item, Newsletter)]
    entries = [_entry(letter, diagnostics, sent) for letter in letters if letter.date]
    return sorted(entries, key=_order)


def calendar(
    year: int, library: Library, diagnostics: Sequence[Diagnostic], sent: Sent
) -> list[CalendarEntry]:
    """List the editions of a year, including those still to be written.

    Args:
        year: a calendar year.
        library: the content.
        diagnostics: the problems of the content, which say what an edition lacks.
        sent: tells whether an edition has been sent.
    """
    entries = [entry for entry in every(library, diagnostics, sent) if entry.day.year == year]
    today = library.moment.date()
    for newsletter_type in library.newsletter_types:
        written_days = {entry.day for entry in entries if entry.newsletter_type is newsletter_type}
        for day in days(newsletter_type, year):
            if day not in written_days:
                state = EditionState.SKIPPED if day < today else EditionState.TO_WRITE
                command = f"axtra nouveau infolettre --date {day:%Y-%m-%d}"
                lacks = () if state is EditionState.SKIPPED else (f"le texte :  {command}",)
                entries.append(CalendarEntry(day, newsletter_type, None, state, lacks))
    return sorted(entries, key=_order)


def days(newsletter_type: NewsletterType, year: int) -> Iterator[date]:
    """Yield the days of a year on which an infolettre is sent, according to its rhythm."""
    first, step = newsletter_type.first, newsletter_type.every
    if first is None or step is None:
        return
    start = max(first, date(year, 1, 1))
    day = first + timedelta(days=-(-(start - first).days // step) * step)
    while day.year == year:
        yield day
        day += timedelta(days=step)


def following(entries: Iterable[CalendarEntry]) -> CalendarEntry | None:
    """Return the next edition to send."""
    return next(
        (entry for entry in entries if entry.state in {EditionState.TO_WRITE, EditionState.READY}),
        None,
    )


def _order(entry: CalendarEntry) -> tuple[date, str]:
    return (entry.day, entry.letter.slug if entry.letter else "")


def _entry(letter: Newsletter, diagnostics: Sequence[Diagnostic], sent: Sent) -> CalendarEntry:
    assert letter.date is not None  # noqa: S101 - the caller chose those that have one
    lacks = tuple(_lacks(letter, diagnostics))
    is_sent = sent(letter)
    state = EditionState.SENT if is_sent else EditionState.TO_WRITE if lacks else EditionState.READY
    return CalendarEntry(
        letter.date.date(), letter.newsletter_type, letter, state, () if is_sent else lacks
    )


def _lacks(letter: Newsletter, diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    of_letter = [diagnostic for diagnostic in diagnostics if diagnostic.file == letter.source]
    unfinished = [diagnostic for diagnostic in of_letter if diagnostic.rule == "a-completer"]
    if unfinished:
        lines = ", ".join(str(diagnostic.line) for diagnostic in unfinished)
        yield f"« à compléter » ({'ligne' if len(unfinished) == 1 else 'lignes'} {lines})"
    for diagnostic in errors(of_letter):
        yield diagnostic.problem
    if letter.status is Status.DRAFT:
        yield "effacer « statut: brouillon »"
    if letter.audience is None:
        yield "« public » : la liste d’envoi"
