"""Chooses what the drawing of each text shows: its variant, and what its words and figures give.

Variants are chosen from the oldest text to the newest, so a text that appears changes the drawing
of no other. An editor decides with the key « ouverture ».
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

from axtra.content.model import Article, Item, KeyFigures, Library, Motif, Numero, Quote, walk
from axtra.content.model.nodes import PullQuote, plain_text

DRAWING, NUMBER, QUOTE = OPENINGS = ("dessin", "nombre", "citation")
_RANKS = 24  # a multiple of three and of eight, the variants that families have
_NEAR = 2  # texts before and after one, that it stands beside
_LONGEST_NUMBER, _LONGEST_QUOTE = 6, 72  # characters
_WORDS = {
    word: number
    for number, word in enumerate(
        ("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"),
        2,
    )
}
_COUNT = re.compile(rf"\b({'|'.join(_WORDS)}|1[0-2]|[2-9])\b(?![\d\s]*[\d%$])", re.IGNORECASE)


def choose(library: Library) -> None:
    """Set the motif of every item; what readers do not see changes no drawing that they see."""
    _choose([item for item in library.items if item.shown], library)
    for item in library.items:
        if not item.shown:
            _choose([item], library)


def told(item: Item) -> tuple[int | None, str, str]:
    """Return what the words and the figures of a text may give to drawings."""
    return _count(item), _number(item), _quote(item)


def _choose(items: Sequence[Item], library: Library) -> None:
    articles = [item for item in items if isinstance(item, Article)]
    typographic: dict[Item, str] = {}
    for _, group in groupby(articles, key=lambda article: article.numero.slug):
        typographic.update(_typographic(list(group)))
    lines: list[list[Item]] = [
        [item for item in articles if item.rubrique is known] for known in library.rubriques
    ]
    others = [item for item in items if not isinstance(item, Article)]
    lines += [list(group) for _, group in groupby(others, key=lambda item: item.kind.name)]
    for line in lines:
        oldest_first = sorted(line, key=_age)
        for item, rank in zip(oldest_first, _ranks(oldest_first), strict=True):
            opening = typographic.get(item, DRAWING)
            item.resolved.motif = Motif(
                rank,
                _count(item),
                _number(item) if opening == NUMBER else "",
                _quote(item) if opening == QUOTE else "",
            )


def _age(item: Item) -> tuple[float, int]:
    """Order from the oldest; the articles of a numéro as they are listed."""
    numero = item.numero if isinstance(item, Article) else item
    return (numero.when.timestamp() if numero.when else 0.0, getattr(item, "order", 0) or 9999)


def _ranks(items: Iterable[Item]) -> Iterator[int]:
    """Choose ranks of which three that follow each other are all different, modulo 3 and 8."""
    before: list[int] = []
    for item in items:
        first = int.from_bytes(hashlib.sha256(item.url.encode()).digest()[:4], "big")
        turned = ((first + step) % _RANKS for step in range(_RANKS))
        rank = next(
            rank
            for rank in turned
            if all(rank % 3 != other % 3 and rank % 8 != other % 8 for other in before)
        )
        before = [*before, rank][-_NEAR:]
        yield rank


def _typographic(articles: list[Article]) -> Iterator[tuple[Item, str]]:
    """Choose the articles of a numéro that a numeral or a quotation opens: never two near.

    Of those on the cover, which stand side by side on the home page, one at most.
    """
    taken = {article: article.opening for article in articles if article.opening}
    yield from taken.items()
    featured = {
        slug: rank for rank, slug in enumerate(articles[0].numero.featured) if articles
    } or {article.slug: rank for rank, article in enumerate(articles[:3])}
    first = sorted(articles, key=lambda article: featured.get(article.slug, len(featured)))
    chosen = {
        rank for rank, article in enumerate(articles) if taken.get(article, DRAWING) != DRAWING
    }
    told = any(articles[rank].slug in featured for rank in chosen)
    for article in first:
        rank, ahead = articles.index(article), article.slug in featured
        near = any(abs(rank - other) <= _NEAR for other in chosen)
        if article in taken or article.image or near or (told and ahead):
            continue
        opening = NUMBER if _number(article) else QUOTE if _quote(article) else DRAWING
        if opening != DRAWING:
            chosen.add(rank)
            told = told or ahead
            yield article, opening


def _number(item: Item) -> str:
    """Return the first key figure that can be set in giant numerals."""
    figures = (
        figure.number.plain
        for node in walk(item.body)
        if isinstance(node, KeyFigures)
        for figure in node.figures
    )
    return next((f for f in figures if len(f) <= _LONGEST_NUMBER and f[:1].isdigit()), "")


def _quote(item: Item) -> str:
    """Return the first quotation that is short enough; those put forward come first."""
    nodes = [node for node in walk(item.body) if isinstance(node, Quote)]
    nodes.sort(key=lambda node: not isinstance(node, PullQuote))
    quotes = (plain_text(node.body) for node in nodes)
    return next((quote for quote in quotes if len(quote) <= _LONGEST_QUOTE), "")


def _count(item: Item) -> int | None:
    """Return the first small number that a text announces: « Cinq prix pour dire merci »."""
    said = [item.title, item.summary] if not isinstance(item, Numero) else []
    figures = (
        figure.number.plain
        for node in walk(item.body)
        if isinstance(node, KeyFigures)
        for figure in node.figures
    )
    for text in chain((words.plain for words in said if words), figures):
        if found := _COUNT.search(text):
            word = found[1].lower()
            return _WORDS.get(word) or int(word)
    return None
