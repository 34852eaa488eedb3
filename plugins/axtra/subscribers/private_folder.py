"""The data folder: private to its owner, outside the project, never under version control."""

from __future__ import annotations

import os
import shlex
import stat
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import platformdirs

from infolettre.core.refusals import Refusal

VARIABLE = "AXTRA_DONNEES"
# Any of these marks a folder that is published, or copied to others with all that it holds.
_PUBLISHED = ("pelicanconf.py", "content/site.toml", ".axtra", ".git", ".hg", ".svn")
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
_CREATION = threading.Lock()  # until it is released, the creator still holds the file open


class FolderError(Refusal):
    """The data folder cannot be used."""


class LockedError(FolderError):
    """Another process has held the register for too long; nothing was changed."""


class AwayError(LockedError):
    """The base does not answer, or no longer; what it had not kept was not done."""


def data_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder that `AXTRA_DONNEES` names, or this system's folder for user data.

    Raises:
        FolderError: it is in a project, in a built site or under version control, where the
            register and its keys could be published.
    """
    named = environment.get(VARIABLE, "").strip()
    folder = Path(named) if named else _default()
    around = published_by(folder)
    if around:
        raise FolderError(
            f"le dossier de données « {folder} » est dans « {around} », qui peut être publié : "
            "le registre et ses clés le seraient aussi.",
            _moving_commands(folder, around),
        )
    return folder


def _default() -> Path:
    return Path(platformdirs.user_data_dir("axtra", appauthor=False))


def published_by(folder: Path) -> Path | None:
    """Return the project, site or work tree that holds a folder, by any of its paths."""
    for path in (Path(os.path.abspath(folder)), folder.resolve()):  # noqa: PTH100 - links stay
        for around in (path, *path.parents):
            if any((around / mark).exists() for mark in _PUBLISHED):
                return around
    return None


def _moving_commands(folder: Path, around: Path) -> str:
    """Return the commands that move a data folder out of a tree."""
    places = (_default(), around.parent / "axtra-donnees", Path("/var/lib/axtra-donnees"))
    free = (path for path in places if not path.exists() and not published_by(path))
    target = next(free, places[-1])
    place, above = shlex.quote(str(target)), shlex.quote(str(target.parent))
    setting = f"export {VARIABLE}={place}"
    real = folder.resolve()
    if not real.is_dir() or (real == around and not (real / "abonnes.sqlite3").exists()):
        return setting
    old = shlex.quote(str(real))
    if real == around:
        return f"mkdir -p {place} && mv {old}/*sqlite3* {old}/cle* {place}/ && {setting}"
    return f"mkdir -p {above} && mv {old} {place} && {setting}"


def make_private(folder: Path) -> None:
    """Create a folder if it is missing, and close it to everyone but its owner.

    Raises:
        FolderError: it cannot be created or closed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        if stat.S_IMODE(folder.stat().st_mode) != _PRIVATE_FOLDER:
            folder.chmod(_PRIVATE_FOLDER)
    except OSError as error:
        raise FolderError(
            f"le dossier de données « {folder} » ne peut pas être créé ou fermé aux autres.",
            f"Choisissez un dossier qui vous appartient avec {VARIABLE}.",
        ) from error


def touch_private(path: Path) -> None:
    """Create an empty file that only its owner can read, or close an existing file to others.

    An existing file is not opened. On POSIX, closing any descriptor of a file drops all the
    locks that this process holds on it, SQLite's too: another process may then remove a log that
    is in use, and what was committed is lost.

    Raises:
        FolderError: the disk refuses.
    """
    try:
        with _CREATION, suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE))
        close_to_others(path)
        usable = os.access(path, os.R_OK | os.W_OK)
    except OSError as error:
        raise _unusable(path) from error
    if not usable:
        raise _unusable(path)


def close_to_others(path: Path) -> None:
    """Make a file readable by its owner only, without opening it.

    Raises:
        OSError: it does not exist, or belongs to another account.
    """
    if stat.S_IMODE(path.stat().st_mode) != _PRIVATE_FILE:
        path.chmod(_PRIVATE_FILE)


def _unusable(path: Path) -> FolderError:
    return FolderError(
        f"« {path} » ne peut être ni lu ni écrit.",
        "Vérifiez à qui appartient le dossier de données, et s’il reste de la place.",
    )
