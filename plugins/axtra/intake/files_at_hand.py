"""The files of another system that are on this machine, found by their old addresses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit


def files_under(folder: Path | None) -> Callable[[str], bytes | None]:
    """Return a function that finds a file by its old address: by its path, then by its name."""
    if folder is None:
        return lambda _address: None
    by_name: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            by_name.setdefault(path.name, path)

    def find(address: str) -> bytes | None:
        parts = PurePosixPath(unquote(urlsplit(address).path)).parts
        if ".." in parts:
            return None
        for start in range(len(parts)):
            path = folder.joinpath(*parts[start:]) if parts[start] != "/" else folder
            if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                return path.read_bytes()
        found = by_name.get(parts[-1]) if parts else None
        return found.read_bytes() if found else None

    return find
