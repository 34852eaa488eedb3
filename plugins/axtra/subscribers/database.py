"""A book that is open, wherever it is kept; moments as it writes them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from axtra.subscribers.private_folder import FolderError, make_private
from axtra.subscribers.storage.base import PATIENCE, Base, Book
from axtra.subscribers.storage.sqlite import SqliteBase
from infolettre.core.dates import ZONE

VARIABLE = "AXTRA_BASE"
_SCHEMES = ("postgresql://", "postgres://")

SUBSCRIBERS = Book(
    "abonnes.sqlite3",
    "axtra.subscribers",
    (
        "schema.sql",
        "queue.sql",
        "proposals.sql",
        "lineage.sql",
        "mailboxes.sql",
        "moves.sql",
        "acts.sql",
        "visits.sql",
        "notices.sql",
        "journals.sql",
    ),
    (
        "people",
        "lists",
        "subscriptions",
        "consents",
        "suppressions",
        "facts",
        "bounces",
        "pending",
        "proposals",
        "decisions",
        "departures",
        "notices",
        "lineage",
        "journals",
    ),
    notes="acts",
)


class OpenBook:
    """An open register, closed at the end of a `with`."""

    def __init__(self, base: Base) -> None:
        self._db = base
        self._patience = PATIENCE
        self.scrubbed = True
        """Whether nothing that was erased is left on the disk."""

    def close(self) -> None:
        """Close the base."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def serve(self, patience: float) -> None:
        """Prepare a connection that stays open, in a service.

        Args:
            patience: seconds to wait for another's write.
        """
        self._patience = patience
        self._db.serve()
        self._db.wait(patience)

    @property
    def base(self) -> Base:
        """Return where it is kept."""
        return self._db

    @contextmanager
    def hurried(self, seconds: float) -> Iterator[None]:
        """Wait for others for so many seconds only, during a block."""
        self._db.wait(seconds)
        try:
            yield
        finally:
            self._db.wait(self._patience)

    def scrub(self) -> bool:
        """Remove from the disk what was erased.

        Returns:
            Whether nothing erased is left; a long read by another command may prevent it.

        Raises:
            FolderError: the disk refuses.
        """
        self.scrubbed = self._db.scrub()
        return self.scrubbed


def base_address(environment: Mapping[str, str]) -> str:
    """Return the address of PostgreSQL that `AXTRA_BASE` names; "" for SQLite.

    Raises:
        FolderError: it names something else.
    """
    named = environment.get(VARIABLE, "").strip()
    if named and not named.startswith(_SCHEMES):
        raise FolderError(
            f"{VARIABLE} ne nomme pas une base PostgreSQL.",
            f"Écrivez :  export {VARIABLE}=postgresql://compte@serveur/axtra\n"
            f"Pour les fichiers du dossier de données :  unset {VARIABLE}",
        )
    return named


def open_base(folder: Path, book: Book, address: str | None = None) -> Base:
    """Open the base of a book: PostgreSQL where `AXTRA_BASE` says so, or a file of the folder.

    Args:
        folder: the data folder; it holds the keys in any case.
        book: which.
        address: of PostgreSQL, "" for a file; by default what the environment says.

    Raises:
        FolderError: the base cannot be used.
    """
    address = base_address(os.environ) if address is None else address
    if not address:
        return SqliteBase(folder, book)
    # A sixth of a second, for those who use it.
    from axtra.subscribers.storage.postgresql import PostgresBase  # noqa: PLC0415

    make_private(folder)
    return PostgresBase(address, book)


def is_kept(folder: Path, book: Book) -> bool:
    """Return whether a book was ever opened; nothing is made by looking."""
    return bool(base_address(os.environ)) or (folder / book.name).is_file()


def written(moment: datetime) -> str:
    """Return a moment as text in UTC; the texts sort in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def read(text: str) -> datetime:
    """Return a moment written by `written`, in Quebec's time: months are counted from its day."""
    return datetime.fromisoformat(text).astimezone(ZONE)
