"""How French names sort."""

from __future__ import annotations

import unicodedata


def sort_key(name: str) -> str:
    """Return a key that sorts French names: without accents, without case."""
    bare = unicodedata.normalize("NFD", name)
    return "".join(c for c in bare if not unicodedata.combining(c)).casefold()
