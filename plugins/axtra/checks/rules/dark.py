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
_BROAD = 3  # a selector of fewer compounds reaches the whole letter
_SIMPLE = re.compile(r"^([a-z][a-z0-9]*)?((?:\.[\w-]+)*)$")
_THEME = "Corrigez le gabarit theme/courriel/ : ses couleurs viennent de theme/tokens.toml."


class _Step(NamedTuple):
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

    step: _Step
    above: frozenset[_Step]
    length: int
    colour: str | None
    ground: str | None
    weight: tuple[int, int, int]


@view_rule("sombre-styles", _THEME)
def the_dark_is_styled(view: View) -> Iterator[Finding]:
    """Le mode sombre a ses couleurs, jusque dans les tableaux et les cellules."""
    if not _media(view.style_sheets):
        yield Finding("le courriel n’a pas de couleurs pour le mode sombre")
        return
    reached = {
        rule.step.tag
        for rule in _rules(view.style_sheets)
        if rule.ground and not rule.step.classes and rule.length < _BROAD
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
    painted = _painted(view)
    for element in view.text_elements:
        colour, ground = painted[element.index]
        ratio = contrast(colour, ground)
        if element.tag not in NO_WORDS and is_faint(element, ratio):
            words, shown = element.own_text or element["alt"], f"{ratio:.1f}".replace(".", ",")
            yield Finding(
                f"dans le sombre, « {excerpt(words)} » se lit mal : {colour} sur {ground}, "
                f"contraste de {shown}",
                words,
            )


def _painted(view: View) -> list[tuple[str, str]]:
    """List the text and background colours of each element in dark mode, by index."""
    painted: list[tuple[str, str]] = []
    around: list[frozenset[_Step]] = []
    for element in view.elements:
        written, above, before = element["class"], frozenset[_Step](), ("#000000", "#FFFFFF")
        if element.parent:
            above, before = around[element.parent.index], painted[element.parent.index]
        colour, ground = _won(view.style_sheets, element.tag, written, above)
        colour = colour or hexadecimal(element.style.get("color", "") or element["color"])
        ground = hexadecimal(ground or element.background)
        painted.append((colour or before[0], ground or before[1]))
        around.append(above | _standing(view.style_sheets, element.tag, written))
    return painted


@lru_cache(maxsize=16)
def _media(sheets: str) -> tuple[str, ...]:
    """List the bodies of the media queries for dark mode."""
    return tuple(_DARK.findall(sheets))


@lru_cache(maxsize=16)
def _rules(sheets: str) -> tuple[_Rule, ...]:
    rules: list[_Rule] = []
    for dark in _media(sheets):
        for selectors, body in _RULE.findall(dark):
            said = declarations(body)
            colour = hexadecimal(bare(said.get("color", "")))
            ground = hexadecimal(bare(said.get("background-color", said.get("background", ""))))
            for selector in selectors.split(","):
                steps = [_SIMPLE.match(part) for part in selector.split()]
                if steps and all(steps) and (colour or ground):
                    made = [_step(step) for step in reversed(steps) if step]
                    classes = sum(len(step.classes) for step in made)
                    weight = (classes, sum(bool(step.tag) for step in made), len(rules))
                    above = frozenset(made[1:])
                    rules.append(_Rule(made[0], above, len(made), colour, ground, weight))
    return tuple(sorted(rules, key=lambda rule: rule.weight, reverse=True))


@lru_cache(maxsize=4096)
def _won(
    sheets: str, tag: str, classes: str, above: frozenset[_Step]
) -> tuple[str | None, str | None]:
    """Return the colour and background that the sheets give to an element with these ancestors."""
    near = [rule for rule in _rules(sheets) if rule.above <= above and rule.step.fits(tag, classes)]
    colours, grounds = (rule.colour for rule in near), (rule.ground for rule in near)
    return next(filter(None, colours), None), next(filter(None, grounds), None)


@lru_cache(maxsize=4096)
def _standing(sheets: str, tag: str, classes: str) -> frozenset[_Step]:
    """Return the compounds of ancestors that an element matches."""
    steps = frozenset[_Step]().union(*(rule.above for rule in _rules(sheets)))
    return frozenset(step for step in steps if step.fits(tag, classes))


def _step(match: re.Match[str]) -> _Step:
    return _Step(match[1] or "", frozenset(filter(None, match[2].split("."))))
