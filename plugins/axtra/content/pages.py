"""The table of every page of the site: what is at each address, with what template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from axtra.content import directory_pages, licences
from axtra.content.model import (
    CLASSES,
    DIRECTORY,
    GLOSSARY,
    Article,
    Author,
    Facts,
    Item,
    Library,
)
from axtra.content.schema import KINDS
from axtra.core import dates

FEED_LENGTH = 20
LEAF_LENGTH = 24  # items on a numbered page of a list; its own address holds at most twice as many
SEARCH = "/recherche/"
DOSSIERS = "/dossiers/"  # written when there is one
REPUBLISH = "republier/"  # beside an article: what others paste to publish it again
AGENDA = "/evenements/agenda.ics"  # every event
JSON_FEED = "/flux/site.json"  # what /flux/site.xml says, as JSON Feed


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page to write; `url` starts at the site's root."""

    url: str
    template: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a list by date.

    The newest items are at the address of the list, the others on pages numbered from the oldest:
    what a numbered page holds, and its address, stay as they are when an item appears.
    """

    above: str  # the address of the list
    number: int | None = None  # None at that address
    first: datetime | None = None  # moments of its oldest and of its newest item
    last: datetime | None = None

    @property
    def url(self) -> str:
        """Return its address."""
        return self.above if self.number is None else f"{self.above}page/{self.number}/"

    @property
    def title(self) -> str:
        """Say what it holds: « De mars 2014 à juin 2015 »."""
        if self.number is None:
            return "Ce qui vient de paraître"
        if self.first is None or self.last is None:
            return f"Page\u00a0{self.number}"
        span = dates.months(self.first, self.last)
        return span[0].upper() + span[1:]


@dataclass(frozen=True, slots=True)
class Feed:
    """An Atom feed; `page` is the address that it follows."""

    url: str
    title: str
    page: str
    items: tuple[Item, ...]


def pages(library: Library) -> Iterator[SitePage]:
    """List every HTML page but those of the mail."""
    yield SitePage("/", "accueil")
    yield SitePage("/404.html", "404")
    yield SitePage(SEARCH, "recherche")
    for kind in KINDS.values():
        items = library.shown(CLASSES[kind.name])
        for item in items:
            if isinstance(item, Author):
                texts = library.signed_by(item)
                yield from _leaves(item.url, kind.name, texts, {"item": item}, "listes/signature")
            else:
                yield SitePage(item.url, kind.name, {"item": item})
            if isinstance(item, Article) and _may_be_republished(item, library.facts):
                yield SitePage(f"{item.url}{REPUBLISH}", "republier", {"item": item})
            if isinstance(item, Article) and item.sheet_url:
                yield SitePage(item.sheet_url, "fiche", {"item": item})
        if kind.listing and kind.feed:
            yield from _leaves(kind.listing, f"listes/{kind.name}", items)
        elif kind.listing and kind.listing != DIRECTORY:  # by name
            yield SitePage(kind.listing, f"listes/{kind.name}", {"items": items})
    if library.dossiers:
        yield SitePage(DOSSIERS, "dossiers", {"items": library.dossiers})
    yield from _directory(library)
    yield SitePage("/rubriques/", "rubriques", {"items": library.rubriques})
    for rubrique in library.rubriques:
        articles = library.articles_of(rubrique)
        yield from _leaves(rubrique.url, "rubrique", articles, {"rubrique": rubrique})
    known = tuple(replace(feed, items=()) for feed in feeds(library))
    yield SitePage("/flux/", "flux", {"items": known})
    yield SitePage("/sujets/", "sujets", {"items": library.subjects})
    if library.glossary:
        yield SitePage(GLOSSARY, "glossaire", {"items": library.glossary})
    for subject in library.subjects:
        yield from _leaves(subject.url, "sujet", library.about(subject), {"subject": subject})


def _directory(library: Library) -> Iterator[SitePage]:
    """List the pages of the directory; a site without a centre has none."""
    directory = library.directory
    if not directory.centres:
        return
    whole = directory_pages.lists_all(directory)
    yield SitePage(DIRECTORY, "listes/centre", {"directory": directory, "whole": whole})
    for page in directory_pages.shelf_pages(library):
        yield SitePage(page.shelf.url, "trouver-liste", {"page": page})


def templates() -> set[str]:
    """Name the templates of every page that a site may have."""
    kinds = {kind.name for kind in KINDS.values()}
    lists = {f"listes/{kind.name}" for kind in KINDS.values() if kind.listing}
    return {
        *("accueil", "404", "recherche", "republier", "fiche", "dossiers", "rubriques", "rubrique"),
        *("flux", "sujets", "sujet", "glossaire", "redirection", "listes/signature"),
        "trouver-liste",
        *kinds,
        *lists,
    }


def _may_be_republished(article: Article, facts: Facts) -> bool:
    licence = licences.of_article(article, facts)
    return bool(licence and licence.republishing and not article.sponsored)


def _leaves(
    url: str,
    template: str,
    items: Sequence[Item],
    variables: Mapping[str, Any] = MappingProxyType({}),
    older_template: str | None = None,
) -> Iterator[SitePage]:
    """Cut a list, newest first, into pages that an item that appears does not shift."""
    count = max(0, len(items) // LEAF_LENGTH - 1)
    cuts = [len(items) - LEAF_LENGTH * number for number in range(count + 1)]
    parts = [items[end:start] for start, end in pairwise(cuts)]  # the oldest items first
    leaves = [
        Leaf(url, number, part[-1].when, part[0].when) for number, part in enumerate(parts, start=1)
    ]
    newest = Leaf(url)
    ends = (None, *leaves, newest, None)
    for leaf, part, older, newer in zip(
        (*leaves, newest), (*parts, items[: cuts[-1]]), ends, ends[2:], strict=False
    ):
        yield SitePage(
            leaf.url,
            template if leaf is newest else older_template or template,
            {
                **variables,
                "items": part,
                "leaf": leaf,
                "older": older,
                "newer": newer,
                "years": _years(leaves, parts) if leaf is newest else (),
                "total": len(items) if leaf is newest else None,
            },
        )


def _years(leaves: Iterable[Leaf], parts: Iterable[Sequence[Item]]) -> tuple[tuple[int, str], ...]:
    """List the years of numbered pages, newest first, with the page on which each begins."""
    starts = {
        item.when.year: leaf.url
        for leaf, part in zip(leaves, parts, strict=True)
        for item in part
        if item.when
    }
    return tuple(sorted(starts.items(), reverse=True))


def feeds(library: Library) -> Iterator[Feed]:
    """List the site's feed, then a feed for each kind and each rubrique; newest first."""
    magazine = library.facts.magazine
    dated = [kind for kind in KINDS.values() if kind.feed]
    every = [item for kind in dated for item in library.shown(CLASSES[kind.name])]
    newest = sorted(every, key=_feed_order, reverse=True)
    yield Feed("/flux/site.xml", magazine, "/", tuple(newest[:FEED_LENGTH]))
    for kind in dated:
        items = sorted(library.shown(CLASSES[kind.name]), key=_feed_order, reverse=True)
        title = f"{magazine} – {kind.plural}"
        page = kind.listing or "/magazine/"
        yield Feed(f"/flux/{kind.feed}.xml", title, page, tuple(items[:FEED_LENGTH]))
    for rubrique in library.rubriques:
        title = f"{magazine} – {rubrique.name.plain}"
        items = list(library.articles_of(rubrique)[:FEED_LENGTH])
        yield Feed(f"/flux/rubriques/{rubrique.slug}.xml", title, rubrique.url, tuple(items))


def _feed_order(item: Item) -> tuple[str, str]:
    moment = item.date or item.updated
    return (moment.isoformat() if moment else "", item.url)
