"""Paragraphs that were meant as something else: a heading in bold, a table with tabs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from axtra.content.blocks.containers import Line, blocks_of
from infolettre.core.diagnostics import Edit, Notes, Repair

_SUSPECT = re.compile(r"^ {0,3}(?:\*\*|__)[^\n]+(?:\*\*|__)[ \t]*$|[^\s\n]\t", re.MULTILINE)
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_\n]*[^*_\n\s.,;:…!])\1")
_HEADING = re.compile(r" {0,3}(#{2,6})[ \t]")
_ITEM = re.compile(r"o\Z|\W*\Z|\(?\w{1,3}[.)°]\Z")  # what a list has before its first tab
_LONGEST = 90  # characters of a heading
_ROWS = 2


def inspect(parts: Iterable[Sequence[Line]], notes: Notes) -> None:
    """Tell what is typed as a paragraph in a body, cut where blocks (`///`) cut it."""
    level = "##"
    for lines in parts:
        text = "\n".join(line.text for line in lines)
        begun = any(line.text.lstrip(" ").startswith(("**", "__")) for line in lines)
        suspect = (begun or "\t" in text) and _SUSPECT.search(text)
        paragraphs = _paragraphs(text) if suspect else {}
        for rank, line in enumerate(lines):
            if not line.fenced and (heading := _HEADING.match(line.text)):
                level = heading[1]
            if rank in paragraphs:
                end, followed = paragraphs[rank]
                typed = lines[rank:end]
                if followed and len(typed) == 1:
                    _inspect_bold(typed[0], level, notes)
                _inspect_tabs(typed, notes)


def _paragraphs(text: str) -> dict[int, tuple[int, bool]]:
    """Map the first line of each paragraph of the margin to its end, and whether text follows."""
    tokens = [token for token in blocks_of(text) if token.level == 0 and token.nesting >= 0]
    return {
        token.map[0]: (token.map[1], after is not None and after.type not in {"heading_open", "hr"})
        for token, after in zip(tokens, [*tokens[1:], None], strict=True)
        if token.type == "paragraph_open" and token.map
    }


def _inspect_bold(line: Line, level: str, notes: Notes) -> None:
    typed = line.text.strip()
    found = _BOLD.fullmatch(typed)
    if found and len(found[2]) <= _LONGEST and line.number:
        title = found[2].strip()
        repair = Repair(
            (Edit.of(line.number, line.text, f"{level} {title}"),), effect="un intertitre"
        )
        notes.warning(
            "gras-en-titre",
            line.number,
            f"« {title} » est en gras, seul sur sa ligne, comme un intertitre",
            f"Faites-en un intertitre :  {level} {title}",
            repair,
        )


def _inspect_tabs(lines: Sequence[Line], notes: Notes) -> None:
    """Find rows that tabs cut in as many cells."""
    at = 0
    for tabs, run in groupby(lines, lambda line: line.text.strip().count("\t")):
        rows = [*run]
        at += len(rows)
        cells = [[cell.strip() for cell in row.text.strip().split("\t")] for row in rows]
        if not tabs or len(rows) < _ROWS or any(_ITEM.match(row[0]) for row in cells):
            continue
        mended = [f"| {' | '.join(c.replace('|', chr(92) + '|') for c in row)} |" for row in cells]
        mended[0] += f"\n|{' --- |' * len(cells[0])}"
        mended[-1] += "\n" if at < len(lines) else ""
        edits = [
            Edit(row.number, 0, row.text, new)
            for row, new in zip(rows, mended, strict=True)
            if row.number
        ]
        notes.warning(
            "tableau-copie",
            rows[0].number,
            f"ces {len(rows)} lignes, coupées par des tabulations, se suivraient sans former un "
            "tableau",
            "Séparez les cellules par des barres, et mettez sous la première ligne :  "
            f"|{' --- |' * len(cells[0])}",
            Repair(tuple(edits), effect="un tableau") if len(edits) == len(rows) else None,
        )
