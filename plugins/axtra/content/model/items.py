"""Every kind of content, with relations that point one way: an article knows its numéro."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from axtra.content.audiences import SITE, Reader
from axtra.content.blocks import Heading
from axtra.content.model.motifs import Motif
from axtra.content.model.nodes import Body, excerpt, shown_to, walk
from axtra.content.model.rich_nodes import DataFigure
from axtra.content.model.values import Image, NewsletterType, Rubrique, Status, Subject, Text
from axtra.content.pdf_documents import PdfFault
from axtra.content.schema import Kind
from infolettre.core import dates

WORDS_A_MINUTE = 230
_NAMED_SPECIAL = re.compile(r"hors[- ]série\b", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Resolved:
    """What is known of an item only once every item exists, since its links and cards lead to them.

    The reading of the content fills it in, as its second step; the preview fills it in again when
    a body is saved. Nothing else may change it.
    """

    content: Body = ()
    headings: tuple[Heading, ...] = ()
    words: int = 0
    registration: str | None = None
    choices: tuple[Choice, ...] = ()
    translation_of: Item | None = None
    reply_to: Item | None = None
    audio: str | None = None
    transcript: str | None = None
    motif: Motif = field(default_factory=Motif)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """What every kind of content has.

    `source` is the file, relative to the project's root; `url` starts at the site's root;
    `date` has a time zone; `content` is the body with the blocks of all its readers, while `body`,
    `headings` and `words` are those of the site.
    """

    kind: Kind
    slug: str
    source: str
    url: str
    status: Status
    title: Text
    kicker: Text | None = None
    subtitle: Text | None = None
    date: datetime | None = None
    modified: datetime | None = None
    summary: Text | None = None
    image: Image | None = None
    subjects: tuple[Subject, ...] = ()
    language: str = "fr-CA"
    partners: tuple[Text, ...] = ()
    sponsored: bool = False  # the partners have paid for the text
    translation_link: str | None = None  # as it is typed
    shown: bool = True  # written by this build; the preview shows drafts too
    resolved: Resolved = field(default_factory=Resolved)

    @property
    def content(self) -> Body:
        """Return the body with the blocks of all its readers, each of its links an address."""
        return self.resolved.content

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Return the headings of the body."""
        return self.resolved.headings

    @property
    def words(self) -> int:
        """Return the number of words of the body."""
        return self.resolved.words

    @property
    def body(self) -> Body:
        """Return what the site shows of the body."""
        return self.body_for(SITE)

    def body_for(self, reader: Reader) -> Body:
        """Return what a reader is shown of the body."""
        return shown_to(reader, self.content)

    @property
    def translation_of(self) -> Item | None:
        """Return the text that this one translates."""
        return self.resolved.translation_of

    @property
    def motif(self) -> Motif:
        """Return what the drawing made for it shows."""
        return self.resolved.motif

    @property
    def minutes(self) -> int:
        """Return the reading time, in minutes, at 230 words a minute."""
        return max(1, round(self.words / WORDS_A_MINUTE))

    @property
    def when(self) -> datetime | None:
        """Return the moment that places it among the others."""
        return self.date

    @property
    def updated(self) -> datetime | None:
        """Return the moment of the last change, else the moment that places it."""
        if self.modified and self.date:  # on the day it appeared, a day may come before its hour
            return max(self.modified, self.date)
        return self.modified or self.date or self.when

    @property
    def when_words(self) -> str:
        """Say when, as a listing does."""
        return dates.day(self.date) if self.date else ""

    @property
    def label(self) -> str:
        """Say what it is, as above its title: « Nouvelle »."""
        return self.kind.label.capitalize()

    @property
    def front_words(self) -> tuple[Text, ...]:
        """Return what its page says of it between the chapeau and the body."""
        return ()

    @property
    def palette(self) -> str:
        """Name the colours of what is drawn for it; without a name, its slug chooses."""
        return self.kind.palette

    @property
    def lead(self) -> str:
        """Return a description in plain text: the chapeau, else the first words of the body."""
        return self.lead_for(SITE)

    def lead_for(self, reader: Reader) -> str:
        """Return the same for a reader of what is not the site."""
        return self.summary.plain if self.summary else excerpt(self.body_for(reader))


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
        "page": Page,
        "infolettre": Newsletter,
    }
)
