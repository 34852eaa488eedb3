"""The small values that items are made of: text, images, sections, facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from markupsafe import Markup

from axtra.content.focus import Focus
from infolettre.text import typography

# Not the signs of bold, nor those in a word or between two spaces.
ITALICS = re.compile(r"(?<![\w*])([*_])(?![\s*_])(?P<words>[^*_]+)(?<!\s)\1(?![\w*])")


GLOSSARY = "/glossaire/"


class Status(StrEnum):
    """Whether an item is written by a build."""

    PUBLISHED = "publie"
    DRAFT = "brouillon"
    SCHEDULED = "programme"

    @property
    def unfinished(self) -> str:
        """Say in French what a text that is not published is; nothing of one that is."""
        return {Status.DRAFT: "brouillon", Status.SCHEDULED: "à venir"}.get(self, "")


@dataclass(frozen=True, slots=True)
class Text:
    """One line of corrected text in its two forms.

    `plain` holds no markup (metadata, subjects, attributes); `html` is escaped and may hold
    `<sup>`; in another language than French, it says which. A Jinja template that prints the
    object gets `html` where it escapes, else `plain`.
    """

    plain: str
    html: Markup

    @classmethod
    @lru_cache(maxsize=16_384, typed=True)  # dates, names and titles come back on many pages
    def of(cls, raw: str, *, language: str = "fr") -> Text:
        """Correct the typography of French text; leave other languages as typed."""
        if not language.startswith("fr"):
            return cls(raw, Markup('<span lang="{}">{}</span>').format(language, raw))
        plain, html = typography.correct_line(raw)
        return cls(plain, Markup(html))  # noqa: S704 - it escapes

    @classmethod
    def with_italics(cls, raw: str, *, language: str = "fr") -> Text:
        """Do the same, with what stands between stars or underscores in italics."""
        text = cls.of(raw, language=language)
        if ITALICS.search(text.plain) is None:
            return text
        html = ITALICS.sub(r"<em>\g<words></em>", str(text.html))
        return cls(ITALICS.sub(r"\g<words>", text.plain), Markup(html))  # noqa: S704 - as above

    def __str__(self) -> str:
        return self.plain

    def __html__(self) -> str:
        return self.html

    def __bool__(self) -> bool:
        return bool(self.plain)


class TypedText:
    """A `Text` for a preview: when somebody types other words, all that show it show them.

    The reading of the content puts them there; nothing else may.
    """

    def __init__(self, text: Text) -> None:
        self.text = text

    @property
    def plain(self) -> str:
        """Return the words without markup."""
        return self.text.plain

    @property
    def html(self) -> Markup:
        """Return the words as HTML."""
        return self.text.html

    def __str__(self) -> str:
        return self.text.plain

    def __html__(self) -> str:
        return self.text.html

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of `content/`; `width` and `height` in px, of the file itself.

    `digest` names its bytes, which a mail or a book holds; `moving` and `opaque` say what a bitmap
    of other sizes must keep. `focus` and `duotone` are not in the repr, from which the
    addresses of posters are made: a picture without them keeps its address.
    """

    path: str  # relative to content/
    url: str  # from the site's root: /images/x.jpg
    alt: str
    width: int
    height: int
    digest: str = ""
    moving: bool = False
    opaque: bool = False
    credit: Text | None = None
    licence: Text | None = None
    focus: Focus | None = field(default=None, repr=False)
    duotone: str = field(default="", repr=False)  # the palette whose two inks it is printed in

    @property
    def printed_url(self) -> str:
        """Return the address by which a book asks for it, with the palette of its two inks."""
        return f"{self.url}?encres={self.duotone}" if self.duotone else self.url

    @property
    def drawn(self) -> bool:
        """Tell whether it is an SVG, sharp at any size."""
        return self.path.lower().endswith(".svg")


@dataclass(frozen=True, slots=True)
class Rubrique:
    """A standing section of the magazine; `colour` names a token."""

    slug: str
    name: Text
    colour: str
    description: Text

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return f"/rubriques/{self.slug}/"


@dataclass(frozen=True, slots=True)
class Subject:
    """A keyword that gathers items on a page of its own."""

    slug: str
    name: Text

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return f"/sujets/{self.slug}/"


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the glossary; `forms` are all the ways in which texts may write it."""

    slug: str
    name: Text
    definition: Text
    forms: tuple[str, ...]

    @property
    def url(self) -> str:
        """Return the address of its definition."""
        return f"{GLOSSARY}#{self.slug}"


@dataclass(frozen=True, slots=True)
class Welcome:
    """What is said to whoever has just confirmed, above the last edition; `text` is Markdown."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class NewsletterType:
    """A family of infolettres, as declared in `content/infolettres.toml`.

    With a rhythm, an edition goes out on day `first` and `every` so many days after. `subject` is
    the keyword that its editions are about. With a `welcome`, whoever confirms receives it.
    """

    slug: str
    name: Text
    description: Text
    first: date | None = None
    every: int | None = None
    subject: str = ""
    welcome: Welcome | None = None


BOOKS = "axe-magazine"  # begins the names of the books of a site that does not say


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
    service: str = ""  # where people subscribe and leave, without a final slash
    issn: str = ""
    deposit: str = ""  # the legal deposit
    licence: str = ""  # that of the texts, unless one says otherwise
    disclaimer: str = ""
    treatment: str = ""  # that of the photographs of the magazine, unless one says otherwise
    atelier: str = ""  # where the people of the newsroom work, without a final slash
    fediverse: str = ""  # its account there, as « @nom@serveur.exemple »
    books: str = BOOKS
    sign: str = "AXE"  # the name that is drawn in its masthead

    def book_name(self, slug: str) -> str:
        """Return the name of the books of a numéro, without what tells their format."""
        return f"{self.books}-{slug}"
