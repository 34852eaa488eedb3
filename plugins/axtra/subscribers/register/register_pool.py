"""The register in a process of many threads: connections that stay open."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from axtra.subscribers.database import SUBSCRIBERS, refused
from axtra.subscribers.private_folder import FolderError, LockedError
from axtra.subscribers.register.register import Register
from axtra.subscribers.signed_tokens import PEPPER, SIGNING

T = TypeVar("T")
_Files = tuple[tuple[int, ...], ...]
_TIMES = 5  # that work is done again on files that were just replaced


class Pool:
    """Lends a register to one thread at a time, and opens another when all are lent.

    One connection behind a lock would make whoever reads a page wait for whoever writes; with the
    write-ahead log, readers wait for nobody. A connection for each thread would be closed when the
    thread ends, which the threads of a web server do at any moment.
    """

    def __init__(self, folder: Path) -> None:
        """Open a first register.

        Raises:
            FolderError: the folder or the file cannot serve.
        """
        self.folder = folder
        self._free: deque[tuple[Register, _Files]] = deque()
        self._free.append(self._open())

    def do(self, work: Callable[[Register], T]) -> T:
        """Do something with the register, and give what that gave.

        The files may be replaced at any moment, by those of a backup for example; what was then
        written is in no file any more, so the work is done again on the new ones.

        Raises:
            FolderError: the disk refuses.
        """
        for _ in range(_TIMES):
            register, files = self._take()
            try:
                done = work(register)
            except FolderError:
                register.close()
                raise
            except sqlite3.Error as error:
                register.close()
                raise refused(error) from error
            except BaseException:
                self._free.append((register, files))
                raise
            if files == self._files():
                self._free.append((register, files))
                return done
            register.close()
        raise LockedError(
            "les fichiers du registre sont sans cesse remplacés",
            "Laissez finir ce qui les remplace, puis recommencez.",
        )

    def close(self) -> None:
        """Let the files go."""
        while self._free:
            self._free.pop()[0].close()

    def _take(self) -> tuple[Register, _Files]:
        now = self._files()
        while True:
            try:
                register, files = self._free.pop()
            except IndexError:
                return self._open()
            if files == now:
                return register, files
            register.close()

    def _open(self) -> tuple[Register, _Files]:
        register = Register.open(self.folder)
        register.write_through()
        return register, self._files()

    def _files(self) -> _Files:
        """Tell the files that are there from others of the same names, without opening them.

        SQLite removes its log when the last connection closes: when ours is open and its log is
        not there, it was taken away. Keys are read when a register opens; one may be added.
        """
        found: list[tuple[int, ...]] = []
        for name in (SUBSCRIBERS.name, f"{SUBSCRIBERS.name}-wal", SIGNING, PEPPER):
            try:
                one = (self.folder / name).stat()
            except OSError:
                found.append(())
                continue
            changed = one.st_mtime_ns if name in {SIGNING, PEPPER} else 0
            found.append((one.st_dev, one.st_ino, changed))
        return tuple(found)
