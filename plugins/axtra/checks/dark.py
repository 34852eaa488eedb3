"""A mail in the dark: its sheet for `prefers-color-scheme: dark`, as a browser applies it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from axtra.checks.colours import NO_WORDS, is_faint
from axtra.checks.elements import Element, Inherited
from axtra.checks.rule import Finding, excerpt, view_rule
from axtra.checks.styles import bare, declarations, hexadecimal
from axtra.checks.view import View
from axtra.tokens import contrast

_DARK = re.compile(
    r"@media[^{]*prefers-color-scheme\s*:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)", re.IGNORECASE
)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_BROAD = 3  # a selector of fewer compounds reaches the whole letter
_SIMPLE = re.compile(r"^([a-z][a-z0-9]*)?((?:\.[\w-]+)*)$")
_THEME = "Corrigez le gabarit theme/courriel/ : ses couleurs viennent de theme/tokens.toml."


class _Step(NamedTuple):
    """One compound of a selector: a tag, or none, and classes."""

    tag: str
    classes: frozenset[str]

    def fits(self, tag: str, classes: frozenset[str]) -> bool:
        return self.tag in {"", tag} and self.classes <= classes


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """A selector, innermost compound first, with what it declares; `weight` sorts the cascade."""

    steps: tuple[_Step, ...]
    colour: str | None
    ground: str | None
    weight: tuple[int, int, int]


@view_rule("sombre-styles", _THEME)
def the_dark_is_styled(view: View) -> Iterator[Finding]:
    """Le mode sombre a ses couleurs, jusque dans les tableaux et les cellules."""
    if not _media(view.sheets):
        yield Finding("le courriel n’a pas de couleurs pour le mode sombre")
        return
    reached = {
        one.steps[0].tag
        for one in _rules(view.sheets)
        if one.ground and not one.steps[0].classes and len(one.steps) < _BROAD
    }
    for tag, name in (("table", "les tableaux"), ("td", "les cellules")):
        if tag not in reached:
            yield Finding(f"le fond sombre n’atteint pas {name}")


@view_rule("sombre-important", "Ajoutez !important à chaque déclaration du mode sombre.")
def the_dark_wins(view: View) -> Iterator[Finding]:
    """Chaque couleur du mode sombre l’emporte sur les styles des balises."""
    for dark in _media(view.sheets):
        for _, body in _RULE.findall(dark):
            for one in filter(str.strip, body.split(";")):
                if "!important" not in one:
                    yield Finding(f"« {one.strip()} » serait sans effet dans le sombre", one)


@view_rule("sombre-contraste", _THEME)
def texts_stand_out_in_the_dark(view: View) -> Iterator[Finding]:
    """Dans le sombre aussi, le texte a un contraste de 4,5 avec son fond, de 3 s’il est grand."""
    if view.name or not _rules(view.sheets):
        return
    paint = _Paint(view.sheets)
    for one in view.said:
        colour, ground = paint.colours[one], paint.grounds[one]
        ratio = contrast(colour, ground)
        if one.tag not in NO_WORDS and is_faint(one, ratio):
            words, shown = one.own or one["alt"], f"{ratio:.1f}".replace(".", ",")
            yield Finding(
                f"dans le sombre, « {excerpt(words)} » se lit mal : {colour} sur {ground}, "
                f"contraste de {shown}",
                words,
            )


class _Paint:
    """The colours of each element in the dark, found once."""

    def __init__(self, sheets: str) -> None:
        self._sheets = sheets
        self._within: dict[_Step, Inherited[bool]] = {}
        self.colours = Inherited(self._colour, "#000000")
        self.grounds = Inherited(self._ground, "#FFFFFF")

    def _near(self, element: Element) -> tuple[_Rule, ...]:
        return _near(self._sheets, element.tag, element.classes)

    def _fits(self, rule: _Rule, element: Element) -> bool:
        """Tell whether the other compounds stand above."""
        return all(self._stands(step)[element.parent] for step in rule.steps[1:])

    def _stands(self, step: _Step) -> Inherited[bool]:
        if step not in self._within:
            self._within[step] = Inherited(
                lambda one: step.fits(one.tag, one.classes) or None, default=False
            )
        return self._within[step]

    def _colour(self, element: Element) -> str | None:
        near = self._near(element)
        won = next((r.colour for r in near if r.colour and self._fits(r, element)), None)
        return won or hexadecimal(element.style.get("color", "") or element["color"])

    def _ground(self, element: Element) -> str | None:
        near = self._near(element)
        won = next((r.ground for r in near if r.ground and self._fits(r, element)), None)
        return hexadecimal(won or element.ground)


@lru_cache(maxsize=16)
def _media(sheets: str) -> tuple[str, ...]:
    """List what the dark alone is given, in each place."""
    return tuple(_DARK.findall(sheets))


@lru_cache(maxsize=16)
def _rules(sheets: str) -> tuple[_Rule, ...]:
    found: list[_Rule] = []
    for dark in _media(sheets):
        for selectors, body in _RULE.findall(dark):
            said = declarations(body)
            colour = hexadecimal(bare(said.get("color", "")))
            ground = hexadecimal(bare(said.get("background-color", said.get("background", ""))))
            for selector in selectors.split(","):
                steps = [_SIMPLE.match(part) for part in selector.split()]
                if steps and all(steps) and (colour or ground):
                    made = tuple(_step(one) for one in reversed(steps) if one)
                    classes, tags = (
                        sum(len(one.classes) for one in made),
                        sum(bool(one.tag) for one in made),
                    )
                    found.append(_Rule(made, colour, ground, (classes, tags, len(found))))
    return tuple(sorted(found, key=lambda one: one.weight, reverse=True))


@lru_cache(maxsize=4096)
def _near(sheets: str, tag: str, classes: frozenset[str]) -> tuple[_Rule, ...]:
    """List the rules whose first compound fits an element, the strongest first."""
    return tuple(one for one in _rules(sheets) if one.steps[0].fits(tag, classes))


def _step(found: re.Match[str]) -> _Step:
    return _Step(found[1] or "", frozenset(filter(None, found[2].split("."))))
