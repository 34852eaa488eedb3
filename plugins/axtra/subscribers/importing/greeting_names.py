"""First names fit for the greeting of a mail; anything else counts as unknown."""

from __future__ import annotations

import re

from axtra.subscribers.importing.csv_cells import words

_NONE = frozenset({
    "null", "none", "nil", "nan", "n a", "na", "inconnu", "inconnue", "unknown", "anonyme", "test",
    "prenom", "first name", "firstname", "nom", "sans", "aucun", "aucune", "non fourni", "x", "xx",
    "xxx", "ref", "undefined", "vide", "client", "membre", "madame", "monsieur", "abonne",
})  # fmt: skip
_NO_NAME = re.compile(r"@|https?:|www\.")
_TITLES = re.compile(  # « Mme », « M. et Mme »
    r"(?:(?:mr?|mme|mlle|dre?|me|mgr|madame|monsieur|mrs|ms)\b\.?(?:\s+|$)(?:(?:et|&)\s+)?)+",
    re.IGNORECASE,
)
_PART = re.compile(r"[^\W_]+")
_SPELLED = 2  # letters: « JF » may be two initials


def parted(text: str) -> tuple[str, str]:
    """Return the first and the last name of « Roy, Zoé », « M. Zoé ROY » or « Zoé Roy »."""
    last, comma, first = text.partition(",")
    if comma:
        return _untitled(first), _untitled(last)
    parts = _untitled(text).split()
    loud = [len(part) > _SPELLED and part.isupper() for part in parts]
    if any(loud) and not all(loud):  # the last name is in capitals
        start, end = loud.index(True), len(loud) - loud[::-1].index(True)
        return " ".join(parts[:start] + parts[end:]), " ".join(parts[start:end])
    return " ".join(parts[:1]), " ".join(parts[1:])


def _untitled(text: str) -> str:
    text = text.strip()
    titles = _TITLES.match(text)
    return text[titles.end() :] if titles else text


def cleaned(text: str, last_name: str = "") -> str:
    """Return a first name without title and last name, with the usual capitals, or nothing."""
    if not words(text) or words(text) in _NONE or _NO_NAME.search(text):
        return ""
    name = _untitled(text)
    if last_name and name.casefold().endswith(f" {last_name.casefold()}"):
        name = name[: -len(last_name) - 1].strip()
    elif name != text and name.casefold() == last_name.casefold():
        return ""
    if name.islower() or (name.isupper() and len(name) > _SPELLED):
        name = _PART.sub(lambda part: part[0].capitalize(), name)
    return name
