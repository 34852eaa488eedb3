"""The data folder: private to its owner, outside the project, never under version control."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import platformdirs

VARIABLE = "AXTRA_DONNEES"
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
_MAKING = threading.Lock()  # a file that is found is no longer held open by who made it


class FolderError(Exception):
    """The data folder cannot serve; its message, in French, says why and what to do."""


class LockedError(FolderError):
    """Another process has been writing for too long; nothing was changed."""


def data_folder(environment: Mapping[str, str]) -> Path:
    """Give the folder that `AXTRA_DONNEES` names, or the one of this system for user data."""
    named = environment.get(VARIABLE, "").strip()
    return Path(named) if named else Path(platformdirs.user_data_dir("axtra", appauthor=False))


def make_private(folder: Path) -> None:
    """Make the folder if it is missing, and close it to everyone but its owner.

    Raises:
        FolderError: it cannot be made or closed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        if stat.S_IMODE(folder.stat().st_mode) != _PRIVATE_FOLDER:
            folder.chmod(_PRIVATE_FOLDER)
    except OSError as error:
        raise FolderError(
            f"le dossier de données « {folder} » ne peut pas être créé ou fermé aux autres.\n"
            f"    → Choisissez un dossier qui vous appartient avec {VARIABLE}."
        ) from error


def touch_private(path: Path) -> None:
    """Make an empty file that only its owner reads, or close the one that is there to others.

    A file that is there is not opened. On POSIX, closing any descriptor of a file drops all the
    locks that this process holds on it, SQLite's too: another process may then remove a log that
    is in use, and what was committed is lost.

    Raises:
        FolderError: the disk refuses.
    """
    try:
        with _MAKING, suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE))
        close_to_others(path)
        usable = os.access(path, os.R_OK | os.W_OK)
    except OSError as error:
        raise _unusable(path) from error
    if not usable:
        raise _unusable(path)


def close_to_others(path: Path) -> None:
    """Let only its owner read a file, without opening it.

    Raises:
        OSError: it is not there, or belongs to another.
    """
    if stat.S_IMODE(path.stat().st_mode) != _PRIVATE_FILE:
        path.chmod(_PRIVATE_FILE)


def _unusable(path: Path) -> FolderError:
    return FolderError(
        f"« {path} » ne peut être ni lu ni écrit.\n"
        "    → Vérifiez à qui appartient le dossier de données, et s’il reste de la place."
    )
