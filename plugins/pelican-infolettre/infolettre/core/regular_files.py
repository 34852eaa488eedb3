"""Regular files, opened without following links.

A link in the content would publish whatever it leads to, and may be put there after the content
was checked; so each folder is opened from the folder above it, and the file is checked once open.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

_FOLLOW_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # Windows has none
_FILE = os.O_RDONLY | _FOLLOW_NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)
_NATURES = (
    (stat.S_ISLNK, "un lien vers un autre fichier"),
    (stat.S_ISFIFO, "un tube"),
    (stat.S_ISSOCK, "une prise réseau"),
    (stat.S_ISBLK, "un périphérique"),
    (stat.S_ISCHR, "un périphérique"),
)


class IrregularError(OSError):
    """What was to be read is not a regular file, or is reached through a link."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.ELOOP, "not a regular file", str(path))


def opened(path: Path, within: Path | None = None) -> BufferedReader:
    """Open a file for reading.

    Args:
        path: the file.
        within: a folder above it, which may be reached through a link; those between may not. By
            default, the folder that holds it.

    Raises:
        IrregularError: it is not a regular file, or a link leads to it.
        OSError: the system refuses.
    """
    base = within or path.parent
    *folders, name = path.relative_to(base).parts
    if os.open not in os.supports_dir_fd:
        between = [base.joinpath(*folders[: at + 1]) for at in range(len(folders))]
        if any(place.is_symlink() for place in (*between, path)):
            raise IrregularError(path)
        return _checked(os.open(path, _FILE), path)
    try:
        place = os.open(base, _FOLDER)
        try:
            for folder in folders:
                place, above = os.open(folder, _FOLDER | _FOLLOW_NO_LINK, dir_fd=place), place
                os.close(above)
            return _checked(os.open(name, _FILE, dir_fd=place), path)
        finally:
            os.close(place)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR, errno.ENXIO}:
            raise IrregularError(path) from error
        error.filename = str(path)
        raise


def read(path: Path, within: Path | None = None) -> bytes:
    """Return the bytes of a file; arguments and errors are those of `opened`."""
    with opened(path, within) as file:
        return file.read()


def nature(status: os.stat_result) -> str:
    """Return in French what is neither a file nor a folder; an empty string for those."""
    return next((name for matches, name in _NATURES if matches(status.st_mode)), "")


def is_named(name: str) -> bool:
    """Return whether a name can be written: one from another system may not be UTF-8."""
    return not any("\ud800" <= sign <= "\udfff" for sign in name)


def walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield everything under a folder except folders; no link is followed."""
    left = [folder] if folder.is_dir() else []
    for inner in left:
        with os.scandir(inner) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    left.append(Path(entry.path))
                else:
                    yield Path(entry.path), entry.stat(follow_symlinks=False)


def _checked(descriptor: int, path: Path) -> BufferedReader:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IrregularError(path)
    return os.fdopen(descriptor, "rb")
