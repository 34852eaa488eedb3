"""Markdown to the HTML that Python-Markdown makes of it, each block with the key of its opening."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from axtra.content.blocks.markdown_engine import Placeholders, engine
from axtra.content.blocks.marks import LineMark, Marks
from axtra.content.blocks.source import Typed, scan
from infolettre.core.diagnostics import Notes
from infolettre.text import first_names, typography

# Markdown takes an empty line for code when it is the first and has spaces.
_EMPTY = re.compile(r"\A[ \t]+(?=\n)")


class MadeHtml(NamedTuple):
    """What was made of a body: its HTML, its blocks, and its headings in order."""

    html: str
    marks: Marks
    headings: list[Any]


class HtmlMaker:
    """Makes the HTML of many bodies with one `Markdown` instance."""

    def __init__(self) -> None:
        self._blocks = Placeholders()
        self._markdown = engine(self._blocks)

    def make(
        self, source: Typed, notes: Notes, *, personal: bool, mark: LineMark | None = None
    ) -> MadeHtml:
        """Convert one body.

        Args:
            source: the body.
            notes: takes the problems of its blocks.
            personal: the body may call its reader by name.
            mark: what marks each line, if anything.
        """
        body = source.body
        key = hashlib.blake2b(body.encode(), digest_size=6).hexdigest()
        openings = tuple(scan(source, notes))
        if personal:
            body = first_names.hold(body, source.first_line, notes, typography.correct_text)
        for contained in (True, False):  # HTML may take the marks of a container as its own
            marks = self._blocks.marks = Marks(key, openings)
            self._markdown.reset()
            marked = marks.put(body, source, mark, contained=contained)
            html = self._markdown.convert(_EMPTY.sub("", marked))
            if not marks.containers:
                break
        html = marks.settle(html, notes)
        return MadeHtml(html, marks, [*_flat(getattr(self._markdown, "toc_tokens", []))])


def _flat(tokens: list[Any]) -> Iterator[Any]:
    """Walk the headings that Markdown lists as a tree."""
    for token in tokens:
        yield token
        yield from _flat(token["children"])
