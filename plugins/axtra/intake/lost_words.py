"""The words of a Word file that no file that is written holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from axtra.intake import word_file
from axtra.intake.html_inline import plain
from axtra.intake.word_file import WordFile
from infolettre.core.diagnostics import count

_SIGNING = Counter(("par", "texte", "de", "auteur", "autrice", "crédit", "photo"))  # before a name


def missing_words(word: WordFile, files: Iterable[bytes]) -> Iterator[str]:
    """Quote the passages of the Word file of which some words are in no file that is written."""
    left: Counter[str] = Counter()
    for data in files:
        head, _, body = data.decode().rpartition("\n---\n\n")
        for text in (head, plain(body)):
            left.update(w.casefold() for w in word_file.words(text))
    bullets = 0  # the « o » of Word
    for place, passage in word.passages:
        if place == "commentaire":
            continue  # told with its author
        own = Counter(w.casefold() for w in word_file.words(passage))
        lost = own - left - _SIGNING
        if lost == {"o": 1} and passage.startswith("o"):
            bullets += 1
        elif lost:
            yield f"{place[:1].upper()}{place[1:]} : « {' '.join(passage.split())} »"
        left -= own
    if bullets:
        yield f"Le « o » en tête de {count(bullets, 'ligne')} : c’est la puce d’une liste."
