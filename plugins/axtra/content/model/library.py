"""All of the content: it answers the other way round (a numéro's articles, an author's texts)."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import chain, groupby
from typing import TypeVar

from axtra.content.model.directory import Directory, Territory
from axtra.content.model.item import Item
from axtra.content.model.items import (
    Article,
    Author,
    Centre,
    Dossier,
    Event,
    News,
    Newsletter,
    Numero,
    Page,
    Publication,
)
from axtra.content.model.nodes import KeyFigures, Node, Quote, walk
from axtra.content.model.sorting import sort_key
from axtra.content.model.values import Facts, Image, NewsletterType, Rubrique, Status, Subject, Term
from axtra.content.redirects import Redirect
from infolettre.core import dates

T = TypeVar("T", bound=Item)
_Node = TypeVar("_Node", bound=Node)
FEATURED = 3  # articles that stand at the top of the home page, in full


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
    # The files of content/ to publish, relative to it: under which name each is published.
    assets: Mapping[str, str] = field(default_factory=dict)
    photographs: Mapping[str, Image] = field(default_factory=dict)  # bitmaps shown, by path
    redirects: tuple[Redirect, ...] = ()
    glossary: tuple[Term, ...] = ()  # by name
    territory: Territory = field(default_factory=Territory)

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

    @cached_property
    def directory(self) -> Directory:
        """Return the directory of the published centres."""
        return Directory(self.shown(Centre))

    @property
    def numero(self) -> Numero | None:
        """Return the current numéro, when there is one."""
        return self.numeros[0] if self.numeros else None

    @cached_property
    def _by_numero(self) -> dict[str, tuple[Article, ...]]:
        return _grouped(self.articles, lambda article: (article.numero.slug,))

    def articles_in(self, numero: Numero) -> tuple[Article, ...]:
        """List the articles of a numéro in its only order: that of its sommaire.

        The rubriques come in the order of their file, and the articles of each by their rank.
        Page, PDF, EPUB, mail, previous and next all follow this list.
        """
        return self._by_numero.get(numero.slug, ())

    def sommaire(self, numero: Numero) -> tuple[tuple[Rubrique, tuple[Article, ...]], ...]:
        """Group the articles of a numéro by rubrique; a rubrique without article is left out."""
        groups = groupby(self.articles_in(numero), key=lambda article: article.rubrique)
        return tuple((rubrique, tuple(group)) for rubrique, group in groups)

    def featured(self, numero: Numero) -> tuple[Article, ...]:
        """List the articles of the cover: all those the numéro names, else its first ones."""
        by_slug = {article.slug: article for article in self.articles_in(numero)}
        named = [by_slug[slug] for slug in dict.fromkeys(numero.featured) if slug in by_slug]
        return tuple(named or list(by_slug.values())[:FEATURED])

    @cached_property
    def dossiers(self) -> tuple[Dossier, ...]:
        """List the published dossiers by title."""
        return self.shown(Dossier)

    @cached_property
    def _by_dossier(self) -> dict[str, tuple[Article, ...]]:
        """List the articles of each dossier from the oldest numéro; in each, as it is listed."""
        numeros = groupby(self.articles, key=lambda article: article.numero.slug)
        oldest_first = reversed([list(articles) for _, articles in numeros])
        return _grouped(
            chain.from_iterable(oldest_first),
            lambda article: (article.dossier.slug,) if article.dossier else (),
        )

    def articles_about(self, dossier: Dossier) -> tuple[Article, ...]:
        """List the articles of a dossier in the order in which they are read."""
        return self._by_dossier.get(dossier.slug, ())

    def dossier_neighbours(self, article: Article) -> tuple[Article | None, Article | None]:
        """Return the previous and the next article of the same dossier."""
        if article.dossier is None or not article.dossier.shown:
            return (None, None)
        return around(self.articles_about(article.dossier), article)

    @cached_property
    def _by_original(self) -> dict[str, tuple[Item, ...]]:
        shown = (item for item in self.items if item.shown and item.translation_of)
        return _grouped(shown, lambda item: (_original(item).url,))

    def translations(self, item: Item) -> tuple[Item, ...]:
        """List the same text in its other languages, the original first."""
        original = _original(item)
        group = (original, *self._by_original.get(original.url, ()))
        return tuple(other for other in group if other is not item and other.shown)

    @cached_property
    def _by_letter(self) -> dict[str, tuple[Article, ...]]:
        answers = (article for article in self.articles if article.reply_to)
        return _grouped(
            answers, lambda article: (article.reply_to.url,) if article.reply_to else ()
        )

    def letters_about(self, item: Item) -> tuple[Article, ...]:
        """List what readers wrote to the editor about a text, the oldest first."""
        return tuple(reversed(self._by_letter.get(item.url, ())))

    def quotation(self, numero: Numero) -> tuple[Quote, Article] | None:
        """Return a quotation of a numéro for the home page, with its article."""
        return _first_node(self._preferred(numero, numero.quoted), Quote)

    def key_figure(self, numero: Numero) -> tuple[KeyFigures, Article] | None:
        """Return key figures of a numéro for the home page, with their article."""
        return _first_node(self._preferred(numero, numero.counted), KeyFigures)

    def _preferred(self, numero: Numero, slug: str) -> list[Article]:
        return sorted(self.articles_in(numero), key=lambda article: article.slug != slug)

    def neighbours(self, article: Article) -> tuple[Article | None, Article | None]:
        """Return the previous and the next article of the same numéro."""
        return around(self.articles_in(article.numero), article)

    def numero_neighbours(self, numero: Numero) -> tuple[Numero | None, Numero | None]:
        """Return the previous (older) and the next (newer) numéro."""
        newer, older = around(self.numeros, numero)
        return older, newer

    def newsletter_neighbours(
        self, letter: Newsletter
    ) -> tuple[Newsletter | None, Newsletter | None]:
        """Return the previous (older) and the next (newer) infolettre."""
        newer, older = around(self.newsletters, letter)
        return older, newer

    def rectified(self, letter: Newsletter) -> Newsletter | None:
        """Return the published infolettre that another rectifies, when there is one."""
        return next((each for each in self.newsletters if each.slug == letter.rectified), None)

    def articles_of(self, rubrique: Rubrique) -> tuple[Article, ...]:
        """List the articles of a rubrique, newest first."""
        return _of(self.articles, rubrique)

    @cached_property
    def _ranks(self) -> Mapping[Item, int]:
        """Rank every published item, of any kind, from the newest."""
        shown = (item for item in self.items if item.shown)
        newest = sorted(shown, key=lambda item: -item.when.timestamp() if item.when else 0)
        return {item: rank for rank, item in enumerate(newest)}

    @cached_property
    def _ranked(self) -> tuple[Item, ...]:
        return tuple(self._ranks)

    @cached_property
    def _ranks_about(self) -> Mapping[str, list[int]]:
        """List the ranks of what carries each subject."""
        ranks: dict[str, list[int]] = {}
        for item, rank in self._ranks.items():
            for slug in {subject.slug for subject in item.subjects}:
                ranks.setdefault(slug, []).append(rank)
        return ranks

    @cached_property
    def _by_author(self) -> dict[str, tuple[Item, ...]]:
        return _grouped(self._ranks, lambda item: [a.slug for a in getattr(item, "authors", ())])

    def signed_by(self, author: Author) -> tuple[Item, ...]:
        """List what an author signed, newest first."""
        return self._by_author.get(author.slug, ())

    @cached_property
    def _by_subject(self) -> dict[str, tuple[Item, ...]]:
        return _grouped(self._ranks, lambda item: [subject.slug for subject in item.subjects])

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """List every subject that a published item carries, by name."""
        carried = {s.slug: s for item in self.items if item.shown for s in item.subjects}
        return tuple(sorted(carried.values(), key=lambda subject: sort_key(subject.name.plain)))

    def about(self, subject: Subject) -> tuple[Item, ...]:
        """List the items about a subject, newest first."""
        return self._by_subject.get(subject.slug, ())

    def related(self, item: Item, most: int = 3) -> tuple[Item, ...]:
        """List what to read after an item: older ones, those that share the most subjects first.

        Where these are too few, the first that came after it complete them. So an item that
        appears changes no page but those of the oldest ones. The numéro of an article and its
        other articles are left out: the page already lists them.
        """
        ranked, at = self._ranked, self._ranks[item]
        held = {at, *self._ranks_held_with(item)}
        about = [self._ranks_about[subject.slug] for subject in item.subjects]
        shared = Counter(sorted(chain.from_iterable(ranks[bisect(ranks, at) :] for ranks in about)))
        for rank in held:
            shared.pop(rank, None)
        found = [rank for rank, _ in shared.most_common(most)]  # of equals, the first in order
        if len(found) < most:
            newer = {rank for ranks in about for rank in ranks[: bisect(ranks, at)]}
            found += sorted(newer - held, reverse=True)
        return tuple(ranked[rank] for rank in found[:most])

    def _ranks_held_with(self, item: Item) -> Iterable[int]:
        """Return the ranks of the numéro of an article and of its articles."""
        if not isinstance(item, Article):
            return ()
        held = (item.numero, *self.articles_in(item.numero))
        return (self._ranks[other] for other in held if other in self._ranks)

    @property
    def today(self) -> date:
        """Return the day on which the site is built: what a page may say of the moment."""
        return self.moment.date()

    def passed(self, when: date) -> bool:
        """Tell whether a day, or a moment, is over when the site is built.

        A page that asks this is made again when the answer changes; a page that compares with the
        moment itself, at each build.
        """
        if isinstance(when, datetime):
            return dates.has_come(when, self.moment)
        return when < self.today

    def upcoming(self, most: int | None = None) -> tuple[Event, ...]:
        """List the events that are not over, soonest first."""
        ahead = [event for event in reversed(self.events) if not self.passed(event.last_day)]
        return tuple(ahead[:most])

    def find(self, slug: str, *classes: type[Item]) -> Item | None:
        """Find an item, published or not, by its slug."""
        same = [item for item in self._by_slug.get(slug, ()) if isinstance(item, classes or Item)]
        return min(same, key=lambda item: item.status is not Status.PUBLISHED, default=None)

    @cached_property
    def _by_slug(self) -> dict[str, tuple[Item, ...]]:
        return _grouped(self.items, lambda item: (item.slug,))


def _original(item: Item) -> Item:
    """Return the text of which an item is a translation, or itself."""
    seen = {item}
    while item.translation_of and item.translation_of not in seen:
        item = item.translation_of
        seen.add(item)
    return item


def _of(articles: Iterable[Article], rubrique: Rubrique) -> tuple[Article, ...]:
    return tuple(article for article in articles if article.rubrique is rubrique)


def _grouped(items: Iterable[T], keys: Callable[[T], Iterable[str]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for item in items:
        for key in keys(item):
            groups.setdefault(key, []).append(item)
    return {key: tuple(group) for key, group in groups.items()}


def around(items: Sequence[T], item: T) -> tuple[T | None, T | None]:
    """Return what stands before and after an item in a sequence."""
    at = items.index(item)
    return (items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None)


def _first_node(articles: Iterable[Article], kind: type[_Node]) -> tuple[_Node, Article] | None:
    """Return the first node of a kind that the readers of the site see, with its article."""
    found = (
        (node, article)
        for article in articles
        for node in walk(article.body)
        if isinstance(node, kind)
    )
    return next(found, None)
