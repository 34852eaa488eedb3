"""Gives the tree of a text the opener that was decided for it."""

from __future__ import annotations

from lxml.html import HtmlElement

from axtra.books.composition import Opener, Start
from axtra.books.resources import LANDSCAPE, SQUARE


def open_text(root: HtmlElement, start: Start) -> None:
    """Set the opener of a text."""
    root.classes.add(start.opener.value)
    if start.under:
        root.classes.add("sous")
    [head] = root.find_class("tete")
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


def ground(root: HtmlElement) -> HtmlElement:
    """Return the ground of a page of ink, of the colour that a part names."""
    style = f"background-color: {root.attrib['data-encre']}"
    box: HtmlElement = root.makeelement("div", {"class": "fond", "style": style})
    return box
