"""Every kind of content, with relations that point one way: an article knows its numéro."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from axtra.content import opening_hours
from axtra.content.model.item import Item
from axtra.content.model.nodes import walk
from axtra.content.model.places import Category, Point, Region
from axtra.content.model.rich_nodes import DataFigure
from axtra.content.model.values import NewsletterType, Rubrique, Text
from axtra.content.opening_hours import OpenHours
from axtra.content.pdf_documents import PdfFault
from axtra.core import dates

_NAMED_SPECIAL = re.compile(r"hors[- ]série\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """A call for papers; `deadline` is a day."""

    text: Text
    deadline: date | None


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule of mails that a letter may break until a day, and why."""

    rule: str
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction made after publication."""

    date: date
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numero(Item):
    """An issue of the magazine; its body is the editorial."""

    volume: int | None = None
    number: int | None = None
    special: Text | None = None  # the name of an issue that has neither volume nor number
    masthead: tuple[Text, ...] = ()
    featured: tuple[str, ...] = ()  # slugs of articles, in the order of the cover
    quoted: str = ""  # the slug of the article of which the home page shows a quotation
    counted: str = ""  # the same for a key figure
    call: Call | None = None

    @property
    def label(self) -> str:
        """Write « Volume 1, numéro 1 », or « Hors-série : Trente ans »."""
        if self.special is None:
            return f"Volume\u00a0{self.volume}, numéro\u00a0{self.number}"
        name = self.special.plain
        if name == self.title.plain:
            return "Hors-série"
        return name if _NAMED_SPECIAL.match(name) else f"Hors-série\u00a0: {name}"

    @property
    def label_within(self) -> str:
        """Write its label within a sentence: « volume 1, numéro 1 »."""
        return self.label[:1].lower() + self.label[1:]

    @property
    def when_words(self) -> str:
        """Say in which month it appeared."""
        return dates.month(self.date) if self.date else ""

    @property
    def front_words(self) -> tuple[Text, ...]:
        """Return its label."""
        return (Text.of(self.label),)

    @property
    def season(self) -> str:
        """Write « Printemps 2019 »; a winter that begins in December has two years."""
        if not self.date:
            return ""
        year, month = self.date.year, self.date.month
        name = ("Hiver", "Printemps", "Été", "Automne")[month % 12 // 3]
        return f"{name} {year}-{year + 1}" if month == 12 else f"{name} {year}"  # noqa: PLR2004


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Author(Item):
    """A person or a team; `title` is the name, the body the biography."""

    family: Text | None = None  # the family name, where the last word of the name is not all of it
    role: Text | None = None
    organisation: Text | None = None

    @property
    def front_words(self) -> tuple[Text, ...]:
        """Return the role and the organisation."""
        return tuple(words for words in (self.role, self.organisation) if words)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dossier(Item):
    """Articles on one theme, in one numéro or over several."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Article(Item):
    """An article of a numéro."""

    numero: Numero
    rubrique: Rubrique
    authors: tuple[Author, ...]
    order: int = 0
    guest: bool = False
    opening: str = ""  # what opens it where it has no image; empty, and it is chosen
    dossier: Dossier | None = None
    reply_link: str | None = None  # as it is typed
    abstract_en: Text | None = None
    audio_link: str | None = None  # as it is typed, like the next
    transcript_link: str | None = None
    licence: Text | None = None  # of the text, where it is not that of the site
    key_points: tuple[Text, ...] = ()
    questions: tuple[Text, ...] = ()
    corrections: tuple[Correction, ...] = ()
    disclosure: Text | None = None

    @property
    def reply_to(self) -> Item | None:
        """Return the text that this letter to the editor answers."""
        return self.resolved.reply_to

    @property
    def audio(self) -> str | None:
        """Return the address of a sound."""
        return self.resolved.audio

    @property
    def transcript(self) -> str | None:
        """Return the address of what its sound says."""
        return self.resolved.transcript

    @property
    def label(self) -> str:
        """Name the rubrique."""
        return self.rubrique.name.plain

    @property
    def sheet_url(self) -> str | None:
        """Return the address of its page for team meetings, if it has something to discuss."""
        return f"{self.url}fiche/" if self.key_points or self.questions else None

    @property
    def chart(self) -> DataFigure | None:
        """Return its first chart."""
        return next((node for node in walk(self.body) if isinstance(node, DataFigure)), None)

    @property
    def front_words(self) -> tuple[Text, ...]:
        """Return who signs it, with their organisation, and what to remember."""
        signed = (
            words
            for author in self.authors
            for words in (author.title, author.organisation)
            if words
        )
        return (*dict.fromkeys(signed), *self.key_points)

    @property
    def palette(self) -> str:
        """Name the colours of its rubrique."""
        return self.rubrique.colour


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class News(Item):
    """A piece of news."""

    authors: tuple[Author, ...] = ()

    @property
    def front_words(self) -> tuple[Text, ...]:
        """Return who signs it."""
        return tuple(author.title for author in self.authors)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Release(Item):
    """A communiqué: sent to the press from `city`, not to be published before `embargo`."""

    city: Text | None = None
    embargo: datetime | None = None
    contact: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Publication(Item):
    """A report, an opinion, a brief or a survey; `file` is the address of a PDF."""

    publication_type: str
    file: str | None = None
    file_size: int = 0  # bytes
    file_faults: tuple[PdfFault, ...] = ()  # what the PDF lacks for everyone to read it
    pages: int | None = None
    abstract_en: Text | None = None

    @property
    def label(self) -> str:
        """Say what sort of publication it is."""
        return self.publication_type.capitalize()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Event(Item):
    """Something to attend.

    Attributes:
        all_day: neither its start nor its end has an hour; both are then midnights.
        end_of_day: its end has none: it lasts until the end of that day.
    """

    start: datetime
    end: datetime | None = None
    all_day: bool = True
    end_of_day: bool = False
    place: Text | None = None
    registration_link: str | None = None  # as it is typed

    @property
    def registration(self) -> str | None:
        """Return the address of the registration."""
        return self.resolved.registration

    @property
    def when(self) -> datetime:
        """Return its start."""
        return self.start

    @property
    def when_words(self) -> str:
        """Say on which days it takes place."""
        return dates.span(self.start.date(), self.end.date() if self.end else None)

    @property
    def front_words(self) -> tuple[Text, ...]:
        """Return the place."""
        return (self.place,) if self.place else ()

    @property
    def last_day(self) -> date:
        """Return the day on which it ends."""
        return (self.end or self.start).date()

    @property
    def closing(self) -> datetime | None:
        """Return the first moment when it is over, where that is known."""
        if self.all_day or self.end_of_day:
            if self.last_day == date.max:
                return None  # 9999-12-31, for what has no end
            return datetime.combine(self.last_day + timedelta(days=1), time(), dates.ZONE)
        return self.end


