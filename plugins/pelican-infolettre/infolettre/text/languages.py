"""Which language a passage is written in, by its commonest words."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
# No word of one list is a common word of the other language.
_ENGLISH = frozenset([
    "the", "of", "and", "to", "is", "are", "was", "were", "you", "your", "for", "with", "this",
    "that", "these", "our", "we", "from", "will", "have", "has", "been", "by", "at", "it",
    "its", "about", "not", "can", "please", "their", "they", "who", "what", "when", "how",
    "all", "new", "an", "which", "more", "read", "join", "learn", "any", "there",
    "would", "should"
])  # fmt: skip
_FRENCH = frozenset([
    "le", "la", "les", "l", "des", "du", "de", "d", "et", "une", "un", "est", "sont", "pour",
    "vous", "votre", "vos", "nous", "notre", "nos", "dans", "que", "qu", "qui", "sur", "avec",
    "au", "aux", "par", "ce", "cette", "ces", "il", "elle", "ils", "elles", "ne", "n", "pas",
    "en", "son", "sa", "ses", "leur", "où", "à", "se", "s"
])  # fmt: skip
_FEWEST = 5  # words; a shorter text may be a title or a name
_SHARE = 0.2


@lru_cache(maxsize=4096)
def is_english(text: str) -> bool:
    """Tell whether a text is a passage in English, and not a French one that quotes some."""
    words = _WORD.findall(text.casefold())
    english = sum(word in _ENGLISH for word in words)
    french = sum(word in _FRENCH for word in words)
    long = len(words) >= _FEWEST and english > 1
    return long and english >= _SHARE * len(words) and english > 2 * french


def is_french(text: str) -> bool:
    """Tell whether a text reads as French: a tenth of its words, at least, are its small words."""
    words = _WORD.findall(text.casefold())
    french = sum(word in _FRENCH for word in words)
    return 10 * french >= len(words) and french > sum(word in _ENGLISH for word in words)
