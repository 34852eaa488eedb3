"""The journal: an append-only file that must outlive the data folder, and is kept outside it.

It records who left, by keyed marks, and which copy of the register and of the ledger is the
current copy. A restored folder learns from it what happened since. It never holds an address.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from filelock import FileLock

from axtra.subscribers.private_folder import FolderError, published_by

VARIABLE = "AXTRA_JOURNAL"
_NAME = "retraits.journal"  # where AXTRA_JOURNAL names a folder
_HEAD = "axtra-journal 1 "
_HEAD_LENGTH = len(_HEAD) + 33  # with 32 digits and the end of the line
_FLAGS = os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_WORTH = 1_000_000  # bytes under which a journal is not worth compacting


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One act of one book.

    `number` counts the transactions of that book that the journal knows. It orders the acts, since
    those of two transactions may reach the file in either order.
    """

    book: str
    number: int
    moment: str
    act: str
    values: tuple[str | int, ...]

    def __str__(self) -> str:
        fields = [self.book, self.number, self.moment, self.act, *self.values]
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        return f"{text} {zlib.crc32(text.encode()):08x}\n"


@dataclass(frozen=True, slots=True)
class JournalSpan:
    """Where lines are in a journal; `journal` is the random name of that file."""

    journal: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class JournalTail:
    """The lines of a journal from some place on; `damaged` counts those that cannot be read."""

    span: JournalSpan
    lines: tuple[JournalLine, ...]
    damaged: int


def journal_of(folder: Path, environment: Mapping[str, str]) -> Journal:
    """Return the journal of a data folder: the file of AXTRA_JOURNAL, or a file beside the folder.

    Raises:
        FolderError: it would be inside the data folder, or where it could be published.
    """
    whole = folder.resolve()
    named = environment.get(VARIABLE, "").strip()
    path = Path(named).resolve() if named else whole.with_name(f"{whole.name}.journal")
    if path.is_dir():
        path /= _NAME
    if path.is_relative_to(whole):
        raise FolderError(
            f"le journal des retraits « {path} » est dans le dossier de données : il se perdrait "
            "avec lui.",
            f"Donnez à {VARIABLE} un fichier d’un autre dossier, par exemple : "
            f"{whole.with_name(whole.name + '.journal')}",
        )
    around = published_by(path) if named else None
    if around:
        raise FolderError(
            f"le journal des retraits « {path} » est dans « {around} », qui peut être publié.",
            f"Donnez à {VARIABLE} un fichier d’un dossier privé, hors de tout projet.",
        )
    return Journal(path)


