"""Moving the register and the ledger from one base to another."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from axtra.sending.frozen_editions import BOOK
from axtra.sending.ledger import Ledger
from axtra.subscribers import Register
from axtra.subscribers.database import SUBSCRIBERS, open_base
from axtra.subscribers.storage.base import Base, Book
from axtra.subscribers.storage.copying import CopiedTable, copy


def copy_books(
    folder: Path,
    source: str,
    target: str,
    *,
    others: Sequence[Book] = (),
    replacing: bool = False,
    to: Path | None = None,
) -> list[CopiedTable]:
    """Copy register and ledger to another base, which is the current one from then on.

    Args:
        folder: the data folder, with the keys of both bases.
        source: the address of the base in which they are, "" for the files of the folder.
        target: the address of the other base, in the same way.
        others: the books that move with them.
        replacing: what the target holds gives way.
        to: the folder of the copy, when it is not the data folder; the source then stays current.

    Returns:
        What was copied, and proved equal.

    Raises:
        BusyError: somebody sends.
        FolderError: a base refuses, or the target is not empty.
    """
    copied: list[CopiedTable] = []

    def copy_one(book: Book, opened: Base) -> None:
        with closing(open_base(to or folder, book, target)) as other:
            copied.extend(copy(book, opened, other, replacing=replacing))

    with Register.open(folder, source) as register, Ledger.open(folder, address=source) as ledger:
        register.require()
        ledger.require()
        with ledger.alone():
            copy_one(SUBSCRIBERS, register.base)
            copy_one(BOOK, ledger.base)
            for book in others:
                with closing(open_base(folder, book, source)) as opened:
                    copy_one(book, opened)
    if to is None:  # what is left behind knows that it is older
        with (
            Register.open(folder, target) as register,
            Ledger.open(folder, address=target) as ledger,
        ):
            register.advance()
            ledger.advance()
    return copied
