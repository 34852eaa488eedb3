"""The data folder: private to its owner, outside the project, never under version control."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import platformdirs

VARIABLE = "AXTRA_DONNEES"
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


class FolderError(Exception):
    """The data folder cannot serve; its message, in French, says why and what to do."""


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
    """Make an empty file that only its owner reads, or close the one that is there.

    Raises:
        FolderError: the disk refuses.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _PRIVATE_FILE))
        if stat.S_IMODE(path.stat().st_mode) != _PRIVATE_FILE:
            path.chmod(_PRIVATE_FILE)
    except OSError as error:
        raise FolderError(
            f"« {path} » ne peut être ni lu ni écrit.\n"
            "    → Vérifiez à qui appartient le dossier de données, et s’il reste de la place."
        ) from error
