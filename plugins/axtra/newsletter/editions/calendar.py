"""The calendar of an infolettre: the days on which it is sent, and the state of each edition."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from axtra.content.model import Library, Newsletter, NewsletterType, Status
from infolettre.core.diagnostics import Diagnostic, Severity

STALE = timedelta(days=3)  # an edition of Wednesday may still leave on Saturday


class EditionState(StrEnum):
    """The state of an edition, in French."""

    TO_WRITE = "à écrire"
    READY = "prête"
    SENT = "envoyée"
    SKIPPED = "sautée"  # its day passed and nothing was sent


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One day of the calendar; `letter` is None when nothing is written, or nothing that reads.

    `lacks` is in French; `file` is what was written, if anything was.
    """

    day: date
    newsletter_type: NewsletterType
    letter: Newsletter | None
    state: EditionState
    lacks: tuple[str, ...] = ()
    file: str = ""

    @property
    def slug(self) -> str:
        """Return the name of the edition, or nothing."""
        return self.letter.slug if self.letter else _slug_of(self.file)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What tells the state of each edition.

    Attributes:
        sent: the editions that the register of what was sent names.
        lacks: returns the problems that keep an edition from leaving; asked of those that may.
        unread: the files of the letters whose mistakes hide all that they hold.
    """

    sent: Collection[str]
    lacks: Callable[[Newsletter], Sequence[Diagnostic]]
    unread: Mapping[str, Sequence[Diagnostic]] = field(default_factory=dict)


def every(library: Library, judgement: Judgement) -> list[CalendarEntry]:
    """List the editions that exist, oldest first."""
    return _written(library, judgement, lambda _: True)


def calendar(year: int, library: Library, judgement: Judgement) -> list[CalendarEntry]:
    """List the editions of a year, including those still to be written."""
    entries = _written(library, judgement, lambda day: day.year == year)
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
    return (entry.day, entry.file)


def _written(
    library: Library, judgement: Judgement, wanted: Callable[[date], bool]
) -> list[CalendarEntry]:
    letters = [item for item in library.items if isinstance(item, Newsletter)]
    entries = [
        _entry(letter, letter.date, library.moment, judgement)
        for letter in letters
        if letter.date and wanted(letter.date.date())
    ]
    for file, found in judgement.unread.items():
        day, slug = _day_of(file), _slug_of(file)
        if day and wanted(day) and library.newsletter_types:
            newsletter_type = _type_of(slug, library.newsletter_types)
            sent = slug in judgement.sent
            state = EditionState.SENT if sent else EditionState.TO_WRITE
            lacks = () if sent else tuple(_lacks(found))
            entries.append(CalendarEntry(day, newsletter_type, None, state, lacks, file))
    return sorted(entries, key=_order)


def _slug_of(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".md")


def _day_of(file: str) -> date | None:
    """Return the day in the name of the file of a letter."""
    try:
        return date.fromisoformat(_slug_of(file)[: len("2026-12-02")])
    except ValueError:
        return None


def _type_of(slug: str, known: Sequence[NewsletterType]) -> NewsletterType:
    """Return the type that a slug ends with, else the first, which needs no name."""
    return next((its for its in known if slug.endswith(f"-{its.slug}")), known[0])


def _entry(
    letter: Newsletter, due: datetime, moment: datetime, judgement: Judgement
) -> CalendarEntry:
    lacks: tuple[str, ...] = ()
    stale = due < moment - STALE
    if letter.slug in judgement.sent:
        state = EditionState.SENT
    elif stale and letter.status is not Status.DRAFT:
        state = EditionState.SKIPPED
    else:
        lacks = (*_lacks(judgement.lacks(letter)), *_own_lacks(letter, stale=stale))
        state = EditionState.TO_WRITE if lacks else EditionState.READY
    return CalendarEntry(due.date(), letter.newsletter_type, letter, state, lacks, letter.source)


def _lacks(found: Sequence[Diagnostic]) -> Iterator[str]:
    unfinished = [diagnostic for diagnostic in found if diagnostic.rule == "a-completer"]
    if unfinished:
        lines = ", ".join(str(diagnostic.line) for diagnostic in unfinished)
        yield f"« à compléter » ({'ligne' if len(unfinished) == 1 else 'lignes'} {lines})"
    for diagnostic in found:
        if diagnostic.severity is Severity.ERROR and diagnostic.rule != "a-completer":
            yield diagnostic.problem


def _own_lacks(letter: Newsletter, *, stale: bool) -> Iterator[str]:
    if letter.status is Status.DRAFT:
        yield "effacer « statut: brouillon »"
    if stale:
        yield "« date » : ce jour est passé"
    if letter.audience is None:
        yield "« public » : la liste d’envoi"
