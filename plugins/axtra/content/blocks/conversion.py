"""Markdown to documents: sanitised, corrected HTML between blocks.

The blocks that Markdown finds are paired, in order, with those of the scan, which knows their
lines, their arguments and their options.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Any

from axtra.content.blocks.inspection import (
    flat,
    inspect_html,
    inspect_names,
    inspect_structure,
    plain,
)
from axtra.content.blocks.markdown_engine import PLACEHOLDER, Placeholders, engine
from axtra.content.blocks.sanitising import sanitise
from axtra.content.blocks.source import Opening, Typed, scan
from axtra.content.blocks.tree import Document, Fragment, Heading, Part, RawBlock
from axtra.core.diagnostics import Notes
from axtra.text import first_names, typography

_TOKEN = re.compile(rf'<{PLACEHOLDER} data-cle="([0-9a-f]+)-(\d+)">|</{PLACEHOLDER}>')


class Converter:
    """Turns Markdown into documents, with one `Markdown` instance for all of them."""

    def __init__(self) -> None:
        self._blocks = Placeholders()
        self._markdown = engine(self._blocks)

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
        openings = list(scan(source, notes))
        key = hashlib.blake2b(body.encode(), digest_size=6).hexdigest()
        self._markdown.reset()
        self._blocks.start(key)
        if personal:
            body = first_names.hold(body, first_line, notes, typography.correct_text)
        html = self._markdown.convert(body)
        tokens: list[Any] = getattr(self._markdown, "toc_tokens", [])
        inspect_structure(source, tokens, notes)
        html = sanitise(html, source, notes)
        if language.startswith("fr"):
            html = typography.correct_html(html)
        inspect_html(html, source, notes)
        inspect_names(html, source, notes, personal=personal)
        pairs = _pair(openings, self._blocks.names, notes)
        parts = _split(html, key, pairs)
        headings = tuple(
            Heading(token["level"], token["id"], plain(token["name"])) for token in flat(tokens)
        )
        ids = frozenset(re.findall(r' id="([^"]+)"', html))
        return Document(parts, headings, ids, len(plain(html).split()))


def _pair(openings: list[Opening], created: list[str], notes: Notes) -> list[Opening]:
    """Pair the blocks that Markdown made with those of the scan, by order and name."""
    if [opening.name for opening in openings] == created:
        return openings
    missing = Counter(opening.name for opening in openings) - Counter(created)
    for opening in openings:
        if missing[opening.name] > 0 and not notes.found:
            notes.error(
                "bloc-illisible",
                opening.line,
                f"le bloc « {opening.name} » ne se lit pas à cet endroit",
                "Placez-le hors des listes et des citations, avec une ligne vide avant et après.",
            )
    by_name: dict[str, list[Opening]] = {}
    for opening in openings:
        by_name.setdefault(opening.name, []).append(opening)
    return [by_name[name].pop(0) for name in created if by_name.get(name)]


def _split(html: str, key: str, openings: list[Opening]) -> tuple[Part, ...]:
    """Cut HTML at its placeholders; each becomes a block with what it holds."""
    frames: list[tuple[Opening | None, list[Part]]] = [(None, [])]
    at = 0
    for token in _TOKEN.finditer(html):
        _append(frames[-1][1], html[at : token.start()])
        at = token.end()
        if token[1] == key and int(token[2]) < len(openings):
            frames.append((openings[int(token[2])], []))
        elif token[1] is None and len(frames) > 1:
            opening, parts = frames.pop()
            assert opening is not None  # noqa: S101 - only the first frame has none
            frames[-1][1].append(
                RawBlock(
                    opening.name, opening.argument, opening.options, opening.line, tuple(parts)
                )
            )
    _append(frames[-1][1], html[at:])
    return tuple(frames[0][1])


def _append(parts: list[Part], html: str) -> None:
    if html.strip():
        parts.append(Fragment(html.strip()))
