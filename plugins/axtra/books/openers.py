"""Gives the tree of a text the opener that was decided for it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml.html import HtmlElement

from axtra.books.baseline import MARK, PART
from axtra.books.composition import Opener, Start
from axtra.books.resources import LANDSCAPE, SQUARE


def open_text(root: HtmlElement, start: Start) -> None:
    """Set the opener of a text."""
    root.classes.add(start.opener.value)
    if start.under:
        root.classes.add("sous")
        root.set("style", f"padding-top: {start.air}pt")
    [head] = root.find_class("tete")
    head.set(MARK, f"{head.get(MARK)}~{start.opener}")  # its height is that of this opener
    [picture] = head.find_class("vue")
    if start.opener is Opener.PLAIN:
        picture.drop_tree()
    elif start.opener is not Opener.HEAD:
        picture.set("style", picture.get("style", "").replace(LANDSCAPE, SQUARE))
    if start.opener is Opener.FULL:
        sheet = root.makeelement("div", {"class": "affiche"})
        [titles] = head.find_class("titres")
        moved = root.makeelement("div", {"class": "titres"})
        moved.extend([*titles.find_class("rubrique"), *titles.findall("h1")])
        sheet.extend([ground(root), picture, moved])
        head.addprevious(sheet)


def openings(root: HtmlElement, name: str) -> Iterator[HtmlElement]:
    """Yield the opening of a text, without the text, in each form but that of a first layout.

    A box that is laid out twice is taken for a box that a page cuts.
    """
    for opener in Opener:
        if opener is Opener.HALF:
            continue
        alone = deepcopy(root)
        for child in list(alone):
            if "tete" not in child.classes:
                child.drop_tree()
        open_text(alone, Start(opener, under=False))
        alone.set(PART, f"{name}~{opener}")
        alone.attrib.pop("id", None)
        yield alone


def ground(root: HtmlElement) -> HtmlElement:
    """Return the ground of a page of ink, of the colour that a part names."""
    style = f"background-color: {root.attrib['data-encre']}"
    box: HtmlElement = root.makeelement("div", {"class": "fond", "style": style})
    return box
