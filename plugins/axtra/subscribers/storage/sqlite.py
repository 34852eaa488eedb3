"""SQLite: a private file of the data folder, durable at each commit, with one sender at a time."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from axtra.subscribers.private_folder import (
    FolderError,
    LockedError,
    close_to_others,
    make_private,
    touch_private,
)
from axtra.subscribers.storage.base import PATIENCE, Book, HeldError, Rows, Values

_CACHE = 16_000  # KiB of pages, at most, so that a large table is not read again and again
_READERS = 5  # seconds that an erasure waits for those who read
_MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


class SqliteBase:
    """A book in a file of SQLite."""

    is_shared = False
    CLOCK = "0"  # nothing is leased

    def __init__(self, folder: Path, book: Book) -> None:
        """Open the file, made private and migrated to the current version.

        Raises:
            FolderError: the folder or the file cannot be used.
        """
        self._folder = folder
        self._patience = PATIENCE
        self.connection = connect(folder, book)

    def execute(self, statement: str, values: Values = ()) -> Rows:
        """Execute a statement."""
        return self.connection.execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Values]) -> int:
        """Execute a statement once for each row of values."""
        return self.connection.executemany(statement, rows).rowcount

    def pour(
        self, table: str, columns: Sequence[str], rows: Iterable[Values], clash: str = ""
    ) -> None:
        """Insert rows, however many, as they come."""
        marks = ", ".join("?" * len(columns))
        self.connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {clash}",  # noqa: S608
            rows,
        )

    def each(self, statement: str, values: Values = ()) -> Iterator[Any]:
        """Yield the rows of a query as they come."""
        yield from self.connection.execute(statement, values)

    def columns(self, table: str) -> list[str]:
        """Return the names of the columns of a table, in order."""
        return [row[0] for row in self.execute("SELECT name FROM pragma_table_info(?)", (table,))]

    def renumber(self, table: str) -> None:
        """Do nothing: a new row is numbered after the last one."""

    @property
    def in_transaction(self) -> bool:
        """Return whether a transaction is open."""
        return self.connection.in_transaction

    @contextmanager
    def transaction(self, *, crowd: bool = False) -> Iterator[None]:  # noqa: ARG002 - one writer
        """Open a durable transaction, or join the transaction that is already open."""
        with transaction(self.connection):
            yield

    def wait(self, seconds: float) -> None:
        """Wait for others' writes for so many seconds from now on."""
        self._patience = seconds
        self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}")

    def serve(self) -> None:
        """Copy each change from the log into the main file at once.

        When a person replaces the file, this connection has nothing left to write over the new
        file.
        """
        self.connection.execute("PRAGMA wal_autocheckpoint=1")

    def take_time(self) -> None:
        """Do nothing: a transaction may wait."""

    def scrub(self) -> bool:
        """Empty the write-ahead log, which still holds former pages.

        A long read by another command may prevent it.
        """
        self._wait(_READERS)
        try:
            busy = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.Error as error:
            raise refused(error) from error
        finally:
            self._wait(self._patience)
        return not busy

    @contextmanager
    def hold(
        self,
        name: str,
        patience: float = 0,
        *,
        together: bool = False,  # noqa: ARG002 - an operating system's lock has one holder
    ) -> Iterator[None]:
        """Hold a file that the system frees when this process dies."""
        with hold_file(self._folder, name, patience):
            yield

    def identity(self) -> str:
        """Return a hash that names this machine, or nothing where the system has no name."""
        return _machine()

    def reconnect(self) -> None:
        """Do nothing: a file is not lost."""

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


@contextmanager
def hold_file(folder: Path, name: str, patience: float = 0) -> Iterator[None]:
    """Hold a file of a folder that the system frees when this process dies.

    Raises:
        HeldError: another process holds it.
        FolderError: the disk refuses.
    """
    path = folder / f"{name}.verrou"
    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise HeldError from None
    except OSError as error:
        raise FolderError(f"« {path} » ne peut pas être écrit ({error.strerror}).") from None
    try:
        yield
    finally:
        lock.release()


def connect(folder: Path, book: Book) -> sqlite3.Connection:
    """Open a book of a data folder, made private and migrated to the current version.

    Only SQLite opens the files of a register; see `touch_private`. The two files that it creates
    beside the register get the register's mode.

    Raises:
        FolderError: the folder or the file cannot be used.
    """
    path = folder / book.name
    make_private(folder)
    make_private(path.parent)
    touch_private(path)
    for kind in ("-wal", "-shm"):
        with suppress(OSError):  # most often there is none
            close_to_others(path.with_name(path.name + kind))
    try:
        # `Pool` lends a connection to one thread after another, never to two at once.
        connection = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise refused(error) from error
    try:
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # an erased row leaves zeroes
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute(f"PRAGMA cache_size=-{_CACHE}")
        _migrate(connection, book)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise refused(error) from error
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on, and wait for other processes, which SQLite does not do here."""
    until = time.monotonic() + PATIENCE
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


def _migrate(connection: sqlite3.Connection, book: Book) -> None:
    """Apply the scripts that are missing; `user_version` counts those that were applied."""
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    if done == len(book.migrations):
        return
    check_version(done, book)
    with transaction(connection):
        done = connection.execute("PRAGMA user_version").fetchone()[0]
        for version in range(done + 1, len(book.migrations) + 1):
            for statement in statements(book.script(version)):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={version}")


def check_version(done: int, book: Book) -> None:
    """Refuse a book to which more scripts were applied than this program has.

    Raises:
        FolderError: it is so.
    """
    if done > len(book.migrations):
        raise FolderError(
            "le registre vient d’une version plus récente d’AXE.",
            "Mettez AXE à jour sur cette machine.",
        )


def statements(text: str) -> Iterator[str]:
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


def _machine() -> str:
    """Return a hash that names this machine, or nothing where the system has no identifier."""
    for path in _MACHINE:
        try:
            name = path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if name:
            return hashlib.sha256(f"axtra {name}".encode()).hexdigest()[:24]
    return ""
