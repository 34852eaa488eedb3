"""The data folder: both registers, the settings, and the files that no command may touch."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from axtra.cli import printer
from infolettre.core.diagnostics import count
from infolettre.core.refusals import WrongUsage

if TYPE_CHECKING:
    from axtra.publishing.site_content import SiteContent
    from axtra.sending.ledger import Ledger
    from axtra.sending.settings import Settings
    from axtra.subscribers import Register
    from axtra.subscribers.journal.generations import JournaledBook
    from axtra.subscribers.storage.base import Book

Opened = TypeVar("Opened", bound="JournaledBook")


def folder() -> Path:
    """Return the data folder."""
    from axtra.subscribers import data_folder  # noqa: PLC0415 - help must not pay it

    return data_folder(os.environ)


def site_content(root: Path) -> SiteContent:
    """Return the content of a project as sending asks for it."""
    from axtra.publishing.site_content import SiteContent  # noqa: PLC0415

    return SiteContent(root, folder(), os.environ)


def open_ledger(*, reading: bool = False) -> Ledger:
    """Open the ledger of what is sent; to change it or to send, only the copy that counts.

    Raises:
        FolderError: it cannot serve.
    """
    from axtra.sending.ledger import Ledger  # noqa: PLC0415

    return _checked(Ledger.open(folder()), reading=reading)


def open_register(*, reading: bool = False) -> Register:
    """Open the register of subscribers; to change it or to send, only the copy that counts.

    Raises:
        FolderError: it cannot serve.
    """
    from axtra.subscribers import Register  # noqa: PLC0415

    return _checked(Register.open(folder()), reading=reading)


def other_books() -> list[Book]:
    """Return the books that move with the register and the ledger from one base to another."""
    from axtra.atelier import account_book  # noqa: PLC0415
    from axtra.network import sheet_requests  # noqa: PLC0415

    return [sheet_requests.BOOK, account_book.BOOK]


def _checked(book: Opened, *, reading: bool) -> Opened:
    """Say what a book just learned of its journal, and refuse a copy that nobody adopted."""
    replayed = [
        count(number, noun)
        for noun, number in sorted(book.replayed.items())
        if number and noun in {"retrait", "effacement"}
    ]
    if replayed:
        printer.notice(f"Repris du journal des retraits : {', '.join(replayed)}.")
    if not reading:
        try:
            book.require()
        except BaseException:
            book.close()
            raise
    return book


def spare(path: Path) -> None:
    """Refuse a file of the data folder that was named in place of another.

    To write there would destroy it, and to read a register drops the locks that SQLite holds.

    Raises:
        WrongUsage: it is such a file.
    """
    try:
        named = path.stat()
    except (OSError, ValueError):  # there is no such file
        return
    for file in (*folder().glob("*.sqlite3*"), *folder().glob("cle*")):
        if os.path.samestat(named, file.stat()):
            raise WrongUsage(
                f"« {path} » est un fichier du registre; rien n’y est lu ni écrit.",
                "Nommez un autre fichier, hors du dossier de données.",
            )


def has_accounts() -> bool:
    """Return whether those who work here have accounts, which say who approves a letter."""
    from axtra.atelier import approving  # noqa: PLC0415

    return approving.has_accounts(folder())


def read_settings() -> Settings:
    """Read how to reach the server, and how fast."""
    from axtra.sending import settings  # noqa: PLC0415

    return settings.read(os.environ, folder())


def typed_address(typed: str) -> str:
    """Read an address; « - » keeps it out of the history of the shell.

    Raises:
        AddressError: it is none.
    """
    from axtra.subscribers import normalized  # noqa: PLC0415

    return normalized(sys.stdin.readline() if typed == "-" else typed)
