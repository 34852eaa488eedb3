"""What the style sheets of a mail make of its elements on each kind of screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from infolettre.checks.mail_elements import MailElement, inherit
from infolettre.checks.style_rules import SCREENS, Compound, Screen, StyleRule, expanded, rules
from infolettre.checks.styles import HIDING, bare, declarations, hexadecimal, hidden_by, pixels

_COLOURS = frozenset({"color", "background-color"})
_SMALL = 12  # px, as in the rule on small text


@dataclass(frozen=True)
class Rendition:
    """The elements of a mail as the sheets style them on a screen.

    Attributes:
        screen: the kind of screen.
        elements: all the elements of the mail.
        spoiled: the properties that the sheets may use to hide a text, or make it hard to read.
        styles: what each element that a sheet matches declares of these properties, by index.
    """

    screen: Screen
    elements: Sequence[MailElement]
    spoiled: frozenset[str]
    styles: Mapping[int, Mapping[str, str]]

    def style(self, element: MailElement) -> Mapping[str, str]:
        """Return the declarations that win for an element."""
        return self.styles.get(element.index, element.style)

    @cached_property
    def hidden(self) -> list[bool]:
        """Tell of each element, by index, whether it is hidden."""
        if not self.spoiled & HIDING:
            return [element.hidden for element in self.elements]
        return inherit(self.elements, self._hidden, default=False)

    def _hidden(self, element: MailElement) -> bool | None:
        style = self.styles.get(element.index, element.style)
        return hidden_by(style) or element.has("hidden") or None

    @cached_property
    def colours(self) -> list[str]:
        """List the text colour of each element, by index."""
        return inherit(self.elements, self._colour, "#000000")

    @cached_property
    def backgrounds(self) -> list[str]:
        """List the background colour of each element, by index."""
        return inherit(self.elements, self._background, "#FFFFFF")

    def _colour(self, element: MailElement) -> str | None:
        return hexadecimal(self.style(element).get("color") or element["color"] or element["text"])

    def _background(self, element: MailElement) -> str | None:
        style = self.styles.get(element.index)
        if style is None:
            return hexadecimal(element.background)
        return hexadecimal(style.get("background-color") or element["bgcolor"])


def renditions(
    elements: Sequence[MailElement],
    by_tag: Mapping[str, list[MailElement]],
    sheets: Iterable[tuple[str, str]],
) -> Iterator[Rendition]:
    """Yield each different rendition of a mail that its sheets may spoil.

    Args:
        elements: all the elements.
        by_tag: the same, by tag.
        sheets: the media and the content of each sheet.
    """
    matcher = _Matcher(elements, by_tag)
    for screen, spoiled, steps in _plans(tuple(sheets)):
        yield Rendition(screen, elements, spoiled, _styles(elements, steps, matcher))


class _Step(NamedTuple):
    """What a rule adds to the elements that its selector matches."""

    compounds: tuple[Compound, ...]
    plain: Mapping[str, str]
    forced: Mapping[str, str]


_Plan = tuple[Screen, frozenset[str], tuple[_Step, ...]]


@lru_cache(maxsize=16)
def _plans(sheets: tuple[tuple[str, str], ...]) -> tuple[_Plan, ...]:
    """List the screens that the sheets may spoil, with the steps of the cascade on each."""
    listed = [
        rule._replace(media=(media, *rule.media) if media else rule.media)
        for media, sheet in sheets
        for rule in rules(sheet)
    ]
    listed = [rule._replace(order=order) for order, rule in enumerate(listed)]
    plans: dict[tuple[int, ...], _Plan] = {}
    for screen in SCREENS:
        applied = [rule for rule in listed if rule.applies(screen)]
        spoiling = {rule.order: _spoils(rule.declared) for rule in applied}
        key = tuple(order for order, names in spoiling.items() if names)
        if key and key not in plans:
            spoiled = frozenset[str]().union(*spoiling.values())
            wanted = _COLOURS | spoiled | (HIDING if spoiled & HIDING else frozenset())
            ranked = sorted(applied, key=lambda rule: rule.weight)
            steps = (_step(rule, wanted) for rule in ranked if wanted & rule.declared.keys())
            plans[key] = (screen, spoiled, tuple(steps))
    return tuple(plans.values())


def _step(rule: StyleRule, wanted: frozenset[str]) -> _Step:
    declared = {name: rule.declared[name] for name in wanted & rule.declared.keys()}
    plain = {name: value for name, value in declared.items() if "!" not in value}
    forced = {name: bare(value) for name, value in declared.items() if "!" in value}
    return _Step(rule.compounds, plain, forced)


def _styles(
    elements: Sequence[MailElement], steps: Iterable[_Step], matcher: _Matcher
) -> Mapping[int, Mapping[str, str]]:
    """Return the style of each element that a rule matches, as the cascade gives it."""
    normal: dict[int, dict[str, str]] = {}
    important: dict[int, dict[str, str]] = {}
    for step in steps:
        for index in matcher.match(step.compounds):
            if step.plain:
                normal.setdefault(index, {}).update(step.plain)
            if step.forced:
                important.setdefault(index, {}).update(step.forced)
    styles: dict[int, Mapping[str, str]] = {}
    for index in normal.keys() | important.keys():
        own, forced = _own(elements[index]["style"])
        styles[index] = {**normal.get(index, {}), **own, **important.get(index, {}), **forced}
    return styles


@lru_cache(maxsize=4096)
def _own(style: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return what a style attribute declares, and what of it is important."""
    own = expanded(declarations(style))
    return own, {name: bare(value) for name, value in own.items() if "!" in value}


