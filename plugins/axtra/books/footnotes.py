"""The footnotes of a part: taken from where Markdown gathers them, with their calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: the `<sup>` of each of its calls, and what it says."""

    calls: tuple[HtmlElement, ...]
    body: tuple[HtmlElement, ...]  # its paragraphs


def take(root: HtmlElement) -> tuple[Note, ...]:
    """Remove the lists of notes from a part and return the notes; calls stay where they are."""
    notes = tuple(_notes(root))
    for gathered in root.find_class("footnote"):
        gathered.drop_tree()
    return notes


def _notes(root: HtmlElement) -> Iterator[Note]:
    calls: dict[str, list[HtmlElement]] = {}
    for link in root.find_class("footnote-ref"):
        calls.setdefault(link.get("href", "").removeprefix("#"), []).append(link.getparent())
    for gathered in root.find_class("footnote"):
        for item in gathered.iter("li"):
            name = item.get("id")
            if name in calls:
                for back in item.find_class("footnote-backref"):
                    back.drop_tree()
                for text in item.iter():
                    if text.text is None and not len(text) and text.tail:
                        text.tail = text.tail.rstrip("\u00a0 ")
                yield Note(tuple(calls[name]), tuple(item))
