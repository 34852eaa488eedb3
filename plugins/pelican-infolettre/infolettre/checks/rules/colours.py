"""The colours of a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from infolettre.checks.cascade import Rendition
from infolettre.checks.mail_elements import MailElement
from infolettre.checks.rule import NOT_THE_TEXT, WARNING, Finding, excerpt, view_rule
from infolettre.checks.styles import bare, hexadecimal
from infolettre.checks.view import View
from infolettre.design.tokens import contrast
from infolettre.words import one_decimal, say

_NO_COLOUR = frozenset({"", "transparent", "inherit", "initial", "currentcolor", "none", "unset"})
NO_WORDS = frozenset({"style", "script"})
CONTRAST, LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3


@view_rule("couleur-contraste", "Prenez une couleur plus foncée ou un fond plus clair.")
def texts_stand_out(view: View) -> Iterator[Finding]:
    """Le texte a un contraste de 4,5 avec son fond, de 3 s’il est grand."""
    colours = [colour or "#000000" for colour in view.colours]
    backgrounds = [background or "#FFFFFF" for background in view.backgrounds]
    yield from _faint(view.text_elements, colours, backgrounds)
    for rendition in () if view.name else view.renditions:
        if not rendition.screen.dark:
            yield from faint_texts(view, rendition)


def faint_texts(view: View, rendition: Rendition) -> Iterator[Finding]:
    """Yield the texts that have too low a contrast on a screen, as the sheets colour it."""
    shown = (element for element in view.text_elements if not rendition.hidden[element.index])
    cause = f"{rendition.screen.cause}, "
    yield from _faint(shown, rendition.colours, rendition.backgrounds, cause)


def _faint(
    elements: Iterable[MailElement], colours: list[str], backgrounds: list[str], cause: str = ""
) -> Iterator[Finding]:
    for element in elements:
        colour, background = colours[element.index], backgrounds[element.index]
        ratio = contrast(colour, background)
        if element.tag not in NO_WORDS and is_faint(element, ratio):
            words, shown = element.own_text or element["alt"], one_decimal(ratio)
            yield Finding(
                say(
                    "{}« {} » se lit mal : {} sur {}, contraste de {}",
                    cause,
                    excerpt(words),
                    colour,
                    background,
                    shown,
                ),
                words,
                element,
            )


@view_rule("couleur-illisible", "Écrivez la couleur en six chiffres, par exemple #0F3D5C.")
def colours_are_read(view: View) -> Iterator[Finding]:
    """Une couleur s’écrit #RRVVBB, que lisent tous les logiciels."""
    for name in ("color", "background-color"):
        for declared, elements in view.with_property(name).items():
            value = bare(declared)
            if value.lower() not in _NO_COLOUR and hexadecimal(value) is None:
                for element in elements:
                    yield Finding(
                        say("la couleur « {} » n’est pas lue partout", value), value, element
                    )
    for name in ("bgcolor", "color", "text"):
        for value, elements in view.with_attribute(name).items():
            if value and hexadecimal(value) is None:
                for element in elements:
                    yield Finding(
                        say("la couleur « {} » n’est pas lue partout", value), value, element
                    )


@view_rule("couleur-fond-seul", "Donnez ensemble la couleur du texte et celle du fond.",
           severity=WARNING)  # fmt: skip
def grounds_are_given(view: View) -> Iterator[Finding]:
    """Qui donne une couleur de texte donne aussi celle du fond."""
    for element in view.text_elements:
        if element.own_text and view.colours[element.index] and not view.backgrounds[element.index]:
            yield Finding(
                say("« {} » a une couleur, mais aucun fond", excerpt(element.own_text)),
                element.own_text,
                element,
            )


@view_rule("sombre-meta", NOT_THE_TEXT)
def both_schemes_are_declared(view: View) -> Iterator[Finding]:
    """Le courriel annonce qu’il sait être clair et sombre."""
    metas = {meta["name"].lower(): meta["content"] for meta in view.all("meta")}
    for name in ("color-scheme", "supported-color-schemes"):
        if not {"light", "dark"} <= set(metas.get(name, "").split()):
            yield Finding(
                say('la balise <meta name="{}"> manque : le sombre serait deviné', name),
                near=view.first("head"),
            )


def is_faint(element: MailElement, ratio: float) -> bool:
    """Tell whether a contrast is too low for a text."""
    return ratio < LARGE or (ratio < CONTRAST and not _is_large(element))


def _is_large(element: MailElement) -> bool:
    """Tell whether a text is large.

    Source: WCAG 2.2, « large scale »: 24 px, or 18.66 px in bold.
    """
    for up in element.lineage:
        declared = up.style.get("font-size") or up.style.get("font", "")
        if size := re.search(r"(\d+(?:\.\d+)?)px", declared):
            bold = up.tag == "strong" or "bold" in up.inherited("font-weight") + declared
            return float(size[1]) >= (18.66 if bold else 24)
    return False
