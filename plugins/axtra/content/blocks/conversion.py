"""Markdown to documents: sanitised, corrected HTML between blocks.

Each block that Markdown makes carries the mark of its opening in the scan, which knows its line,
its argument and its options.
"""

from __future__ import annotations

import re
from collections import Counter

from axtra.content.audiences import SITE
from axtra.content.blocks import line_places, lookalikes, misreadings
from axtra.content.blocks.anchors import inspect_anchors
from axtra.content.blocks.inspection import (
    inspect_emphasis,
    inspect_html,
    inspect_names,
    inspect_reserved,
    inspect_structure,
    plain,
    without_lost_returns,
)
from axtra.content.blocks.limits import inspect_limits
from axtra.content.blocks.line_places import Places, places_of
from axtra.content.blocks.made_html import HtmlMaker
from axtra.content.blocks.marks import Marks
from axtra.content.blocks.nesting import FLATTEN, TOO_DEEP, inspect_nesting
from axtra.content.blocks.sanitising import across, sanitise
from axtra.content.blocks.source import Opening, Typed
from axtra.content.blocks.tags import PLACEHOLDER
from axtra.content.blocks.tree import Document, Fragment, Heading, Part, RawBlock
from infolettre.core.diagnostics import Notes, errors
from infolettre.text import typography

_TOKEN = re.compile(rf'<{PLACEHOLDER} data-cle="([0-9a-f]+)-(\d+)">|</{PLACEHOLDER}>')
_TAGS = re.compile(rf"</?{PLACEHOLDER}\b")


class Converter:
    """Turns Markdown into documents, with one `Markdown` instance for all of them."""

    def __init__(self) -> None:
        self._maker = HtmlMaker()

    def convert(
        self, body: str, *, first_line: int, language: str, notes: Notes, personal: bool = False
    ) -> Document:
        """Convert one body.

        Args:
            body: Markdown.
            first_line: the line of the file on which the body starts.
            language: a code such as fr-CA; typography is corrected in French only.
            notes: takes every problem, with its line.
            personal: the body may call its reader by name.
        """
        source = Typed(body, first_line)
        try:
            if not inspect_limits(source, notes):
                return Document()
            return self._convert(source, language, notes, personal=personal)
        except Exception as error:  # noqa: BLE001 - no text may keep the others from being read
            self._maker = HtmlMaker()
            line_places.forget()
            problem = TOO_DEEP if isinstance(error, RecursionError) else "ce passage ne se lit pas"
            line = self._line_of_failure(source, language, personal=personal)
            notes.error("texte-illisible", line, problem, FLATTEN)
            return Document()

    def _line_of_failure(self, source: Typed, language: str, *, personal: bool) -> int:
        """Find the first paragraph that cannot be converted by itself; else the first line."""
        line = source.first_line
        for paragraph in re.split(r"(\n[ \t]*\n)", source.body):
            try:
                self._convert(Typed(paragraph, line), language, Notes(""), personal=personal)
            except Exception:  # noqa: BLE001 - as above
                self._maker = HtmlMaker()
                line_places.forget()
                return line
            line += paragraph.count("\n")
        return source.first_line

    def _convert(self, source: Typed, language: str, notes: Notes, *, personal: bool) -> Document:
        made, marks, tokens = self._maker.make(source, notes, personal=personal)
        places = places_of(source, personal=personal)
        prose = [*marks.prose(source)]
        misreadings.inspect(prose, notes)
        lookalikes.inspect(prose, notes)
        inspect_structure(places, tokens, notes)
        inspect_reserved(source, marks.openings, notes)
        html = sanitise(made, places, notes)
        inspect_nesting(html, places, notes)
        html = without_lost_returns(html)
        _inspect_extents(made, html, marks, places, notes)
        inspect_emphasis(html, places, notes)
        if language.startswith("fr"):
            html = typography.correct_html(html)
        inspect_html(html, places, notes)
        inspect_names(html, places, notes, personal=personal)
        parts = _split(html, marks)
        public = _public(html, marks)
        inspect_anchors(public, places, tokens, notes)
        ids = frozenset(re.findall(r' id="([^"]+)"', public))
        headings = tuple(
            Heading(token["level"], token["id"], plain(token["name"]))
            for token in tokens
            if token["id"] in ids
        )
        return Document(parts, headings, ids, len(plain(public).split()))


def _inspect_extents(made: str, clean: str, marks: Marks, places: Places, notes: Notes) -> None:
    """Refuse HTML by which a block would not end where it was closed."""
    tags = Counter(token[0].startswith("</") for token in _TAGS.finditer(clean))
    typed = tags[False] != len(marks.made) or tags[True] != len(marks.made)
    moved = bool(marks.made) and made != clean and _texts(made) != _texts(clean)
    if not (typed or moved) or errors(notes.found):
        return
    lines: list[int | None] = [
        number
        for number, line, code in places.source.lines
        for _ in (() if code else _TAGS.findall(line.casefold()))
    ]
    for line in lines or across(places) or [marks.openings[0].line if marks.openings else None]:
        notes.error(
            "html-interdit",
            line,
            "des balises HTML ouvertes avant un bloc sont fermées dedans, ou l’inverse",
            "Fermez chaque balise dans le bloc où elle est ouverte, ou écrivez en Markdown.",
        )


def _texts(html: str) -> list[tuple[str, str]]:
    """List what is read between placeholders, with what comes before it."""
    at, before, found = 0, "", []
    for token in (*_TOKEN.finditer(html), None):
        text = html[at : token.start() if token else len(html)]
        found.append((before, " ".join(plain(text).split())))
        if token:
            at, before = token.end(), token[0]
    return found


def _split(html: str, marks: Marks) -> tuple[Part, ...]:
    """Cut HTML at its placeholders; each becomes a block with what it holds."""
    frames: list[tuple[Opening | None, list[Part]]] = [(None, [])]
    at = 0
    for token in _TOKEN.finditer(html):
        _append(frames[-1][1], html[at : token.start()])
        at = token.end()
        if token[1]:
            frames.append((_opening(token, marks), []))
        elif len(frames) > 1:
            opening, parts = frames.pop()
            if opening is not None:
                frames[-1][1].append(
                    RawBlock(
                        opening.name, opening.argument, opening.options, opening.line, tuple(parts)
                    )
                )
    _append(frames[-1][1], html[at:])
    return tuple(frames[0][1])


def _opening(token: re.Match[str], marks: Marks) -> Opening | None:
    """Find what opened the block of a placeholder; one that was typed by hand is no block."""
    return marks.openings[int(token[2])] if token[1] == marks.key else None


def _public(html: str, marks: Marks) -> str:
    """Leave out of some HTML the blocks that no page shows."""
    kept, at, hidden = [], 0, list[bool]()
    for token in _TOKEN.finditer(html):
        if not any(hidden):
            kept.append(html[at : token.start()])
        at = token.end()
        if token[1]:
            opening = _opening(token, marks)
            hidden.append(opening is not None and not SITE.reads(opening.name))
        elif hidden:
            hidden.pop()
    return "".join([*kept, "" if any(hidden) else html[at:]])


def _append(parts: list[Part], html: str) -> None:
    if html.strip():
        parts.append(Fragment(html.strip()))
