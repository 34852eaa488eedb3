"""The small TOML files of `content/`, read with the line of each key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axtra.content import frontmatter
from infolettre.core import regular_files
from infolettre.core.diagnostics import Notes


@dataclass(slots=True)
class TomlFile:
    """A TOML file, read; a line is found again by the name of its key."""

    notes: Notes
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def line(self, key: str) -> int | None:
        """Return the line of a key or of a table."""
        pattern = rf"^\s*\[*[\"']?{re.escape(key)}[\"']?\s*(=|\])"
        found = re.search(pattern, self.text, re.MULTILINE)
        return self.text.count("\n", 0, found.end()) + 1 if found else None


def read_toml(path: Path, name: str, example: str = 'cle = "valeur"') -> TomlFile:
    """Read a file; what cannot be read is noted, and the values are then empty.

    Args:
        path: the file.
        name: how messages name it, relative to the project's root.
        example: a line as it should be.

    Raises:
        FileNotFoundError: there is none.
    """
    notes = Notes(name)
    try:
        text = frontmatter.decode(regular_files.read(path), notes) or ""
    except regular_files.IrregularError:
        return TomlFile(notes)  # whoever walks the content says it
    try:
        return TomlFile(notes, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        notes.error(
            "toml-illisible",
            int(line[1]) if line else None,
            "cette ligne ne se lit pas, ou répète la clé d’une autre",
            f"Écrivez :  {example}, avec les guillemets droits.",
        )
        return TomlFile(notes, text)
