"""Copying a book from one base to another, and proving that both hold the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from axtra.subscribers.private_folder import FolderError
from axtra.subscribers.storage.base import Base, Book

_KEY = 5  # columns that tell rows apart, at most
# Those whose order is that in which they were written.
_UNKEYED = ("facts", "tests", "approvals", "events")
_LINEAGE, _MACHINE = "lineage", "machine"  # what differs between two bases, and must


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table that both bases hold: how many rows, and their hash."""

    name: str
    rows: int
    digest: str


def copy(book: Book, source: Base, target: Base, *, replacing: bool = False) -> list[CopiedTable]:
    """Copy a whole book into another base, and prove that both then hold the same.

    Nobody else writes to either meanwhile. Nothing is kept unless the proof holds.

    Args:
        book: which.
        source: where it is.
        target: where it goes.
        replacing: what the target holds gives way; else, a target that is not empty is refused.

    Raises:
        FolderError: the target is not empty, a base refuses, or what was written differs.
    """
    for base in (source, target):
        base.take_time()
    with source.transaction(), target.transaction():
        _empty(book, target, replacing=replacing)
        for table in book.tables:
            _fill(table, source, target)
            if table in book.numbered:
                target.renumber(table)
        if book.notes:
            target.execute(f"DELETE FROM {book.notes}")  # noqa: S608 - the journal has them
        copied = [_sealed(table, source) for table in book.tables]
        for known in copied:
            if known != _sealed(known.name, target):
                raise FolderError(
                    f"ce qui est copié diffère de la source (table « {known.name} ») : rien n’est "
                    "gardé."
                )
        if _LINEAGE in book.tables:
            target.execute("UPDATE lineage SET machine = ?", (target.identity(),))
            if not source.is_shared:  # a file knows all of the one journal that it has
                target.execute(
                    "INSERT INTO journals SELECT journal, number, position FROM lineage"
                    " WHERE journal <> '' ON CONFLICT (name)"
                    " DO UPDATE SET number = excluded.number, position = excluded.position"
                )
    return copied


def _empty(book: Book, target: Base, *, replacing: bool) -> None:
    held = [
        table
        for table in book.tables
        if table != _LINEAGE and target.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608
    ]
    if held and not replacing:
        raise FolderError(
            f"la base où copier n’est pas vide (table « {held[0]} ») : rien n’est copié.",
            "Donnez une base neuve; ou, si ce qu’elle tient ne sert plus, ajoutez --remplacer.",
        )
    for table in reversed(book.tables):
        target.execute(f"DELETE FROM {table}")  # noqa: S608


def _fill(table: str, source: Base, target: Base) -> None:
    names = source.columns(table)
    target.pour(table, names, _rows(table, names, source))


def _rows(table: str, names: list[str], base: Base) -> Iterator[Any]:
    ranks = ", ".join(str(rank + 1) for rank in range(min(_KEY, len(names))))
    order = "rowid" if table in _UNKEYED else ranks
    yield from base.each(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")  # noqa: S608


def _sealed(table: str, base: Base) -> CopiedTable:
    """Return the hash of all that a table holds, but what names its base."""
    names = [name for name in base.columns(table) if (table, name) != (_LINEAGE, _MACHINE)]
    whole, count = hashlib.sha256(repr(names).encode()), 0
    for row in _rows(table, names, base):
        whole.update(repr(tuple(row)).encode())
        count += 1
    return CopiedTable(table, count, whole.hexdigest())
