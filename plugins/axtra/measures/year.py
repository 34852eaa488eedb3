"""The year in figures: what the content, the ledger, the register and the logs know of a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from axtra.content.model import (
    Article,
    Event,
    Item,
    Library,
    News,
    Newsletter,
    Numero,
    Publication,
    Release,
    Status,
)
from axtra.core.dates import ZONE
from axtra.measures.months import FEW, LEAST, Month, Number
from axtra.measures.own_figures import OwnFigure
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import MessageState, is_welcome
from axtra.subscribers import Register
from axtra.subscribers.register.population import Population, departures, population

_MOST = 10  # texts, sites: those that are read most


@dataclass(frozen=True, slots=True)
class Period:
    """Days from a first to a last one, both included."""

    first: date
    last: date

    def __contains__(self, day: date | None) -> bool:
        """Tell whether a day, or the day of a moment, is one of these."""
        if day is None:
            return False
        return self.first <= (day.date() if isinstance(day, datetime) else day) <= self.last

    @property
    def start(self) -> datetime:
        """Return its first moment."""
        return datetime.combine(self.first, time(), ZONE)

    @property
    def end(self) -> datetime:
        """Return the first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), ZONE)

    @classmethod
    def of_year(cls, year: int) -> Period:
        """Return the days of a year."""
        return cls(date(year, 1, 1), date(year, 12, 31))


@dataclass(frozen=True, slots=True)
class Published:
    """What appeared: texts that readers have, by the date that places them."""

    numeros: int
    articles: int
    authors: int
    rubriques: Mapping[str, int]
    words: int
    news: int
    publications: int
    releases: int
    events: int
    newsletters: int
    newsletters_by_type: Mapping[str, int]
    corrections: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What left: messages of the editions that departed in the period; tests are not counted."""

    editions: int
    recipients: int
    accepted: int
    refused: int
    departures: int | None  # subscriptions that people ended


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Who was subscribed on the first and on the last day, in numbers."""

    start: Population
    end: Population


