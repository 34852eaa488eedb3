"""What every kind of content has, and what is known of it only once everything is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from axtra.content.audiences import SITE, Reader
from axtra.content.blocks import Heading
from axtra.content.model.motifs import Motif
from axtra.content.model.nodes import Body, excerpt, shown_to
from axtra.content.model.values import Image, Status, Subject, Text
from axtra.content.schema import Kind
from axtra.core import dates

if TYPE_CHECKING:
    from axtra.content.model.items import Choice

WORDS_A_MINUTE = 230


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
    website: str | None = None
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
