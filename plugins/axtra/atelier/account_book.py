"""Where the accounts of a newsroom are kept, open for as long as the atelier serves."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axtra.subscribers.database import open_base
from axtra.subscribers.private_folder import AwayError
from axtra.subscribers.storage.base import Base, Book
from axtra.subscribers.storage.sqlite import refused

FOLDER = "atelier"  # in the data folder
BOOK = Book(
    f"{FOLDER}/comptes.sqlite3",
    "axtra.atelier",
    ("accounts.sql", "members.sql"),
    ("members", "links", "sessions", "events"),
    numbered=("members",),
)


class AccountBook:
    """The accounts of a data folder, lent to one thread at a time.

    Args:
        data: the data folder.

    Raises:
        FolderError: the folder or the base cannot be used.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lock = threading.RLock()
        self._base = open_base(data, BOOK)
        self._opened = self._identity()

    def close(self) -> None:
        """Close it."""
        self._base.close()

    @contextmanager
    def lent(self) -> Iterator[Base]:
        """Lend it; it is opened anew when a backup took its place, or its server began again.

        Raises:
            FolderError: the base refuses, or does not answer.
        """
        with self._lock:
            try:
                self._be_there()
                yield self._base
            except sqlite3.Error as error:
                raise refused(error) from error

    def _be_there(self) -> None:
        if self._base.is_shared and not self._base.in_transaction:
            try:
                self._base.execute("SELECT 1")
            except AwayError:
                self._base.reconnect()
        elif self._identity() != self._opened:
            self._base.close()
            self._base = open_base(self._data, BOOK)
            self._opened = self._identity()

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self._data / BOOK.name)  # noqa: PTH116 - at each request
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino
