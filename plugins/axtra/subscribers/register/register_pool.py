"""The register in a process with many threads: connections that stay open."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from axtra.subscribers.database import SUBSCRIBERS
from axtra.subscribers.private_folder import AwayError, FolderError, LockedError
from axtra.subscribers.register.register import Register
from axtra.subscribers.signed_tokens import PEPPER, SIGNING
from axtra.subscribers.storage.sqlite import refused

T = TypeVar("T")
_Files = tuple[tuple[int, ...], ...]
_PATIENCE = 5.0  # seconds for another's write: whoever asks is waiting
_ATTEMPTS = 5  # times that work is done again, on files that were just replaced


class Pool:
    """Lends each open register to one thread at a time, and opens another when all are in use.

    With a single connection behind a lock, readers would wait for writers; with the write-ahead
    log, readers never wait. A connection for each thread would close when the thread ends, which
    the threads of a web server do at any moment.
    """

    def __init__(self, folder: Path) -> None:
        """Open a first register.

        Raises:
            FolderError: the folder or the file cannot be used.
        """
        self.folder = folder
        self._free: deque[tuple[Register, _Files]] = deque()
        self._free.append(self._open())

    def do(self, work: Callable[[Register], T]) -> T:
        """Call `work` with the register, and return what it returns.

        The files may be replaced at any moment, by a backup for example. What was written to the
        former files is then lost, so the work is done again on the new files.

        Raises:
            FolderError: the disk refuses.
        """
        again = False
        for _ in range(_ATTEMPTS):
            register, files = self._take()
            try:
                done = work(register)
            except AwayError:  # the server began again since: the connection is of before
                register.close()
                self._drop_all()
                if again:
                    raise
                again = True
                continue
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
            "les fichiers du registre sont sans cesse remplacés.",
            "Laissez finir ce qui les remplace, puis recommencez.",
        )

    @contextmanager
    def lent(self) -> Iterator[Register]:
        """Open a register for a block that lasts.

        Raises:
            FolderError: the disk refuses.
        """
        register = self._open()[0]
        try:
            yield register
        finally:
            register.close()

    def close(self) -> None:
        """Close the files."""
        self._drop_all()

    def _drop_all(self) -> None:
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
        register.serve(_PATIENCE)
        return register, self._files()

    def _files(self) -> _Files:
        """Return the identity of the files, which differs once they are replaced; open none.

        SQLite removes its log when the last connection closes: if the log is missing while our
        connection is open, someone removed it. Keys are read when a register opens, and a key may
        be added later.
        """
        identity: list[tuple[int, ...]] = []
        for name in (SUBSCRIBERS.name, f"{SUBSCRIBERS.name}-wal", SIGNING, PEPPER):
            try:
                status = (self.folder / name).stat()
            except OSError:
                identity.append(())
                continue
            changed = status.st_mtime_ns if name in {SIGNING, PEPPER} else 0
            identity.append((status.st_dev, status.st_ino, changed))
        return tuple(identity)
