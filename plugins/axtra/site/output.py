"""The folder that a table of jobs becomes.

Nothing is written before every job has succeeded; the new
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
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from axtra.diagnostics import Diagnostic, errors
from axtra.site import parallel
from axtra.site.memory import Forgetful, Memory, Stamp
from axtra.site.table import Job, Made, OutputError, SetJob, Table, Task, file_of, text_job
from axtra.site.tracing import recording

__all__ = [
    "MARK",
    "Change",
    "Job",
    "Made",
    "OutputError",
    "Progress",
    "SetJob",
    "Table",
    "Task",
    "file_of",
    "publish",
    "silent",
    "text_job",
]

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


# Called before each job that is done: its rank, how many there are, and what it makes.
Progress: TypeAlias = Callable[[int, int, str], None]


def silent(_rank: int, _all: int, _name: str) -> None:
    """Hear of a job, and say nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a publication did: files written and removed, jobs done; and what jobs found.

    Where that is an error, nothing was written.
    """

    written: int
    removed: int
    done: int = 0
    found: tuple[Diagnostic, ...] = ()


def publish(
    table: Table,
    output: Path,
    memory: Memory | Forgetful | None = None,
    progress: Progress = silent,
) -> Change:
    """Do the jobs and put the result in place of the output folder.

    A job whose facts are those that `memory` holds is not done: its files stay.

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
            return _fill(table, stage, output, memory or Forgetful(), progress)
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


def _fill(
    table: Table, stage: Path, output: Path, memory: Memory | Forgetful, progress: Progress
) -> Change:
    mark = Task((MARK,), lambda: Made({MARK: _MARK_TEXT.encode}), None)
    tasks = (*table.tasks(), mark)
    present = dict(_files(output))
    place = _Place(stage, output)
    todo, found = list[Task](), list[Diagnostic]()

    def do(at: int) -> _Done:
        result = memory.make(todo[at], lambda name: memory.knows(name, present))
        files = {name: place.put(name, data, present) for name, data in result.files.items()}
        return _Done(files, result.found)

    def tell(at: int) -> None:
        progress(at, len(todo), todo[at].files[0])

    for task in tasks:
        result = memory.kept(task, present)
        if result is None:
            todo.append(task)
            continue
        found.extend(result.found)
        place.kept.update(result.files)
    shared = parallel.share(len(todo), do, memory.told, memory.hear, tell)
    with recording(), closing(shared):  # whatever happens, no copy goes on writing after this
        for done in shared:
            found.extend(done.found)
            place.take(done.files)
    found.extend(table.verdict({*place.kept, *place.written}))
    if errors(found):
        return Change(0, 0, len(todo) - 1, tuple(found))
    for name, original in table.copies.items():
        place.put(name, place.read(original), present)
    stale = present.keys() - place.kept - place.written.keys()
    stamps = {name: present[name] for name in place.kept} | place.written
    if place.written or stale or not output.exists():
        place.link()
        stage.chmod(0o755)
        exchange(stage, output)
    memory.save(stamps)
    return Change(len(place.written), len(stale), len(todo) - 1, tuple(found))


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a job: each of its files with its stamp, or None where the old one stays."""

    files: Mapping[str, Stamp | None]
    found: tuple[Diagnostic, ...]


class _Place:
    """The new folder while it is filled: what it takes from the old one, what it has of its own."""

    def __init__(self, stage: Path, output: Path) -> None:
        self._stage = stage
        self._output = output
        self._folders: set[str] = set()
        self.kept: set[str] = set()
        self.written: dict[str, Stamp] = {}

    def put(self, name: str, data: bytes | None, present: Mapping[str, Stamp]) -> Stamp | None:
        """Write a file, unless the old one has the same bytes (`data` is None: it is known to).

        Returns:
            The stamp of what was written; None for what is kept.
        """
        if name in self.kept:
            return None
        if name not in self.written:
            stamp = present.get(name)
            if data is None or (
                stamp is not None and stamp[0] == len(data) and self._old(name) == data
            ):
                self.kept.add(name)
                return None
            self._make_folder(name)
            path = self._stage / name
            path.write_bytes(data)
            self.written[name] = _stamp(path)
        return self.written[name]

    def take(self, files: Mapping[str, Stamp | None]) -> None:
        """Note what was put here, perhaps by a copy of this process; twice, perhaps."""
        for name, stamp in files.items():
            if stamp is None:
                self.kept.add(name)
            elif self.written.setdefault(name, stamp) != stamp:
                self.written[name] = _stamp(self._stage / name)

    def link(self) -> None:
        """Take over every kept file."""
        for name in self.kept:
            self._make_folder(name)
            _link(f"{self._output}/{name}", f"{self._stage}/{name}")

    def read(self, name: str) -> bytes:
        """Give the bytes of a file of the new folder."""
        folder = self._stage if name in self.written else self._output
        return (folder / name).read_bytes()

    def _old(self, name: str) -> bytes | None:
        try:
            return (self._output / name).read_bytes()
        except OSError:
            return None  # it cannot be read: write the new one

    def _make_folder(self, name: str) -> None:
        folder = name.rpartition("/")[0]
        if folder not in self._folders:
            (self._stage / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)


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


def _link(old: str, new: str) -> None:
    # Text, not paths: a site has thousands of files, and an edit links all but a few.
    try:
        os.link(old, new)
    except OSError:  # a disk without hard links
        shutil.copy2(old, new)


def _files(folder: Path, within: str = "") -> Iterator[tuple[str, Stamp]]:
    """Walk the files of a folder, with their stamps."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        name = f"{within}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), f"{name}/")
        else:
            yield name, _stamp(entry, follow_symlinks=False)


def _stamp(file: Path | os.DirEntry[str], *, follow_symlinks: bool = True) -> Stamp:
    stat = file.stat(follow_symlinks=follow_symlinks)
    return (stat.st_size, stat.st_mtime_ns)


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
