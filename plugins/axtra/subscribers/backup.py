"""Backups of a data folder: saved while it is in use, verified, and restored whole."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

from axtra.subscribers.database import read, written
from axtra.subscribers.journal.generations import JournaledBook
from axtra.subscribers.journal.journal_file import sync
from axtra.subscribers.private_folder import FolderError, published_by
from axtra.subscribers.signed_tokens import PEPPER
from infolettre.core import regular_files
from infolettre.core.whole_files import PARTIAL, write_whole

MANIFEST = "manifeste.json"
_LAST = "derniere-sauvegarde.txt"  # in the data folder: the moment of the newest backup
_VERSION = 2  # the first one had no folder inside
_BOOK = ".sqlite3"
_KEPT = ".copie"  # suffix of a book in a backup, so that no other program has that file open
_TRANSIENT = ("-wal", "-shm", "-journal", ".verrou", ".partie")  # for a process that runs
_MOST_ASIDE = 1_000  # folders moved aside in the same second
Exchange = Callable[[Path, Path], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A verified backup; `sizes` maps the names of its files to their bytes."""

    folder: Path
    moment: datetime
    sizes: dict[str, int]

    @property
    def size(self) -> int:
        """Return the total size of its files in bytes."""
        return sum(self.sizes.values())


def save(
    folder: Path,
    target: Path,
    books: Sequence[JournaledBook],
    moment: datetime,
    fetch: Callable[[Path], object] = lambda _: None,
) -> Backup:
    """Back up a data folder, which other processes may be writing to.

    Args:
        folder: the data folder.
        target: where the backup goes: a new folder, or an empty one.
        books: all its books, open; each begins a new generation, so that the backup is known to be
            older.
        moment: now.
        fetch: brings into a folder, as files, books that the data folder does not hold.

    Raises:
        FolderError: the target cannot be used, or the disk refuses.
    """
    target = target.resolve()
    _check_target(target, folder.resolve())
    with _refusals(target), _beside(target) as part:
        _copy_all(folder, part)
        fetch(part)
        for path in list(part.rglob(f"*{_BOOK}")):
            path.rename(f"{path}{_KEPT}")
        _write_manifest(part, moment)
        verify(part)
        for book in books:
            book.advance()
        if target.exists():
            target.rmdir()
        part.rename(target)
        sync(target.parent)

    def renamed(old: str, new: str) -> None:
        for book in books:
            book.rename_journal(old, new)

    books[0].journal.compact(renamed)
    made = verify(target)
    with suppress(OSError):  # the backup is whole all the same
        write_whole(folder / _LAST, f"{written(moment)}\n".encode())
    return made


def last_saved(folder: Path) -> datetime | None:
    """Return when a data folder was last backed up; None when nobody knows."""
    try:
        return read((folder / _LAST).read_text("utf-8").strip())
    except (OSError, ValueError):
        return None


