"""The order in which items are shown."""

from __future__ import annotations

from typing import Any

from axtra.content.model import Article, Item, sort_key
from axtra.content.schema import KINDS


def display_order(item: Item) -> tuple[Any, ...]:
    """Order items as they are shown: by kind, then newest first, or by name."""
    rank = list(KINDS).index(item.kind.name)
    if isinstance(item, Article):
        numero = item.numero
        when = -(numero.date.timestamp() if numero.date else 0)
        return (rank, when, numero.slug, item.order or 9999, item.slug)
    if item.when is None or not item.kind.feed:
        return (rank, 0.0, "", 0, sort_key(item.title.plain))
    return (rank, -item.when.timestamp(), "", 0, item.slug)