STALE_AFTER = 365  # days since a sheet was verified


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Centre(Item):
    """A sheet of the directory; `title` is the name, the body what the centre says of itself.

    Attributes:
        point: where it is, in its sheet or found from its postal code, or its town.
        demonstration: the keys whose value is not the real one.
    """

    address: Text | None = None
    town: Text | None = None
    postal_code: str = ""  # « G9A 1A1 »
    point: Point | None = None
    region: Region | None = None
    specialities: tuple[Category, ...] = ()
    publics: tuple[Category, ...] = ()
    languages: tuple[Category, ...] = ()
    accessibility: tuple[Text, ...] = ()
    hours: tuple[Text, ...] = ()
    telephone: Text | None = None
    email: str = ""
    website_link: str | None = None  # as it is typed
    online: Text | None = None  # what it offers at a distance: an address, or words
    verified: datetime | None = None
    demonstration: tuple[str, ...] = ()

    @property
    def website(self) -> str | None:
        """Return the address of its own site."""
        return self.resolved.website

    @property
    def last_fresh_day(self) -> date:
        """Return the last day on which its sheet is held to be true."""
        return self.verified.date() + timedelta(days=STALE_AFTER) if self.verified else date.min

    @property
    def opening_hours(self) -> tuple[OpenHours, ...]:
        """Return its opening hours, as far as a program reads them."""
        return tuple(span for line in self.hours for span in opening_hours.read(line.plain) or ())

    @property
    def front_words(self) -> tuple[Text, ...]:
        """Return its town, its region, and the words by which it is found."""
        region = self.region.name if self.region else None
        words = (word.name for word in (*self.specialities, *self.publics))
        return (*(text for text in (self.town, region) if text), *words)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Page(Item):
    """A standing page of the site."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a block « articles » shows by its rule; `line` is that of its first slashes."""

    line: int
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Newsletter(Item):
    """An edition of the infolettre; `title` is the subject of the mail.

    `rectified` names the edition that it rectifies: those who received that one alone receive it.
    `corrections` came after it was sent; `exceptions` are those still in force.
    """

    preheader: Text
    newsletter_type: NewsletterType
    audience: str | None = None
    inside: tuple[Text, ...] = ()  # what it holds, in a few written lines
    rectified: str = ""
    corrections: tuple[Correction, ...] = ()
    exceptions: tuple[Exemption, ...] = ()

    @property
    def label(self) -> str:
        """Name the type of letter."""
        return self.newsletter_type.name.plain

    @property
    def front_words(self) -> tuple[Text, ...]:
        """Return the preheader, and what the letter holds."""
        return (self.preheader, *self.inside)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Return what its blocks « articles » choose by a rule, which its file does not freeze."""
        return self.resolved.choices


CLASSES: Mapping[str, type[Item]] = MappingProxyType(
    {
        "numero": Numero,
        "article": Article,
        "nouvelle": News,
        "communique": Release,
        "publication": Publication,
        "evenement": Event,
        "auteur": Author,
        "dossier": Dossier,
        "centre": Centre,
        "page": Page,
        "infolettre": Newsletter,
    }
)