def verify(folder: Path) -> Backup:
    """Check every file of a backup against its manifest.

    Raises:
        FolderError: a file is missing, differs, or is not listed; or there is no manifest.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        files: dict[str, dict[str, Any]] = manifest["fichiers"]
        version, moment = manifest["version"], read(manifest["moment"])
        sizes = {name: int(record["octets"]) for name, record in files.items()}
        hashes = {name: str(record["sha256"]) for name, record in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise FolderError(
            f"« {folder} » n’est pas une sauvegarde entière : son {MANIFEST} manque ou ne se lit "
            "pas.",
            "Prenez une sauvegarde faite par « axtra abonnes sauvegarder ».",
        ) from None
    if version not in {1, _VERSION}:
        raise FolderError(
            f"« {folder} » vient d’une version plus récente d’AXE.",
            "Mettez AXE à jour sur cette machine.",
        )
    names = set(_files(folder)) - {MANIFEST}
    wrong = sorted(
        (names ^ hashes.keys())
        | {name for name in names & hashes.keys() if _hash(folder / name) != hashes[name]}
    )
    if wrong:
        raise FolderError(
            f"la sauvegarde « {folder} » est abîmée ou changée : {', '.join(wrong)}.",
            "Prenez-en une autre; celle-ci n’a rien remplacé.",
        )
    return Backup(folder, moment, sizes)


@dataclass(frozen=True, slots=True)
class Placed:
    """A folder that replaced another; `aside` is where the former folder is, if there was any."""

    folder: Path
    aside: Path | None
    exchange: Exchange

    def undo(self) -> None:
        """Restore the former folder."""
        if self.aside is None:
            shutil.rmtree(self.folder)
        else:
            self.exchange(self.aside, self.folder)
            shutil.rmtree(self.aside)


def is_data_folder(folder: Path) -> bool:
    """Return whether a folder is a data folder or the copy of a data folder."""
    return (folder / PEPPER).is_file() and any(folder.glob(f"*{_BOOK}"))


def place(source: Path, folder: Path, moment: datetime, exchange: Exchange) -> Placed:
    """Replace a data folder by a copy of a backup or of another data folder.

    Args:
        source: a verified backup, or a data folder that nothing uses.
        folder: the data folder; its contents are kept beside it.
        moment: now.
        exchange: swaps the names of two folders.

    Raises:
        FolderError: the disk refuses.
    """
    folder = folder.resolve()
    with _refusals(folder), _beside(folder) as part:
        if (source / MANIFEST).is_file():
            for name in _files(source):
                (part / name).parent.mkdir(parents=True, exist_ok=True)  # in a private folder
                _copy(source / name, part / name)
            verify(part)  # the source may have changed since it was verified
            (part / MANIFEST).unlink()
            for path in list(part.rglob(f"*{_KEPT}")):
                path.rename(path.with_suffix(""))
        else:
            _copy_all(source, part)
        held = folder.is_dir() and any(folder.iterdir())
        if os.path.ismount(folder):
            raise FolderError(
                f"« {folder} » est un disque ou un volume entier : il ne peut pas être remplacé "
                "d’un coup.",
                f"Restaurez dans un dossier de ce disque :  AXTRA_DONNEES={folder}/donnees",
            )
        if held:
            _give_to_owner(part, folder.stat())
        exchange(part, folder)
    # From here on, the folder set aside holds the former contents: it is never removed.
    with _refusals(folder):
        sync(folder.parent)
        if not held:
            part.rmdir()
            return Placed(folder, None, exchange)
        aside = free_name(folder.with_name(f"{folder.name}.avant-{moment:%Y%m%d-%H%M%S}"))
        part.rename(aside)
        return Placed(folder, aside, exchange)


def _give_to_owner(part: Path, owner: os.stat_result) -> None:
    """Return what root restores to the account that owned the folder."""
    if os.name == "posix" and os.geteuid() == 0:
        for path in (part, *part.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)


def free_name(path: Path) -> Path:
    """Return a path, or the first numbered name after it, where nothing exists."""
    names = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(name for name in (path, *islice(names, _MOST_ASIDE)) if not name.exists())


def _check_target(target: Path, folder: Path) -> None:
    if target == folder or target.is_relative_to(folder) or folder.is_relative_to(target):
        raise FolderError(
            f"« {target} » touche au dossier de données : une sauvegarde s’y perdrait avec lui.",
            "Choisissez un autre dossier, de préférence sur un autre disque.",
        )
    around = published_by(target)
    if around:
        raise FolderError(
            f"« {target} » est dans « {around} », un projet, un dépôt git ou un site : des "
            "adresses pourraient y être publiées.",
            "Choisissez un dossier privé, hors de tout projet.",
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FolderError(
            f"« {target} » existe déjà et n’est pas un dossier vide.",
            f"Donnez un nouveau nom, par exemple : {target.with_name(target.name + '-2')}",
        )


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield a new private folder beside another; it is removed if the block fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    part.mkdir(mode=0o700)
    try:
        yield part
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


@contextmanager
def _refusals(target: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        cause = error.strerror if isinstance(error, OSError) else error
        raise FolderError(
            f"« {target} » ne peut pas être écrit ({cause}). Rien n’a été remplacé.",
            "Vérifiez la place sur le disque, et à qui appartient le dossier.",
        ) from error


def _files(folder: Path) -> Iterator[str]:
    """Yield the names of the files of a folder and of those below it; no link is followed."""
    for path, status in sorted(regular_files.walk(folder)):
        if stat.S_ISREG(status.st_mode):
            yield path.relative_to(folder).as_posix()


def _copy_all(source: Path, target: Path) -> None:
    """Copy a data folder, in use or not."""
    for name in _files(source):
        path, copy = source / name, target / name
        if name.endswith(_TRANSIENT) or path.name.startswith(PARTIAL):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)  # in a private folder
        if path.suffix == _BOOK:
            _copy_book(path, copy)
        else:
            with suppress(FileNotFoundError):  # the atelier forgets what is saved or published
                _copy(path, copy)


def _copy_book(source: Path, target: Path) -> None:
    """Copy a book as it is at one moment; SQLite makes the copy, since others may be writing."""
    with (
        closing(sqlite3.connect(source)) as live,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        target.chmod(0o600)
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # so that the book is one file
        if (verdict := copy.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise FolderError(
                f"« {source} » est abîmé ({verdict}) : il n’a pas été sauvegardé.",
                "Restaurez la sauvegarde d’avant.",
            )


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as copy:
            shutil.copyfileobj(file, copy)
            copy.flush()
            os.fsync(copy.fileno())


def _write_manifest(folder: Path, moment: datetime) -> None:
    files = {
        name: {"octets": (folder / name).stat().st_size, "sha256": _hash(folder / name)}
        for name in _files(folder)
    }
    manifest = {"version": _VERSION, "moment": written(moment), "fichiers": files}
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    path = folder / MANIFEST
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    for made in {(folder / name).parent for name in files} | {folder}:
        sync(made)


def _hash(path: Path) -> str:
    """Hash a finished file; never a book that SQLite has open, whose locks this would drop."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
