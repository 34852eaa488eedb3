"""The content of AXE as typed, frozen objects: what every page, mail and check reads.

Relations point one way (an article knows its numéro); `Library` answers the other way round.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from html import unescape
from typing import TypeAlias, TypeVar

from markupsafe import Markup

from axtra import typography
from axtra.blocks import Heading
from axtra.schema import Kind

NBSP = "\u00a0"
WORDS_A_MINUTE = 230
_TAG = re.compile(r"<[^>]+>")


class Status(StrEnum):
    """Whether an item is written by a build."""

    PUBLISHED = "publie"
    DRAFT = "brouillon"
    SCHEDULED = "programme"


@dataclass(frozen=True, slots=True)
class Text:
    """One line of corrected text in its two forms.

    `plain` holds no markup (metadata, subjects, attributes); `html` is escaped and may hold
    `<sup>`. A Jinja template that prints the object gets `html` where it escapes, else `plain`.
    """

    plain: str
    html: Markup

    @classmethod
    def of(cls, raw: str, *, language: str = "fr") -> Text:
        """Correct the typography of French text; leave other languages as typed."""
        if not language.startswith("fr"):
            return cls(raw, Markup.escape(raw))
        plain = typography.correct_text(raw)
        return cls(plain, Markup(typography.correct_html(str(Markup.escape(raw)))))  # noqa: S704 - escaped first

    def __str__(self) -> str:
        return self.plain

    def __html__(self) -> str:
        return self.html

    def __bool__(self) -> bool:
        return bool(self.plain)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of `content/`; `width` and `height` in px, of the file itself."""

    path: str  # relative to content/
    url: str  # from the site's root: /images/x.jpg
    alt: str
    width: int
    height: int
    credit: Text | None = None
    licence: Text | None = None


@dataclass(frozen=True, slots=True)
class Rubrique:
    """A standing section of the magazine; `colour` names a token."""

    slug: str
    name: Text
    colour: str
    description: Text

    @property
    def url(self) -> str:
        """Give the address of its page."""
        return f"/rubriques/{self.slug}/"


@dataclass(frozen=True, slots=True)
class Subject:
    """A keyword that gathers items on a page of its own."""

    slug: str
    name: Text

    @property
    def url(self) -> str:
        """Give the address of its page."""
        return f"/sujets/{self.slug}/"


@dataclass(frozen=True, slots=True)
class NewsletterType:
    """A family of infolettres: bimensuelle, quariera, speciale."""

    slug: str
    name: Text
    description: Text


@dataclass(frozen=True, slots=True)
class Facts:
    """What the site says of its publisher, from `content/site.toml`."""

    name: str
    long_name: str
    magazine: str
    tagline: str
    description: str
    address: str
    locality: str
    telephone: str
    email: str
    website: str
    social: tuple[tuple[str, str], ...]  # (name, address)
    demonstration: tuple[str, ...]  # keys whose value is not the real one
    menu: tuple[tuple[str, str], ...] = ()  # (label, address from the root)
    footer: tuple[tuple[str, str], ...] = ()


# --- blocks, resolved -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prose:
    """Flow content without a block in it.

    `html` is sanitised and corrected; its links and images start at the site's root (`/…`), at
    `#…` or at a scheme.
    """

    html: Markup
    name: str = "prose"


@dataclass(frozen=True, slots=True)
class Figure:
    """An image with its caption."""

    image: Image
    caption: Markup  # inline HTML, may be empty
    name: str = "figure"


@dataclass(frozen=True, slots=True)
class Quote:
    """A pull quote, with who said it."""

    body: Body
    author: Text | None
    role: Text | None
    name: str = "citation"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number as displayed (« 1 500 », « 85 % ») and what it counts."""

    number: Text
    label: Markup  # inline HTML


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A row of key figures."""

    title: Text | None
    figures: tuple[KeyFigure, ...]
    name: str = "chiffres"


