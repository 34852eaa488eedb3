"""The SQLite file of a register: private, durable at each commit, migrated when it is opened."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Self

from axtra.subscribers.private_folder import (
    FolderError,
    LockedError,
    close_to_others,
    make_private,
    touch_private,
)
from infolettre.core.dates import ZONE

_PATIENCE = 15.0  # seconds that one process waits for another's write
_READERS = 5  # seconds that an erasure waits for those who read


@dataclass(frozen=True, slots=True)
class Book:
    """A kind of register: the name of its file, and the scripts that migrate it.

    Each version has one script, in the folder of `package`; `user_version` counts the scripts
    already applied.
    """

    name: str
    package: str
    migrations: tuple[str, ...] = ("schema.sql",)


SUBSCRIBERS = Book(
    "abonnes.sqlite3",
    "axtra.subscribers",
    ("schema.sql", "queue.sql", "proposals.sql", "lineage.sql", "mailboxes.sql", "moves.sql"),
)


class OpenBook:
    """An open register, closed at the end of a `with`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._patience = _PATIENCE
        self.scrubbed = True
        """Whether nothing that was erased is left on the disk."""

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def serve(self, patience: float) -> None:
        """Prepare a connection that stays open, in a service.

        Each change is copied from the log into the main file at once: when a person replaces the
        file, this connection has nothing left to write over the new file.

        Args:
            patience: seconds to wait for another's write.
        """
        self._patience = patience
        self._db.execute("PRAGMA wal_autocheckpoint=1")
        self._wait(patience)

    @contextmanager
    def hurried(self, seconds: float) -> Iterator[None]:
        """Wait for others for so many seconds only, during a block."""
        self._wait(seconds)
        try:
            yield
        finally:
            self._wait(self._patience)

    def _wait(self, seconds: float) -> None:
        self._db.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}")

    def scrub(self) -> bool:
        """Empty the write-ahead log, which still holds former pages.

        Returns:
            Whether nothing erased is left; a long read by another command may prevent it.

        Raises:
            FolderError: the disk refuses.
        """
        try:
            with self.hurried(_READERS):
                busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.Error as error:
            raise refused(error) from error
        self.scrubbed = not busy
        return self.scrubbed

    def together(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open one durable transaction for several changes.

        Raises:
            FolderError: the disk refuses.
        """
        return transaction(self._db)


def connect(folder: Path, book: Book = SUBSCRIBERS) -> sqlite3.Connection:
    """Open a register of a data folder, made private and migrated to the current version.

    Only SQLite opens the files of a register; see `touch_private`. The two files that it creates
    beside the register get the register's mode.

    Raises:
        FolderError: the folder or the file cannot be used.
    """
    make_private(folder)
    path = folder / book.name
    touch_private(path)
    for kind in ("-wal", "-shm"):
        with suppress(OSError):  # most often there is none
            close_to_others(path.with_name(path.name + kind))
    try:
        # `Pool` lends a connection to one thread after another, never to two at once.
        connection = sqlite3.connect(
            path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise refused(error) from error
    try:
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # an erased row leaves zeroes
        connection.execute("PRAGMA temp_store=MEMORY")
        _migrate(connection, book)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise refused(error) from error
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on, and wait for other processes, which SQLite does not do here."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Open a transaction, or join the transaction that is already open.

    Raises:
        FolderError: the disk is full, the folder read-only, the file damaged.
    """
    if connection.in_transaction:
        yield connection
        return
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.OperationalError):  # a full disk may have rolled back already
                connection.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise refused(error) from error


def written(moment: datetime) -> str:
    """Return a moment as text in UTC; the texts sort in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def read(text: str) -> datetime:
    """Return a moment written by `written`, in Quebec's time: months are counted from its day."""
    return datetime.fromisoformat(text).astimezone(ZONE)


def _migrate(connection: sqlite3.Connection, book: Book) -> None:
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    if done == len(book.migrations):
        return
    if done > len(book.migrations):
        raise FolderError(
            "le registre vient d’une version plus récente d’AXE.",
            "Mettez AXE à jour sur cette machine.",
        )
    with transaction(connection):
        done = connection.execute("PRAGMA user_version").fetchone()[0]
        for version, name in enumerate(book.migrations[done:], start=done + 1):
            text = files(book.package).joinpath(name).read_text("utf-8")
            for statement in _statements(text):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={version}")


def _statements(text: str) -> Iterator[str]:
    """Yield the statements of a script; `executescript` would commit half of it."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def refused(error: sqlite3.Error) -> FolderError:
    """Return the refusal for an error of SQLite, whose message names tables, never values."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
        return LockedError(
            "une autre commande écrit dans le registre depuis longtemps; rien n’a été changé.",
            "Attendez qu’elle finisse, puis recommencez.",
        )
    return FolderError(
        f"le registre ne peut être ni lu ni écrit ({error}).",
        "Vérifiez la place sur le disque et à qui appartient le dossier de données.",
    )
