"""The identity of this program: with the same key and content, it makes the same bytes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import infolettre

_built_on_it: list[Path] = []
_TOOLS = frozenset({"__pycache__", "node_modules"})  # folders of what compiles a program, not of it


def add(package: Path) -> None:
    """Add the folder of a package to those of which `key` is the hash."""
    if package not in _built_on_it:
        _built_on_it.append(package)
        key.cache_clear()


@cache
def key() -> bytes:
    """Return the hash of our files, of the installed packages and of Python."""
    whole = hashlib.blake2b(sys.version.encode(), digest_size=16)
    for package in (Path(infolettre.__file__).parent, *_built_on_it):
        for part in tree(package):
            whole.update(part)
    for folder in filter(os.path.isdir, sys.path):
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(".dist-info"))
        whole.update("\n".join(names).encode())
    return whole.digest()


def tree(folder: Path) -> Iterator[bytes]:
    """Yield the name and the hash of each file of a folder, in turn."""
    for within, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - _TOOLS)
        for name in sorted(names):
            path = f"{within}/{name}"
            # Text, not paths: a program has hundreds of files, and each start reads them.
            if not name.endswith(".pyc") and os.path.isfile(path):  # noqa: PTH113
                yield os.fsencode(path.removeprefix(f"{folder}/"))
                with open(path, "rb") as file:  # noqa: PTH123
                    yield hashlib.blake2b(file.read(), digest_size=16).digest()


def cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_copy() -> bool:
    """Return whether a copy of this process (a fork) would work reliably.

    Only Linux does it well, and a copy of a process with threads may wait for their locks for ever.
    """
    chosen = multiprocessing.get_start_method(allow_none=True)
    alone = sys.platform == "linux" and threading.active_count() == 1
    return alone and chosen in {None, "fork"}
