"""What a book asks of the base that keeps it, and how it says what its tables are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePath
from typing import Any, Protocol

Values = Sequence[Any]
PATIENCE = 15.0  # seconds that one process waits for another's write


@dataclass(frozen=True, slots=True)
class Book:
    """A kind of register: the name of its file, and the scripts that migrate it.

    Each version has one script, in the folder of `package`. They are written for SQLite, and
    PostgreSQL reads them in its own words.
    """

    name: str
    package: str
    migrations: tuple[str, ...] = ("schema.sql",)
    tables: tuple[str, ...] = ()
    """Those that are copied from one base to another; each comes after those that it names."""
    numbered: tuple[str, ...] = ()
    """Those whose rows the base numbers, in a column « id »."""
    notes: str = ""
    """The table in which the base notes what the journal is told, if there is one."""

    @property
    def schema(self) -> str:
        """Return the name of its schema in PostgreSQL."""
        return PurePath(self.name).stem

    def script(self, version: int) -> str:
        """Return the script that leads to a version, counted from 1."""
        return files(self.package).joinpath(self.migrations[version - 1]).read_text("utf-8")


class Rows(Protocol):
    """What a statement gives: rows, and how many it changed."""

    @property
    def rowcount(self) -> int:
        """Return how many rows were changed."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row, which each caller knows
        """Return the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class HeldError(Exception):
    """Somebody else holds what was to be held."""


class Base(Protocol):
    """An open book's base: short statements, durable transactions, and locks that die with us.

    `is_shared` tells whether several senders, on several machines, may use it at once.
    """

    is_shared: bool
    CLOCK: str
    """The present in seconds since 1970, in a statement: by the clock of all who share the base."""

    def execute(self, statement: str, values: Values = ()) -> Rows:
        """Execute a statement, in which `?` stands for each value."""

    def executemany(self, statement: str, rows: Iterable[Values]) -> int:
        """Execute a statement once for each row of values; return how many rows it changed."""

    def pour(
        self, table: str, columns: Sequence[str], rows: Iterable[Values], clash: str = ""
    ) -> None:
        """Insert rows in a transaction, however many, as they come: memory does not grow.

        Args:
            table: where.
            columns: those that each row has, in order.
            rows: the values.
            clash: the clause ON CONFLICT, for what may be there already.
        """

    def each(self, statement: str, values: Values = ()) -> Iterator[Any]:
        """Yield the rows of a query as they come, however many there are; in a transaction."""

    def columns(self, table: str) -> list[str]:
        """Return the names of the columns of a table, in order."""

    def renumber(self, table: str) -> None:
        """Number the next rows of a table after those that were written with their number."""

    @property
    def in_transaction(self) -> bool:
        """Return whether a transaction is open."""

    def transaction(self, *, crowd: bool = False) -> AbstractContextManager[None]:
        """Open a durable transaction, or join the transaction that is already open.

        What is read in it stays true until it ends, since nobody else writes meanwhile; but in a
        `crowd`, where the base allows one, others write at the same time.

        Raises:
            LockedError: others wrote for too long.
            FolderError: the base, or its disk, refuses.
        """

    def wait(self, seconds: float) -> None:
        """Wait for others' writes for so many seconds from now on."""

    def serve(self) -> None:
        """Prepare to stay open, in a service."""

    def take_time(self) -> None:
        """Let transactions wait, without limit, for what is done elsewhere meanwhile."""

    def scrub(self) -> bool:
        """Remove from the disk what was erased; return whether nothing of it is left."""

    def hold(
        self, name: str, patience: float = 0, *, together: bool = False
    ) -> AbstractContextManager[None]:
        """Hold a name until the end of a block, or the death of this process.

        Args:
            name: what for.
            patience: how many seconds to wait for others.
            together: others may hold it together with us, but none alone; where the base knows
                only one holder, that holder is alone.

        Raises:
            HeldError: somebody else holds it.
        """

    def identity(self) -> str:
        """Return a hash that names where this base lives, which no copy of it has."""

    def reconnect(self) -> None:
        """Connect again, once the base was lost.

        Raises:
            AwayError: it does not answer.
        """

    def close(self) -> None:
        """Close it."""