class _Matcher:
    """Which elements each selector matches."""

    def __init__(
        self, elements: Sequence[MailElement], by_tag: Mapping[str, list[MailElement]]
    ) -> None:
        self._elements = elements
        self._by_tag = by_tag
        self._compounds: dict[Compound, frozenset[int]] = {}
        self._inside: dict[frozenset[int], frozenset[int]] = {}

    @cached_property
    def _by_name(self) -> Mapping[str, set[int]]:
        """Group the elements by class and identifier, as selectors write them."""
        names: dict[str, set[int]] = {}
        for element in self._elements:
            for name in element["class"].split():
                names.setdefault(f".{name}", set()).add(element.index)
            if element["id"]:
                names.setdefault(f"#{element['id']}", set()).add(element.index)
        return names

    def match(self, compounds: tuple[Compound, ...]) -> frozenset[int]:
        """Return the indexes of the elements that a selector matches."""
        matched = self._compound(compounds[0])
        for compound in compounds[1:]:
            matched = self._compound(compound) & self._related(matched, compound.relation)
            if not matched:
                break
        return matched

    def _compound(self, compound: Compound) -> frozenset[int]:
        if compound not in self._compounds:
            self._compounds[compound] = frozenset(self._search(compound))
        return self._compounds[compound]

    def _search(self, compound: Compound) -> set[int]:
        groups = [self._by_name.get(name, set()) for name in compound.names]
        if compound.tag not in {"", "*"}:
            groups.append({element.index for element in self._by_tag.get(compound.tag, ())})
        matched = set.intersection(*groups) if groups else set(range(len(self._elements)))
        for name, sign, value in compound.attributes:
            matched = {i for i in matched if _has(self._elements[i], name, sign, value)}
        return matched

    def _related(self, matched: frozenset[int], relation: str) -> frozenset[int]:
        if relation == ">":
            return self._where(lambda e: e.parent is not None and e.parent.index in matched)
        if relation in {"+", "~"}:
            following = (self._elements[index].next_sibling for index in matched)
            return frozenset(element.index for element in following if element)
        if matched not in self._inside:
            inside: set[int] = set()
            for element in self._elements:
                up = element.parent
                if up is not None and (up.index in matched or up.index in inside):
                    inside.add(element.index)
            self._inside[matched] = frozenset(inside)
        return self._inside[matched]

    def _where(self, wanted: Callable[[MailElement], bool]) -> frozenset[int]:
        return frozenset(element.index for element in self._elements if wanted(element))


def _is_in_state(element: MailElement, state: str) -> bool:
    siblings = element.parent.elements if element.parent else [element]
    match state:
        case ":root":
            return element.parent is None
        case ":first-child":
            return siblings[0] is element
        case ":last-child":
            return siblings[-1] is element
        case _:
            return element.tag == "a" and element.has("href")


def _has(element: MailElement, name: str, sign: str, value: str) -> bool:
    if name.startswith(":"):
        return _is_in_state(element, name)
    written = element[name]
    if not element.has(name):
        return False
    match sign:
        case "^":
            return written.startswith(value)
        case "$":
            return written.endswith(value)
        case "*":
            return value in written
        case "~":
            return value in written.split()
        case _:
            return not value or written == value


@lru_cache(maxsize=1)
def _spoiling() -> Mapping[str, Callable[[str], bool]]:
    return MappingProxyType({
        "display": lambda value: value == "none",
        "visibility": lambda value: value in {"hidden", "collapse"},
        "opacity": lambda value: _number(value) < 0.5,  # noqa: PLR2004 - hardly seen
        "max-height": lambda value: value in {"0", "0px"},
        "height": lambda value: value in {"0", "0px"},
        "text-indent": lambda value: value.startswith("-"),
        "font-size": lambda value: (pixels(value) or _number(value)) < _SMALL,
        "color": bool,
        "background-color": bool,
    })  # fmt: skip


def _spoils(declared: Mapping[str, str]) -> frozenset[str]:
    """Return the properties by which declarations may hide a text, or make it hard to read."""
    tests = _spoiling()
    names = declared.keys() & tests.keys()
    return frozenset(name for name in names if tests[name](bare(declared[name])))


def _number(value: str) -> float:
    return float(value) if re.fullmatch(r"\d*\.?\d+", value) else 99
