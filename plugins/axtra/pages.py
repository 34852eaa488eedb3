"""The table of every page of the site: what is at each address, with what template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from axtra.model import CLASSES, Item, Library
from axtra.schema import KINDS

FEED_LENGTH = 20
SEARCH = "/recherche/"
JSON_FEED = "/flux/site.json"  # what /flux/site.xml says, as JSON Feed


@dataclass(frozen=True, slots=True)
class Page:
    """One page to write; `url` starts at the site's root."""

    url: str
    template: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feed:
    """One Atom feed; `page` is the address that it follows."""

    url: str
    title: str
    page: str
    items: tuple[Item, ...]


def pages(library: Library) -> Iterator[Page]:
    """List every HTML page but those of the mail."""
    yield Page("/", "accueil")
    yield Page("/404.html", "404")
    yield Page(SEARCH, "recherche")
    for kind in KINDS.values():
        items = library.shown(CLASSES[kind.name])
        for item in items:
            yield Page(item.url, kind.name, {"item": item})
        if kind.listing:
            yield Page(kind.listing, f"listes/{kind.name}", {"items": items})
    yield Page("/rubriques/", "rubriques", {"items": library.rubriques})
    for rubrique in library.rubriques:
        articles = library.articles_of(rubrique)
        yield Page(rubrique.url, "rubrique", {"rubrique": rubrique, "items": articles})
    yield Page("/flux/", "flux", {"items": tuple(feeds(library))})
    yield Page("/sujets/", "sujets", {"items": library.subjects})
    for subject in library.subjects:
        yield Page(subject.url, "sujet", {"subject": subject, "items": library.about(subject)})


def feeds(library: Library) -> Iterator[Feed]:
    """List the site's feed, one feed a kind and one a rubrique; newest first."""
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
