"""What this program is: two that have the same key make the same bytes of the same content."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import axtra


@cache
def key() -> bytes:
    """Hash our files, the packages that are installed, and Python."""
    whole = hashlib.blake2b(sys.version.encode(), digest_size=16)
    for part in tree(Path(axtra.__file__).parent):
        whole.update(part)
    for folder in filter(os.path.isdir, sys.path):
        with os.scandir(folder) as entries:
            names = sorted(one.name for one in entries if one.name.endswith(".dist-info"))
        whole.update("\n".join(names).encode())
    return whole.digest()


def tree(folder: Path) -> Iterator[bytes]:
    """Give the name and the hash of each file of a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield path.relative_to(folder).as_posix().encode()
            yield hashlib.blake2b(path.read_bytes(), digest_size=16).digest()


def cores() -> int:
    """Count the cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_copy() -> bool:
    """Tell whether a copy of this process (a fork) would work at once and for sure.

    Only Linux does it well, and a copy of threads may hold their locks for ever.
    """
    chosen = multiprocessing.get_start_method(allow_none=True)
    alone = sys.platform == "linux" and threading.active_count() == 1
    return alone and chosen in {None, "fork"}
