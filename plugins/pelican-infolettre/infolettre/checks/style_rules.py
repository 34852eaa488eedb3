"""The rules of the style sheets of a mail: their selectors, and the screens they are for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from infolettre.checks.styles import IMPORTANT, declarations
from infolettre.words import N_, _

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_QUOTED = re.compile(
    r"""url\(\s*(?:"[^"]*"|'[^']*'|[^)"']*)\s*\)|"[^"\n]*"|'[^'\n]*'""", re.IGNORECASE
)
_BRACE = re.compile(r"([^{}]*)([{}])")
_FEATURE = re.compile(r"\(\s*([\w-]+)\s*(?::\s*([^()]*?)\s*)?\)")
_COMPOUND = re.compile(
    r"(?P<tag>\*|[a-zA-Z][\w-]*)?(?P<names>(?:[.#][\w-]+)*)"
    r"(?P<attributes>(?:\[[\w-]+(?:[~|^$*]?=(?:\"[^\"]*\"|'[^']*'|[\w-]+))?\])*)"
    r"(?P<states>(?::(?:root|first-child|last-child|link|any-link))*)"
)
_ATTRIBUTE = re.compile(r"\[([\w-]+)(?:([~|^$*]?)=[\"']?([^\]\"']*)[\"']?)?\]")
_SHORTHANDS = (
    ("background", "background-color", re.compile(r"#[0-9A-Fa-f]{3,6}|\b(?:white|black)\b")),
    ("font", "font-size", re.compile(r"\b\d+px")),
)


class Screen(NamedTuple):
    """A kind of screen: what a reader calls it, its width in CSS pixels, and its colours."""

    name: str
    width: int
    dark: bool

    @property
    def cause(self) -> str:
        """Say where, or by what, a text is spoiled."""
        return _(self.name) if self.name else _("par une feuille de style")


LIGHT, DARK = Screen("", 1200, dark=False), Screen(N_("dans le sombre"), 1200, dark=True)
PHONE = Screen(N_("sur un téléphone"), 360, dark=False)
_DARK_PHONE = Screen(N_("sur un téléphone, dans le sombre"), 360, dark=True)
SCREENS = (LIGHT, PHONE, DARK, _DARK_PHONE)


class Compound(NamedTuple):
    """A compound of a selector, and how the one before it relates to it: « > », « + » or « ».

    A state, such as `:first-child`, is among its attributes.
    """

    relation: str
    tag: str
    names: tuple[str, ...]
    attributes: tuple[tuple[str, str, str], ...]


class StyleRule(NamedTuple):
    """A selector with its declarations, and the media queries around it."""

    media: tuple[str, ...]
    compounds: tuple[Compound, ...]
    declared: Mapping[str, str]
    order: int

    @property
    def weight(self) -> tuple[int, int, int, int]:
        """Return the specificity, then the order."""
        names = list(chain.from_iterable(compound.names for compound in self.compounds))
        ids = sum(name.startswith("#") for name in names)
        attributes = sum(len(compound.attributes) for compound in self.compounds)
        tags = sum(compound.tag not in {"", "*"} for compound in self.compounds)
        return ids, len(names) - ids + attributes, tags, self.order

    def applies(self, screen: Screen) -> bool:
        """Tell whether all its media queries hold on a screen."""
        return all(_holds(query, screen) for query in self.media)


def without_comments(sheet: str) -> str:
    """Return a sheet without its comments."""
    return _COMMENT.sub(" ", sheet)


def without_strings(sheet: str) -> str:
    """Return a sheet whose strings and addresses are empty: nothing in them is a rule."""
    return _QUOTED.sub(lambda match: "url()" if match[0][0] in "uU" else '""', sheet)


@lru_cache(maxsize=64)
def rules(sheet: str) -> tuple[StyleRule, ...]:
    """List the rules of a sheet, each selector of a list apart; what cannot be read is skipped."""
    found: list[StyleRule] = []
    around: list[str] = []
    for body, brace in _BRACE.findall(without_strings(without_comments(sheet))):
        if brace == "{":
            around.append(body.rpartition(";")[2].strip())
            continue
        prelude = around.pop() if around else "@"
        media = tuple(
            query[6:].strip().lower() for query in around if query[:6].lower() == "@media"
        )
        if not prelude.startswith("@") and len(media) == sum(up.startswith("@") for up in around):
            declared = expanded(declarations(body))
            for selector in prelude.split(","):
                if compounds := _compounds(selector):
                    found.append(StyleRule(media, compounds, declared, len(found)))
    return tuple(found)


@lru_cache(maxsize=1024)
def _compounds(selector: str) -> tuple[Compound, ...]:
    """Split a selector; nothing when part of it depends on what a reader does, as `:hover`."""
    compounds: list[Compound] = []
    relation = ""
    for piece in re.sub(r"\s*([>+~](?!=))\s*", r" \1 ", selector).split():
        if piece in {">", "+", "~"}:
            relation = piece
            continue
        match = _COMPOUND.fullmatch(piece)
        if match is None:
            return ()
        tag = (match["tag"] or "").lower()
        names = tuple(re.findall(r"[.#][\w-]+", match["names"]))
        states = ((state, "", "") for state in re.findall(r":[\w-]+", match["states"]))
        attributes = (*_ATTRIBUTE.findall(match["attributes"]), *states)
        compounds.append(Compound(relation, tag, names, attributes))
        relation = ""
    return tuple(compounds)


@lru_cache(maxsize=256)
def _holds(queries: str, screen: Screen) -> bool:
    """Tell whether a media query list holds; a feature that is not known does not."""
    return any(_query_holds(query.strip(), screen) for query in queries.split(","))


def _query_holds(query: str, screen: Screen) -> bool:
    words = re.sub(r"\([^()]*\)", " ", query).split()
    kinds = set(words) - {"only", "and", "not"}
    holds = kinds <= {"all", "screen"} and all(
        _feature_holds(name, value, screen) for name, value in _FEATURE.findall(query)
    )
    return holds != ("not" in words)


def _feature_holds(name: str, value: str, screen: Screen) -> bool:
    number = re.match(r"(\d+(?:\.\d+)?)(px|r?em)?$", value)
    length = float(number[1]) * (16 if number[2] in {"em", "rem"} else 1) if number else 0
    match name.removeprefix("-webkit-").replace("-device", ""):
        case "max-width":
            return screen.width <= length
        case "min-width":
            return screen.width >= length
        case "prefers-color-scheme":
            return (value == "dark") is screen.dark
        case "pointer" | "any-pointer" | "hover" | "any-hover":
            return (value in {"coarse", "none"}) is (screen.width < LIGHT.width)
        case "min-pixel-ratio" | "orientation" | "prefers-reduced-motion":
            return True
        case _:
            return False


def expanded(declared: Mapping[str, str]) -> Mapping[str, str]:
    """Return declarations with the colour of `background` and the size of `font` apart."""
    apart: dict[str, str] = {}
    for shorthand, name, pattern in _SHORTHANDS:
        if shorthand in declared and name not in declared:
            value = declared[shorthand]
            if match := pattern.search(value):
                apart[name] = match[0] + (" !important" if IMPORTANT.search(value) else "")
    return {**declared, **apart} if apart else declared
