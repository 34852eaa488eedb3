"""What a letter shows of an article, whoever wrote the article down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


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
    """A picture as a mail shows it: an absolute address, and its width in px."""

    address: str
    width: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An article as values."""

    title: str
    summary: str
    url: str
    date: datetime | None = None
    image: Picture | None = None
    authors: tuple[str, ...] = ()
    language: str = ""  # where it is not that of the letter