@dataclass(frozen=True, slots=True)
class Aside:
    """A boxed aside."""

    title: Text | None
    body: Body
    name: str = "encadre"


@dataclass(frozen=True, slots=True)
class Video:
    """A still image that links to a video kept elsewhere."""

    href: str
    title: Text
    image: Image | None
    name: str = "video"


@dataclass(frozen=True, slots=True)
class Button:
    """A call to action."""

    href: str
    label: Text
    name: str = "bouton"


@dataclass(frozen=True, slots=True)
class Card:
    """One item of content, by reference; `name` is article, evenement or publication."""

    item: Item
    name: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Items chosen by rule, in editorial order."""

    title: Text | None
    items: tuple[Item, ...]
    name: str = "articles"


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a numéro: its articles by rubrique."""

    numero: Numero
    sections: tuple[tuple[Rubrique, tuple[Article, ...]], ...]
    name: str = "sommaire"


@dataclass(frozen=True, slots=True)
class Only:
    """What is shown in one look only; `name` is web or courriel."""

    body: Body
    name: str


Block: TypeAlias = (
    Figure | Quote | KeyFigures | Aside | Video | Button | Card | Cards | Contents | Only
)
Node: TypeAlias = Prose | Block
Body: TypeAlias = tuple[Node, ...]


