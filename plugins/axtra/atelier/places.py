"""Files as editors know them: the screen where each is mended, in place of its path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

_PATH = re.compile(r"\b(?:content|newsletters)/(?:[\w./*-]*[\w/*])?")
# Where a picture or a document is put, and nothing is to be opened.
_KEPT = re.compile(r"\brangée?s? sous content/(?:documents/)?(?![\w/])")
_SETTINGS = {
    "content/site.toml": ("Le site", "le-site"),
    "content/rubriques.toml": ("Rubriques", "rubriques"),
    "content/infolettres.toml": ("Infolettres", "infolettres"),
    "content/mots.txt": ("Mots connus", "mots-connus"),
}
_YEAR = re.compile(r"content/annee/(\d{4})\.toml")
_KEEPER = "tenu par la personne qui s’occupe de cet ordinateur"


class Piece(NamedTuple):
    """Words, and where they lead; « » where they lead nowhere."""

    words: str
    address: str = ""


def of(path: str) -> Piece:
    """Return the screen where a file or a folder is mended; who does it, when there is none."""
    if known := _SETTINGS.get(path):
        return Piece(f"Réglages › {known[0]}", f"/reglages#{known[1]}")
    if year := _YEAR.fullmatch(path):
        return Piece(f"L’année {year[1]} en chiffres", f"/publication/annee?annee={year[1]}")
    short = path.removeprefix("content/").strip("/")
    if path.endswith(".md"):
        return Piece(f"Textes › {short.removesuffix('.md')}", f"/texte/{quote(path)}")
    if path.startswith("newsletters/"):
        return Piece("Infolettres", "/infolettres")
    if path.startswith("content/images/"):
        return Piece("Images", "/images")
    if path.endswith("/"):
        return Piece(f"Textes › {short}" if short else "Textes", "/textes")
    return Piece(f"« {short} », {_KEEPER}")


def pieces(words: str) -> Iterator[Piece]:
    """Yield words, each path that they name as the screen where it is mended."""
    words = _KEPT.sub(lambda found: f"{found[0].split()[0]} avec les contenus", words)
    start = 0
    for found in _PATH.finditer(words):
        if found.start() > start:
            yield Piece(words[start : found.start()])
        yield of(found[0])
        start = found.end()
    if start < len(words):
        yield Piece(words[start:])


def said(words: str) -> str:
    """Return words without a path, where no link can stand."""
    return "".join(piece.words for piece in pieces(words))
