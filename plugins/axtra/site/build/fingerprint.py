"""What any job may read beside the content: the settings, the theme, the program and its parts."""

from __future__ import annotations

import hashlib
import marshal
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axtra.core import program

_KEPT_FOLDERS = 24  # records of as many outputs are kept


def key(settings: Mapping[str, Any], facts: bytes) -> bytes:
    """Hash all of it; `facts` stands for what content/site.toml says, which every page shows."""
    whole = hashlib.blake2b(facts, digest_size=16)
    for name, value in sorted(settings.items()):
        try:
            whole.update(marshal.dumps((name, value), 2))
        except ValueError:
            whole.update(name.encode())  # made by our code or by Pelican's
    for part in (*program.tree(Path(settings["THEME"])), program.key()):
        whole.update(part)
    return whole.digest()


def record_file(cache: Path, output: Path) -> Path:
    """Name the file that remembers an output folder; forget the folders longest unused."""
    folder = cache / "constructions"
    name = hashlib.blake2b(os.fsencode(output.resolve()), digest_size=10).hexdigest()
    if folder.is_dir():
        by_age = sorted(folder.iterdir(), key=_age)
        for old in by_age[:-_KEPT_FOLDERS]:
            old.unlink(missing_ok=True)
    return folder / name


def spare(cache: Path, output: Path) -> Path | None:
    """Name where the tree that a build replaces is kept, if the output stands beside the cache.

    One that stands elsewhere may come and go, and would leave its files here.
    """
    output = output.resolve()
    return cache / "precedents" / output.name if output.parent == cache.parent else None


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another build has just removed it
        return 0.0