@dataclass(frozen=True, slots=True)
class Readership:
    """The readership of the whole months of the period."""

    months: tuple[Month, ...]
    visits: tuple[int, int]
    between: tuple[int, int]
    views: tuple[int, int]
    kinds: Mapping[str, tuple[int, int]]
    pages: Sequence[tuple[str, tuple[int, int]]]
    downloads: Sequence[tuple[str, tuple[int, int]]]
    feeds: Mapping[str, Number]  # as in the last month of the period
    origins: Sequence[tuple[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Year:
    """All that is known of a period; what nothing was kept of is None."""

    name: int
    period: Period
    published: Published
    sent: Sent | None = None
    subscribed: Subscribed | None = None
    findings: Mapping[str, int] = field(default_factory=dict)
    readership: Readership | None = None
    own: Sequence[OwnFigure] = ()


def published(library: Library, period: Period) -> Published:
    """Count what appeared in a period: articles by their numéro's date, events by their start."""
    texts = list(_appeared(library, period))
    articles = [item for item in texts if isinstance(item, Article)]
    letters = [item for item in texts if isinstance(item, Newsletter)]
    signed = {author.slug for item in texts for author in getattr(item, "authors", ())}
    every = (item for item in library.items if item.status is Status.PUBLISHED)
    corrections = sum(
        correction.date in period
        for item in every
        for correction in getattr(item, "corrections", ())
    )
    return Published(
        numeros=_count(texts, Numero),
        articles=len(articles),
        authors=len(signed),
        rubriques=Counter(article.rubrique.slug for article in articles),
        words=sum(item.words for item in texts if isinstance(item, Numero | Article | News)),
        news=_count(texts, News),
        publications=_count(texts, Publication),
        releases=_count(texts, Release),
        events=_count(texts, Event),
        newsletters=len(letters),
        newsletters_by_type=Counter(letter.newsletter_type.slug for letter in letters),
        corrections=corrections,
    )


def _appeared(library: Library, period: Period) -> Iterator[Item]:
    for item in library.items:
        if item.status is not Status.PUBLISHED:
            continue
        when = item.numero.date if isinstance(item, Article) else item.when
        if when is not None and when.astimezone(ZONE) in period:
            yield item


def _count(items: Iterable[Item], cls: type[Item]) -> int:
    return sum(isinstance(item, cls) for item in items)


def sent(ledger: Ledger, register: Register | None, period: Period) -> Sent:
    """Count what departed in a period; a letter of welcome is no edition.

    Raises:
        FolderError: the disk refuses.
    """
    editions = {
        frozen.edition
        for frozen in ledger.departed()
        if not is_welcome(frozen.edition)
        and frozen.departed is not None
        and frozen.departed.astimezone(ZONE) in period
    }
    counts: Counter[MessageState] = Counter()
    for edition in editions:
        counts.update(ledger.counts(edition))
    return Sent(
        editions=len(editions),
        recipients=counts.total() - counts[MessageState.EXCLUDED],
        accepted=counts[MessageState.ACCEPTED],
        refused=counts[MessageState.REFUSED],
        departures=departures(register, period.start, period.end) if register else None,
    )


def subscribed(register: Register, period: Period) -> Subscribed:
    """Count who was subscribed when a period began, and when it ended.

    Raises:
        FolderError: the disk refuses.
    """
    return Subscribed(population(register, period.start), population(register, period.end))


def readership(months: Iterable[Month], period: Period) -> Readership | None:
    """Add up the months that are wholly in a period; None when there is none."""
    whole = tuple(month for month in months if _is_within(month, period))
    if not whole:
        return None
    return Readership(
        months=whole,
        visits=_sum(month.visits for month in whole),
        between=(
            _sum(month.between[0] for month in whole)[0],
            _sum(month.between[1] for month in whole)[1],
        ),
        views=_sum(month.views for month in whole),
        kinds=dict(_added(month.kinds for month in whole)),
        pages=_most(month.pages for month in whole),
        downloads=_most(month.downloads for month in whole),
        feeds=whole[-1].feeds,
        origins=_most(month.origins for month in whole),
    )


def _is_within(month: Month, period: Period) -> bool:
    first = date.fromisoformat(f"{month.name}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    return first >= period.first and after - timedelta(days=1) <= period.last


def _sum(numbers: Iterable[Number]) -> tuple[int, int]:
    """Add numbers of which some are only known to be small: return the least and the most."""
    low = high = 0
    for number in numbers:
        low += number if isinstance(number, int) else 1
        high += number if isinstance(number, int) else LEAST - 1
    return low, high


def _added(tables: Iterable[Mapping[str, Number]]) -> dict[str, tuple[int, int]]:
    held: dict[str, list[Number]] = {}
    for table in tables:
        for name, number in table.items():
            held.setdefault(name, []).append(number)
    return {name: _sum(numbers) for name, numbers in held.items()}


def _most(tables: Iterable[Mapping[str, Number]]) -> list[tuple[str, tuple[int, int]]]:
    rows = sorted(_added(tables).items(), key=lambda row: (-row[1][1], row[0]))
    return rows[:_MOST]


def as_json(year: Year) -> dict[str, Any]:
    """Return a year as the command prints it for programs."""
    was = year.published
    result: dict[str, Any] = {
        "annee": year.name,
        "du": f"{year.period.first}",
        "au": f"{year.period.last}",
        "numeros": was.numeros,
        "articles": was.articles,
        "auteurs": was.authors,
        "rubriques": dict(was.rubriques),
        "mots": was.words,
        "nouvelles": was.news,
        "publications": was.publications,
        "communiques": was.releases,
        "evenements": was.events,
        "infolettres": was.newsletters,
        "infolettres-par-type": dict(was.newsletters_by_type),
        "corrections": was.corrections,
        "accessibilite": dict(year.findings),
        "envois": None,
        "abonnes": None,
        "lectorat": None,
        "ailleurs": [
            {"groupe": own.group, "quoi": own.label, "nombre": own.number} for own in year.own
        ],
    }
    if year.sent:
        result["envois"] = {
            "editions": year.sent.editions,
            "destinataires": year.sent.recipients,
            "acceptes": year.sent.accepted,
            "refuses": year.sent.refused,
            "desabonnements": year.sent.departures,
        }
    if year.subscribed:
        result["abonnes"] = {
            name: {
                "personnes": count.people,
                "consentements": {basis.value: number for basis, number in count.bases.items()},
            }
            for name, count in (("debut", year.subscribed.start), ("fin", year.subscribed.end))
        }
    if read := year.readership:
        result["lectorat"] = {
            "mois": {month.name: month.visits for month in read.months},
            "visites": _said(read.visits),
            "visites-entre": list(read.between),
            "pages-vues": _said(read.views),
            "genres": {name: _said(number) for name, number in read.kinds.items()},
            "pages": {name: _said(number) for name, number in read.pages},
            "telechargements": {name: _said(number) for name, number in read.downloads},
            "flux": dict(read.feeds),
            "provenances": {name: _said(number) for name, number in read.origins},
        }
    return result


def _said(number: tuple[int, int]) -> int | str | list[int]:
    """Return an exact number, « moins de 5 », or the least and the most that it can be."""
    low, high = number
    if low == high:
        return low
    return FEW if high < LEAST else [low, high]