# --- items ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """What every kind of content has.

    `source` is the file, relative to the project's root; `url` starts at the site's root;
    `date` has a time zone.
    """

    kind: Kind
    slug: str
    source: str
    url: str
    status: Status
    title: Text
    date: datetime | None = None
    modified: datetime | None = None
    summary: Text | None = None
    image: Image | None = None
    subjects: tuple[Subject, ...] = ()
    language: str = "fr-CA"
    body: Body = ()
    headings: tuple[Heading, ...] = ()
    words: int = 0
    shown: bool = True  # written by this build; the preview shows drafts too

    @property
    def minutes(self) -> int:
        """Give the reading time, in minutes, at 230 words a minute."""
        return max(1, round(self.words / WORDS_A_MINUTE))

    @property
    def updated(self) -> datetime | None:
        """Give the moment of the last change: of an event without date, its start."""
        start = self.start if isinstance(self, Event) else None
        return self.modified or self.date or start

    @property
    def lead(self) -> str:
        """Give a description in plain text: the chapeau, else the first words of the body."""
        if self.summary:
            return self.summary.plain
        words = plain_text(self.body).split(" ")
        return " ".join(words[:35]) + ("…" if len(words) > 35 else "")


@dataclass(frozen=True, slots=True)
class Call:
    """A call for papers; `deadline` is a day."""

    text: Text
    deadline: date | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction made after publication."""

    date: date
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numero(Item):
    """An issue of the magazine; its body is the editorial."""

    volume: int
    number: int
    featured: tuple[str, ...] = ()  # slugs of articles, in the order of the cover
    call: Call | None = None

    @property
    def label(self) -> str:
        """Write « Volume 1, numéro 1 »."""
        return f"Volume\u00a0{self.volume}, numéro\u00a0{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Author(Item):
    """A person or a team; `title` is the name, the body the biography."""

    role: Text | None = None
    organisation: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Article(Item):
    """An article of a numéro."""

    numero: Numero
    rubrique: Rubrique
    authors: tuple[Author, ...]
    order: int = 0
    key_points: tuple[Text, ...] = ()
    corrections: tuple[Correction, ...] = ()
    disclosure: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class News(Item):
    """A piece of news."""

    authors: tuple[Author, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Release(Item):
    """A communiqué: sent to the press from `city`, not to be published before `embargo`."""

    city: Text
    embargo: datetime | None = None
    contact: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Publication(Item):
    """A report, an opinion, a brief or a survey; `file` is the address of a PDF."""

    publication_type: str
    file: str | None = None
    file_size: int = 0  # bytes
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Event(Item):
    """Something to attend."""

    start: datetime
    end: datetime | None = None
    all_day: bool = True
    place: Text | None = None
    registration: str | None = None

    @property
    def last_day(self) -> date:
        """Give the day on which it ends."""
        return (self.end or self.start).date()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Page(Item):
    """A standing page of the site."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Newsletter(Item):
    """An edition of the infolettre; `title` is the subject of the mail."""

    preheader: Text
    newsletter_type: NewsletterType
    audience: str


T = TypeVar("T", bound=Item)


@dataclass(frozen=True)
class Library:
    """All of the content on a given moment, published and not.

    Each tuple is in display order: newest first, authors and pages by name.
    """

    moment: datetime
    facts: Facts
    rubriques: tuple[Rubrique, ...]
    newsletter_types: tuple[NewsletterType, ...]
    items: tuple[Item, ...]
    assets: frozenset[str] = frozenset()  # files of content/ to publish, relative to it

    def shown(self, cls: type[T]) -> tuple[T, ...]:
        """List the items of a class that this build writes, in display order."""
        return tuple(item for item in self.items if isinstance(item, cls) and item.shown)

    @cached_property
    def numeros(self) -> tuple[Numero, ...]:
        """List the published numéros, newest first."""
        return self.shown(Numero)

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """List the published articles: numéro by numéro, newest first, then as in the sommaire."""
        return self.shown(Article)

    @cached_property
    def news(self) -> tuple[News, ...]:
        """List the published news, newest first."""
        return self.shown(News)

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        """List the published communiqués, newest first."""
        return self.shown(Release)

    @cached_property
    def publications(self) -> tuple[Publication, ...]:
        """List the published publications, newest first."""
        return self.shown(Publication)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """List the published events, latest first."""
        return self.shown(Event)

    @cached_property
    def authors(self) -> tuple[Author, ...]:
        """List the published authors by name."""
        return self.shown(Author)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """List the published pages by title."""
        return self.shown(Page)

    @cached_property
    def newsletters(self) -> tuple[Newsletter, ...]:
        """List the published infolettres, newest first."""
        return self.shown(Newsletter)

    @property
    def numero(self) -> Numero | None:
        """Give the current numéro, when there is one."""
        return self.numeros[0] if self.numeros else None

    @cached_property
    def _by_numero(self) -> dict[str, tuple[Article, ...]]:
        return _grouped(self.articles, lambda article: (article.numero.slug,))

    def articles_in(self, numero: Numero) -> tuple[Article, ...]:
        """List the articles of a numéro, as in its sommaire."""
        return self._by_numero.get(numero.slug, ())

    def sommaire(self, numero: Numero) -> tuple[tuple[Rubrique, tuple[Article, ...]], ...]:
        """Group the articles of a numéro by rubrique; a rubrique without article is left out."""
        articles = self.articles_in(numero)
        groups = ((rubrique, _of(articles, rubrique)) for rubrique in self.rubriques)
        return tuple((rubrique, group) for rubrique, group in groups if group)

    def featured(self, numero: Numero, most: int = 3) -> tuple[Article, ...]:
        """List the articles of the cover: those the numéro names, else its first ones."""
        by_slug = {article.slug: article for article in self.articles_in(numero)}
        named = [by_slug[slug] for slug in numero.featured if slug in by_slug]
        return tuple((named or list(by_slug.values()))[:most])

    def neighbours(self, article: Article) -> tuple[Article | None, Article | None]:
        """Give the previous and the next article of the same numéro."""
        return around(self.articles_in(article.numero), article)

    def numero_neighbours(self, numero: Numero) -> tuple[Numero | None, Numero | None]:
        """Give the previous (older) and the next (newer) numéro."""
        newer, older = around(self.numeros, numero)
        return older, newer

    def articles_of(self, rubrique: Rubrique) -> tuple[Article, ...]:
        """List the articles of a rubrique, newest first."""
        return _of(self.articles, rubrique)

    @cached_property
    def _by_author(self) -> dict[str, tuple[Item, ...]]:
        signed: list[Item] = [*self.articles, *self.news]
        return _grouped(signed, lambda item: [a.slug for a in getattr(item, "authors", ())])

    def signed_by(self, author: Author) -> tuple[Item, ...]:
        """List what an author signed: articles, then news."""
        return self._by_author.get(author.slug, ())

    @cached_property
    def _by_subject(self) -> dict[str, tuple[Item, ...]]:
        shown = [item for item in self.items if item.shown]
        return _grouped(shown, lambda item: [subject.slug for subject in item.subjects])

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """List every subject that a published item carries, by name."""
        found = {s.slug: s for item in self.items if item.shown for s in item.subjects}
        return tuple(sorted(found.values(), key=lambda subject: sort_key(subject.name.plain)))

    def about(self, subject: Subject) -> tuple[Item, ...]:
        """List the items about a subject."""
        return self._by_subject.get(subject.slug, ())

    def related(self, item: Item, most: int = 3) -> tuple[Item, ...]:
        """List the items that share the most subjects, of any kind but the item itself.

        Articles of the same numéro are left out: the page already lists them.
        """
        numero = item.numero if isinstance(item, Article) else None
        shared: dict[Item, int] = {}
        for subject in item.subjects:
            for other in self.about(subject):
                same = isinstance(other, Article) and other.numero is numero
                if other is not item and not same:
                    shared[other] = shared.get(other, 0) + 1
        return tuple(sorted(shared, key=lambda other: -shared[other])[:most])

    def upcoming(self, most: int | None = None) -> tuple[Event, ...]:
        """List the events that are not over, soonest first."""
        today = self.moment.date()
        ahead = [event for event in reversed(self.events) if event.last_day >= today]
        return tuple(ahead[:most])

    def find(self, slug: str, *classes: type[Item]) -> Item | None:
        """Find an item, published or not, by its slug."""
        wanted = classes or (Item,)
        return next((i for i in self.items if i.slug == slug and isinstance(i, wanted)), None)


def _of(articles: Iterable[Article], rubrique: Rubrique) -> tuple[Article, ...]:
    return tuple(article for article in articles if article.rubrique is rubrique)


def _grouped(items: Iterable[T], keys: Callable[[T], Iterable[str]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for item in items:
        for key in keys(item):
            groups.setdefault(key, []).append(item)
    return {key: tuple(group) for key, group in groups.items()}


def around(items: Sequence[T], item: T) -> tuple[T | None, T | None]:
    """Give what stands before and after an item in a sequence."""
    at = items.index(item)
    return (items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None)


def sort_key(name: str) -> str:
    """Give a key that sorts French names: without accents, without case."""
    bare = unicodedata.normalize("NFD", name)
    return "".join(c for c in bare if not unicodedata.combining(c)).casefold()


def plain_text(body: Body) -> str:
    """Give the prose of a body as one line of plain text."""
    return " ".join(" ".join(html_text(node.html) for node in prose_of(body)).split(" "))


def html_text(html: str) -> str:
    """Drop the tags of a fragment and resolve its entities."""
    return " ".join(unescape(_TAG.sub(" ", html)).replace(NBSP, "\0").split()).replace("\0", NBSP)


def prose_of(body: Body) -> Iterator[Prose]:
    """Walk the prose of a body, the prose within its blocks included."""
    for node in body:
        if isinstance(node, Prose):
            yield node
        elif isinstance(node, Quote | Aside | Only):
            yield from prose_of(node.body)


def walk(body: Body) -> Iterator[Node]:
    """Walk every node of a body, outer before inner."""
    for node in body:
        yield node
        if isinstance(node, Quote | Aside | Only):
            yield from walk(node.body)


CLASSES: Mapping[str, type[Item]] = {
    "numero": Numero,
    "article": Article,
    "nouvelle": News,
    "communique": Release,
    "publication": Publication,
    "evenement": Event,
    "auteur": Author,
    "page": Page,
    "infolettre": Newsletter,
}
