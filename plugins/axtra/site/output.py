"""The build as a table of jobs, and the folder it becomes.

A job makes the bytes of one file. Nothing is written before every job has succeeded; the new
folder then takes the place of the old one in one exchange, so that a reader, a server or a crash
sees one or the other, never a mixture. Two builds of one folder take turns.
"""

from __future__ import annotations

import ctypes
import errno
import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from axtra.diagnostics import Diagnostic

Job = Callable[[], bytes]

MARK = ".axtra"
_MARK_TEXT = "Ce dossier est écrit par axtra : à chaque construction, tout y est remplacé.\n"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # Linux, renameat2(2)
_CAUSES: Mapping[int, str] = MappingProxyType(
    {
        errno.EACCES: "vous n’avez pas le droit d’écrire ici",
        errno.EPERM: "vous n’avez pas le droit d’écrire ici",
        errno.EROFS: "ce disque ne peut être que lu",
        errno.ENOSPC: "le disque est plein",
        errno.EEXIST: "un fichier porte déjà le nom de ce dossier",
        errno.ENOTDIR: "un fichier porte déjà le nom d’un de ces dossiers",
        errno.ENAMETOOLONG: "ce nom est trop long pour le disque",
    }
)
_ASIDE = ".ancien"
_STAGE = "axtra-"  # begins, after the name of the output, the name of a folder being filled


class OutputError(Exception):
    """The output folder cannot be written; the message is for the editor."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.problem)
        self.diagnostic = diagnostic


@dataclass(frozen=True, slots=True)
class Change:
    """What a publication changed, in files."""

    written: int
    removed: int


class Table:
    """Every file of the site with the job that makes it."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def add(self, path: str, job: Job) -> None:
        """Add the job of a file.

        Args:
            path: relative to the output folder, or an address from the site's root; a final
                slash stands for its index.html.
            job: makes the bytes; it is called at most once a build.
        """
        name = file_of(path)
        if ".." in PurePosixPath(name).parts or name.startswith("/") or "\\" in name:
            raise OutputError(
                Diagnostic(
                    name,
                    None,
                    "hors-du-site",
                    "ce fichier serait écrit hors du dossier de sortie",
                    "Corrigez l’adresse qui le nomme.",
                )
            )
        if name in self._jobs:
            raise OutputError(
                Diagnostic(
                    name,
                    None,
                    "adresse-en-double",
                    f"deux contenus veulent écrire /{name}",
                    "Renommez un des deux.",
                )
            )
        self._jobs[name] = job

    def __contains__(self, path: str) -> bool:
        return file_of(path) in self._jobs

    def __iter__(self) -> Iterator[str]:
        return iter(self._jobs)

    def render(self) -> Iterator[tuple[str, bytes]]:
        """Do every job, in the order of addition."""
        for name, job in self._jobs.items():
            yield name, job()


def file_of(path: str) -> str:
    """Give the file of an address: « /magazine/ » is magazine/index.html."""
    name = path.removeprefix("/")
    return f"{name}index.html" if name.endswith("/") or not name else name


def publish(table: Table, output: Path) -> Change:
    """Do every job and put the result in place of the output folder.

    A file whose bytes are the same keeps its date (a hard link where the disk allows); a file
    that no job makes is removed.

    Raises:
        OutputError: the folder holds something that is not a site of ours.
    """
    output = output.resolve()
    _refuse_foreign(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with _stage(output) as stage:
            return _fill(table, stage, output)
    except OSError as error:
        raise OutputError(
            Diagnostic(
                str(error.filename or output),
                None,
                "sortie-impossible",
                _CAUSES.get(error.errno or 0, "ce fichier ne peut être ni lu ni écrit"),
                "Vérifiez le disque et les droits, ou choisissez un autre dossier avec --sortie.",
            )
        ) from error


def _fill(table: Table, stage: Path, output: Path) -> Change:
    names, written = set(), 0
    for name, data in (*table.render(), (MARK, _MARK_TEXT.encode())):
        names.add(name)
        written += _place(stage / name, output / name, data)
    stale = [one for one in _files(output) if one not in names]
    if not written and not stale and output.exists():
        return Change(0, 0)
    stage.chmod(0o755)
    exchange(stage, output)
    return Change(written, len(stale))


@contextmanager
def _stage(output: Path) -> Iterator[Path]:
    """Lend a new folder beside the output; remove what killed builds left there.

    The lock is on the folder that holds the output: it needs no file of its own, and the system
    lets go of it when a build is killed. Who holds it is alone, so every other stage is a remnant.
    """
    prefix = f".{output.name}.{_STAGE}"
    with _locked(output.parent) as alone:
        if alone:
            for remnant in output.parent.glob(f"{glob.escape(prefix)}*"):
                if remnant.name.endswith(_ASIDE) and not output.exists():
                    remnant.rename(output)
                shutil.rmtree(remnant, ignore_errors=True)
        stage = Path(tempfile.mkdtemp(prefix=prefix, dir=output.parent))
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Wait for one's turn to write in a folder; tell whether the system can give turns.

    Source: flock(2).
    """
    if sys.platform == "win32":
        yield False
        return
    import fcntl  # noqa: PLC0415 - Windows has none

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:  # a disk without locks
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _place(new: Path, old: Path, data: bytes) -> bool:
    """Write a file into the stage, or link the old one when its bytes are the same."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        if old.stat().st_size == len(data) and old.read_bytes() == data:
            _link(old, new)
            return False
    except OSError:
        pass  # there is no old file, or it cannot be read: write the new one
    new.write_bytes(data)
    return True


def _link(old: Path, new: Path) -> None:
    try:
        new.hardlink_to(old)
    except OSError:  # a disk without hard links
        shutil.copy2(old, new)


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _refuse_foreign(output: Path) -> None:
    """Never replace a folder that holds someone's work."""
    if not output.exists() or (output / MARK).is_file():
        return
    if not output.is_dir() or any(output.iterdir()):
        raise OutputError(
            Diagnostic(
                str(output),
                None,
                "sortie-etrangere",
                "ce dossier contient autre chose qu’un site construit par axtra",
                "Choisissez un dossier vide ou nouveau avec --sortie.",
            )
        )


def exchange(new: Path, old: Path) -> None:
    """Put a folder in the place of another; afterwards `new` holds what `old` held, if anything.

    Source: renameat2(2), RENAME_EXCHANGE; elsewhere than on Linux, two renames.
    """
    if not old.exists():
        new.rename(old)
        new.mkdir()
        return
    if sys.platform == "linux" and _exchange_on_linux(new, old):
        return
    aside = new.with_name(f"{new.name}{_ASIDE}")
    old.rename(aside)
    new.rename(old)
    aside.rename(new)


def _exchange_on_linux(new: Path, old: Path) -> bool:
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(new), os.fsencode(old)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def text_job(make: Callable[[], str]) -> Job:
    """Make a job of a function that makes text."""
    return lambda: make().encode()
