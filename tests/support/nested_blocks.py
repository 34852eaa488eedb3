"""Structures of Markdown in which a block may be nested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import indent
from types import MappingProxyType

Wrap = Callable[[str], str]


def _item(mark: str, width: int) -> Wrap:
    """Return a wrapper that makes a text the content of a list item."""
    return lambda text: mark + indent(text, " " * width)[width:]


def _after(lead: str, wrap: Wrap) -> Wrap:
    return lambda text: f"{lead}{wrap(text)}"


def _back(spaces: str) -> Wrap:
    return lambda text: indent(text, spaces)


def _block(opening: str) -> Wrap:
    """Return a wrapper that puts a text in a block, with more slashes than any inside."""

    def wrap(text: str) -> str:
        slashes = "/" * max(4, *(len(word) + 1 for word in text.split() if set(word) == {"/"}))
        return f"{slashes} {opening}\n{text}\n{slashes}"

    return wrap


def _around(before: str, after: str) -> Wrap:
    return lambda text: f"{before}{text}{after}"


# Structures in which a block can be read, then those in which it must be refused.
SOUND: Mapping[str, Wrap] = MappingProxyType(
    {
        "paragraph": _after("Une phrase.\n\n", str),
        "glued": _after("Une phrase collée.\n", str),
        "list before": _after("- un\n- deux\n", str),
        "one space": _back(" "),
        "three spaces": _back("   "),
        "encadre": _block("encadre | Un titre"),
        "citation": _block("citation | Une personne\nElle le dit.\n"),
        "web": _block("web"),
        "courriel": _block("courriel"),
        "heading": _after("## Un intertitre\n\n", str),
        "example": _after("```\n/// courriel\n    public: autres\nExemple.\n///\n```\n\n", str),
        "comma": _after("Le code `///` ouvre un bloc, `/// courriel` aussi.\n\n", str),
    }
)
UNSOUND: Mapping[str, Wrap] = MappingProxyType(
    {
        "quotation": lambda text: indent(text, "> ", lambda _: True),
        "bullet": _after("- un\n\n", _back("    ")),
        "first of a bullet": _item("- ", 2),
        "first of a wide bullet": _item("-   ", 4),
        "star": _item("* ", 4),
        "number": _item("1. ", 4),
        "sublist": _after("- un\n    - deux\n\n", _back("        ")),
        "definition": _after("Un terme\n", _item(":   ", 4)),
        "note": _after("Un mot[^1].\n\n", _item("[^1]: ", 4)),
        "four spaces": _back("    "),
        "tab": _back("\t"),
        "div": _around("<div>\n", "\n</div>"),
        "div with blanks": _around("<div>\n\n", "\n\n</div>"),
        "markdown div": _around('<div markdown="1">\n\n', "\n\n</div>"),
        "details": _around("<details>\n<summary>Voir</summary>\n", "\n</details>"),
        "comment": _around("<!--\n", "\n-->"),
        "cell": lambda text: f"| a | b |\n|---|---|\n| {text.replace(chr(10), ' ')} | c |",
        "admonition": _after("!!! note\n\n", _back("    ")),
        "figure": _block("figure | images/point.png\n    alt: Un point."),
        "chiffres": _block("chiffres"),
    }
)
EVERY: Mapping[str, Wrap] = MappingProxyType({**SOUND, **UNSOUND})
