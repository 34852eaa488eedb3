"""Divides the body of a text into columns, between what takes the whole measure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lxml.html import HtmlElement

LARGE = "large"  # takes the whole measure
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_RUNNING = frozenset({"p", "ul", "ol"})
_SHORT = 240  # characters; less is set in one column rather than in two of a few lines


def space(body: HtmlElement) -> None:
    """Mark what stands above a heading or a box, which gives the white between the two."""
    for above, below in pairwise(body):
        held = above.tag in _HEADINGS and below.tag != "figure"
        if not held and not {above.tag, below.tag} <= _RUNNING:
            above.classes.add("air")


def divide(body: HtmlElement) -> None:
    """Replace a body by its columns and by what takes the whole measure, in their order.

    A heading before something large goes with it.
    """
    if not any(LARGE in child.classes for child in body):
        return
    pieces = list(_pieces(body))
    began = False
    for piece in pieces:
        if LARGE not in piece.classes:
            piece.classes.add("corps")
            if began:
                piece.classes.add("suite")
            if len(piece.text_content()) < _SHORT:
                piece.classes.add("simple")
            began = True
        body.addprevious(piece)
    body.drop_tree()


def _pieces(body: HtmlElement) -> Iterator[HtmlElement]:
    column: list[HtmlElement] = []
    for child in list(body):
        if LARGE not in child.classes:
            column.append(child)
            continue
        head: list[HtmlElement] = []
        while column and column[-1].tag in _HEADINGS:
            head.insert(0, column.pop())
        if column:
            yield _box(body, column)
        column = []
        if not head:
            yield child
            continue
        child.classes.discard(LARGE)
        whole = _box(body, [*head, child])
        whole.classes.add(LARGE)
        yield whole
    if column:
        yield _box(body, column)


def _box(body: HtmlElement, children: list[HtmlElement]) -> HtmlElement:
    box = body.makeelement("div")
    box.extend(children)
    return box
