"""What a letter shows of an article, whoever wrote the article down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from infolettre import words
from infolettre.text.html.elements import Element
from infolettre.text.html.fragments import serialise

THUMBNAIL_WIDTH = 148  # px


@runtime_checkable
class Shown(Protocol):
    """The small interface that a letter reads: articles of Pelican meet it, and others may.

    `url` is absolute, or starts at the site's root; each text is printed as it is.
    """

    @property
    def title(self) -> object:
        """Return the title."""

    @property
    def summary(self) -> object:
        """Return what it is about, without markup; it may be empty."""

    @property
    def url(self) -> str:
        """Return its address."""

    @property
    def date(self) -> datetime | None:
        """Return when it appeared."""

    @property
    def image(self) -> object:
        """Return its picture; None when it has none."""

    @property
    def authors(self) -> Sequence[object]:
        """Return who signs it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a mail shows it: an absolute address, and its width in px, 0 if not known."""

    address: str
    width: int
    alt: str = ""

    @property
    def element(self) -> Element:
        """Return its element.

        Software that ignores styles takes the width attribute, in px; the others fill the
        column, up to the width at which the file is sharp.
        """
        width = {"width": str(self.width), "style": f"max-width:{self.width}px"}
        told = {"class": "image", "src": self.address, "alt": self.alt}
        return Element("img", {**told, **(width if self.width else {})})

    def __html__(self) -> str:
        """Return its element as a template prints it."""
        return serialise(self.element)


class Form(StrEnum):
    """How much room a card takes."""

    LEAD = "lead"  # a picture as wide as the column
    THUMBNAIL = "thumbnail"  # a small picture beside the words
    PLAIN = "plain"
    BRIEF = "brief"  # a line


@dataclass(frozen=True, slots=True)
class Card:
    """An article as values, which `composants/cartes` prints; each text is printed as it is.

    Attributes:
        title: the title.
        summary: what it is about.
        url: its absolute address.
        date: when it appeared.
        image: its picture, if the form of the card shows one.
        authors: who signs it.
        language: its language, where it is not that of the letter.
        form: how much room it takes.
        label: what is said above the title, if anything, and `colour`, a class of the style sheet.
        details: what is said under the summary in place of who signs it and when it appeared.
        links: other links, each with its words and its absolute address.
    """

    title: object
    summary: object
    url: str
    date: datetime | None = None
    image: Picture | None = None
    authors: tuple[object, ...] = ()
    language: str = ""
    form: Form = Form.PLAIN
    label: object = ""
    colour: str = ""
    details: tuple[object, ...] | None = None
    links: tuple[tuple[object, str], ...] = ()

    @property
    def said(self) -> tuple[object, ...]:
        """Return what is said under the summary."""
        if self.details is not None:
            return self.details
        names = ", ".join(map(str, self.authors))
        day = words.weekday(self.date) if self.date else ""
        return tuple(filter(None, (names, day)))
