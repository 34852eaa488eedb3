"""A mail in dark mode: its rules for `prefers-color-scheme: dark`, as a browser applies them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from infolettre.checks.rule import NOT_THE_TEXT, Finding, view_rule
from infolettre.checks.rules.colours import faint_texts
from infolettre.checks.style_rules import rules
from infolettre.checks.styles import IMPORTANT, bare, hexadecimal
from infolettre.checks.view import View
from infolettre.words import N_, _, say

_DARK = re.compile(
    r"@media[^{]*prefers-color-scheme\s*:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)", re.IGNORECASE
)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_BROAD = 3  # a selector of fewer compounds applies to the whole letter


@view_rule("sombre-styles", NOT_THE_TEXT)
def the_dark_is_styled(view: View) -> Iterator[Finding]:
    """Le mode sombre a ses couleurs, jusque dans les tableaux et les cellules."""
    if not _media(view.style_sheets):
        yield Finding(
            "le courriel n’a pas de couleurs pour le mode sombre", near=view.first("style", "head")
        )
        return
    reached = _darkened_tags(view.style_sheets)
    for tag, name in (("table", N_("les tableaux")), ("td", N_("les cellules"))):
        if tag not in reached:
            yield Finding(say("le fond sombre n’atteint pas {}", _(name)), near=view.first("style"))


@view_rule("sombre-important", "Ajoutez !important à chaque déclaration du mode sombre.")
def the_dark_wins(view: View) -> Iterator[Finding]:
    """Chaque couleur du mode sombre l’emporte sur les styles des balises."""
    for dark in _media(view.style_sheets):
        for _selector, body in _RULE.findall(dark):
            for declaration in filter(str.strip, body.split(";")):
                if not IMPORTANT.search(declaration):
                    yield Finding(
                        say("« {} » serait sans effet dans le sombre", declaration.strip()),
                        declaration,
                    )


@view_rule("sombre-contraste", NOT_THE_TEXT)
def texts_stand_out_in_the_dark(view: View) -> Iterator[Finding]:
    """Dans le sombre aussi, le texte a un contraste de 4,5 avec son fond, de 3 s’il est grand."""
    if view.name or not _media(view.style_sheets):
        return
    for rendition in (each for each in view.renditions if each.screen.dark):
        yield from faint_texts(view, rendition)


@lru_cache(maxsize=16)
def _media(sheets: str) -> tuple[str, ...]:
    """List the bodies of the media queries for dark mode."""
    return tuple(_DARK.findall(sheets))


@lru_cache(maxsize=16)
def _darkened_tags(sheets: str) -> frozenset[str]:
    """Return the tags that have a dark background in the whole letter."""
    return frozenset(
        rule.compounds[-1].tag
        for rule in rules(sheets)
        if any("dark" in query for query in rule.media)
        and hexadecimal(bare(rule.declared.get("background-color", "")))
        and not rule.compounds[-1].names
        and len(rule.compounds) < _BROAD
    )