@dataclass(frozen=True, slots=True)
class Journal:
    """The file of a journal; it does not exist before the first line."""

    path: Path

    def append(self, lines: Iterable[JournalLine]) -> JournalSpan:
        """Append lines; they are on the disk when this returns.

        Raises:
            FolderError: the disk refuses.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._lock():
                return self._append("".join(map(str, lines)).encode())
        except OSError as error:
            raise self._refused(error) from error

    def read(self, journal: str = "", start: int = 0) -> JournalTail:
        """Return the lines from a place on, or all of them when the file is another journal.

        A last line without its end is still being written, or was cut by a power failure: it is
        left for later, and counts as damaged once another line follows it.

        Raises:
            FolderError: the disk refuses, or the file is not a journal.
        """
        try:
            with self.path.open("rb") as file:
                head, name = self._head(file)
                size = file.seek(0, os.SEEK_END)
                known = name == journal and _HEAD_LENGTH <= start <= size
                start = start if known else len(head)
                file.seek(start)
                data = file.read()
        except FileNotFoundError:
            return JournalTail(JournalSpan("", 0, 0), (), 0)
        except OSError as error:
            raise self._refused(error) from error
        whole = data[: data.rfind(b"\n") + 1]
        texts = whole.decode("utf-8", "replace").splitlines()
        lines = tuple(line for line in map(_line, texts) if line)
        span = JournalSpan(name, start, start + len(whole))
        return JournalTail(span, lines, sum(1 for text in texts if text) - len(lines))

    def name(self) -> str:
        """Return the random name of the file; "" when there is none yet.

        Raises:
            FolderError: the disk refuses, or the file is not a journal.
        """
        try:
            with self.path.open("rb") as file:
                return self._head(file)[1]
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise self._refused(error) from error

    def _head(self, file: IO[bytes]) -> tuple[str, str]:
        head = file.read(_HEAD_LENGTH).decode("ascii", "replace")
        if head and not (head.startswith(_HEAD) and head.endswith("\n")):
            raise FolderError(
                f"« {self.path} » n’est pas un journal des retraits.",
                f"Donnez à {VARIABLE} un autre fichier, ou effacez celui-ci.",
            )
        return head, head[len(_HEAD) : -1]

    def compact(self, renamed: Callable[[str, str], object] = lambda _old, _new: None) -> None:
        """Remove the lines that later lines replace, once there are many.

        Args:
            renamed: told the name of the file, and its next one just before it takes it.

        Raises:
            FolderError: the disk refuses.
        """
        try:
            if self.path.stat().st_size < _WORTH:
                return
            with self._lock():
                kept = {_subject(line): line for line in self.read().lines}
                fresh = self.path.with_name(f"{self.path.name}.nouveau")
                fresh.unlink(missing_ok=True)
                span = Journal(fresh)._append("".join(map(str, kept.values())).encode())  # noqa: SLF001
                renamed(self.name(), span.journal)
                fresh.replace(self.path)
                sync(self.path.parent)
        except OSError as error:
            raise self._refused(error) from error

    def _append(self, data: bytes) -> JournalSpan:
        made = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
        try:
            status = os.fstat(descriptor)
            if stat.S_IMODE(status.st_mode) != 0o600:  # noqa: PLR2004
                self.path.chmod(0o600)
            size = status.st_size
            if size:
                name = os.read(descriptor, _HEAD_LENGTH).decode("ascii", "replace")
            else:
                name = f"{_HEAD}{secrets.token_hex(16)}\n"
                data = name.encode() + data
            os.lseek(descriptor, max(0, size - 1), os.SEEK_SET)
            if size and os.read(descriptor, 1) != b"\n":  # a power failure cut the last line
                data = b"\n" + data
            written = 0
            while written < len(data):
                written += os.write(descriptor, data[written:])
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if made:
            sync(self.path.parent)
        return JournalSpan(name[len(_HEAD) : -1], size, size + len(data))

    def _lock(self) -> FileLock:
        return FileLock(self.path.with_name(f"{self.path.name}.verrou"), mode=0o600)

    def _refused(self, error: OSError) -> FolderError:
        return FolderError(
            f"le journal des retraits « {self.path} » ne peut être ni lu ni écrit "
            f"({error.strerror}).",
            f"Choisissez un fichier qui vous appartient avec {VARIABLE}, hors du dossier de "
            "données, et vérifiez la place sur le disque.",
        )


def _line(text: str) -> JournalLine | None:
    """Return a line, or None when it is damaged."""
    fields, _, seal = text.rpartition(" ")
    if f"{zlib.crc32(fields.encode()):08x}" != seal:
        return None
    book, number, moment, act, *values = json.loads(fields)
    return JournalLine(book, number, moment, act, tuple(values))


def _subject(line: JournalLine) -> tuple[object, ...]:
    """Return what a line is about: of two lines about the same subject, only the later counts.

    An erasure stands whatever follows it, since older copies still hold the person.
    """
    match line.act, line.values:
        case (("sorti" | "abonne"), (mark, liste)):
            return (line.book, "liste", mark, liste)
        case "retire", (mark, "effacement", *_):
            return (line.book, "effacement", mark)
        case (("retire" | "leve"), (mark, *_)):
            return (line.book, "adresse", mark)
        case act, (first, *rest) if act != "generation":
            return (line.book, act, first, *(() if act == "avance" else rest))
        case act, _:
            return (line.book, act)


def sync(folder: Path) -> None:
    """Flush the names of a folder's files to the disk, where the system can.

    Raises:
        OSError: the disk refuses.
    """
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
