"""What any job may read beside the content: the settings, the theme, the program and its parts."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import axtra

_KEPT_FOLDERS = 24  # records of as many outputs are kept


def key(settings: Mapping[str, Any], facts: bytes) -> bytes:
    """Hash all of it; `facts` stands for what content/site.toml says, which every page shows."""
    whole = hashlib.blake2b(facts, digest_size=16)
    for name, value in sorted(settings.items()):
        try:
            whole.update(marshal.dumps((name, value), 2))
        except ValueError:
            whole.update(name.encode())  # made by our code or by Pelican's
    for part in (*_tree(Path(settings["THEME"])), *program()):
        whole.update(part)
    return whole.digest()


def program() -> Iterator[bytes]:
    """Give what names this program: its files, the packages that are installed, Python."""
    yield sys.version.encode()
    yield from _tree(Path(axtra.__file__).parent)
    for folder in sys.path:
        if os.path.isdir(folder):  # noqa: PTH112 - a path of Python's own
            names = (name for name in os.listdir(folder) if name.endswith(".dist-info"))  # noqa: PTH208
            yield from map(str.encode, sorted(names))


def _tree(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield path.relative_to(folder).as_posix().encode()
            yield hashlib.blake2b(path.read_bytes(), digest_size=16).digest()


def record_file(cache: Path, output: Path) -> Path:
    """Name the file that remembers an output folder; forget the folders longest unused."""
    folder = cache / "constructions"
    name = hashlib.blake2b(os.fsencode(output.resolve()), digest_size=10).hexdigest()
    if folder.is_dir():
        by_age = sorted(folder.iterdir(), key=_age)
        for old in by_age[:-_KEPT_FOLDERS]:
            old.unlink(missing_ok=True)
    return folder / name


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another build has just removed it
        return 0.0
