"""The point of a picture that stays visible where the picture is cropped, and how it is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_CENTRE = 50
_FACE = 30  # where the face of a portrait is, from the top
# What each word says: the distance from the left, and from the top, in %.
_PLACES: Mapping[str, tuple[int | None, int | None]] = MappingProxyType(
    {
        "gauche": (0, None), "droite": (100, None), "haut": (None, 0), "bas": (None, 100),
        "centre": (None, None), "milieu": (None, None), "visage": (None, _FACE),
    }
)  # fmt: skip
_MEANT: Mapping[str, str] = MappingProxyType(
    {
        "left": "gauche", "right": "droite", "top": "haut", "bottom": "bas", "center": "centre",
        "face": "visage", "middle": "centre", "droit": "droite",
    }
)  # fmt: skip
_WORD = re.compile(r"\w+|[^\w\s]")
_LINKS = frozenset({"en", "à", "au", "et", "-", ",", ";", "/"})
_NUMBER = r"(\d{1,3}(?:[.,]\d{1,4})?) ?%?"
_NUMBERS = re.compile(rf"{_NUMBER}(?: ?[,;/] ?| ){_NUMBER}")


@dataclass(frozen=True, slots=True)
class Focus:
    """A point of a picture, placed as CSS does.

    `x` is in % of the width, from the left; `y` in % of the height, from the top.
    """

    x: int
    y: int

    def __str__(self) -> str:
        return f"{self.x}% {self.y}%"


def read(text: str) -> Focus | None:
    """Read « 50% 30% », « haut », « en bas à gauche »; None when it is no point of a picture."""
    if numbers := _NUMBERS.fullmatch(text):
        x, y = (float(number.replace(",", ".")) for number in numbers.groups())
        return Focus(round(x), round(y)) if max(x, y) <= 100 else None  # noqa: PLR2004
    words = _words(text)
    if not 0 < len(words) <= 2 or not _PLACES.keys() >= set(words):  # noqa: PLR2004
        return None
    across = [x for x, _ in map(_PLACES.__getitem__, words) if x is not None]
    down = [y for _, y in map(_PLACES.__getitem__, words) if y is not None]
    if len(across) > 1 or len(down) > 1:
        return None
    return Focus((*across, _CENTRE)[0], (*down, _CENTRE)[0])


def in_french(text: str) -> str:
    """Return the words of a point in French; numbers come back as they are, with their signs."""
    if any(sign.isdigit() for sign in text):
        return text
    return " ".join(_MEANT.get(word, word) for word in _words(text))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in _LINKS]
