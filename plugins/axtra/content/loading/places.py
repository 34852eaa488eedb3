"""Where the files of the content are, and what the place of a file says of it."""

from __future__ import annotations

import errno
import itertools
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from axtra.content.schema import KINDS, Kind
from infolettre.core import regular_files


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the content is: the project's root and two folders, relative to it.

    `instead` maps names of files to the bytes to read in their place; `coming` names those of them
    that are not there yet, and `hidden` files that are as if they were not there.
    `siteurl` is where the site is published; by default, where its facts say.
    """

    root: Path
    content: str = "content"
    newsletters: str = "newsletters"
    siteurl: str = ""
    instead: Mapping[str, bytes] = field(default_factory=dict, hash=False)
    coming: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    def name(self, path: Path) -> str:
        """Name a file as messages do: relative to the root, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    @property
    def tops(self) -> tuple[Path, Path]:
        """Return the two folders: of the content, and of the letters."""
        return self.root / self.content, self.root / self.newsletters

    def read(self, path: Path) -> bytes:
        """Return the bytes of a file of the content, to which no link leads.

        Raises:
            OSError: it cannot be read, or is no regular file.
        """
        if self.hidden and self.name(path) in self.hidden:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        if self.instead and (given := self.instead.get(self.name(path))) is not None:
            return given
        return regular_files.read(path, next(top for top in self.tops if path.is_relative_to(top)))

    def free(self, name: str) -> str:
        """Return a name like another that no hidden file has, so that none is written over."""
        stem, dot, suffix = name.rpartition(".")
        others = (f"{stem}-{rank}{dot}{suffix}" for rank in itertools.count(2))
        return next(made for made in itertools.chain([name], others) if made not in self.hidden)

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
