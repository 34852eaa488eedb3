"""The baseline of a PDF: what is not made of lines of 14 pt is brought back to them.

Nothing in CSS does it; a first layout measures such boxes, and what each lacks is added below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

LINE = 14.0  # pt
MARK = "data-hauteur"
PART = "data-partie"
COLUMNS = "data-colonnes"
NOTE = "data-note"


@dataclass(frozen=True, slots=True)
class Box:
    """A box as it was laid out: its height without margins, and its lower padding, in pt."""

    height: float
    padding: float


_LINES = frozenset({"p", "ul", "ol", "dl", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_ALWAYS = ("tete", "points", "large")
_SLACK = 0.05  # pt that rounding may take


def mark(root: HtmlElement, name: str) -> None:
    """Mark the boxes of a part that may leave the baseline; `name` is that of the part."""
    root.set(PART, name)
    boxes = [box for style in _ALWAYS for box in root.find_class(style)]
    for body in root.find_class("corps"):
        body.set(COLUMNS, name)
        boxes += [child for child in body if child.tag not in _LINES or _has_picture(child)]
    for rank, note in enumerate(root.find_class("note")):
        note.set(NOTE, f"{name}-{rank}")
    known = set(boxes)
    for rank, box in enumerate(boxes):
        if known.isdisjoint(box.iterancestors()):  # the height of a box is that of what it holds
            box.set(MARK, f"{name}-{rank}")


def marks(root: HtmlElement) -> set[str]:
    """Return the marks of the boxes of a part."""
    return {element.attrib[MARK] for element in root.iter() if MARK in element.attrib}


def snap(root: HtmlElement, boxes: Mapping[str, Box]) -> None:
    """Add below each marked box what it lacks."""
    for element in root.iter():
        if box := boxes.get(element.get(MARK, "")):
            lacking = -box.height % LINE
            if _SLACK < lacking < LINE - _SLACK:
                style = element.get("style", "").rstrip("; ")
                added = f"padding-bottom: {box.padding + lacking:.3f}pt"
                element.set("style", f"{style}; {added}" if style else added)


def _has_picture(element: HtmlElement) -> bool:
    return next(element.iter("img"), None) is not None
