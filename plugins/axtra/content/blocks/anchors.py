"""The anchors of a body: the ids of its headings, and those that an editor types."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from axtra.content.blocks.inspection import at, plain
from axtra.content.blocks.line_places import Places
from axtra.content.blocks.markdown_engine import anchor
from infolettre.core.diagnostics import Notes

RESERVED = "axe_"  # begins every id that the theme gives to a part of a page
_ID = re.compile(r' id="([^"]*)"')
_LETTERS = re.compile(r"[\W_]+")


def inspect_anchors(
    html: str, places: Places, headings: Iterable[dict[str, Any]], notes: Notes
) -> None:
    """Find an anchor that leads to two places, or to one that the page keeps for itself.

    Args:
        html: what the page shows.
        places: where each thing was typed.
        headings: those of the body, in order.
        notes: takes what is found.
    """
    for name, count in Counter(_ID.findall(html)).items():
        if count == 1 and not name.startswith(RESERVED):
            continue
        lines = _typed(name, places)
        if name.startswith(RESERVED):
            problem = f"l’ancre « {name} » est réservée aux pages elles-mêmes"
            line = next(iter(lines), None)
        else:
            problem = f"l’ancre « {name} » est déjà prise"
            problem += f" (ligne {lines[0]})" if len(lines) > 1 else ""
            line = lines[-1] if lines else None
        new = f"{name.removeprefix(RESERVED)}-2" if count > 1 else name.removeprefix(RESERVED)
        notes.error("ancre-prise", line, problem, f"Donnez-lui-en une autre :  {{#{new}}}")
    _inspect_headings(places, headings, notes)


def _inspect_headings(places: Places, headings: Iterable[dict[str, Any]], notes: Notes) -> None:
    """Find two headings of different words whose anchors differ by their rank alone."""
    first: dict[str, tuple[int, str]] = {}
    for rank, heading in enumerate(headings):
        words, slug = plain(heading["name"]).strip(), re.sub(r"_\d+\Z", "", heading["id"])
        if not words or slug != anchor(words):
            continue  # its anchor was typed
        above, other = first.setdefault(slug, (rank, words))
        if _bare(other) != _bare(words):
            notes.error(
                "ancre-prise",
                at(places.headings, rank),
                f"l’intertitre « {words} » a la même ancre que « {other} » "
                f"(ligne {at(places.headings, above)})",
                f"Donnez-lui la sienne :  {'#' * heading['level']} {words} {{#{slug}-2}}",
            )


def _bare(words: str) -> str:
    return _LETTERS.sub("", words).casefold()


def _typed(name: str, places: Places) -> list[int]:
    """List the lines on which an id is typed."""
    word = re.escape(name)
    typed = re.compile(rf"\{{[^}}]*#{word}(?![\w:.-])|\bid\s*=\s*[\"']?{word}\b")
    return [number for number, line, code in places.source.lines if not code and typed.search(line)]
