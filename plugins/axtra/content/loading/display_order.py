"""The order in which items are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axtra.content.model import Article, Item, Rubrique, sort_key
from axtra.content.schema import KINDS


def display_order(rubriques: Sequence[Rubrique], item: Item) -> tuple[Any, ...]:
    """Order items as they are shown: by kind, then newest first, or by name.

    The articles of a numéro come by rubrique, then by rank: that is the order of its sommaire.
    """
    rank = list(KINDS).index(item.kind.name)
    if isinstance(item, Article):
        numero = item.numero
        when = -(numero.date.timestamp() if numero.date else 0)
        place = rubriques.index(item.rubrique)
        return (rank, when, numero.slug, place, item.order or 9999, item.slug)
    if item.when is None or not item.kind.feed:
        return (rank, 0.0, "", 0, sort_key(item.title.plain))
    return (rank, -item.when.timestamp(), "", 0, item.slug)
