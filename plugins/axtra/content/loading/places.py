"""Where the files of the content are, and what the place of one says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from axtra.content.schema import KINDS, Kind

_IGNORED = re.compile(r"(^|/)(\.|~\$|Thumbs\.db$|desktop\.ini$|_LISEZ)|~$")


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the content is: the project's root and two folders, relative to it."""

    root: Path
    content: str = "content"
    newsletters: str = "newsletters"

    def name(self, path: Path) -> str:
        """Name a file as messages do: relative to the root, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    def files(self) -> Iterator[Path]:
        """Walk the files of the content, then those of the letters, by name."""
        for folder in (self.root / self.content, self.root / self.newsletters):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not _IGNORED.search(path.relative_to(folder).as_posix()):
                    yield path

    def place(self, name: str) -> tuple[Kind, str, str] | None:
        """Tell the kind, the slug and the numéro of a file from its name."""
        for kind in KINDS.values():
            top, _, rest = kind.pattern.partition("/")
            folder = self.content if top == "content" else self.newsletters
            found = _pattern(f"{folder}/{rest}").fullmatch(name)
            if found:
                parts = found.groupdict()
                return kind, parts.get("slug") or "numero", parts.get("numero") or ""
        return None


@cache
def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile(
        re.escape(shape)
        .replace(re.escape("**/"), "(?:[^/]+/)*")
        .replace(re.escape("{slug}"), "(?P<slug>[^/]+)")
        .replace(re.escape("{numero}"), "(?P<numero>[^/]+)")
    )
