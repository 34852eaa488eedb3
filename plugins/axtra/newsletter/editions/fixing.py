"""Write into an edition's file what its rules choose today, so that it no longer changes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from axtra.content.model import Choice

_OPTION = re.compile(rb" {4,}\S")


def freeze(data: bytes, choices: Iterable[Choice], content: str) -> bytes:
    """Add to each block the list of what it shows; leave every other byte as it is.

    Args:
        data: the file.
        choices: what the blocks of that file show.
        content: the name of the content folder, which paths omit.
    """
    lines = data.splitlines(keepends=True)
    for choice in sorted(choices, key=lambda choice: choice.line, reverse=True):
        opening = lines[choice.line - 1]
        end = opening[len(opening.rstrip(b"\r\n")) :]
        at = choice.line
        while at < len(lines) and _OPTION.match(lines[at]):
            at += 1
        paths = [item.source.removeprefix(f"{content}/") for item in choice.items]
        added = ["    contenus:", *(f"      - {path}" for path in paths)]
        if not paths:
            added = ["    contenus: []"]
        lines[at:at] = [line.encode() + end for line in added]
    return b"".join(lines)
