"""What stands between the content and the output: everything is read and judged first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from axtra import library
from axtra.diagnostics import Diagnostic, ordered
from axtra.library import Folders
from axtra.model import Library


def folders(settings: Mapping[str, Any]) -> Folders:
    """Find the content from Pelican's settings; its root is the folder that holds both parts."""
    content = Path(settings["PATH"]).resolve()
    newsletters = (content / settings["NEWSLETTER_PATHS"][0]).resolve()
    root = Path(os.path.commonpath([content.parent, newsletters.parent]))
    return Folders(
        root, content.relative_to(root).as_posix(), newsletters.relative_to(root).as_posix()
    )


def read(
    settings: Mapping[str, Any], *, moment: datetime, preview: bool = False
) -> tuple[Library, list[Diagnostic]]:
    """Read the content and list its problems; to publish, what is unfinished is an error."""
    where = folders(settings)
    content, found = library.load(where, moment=moment, preview=preview)
    if settings.get("AXTRA_PUBLISH"):
        found = ordered([*_hardened(found), *_demonstration(content, where)])
    return content, found


def _hardened(found: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Make of each « à compléter » an error: it may be written, not published."""
    for one in found:
        if one.rule == "a-completer":
            yield Diagnostic(one.file, one.line, one.rule, one.problem, one.remedy)
        else:
            yield one


def _demonstration(content: Library, where: Folders) -> Iterator[Diagnostic]:
    for key in content.facts.demonstration:
        yield Diagnostic(
            f"{where.content}/site.toml",
            None,
            "fait-de-demonstration",
            f"« {key} » a encore une valeur de démonstration",
            "Mettez la vraie valeur, puis enlevez ce nom de la liste « demonstration ».",
        )
