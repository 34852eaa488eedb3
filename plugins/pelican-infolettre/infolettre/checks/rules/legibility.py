"""Whether a text can be read: shown, and in letters large enough."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from infolettre.checks.mail_elements import MailElement
from infolettre.checks.rule import WARNING, Finding, about, excerpt, view_rule
from infolettre.checks.styles import HIDING, pixels
from infolettre.checks.view import View
from infolettre.words import say

_SMALLEST = 12  # px, as in the rule
_RAISED = frozenset({"sup", "sub"})
_NAMED_SIZES: Mapping[str, float] = MappingProxyType({"small": 13, "x-small": 10, "xx-small": 9})
_FONT_SIZES: Mapping[str, float] = MappingProxyType({"1": 10, "2": 13, "-1": 13, "-2": 10})
# A width of 320 px is 100 vw.
_UNITS: Mapping[str, float] = MappingProxyType(
    {"px": 1, "": 1, "small": 1, "pt": 4 / 3, "rem": 16, "vw": 3.2}
)


@view_rule("courriel-contenu-cache", "Enlevez ce qui est caché : les antipourriels s’en méfient.")
def hides_nothing(view: View) -> Iterator[Finding]:
    """Seul le préentête est caché."""
    hidden = [
        element
        for element in view.body
        if element.own_text and element.hidden and element.tag != "style"
    ]
    for element in hidden[1:]:
        yield about(say("un texte est caché : « {} »", excerpt(element.text)), element)
    for rendition in () if view.name else view.renditions:
        for element in view.text_elements if rendition.spoiled & HIDING else ():
            if rendition.hidden[element.index] and element.tag != "style":
                words = element.own_text or element["alt"]
                yield Finding(
                    say("un texte est caché {} : « {} »", rendition.screen.cause, excerpt(words)),
                    words,
                    element,
                )
    for element in view.with_property("mso-hide").get("all", ()):
        if not element.hidden and element.text:
            yield about(say("« {} » est caché dans Outlook", excerpt(element.text)), element)
    for element in view.with_attribute("aria-hidden").get("true", ()):
        if not element.hidden and element.text:
            yield about(
                say("« {} » est caché aux lecteurs d’écran", excerpt(element.text)), element
            )


@view_rule("courriel-petit-texte", "Écrivez en 14 pixels au moins; 12 est la limite.")
def text_is_large_enough(view: View) -> Iterator[Finding]:
    """Aucun texte n’a moins de 12 pixels."""
    for element in view.text_elements:
        size = _size(element) if element.own_text and element.tag not in _RAISED else None
        if size is not None and size < _SMALLEST:
            yield Finding(
                say("« {} » est écrit en {:g} pixels", excerpt(element.own_text), size),
                element.own_text,
                element,
            )
    for rendition in () if view.name else view.renditions:
        for element in view.text_elements if "font-size" in rendition.spoiled else ():
            size = pixels(rendition.styles.get(element.index, {}).get("font-size", "")) or 99
            if size < _SMALLEST and size != pixels(element.style.get("font-size", "")):
                words = element.own_text or element["alt"]
                yield Finding(
                    say(
                        "« {} » est écrit en {} pixels {}",
                        excerpt(words),
                        size,
                        rendition.screen.cause,
                    ),
                    words,
                    element,
                )


@view_rule("courriel-justifie", "Alignez le texte à gauche.", severity=WARNING)
def text_is_not_justified(view: View) -> Iterator[Finding]:
    """Aucun texte n’est justifié : les blancs gênent la lecture."""
    for values in (view.with_property("text-align"), view.with_attribute("align")):
        for element in values.get("justify", ()):
            yield about("un texte est justifié, ses blancs gênent la lecture", element)


@view_rule("courriel-capitales", "Enlevez text-transform; le gras suffit.", severity=WARNING)
def text_is_not_capitalised(view: View) -> Iterator[Finding]:
    """Aucune phrase n’est mise en majuscules par son style."""
    if "uppercase" not in view.by_property.get("text-transform", {}):
        return
    for element in view.body:
        shouted = element.inherited("text-transform") == "uppercase"
        if shouted and len(element.own_text.split()) > 3:  # noqa: PLR2004 - a label may be in capitals
            yield Finding(
                say("« {} » s’affiche en majuscules", excerpt(element.own_text)),
                element.own_text,
                element,
            )


def _size(element: MailElement | None) -> float | None:
    """Return the size of a text, in px; None when it is not declared."""
    if element is None:
        return None
    if element.tag == "font" and element["size"] in _FONT_SIZES:
        return _FONT_SIZES[element["size"]]
    number, unit = _declared(element.style.get("font-size") or element.style.get("font", ""))
    if unit is None or (element.tag in _RAISED and unit != "small"):
        return _size(element.parent)
    if unit in _UNITS:
        return number * _UNITS[unit]
    around = _size(element.parent) or 16
    return number * around / (100 if unit == "%" else 1)


@lru_cache(maxsize=4096)
def _declared(font: str) -> tuple[float, str | None]:
    """Parse the size in a value of `font-size` or of `font`."""
    if named := re.search(r"(?:^|\s)((?:xx?-)?small)(?:/|\s|$)", font):
        return _NAMED_SIZES[named[1]], "small"
    match = re.search(r"(?:^|\s)(\d*\.?\d+)(px|pt|r?em|%|vw|(?<=0))(?:/|\s|$)", font)
    return (float(match[1]), match[2]) if match else (0, None)
