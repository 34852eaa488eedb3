"""A mail in dark mode: its rules for `prefers-color-scheme: dark`, as a browser applies them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from axtra.checks.rule import Finding, excerpt, view_rule
from axtra.checks.rules.colours import NO_WORDS, is_faint
from axtra.checks.styles import bare, declarations, hexadecimal
from axtra.checks.view import View
from axtra.design.tokens import contrast

_DARK = re.compile(
    r"@media[^{]*prefers-color-scheme\s*:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)", re.IGNORECASE
)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_BROAD = 3  # a selector of fewer compounds applies to the whole letter
_SIMPLE = re.compile(r"^([a-z][a-z0-9]*)?((?:\.[\w-]+)*)$")
_THEME = "Corrigez le gabarit theme/courriel/ : ses couleurs viennent de theme/tokens.toml."


class _Compound(NamedTuple):
    """A compound of a selector: classes, and possibly a tag."""

    tag: str
    classes: frozenset[str]

    def fits(self, tag: str, classes: str) -> bool:
        return self.tag in {"", tag} and self.classes <= frozenset(classes.split())


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """A selector, as its innermost compound and those of the ancestors, with what it declares.

    `weight` sorts the cascade.
    """

    compound: _Compound
    ancestors: frozenset[_Compound]
    length: int
    colour: str | None
    background: str | None
    weight: tuple[int, int, int]


@view_rule("sombre-styles", _THEME)
def the_dark_is_styled(view: View) -> Iterator[Finding]:
    """Le mode sombre a ses couleurs, jusque dans les tableaux et les cellules."""
    if not _media(view.style_sheets):
        yield Finding("le courriel n’a pas de couleurs pour le mode sombre")
        return
    reached = {
        rule.compound.tag
        for rule in _rules(view.style_sheets)
        if rule.background and not rule.compound.classes and rule.length < _BROAD
    }
    for tag, name in (("table", "les tableaux"), ("td", "les cellules")):
        if tag not in reached:
            yield Finding(f"le fond sombre n’atteint pas {name}")


@view_rule("sombre-important", "Ajoutez !important à chaque déclaration du mode sombre.")
def the_dark_wins(view: View) -> Iterator[Finding]:
    """Chaque couleur du mode sombre l’emporte sur les styles des balises."""
    for dark in _media(view.style_sheets):
        for _, body in _RULE.findall(dark):
            for declaration in filter(str.strip, body.split(";")):
                if "!important" not in declaration:
                    yield Finding(
                        f"« {declaration.strip()} » serait sans effet dans le sombre", declaration
                    )


@view_rule("sombre-contraste", _THEME)
def texts_stand_out_in_the_dark(view: View) -> Iterator[Finding]:
    """Dans le sombre aussi, le texte a un contraste de 4,5 avec son fond, de 3 s’il est grand."""
    if view.name or not _rules(view.style_sheets):
        return
    colours_of = _dark_colours(view)
    for element in view.text_elements:
        colour, background = colours_of[element.index]
        ratio = contrast(colour, background)
        if element.tag not in NO_WORDS and is_faint(element, ratio):
            words, shown = element.own_text or element["alt"], f"{ratio:.1f}".replace(".", ",")
            yield Finding(
                f"dans le sombre, « {excerpt(words)} » se lit mal : {colour} sur {background}, "
                f"contraste de {shown}",
                words,
            )


def _dark_colours(view: View) -> list[tuple[str, str]]:
    """List the text and background colours of each element in dark mode, by index."""
    colours_of: list[tuple[str, str]] = []
    contexts: list[frozenset[_Compound]] = []
    for element in view.elements:
        written, ancestors, before = (
            element["class"],
            frozenset[_Compound](),
            ("#000000", "#FFFFFF"),
        )
        if element.parent:
            ancestors, before = contexts[element.parent.index], colours_of[element.parent.index]
        colour, background = _declared_colours(view.style_sheets, element.tag, written, ancestors)
        colour = colour or hexadecimal(element.style.get("color", "") or element["color"])
        background = hexadecimal(background or element.background)
        colours_of.append((colour or before[0], background or before[1]))
        contexts.append(ancestors | _matched_compounds(view.style_sheets, element.tag, written))
    return colours_of


@lru_cache(maxsize=16)
def _media(sheets: str) -> tuple[str, ...]:
    """List the bodies of the media queries for dark mode."""
    return tuple(_DARK.findall(sheets))


@lru_cache(maxsize=16)
def _rules(sheets: str) -> tuple[_Rule, ...]:
    rules: list[_Rule] = []
    for dark in _media(sheets):
        for selectors, body in _RULE.findall(dark):
            declared = declarations(body)
            colour = hexadecimal(bare(declared.get("color", "")))
            background = hexadecimal(
                bare(declared.get("background-color", declared.get("background", "")))
            )
            for selector in selectors.split(","):
                parts = [_SIMPLE.match(part) for part in selector.split()]
                if parts and all(parts) and (colour or background):
                    compounds = [_compound(compound) for compound in reversed(parts) if compound]
                    classes = sum(len(compound.classes) for compound in compounds)
                    weight = (
                        classes,
                        sum(bool(compound.tag) for compound in compounds),
                        len(rules),
                    )
                    ancestors = frozenset(compounds[1:])
                    rules.append(
                        _Rule(compounds[0], ancestors, len(compounds), colour, background, weight)
                    )
    return tuple(sorted(rules, key=lambda rule: rule.weight, reverse=True))


@lru_cache(maxsize=4096)
def _declared_colours(
    sheets: str, tag: str, classes: str, ancestors: frozenset[_Compound]
) -> tuple[str | None, str | None]:
    """Return the colour and background that the sheets give to an element with these ancestors."""
    matching = [
        rule
        for rule in _rules(sheets)
        if rule.ancestors <= ancestors and rule.compound.fits(tag, classes)
    ]
    colours, backgrounds = (
        (rule.colour for rule in matching),
        (rule.background for rule in matching),
    )
    return next(filter(None, colours), None), next(filter(None, backgrounds), None)


@lru_cache(maxsize=4096)
def _matched_compounds(sheets: str, tag: str, classes: str) -> frozenset[_Compound]:
    """Return the compounds of ancestors that an element matches."""
    parts = frozenset[_Compound]().union(*(rule.ancestors for rule in _rules(sheets)))
    return frozenset(compound for compound in parts if compound.fits(tag, classes))


def _compound(match: re.Match[str]) -> _Compound:
    return _Compound(match[1] or "", frozenset(filter(None, match[2].split("."))))
