"""What commands that send share: both registers, settings, a typed confirmation, errors."""

from __future__ import annotations

import argparse
import functools
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from axtra.cli.arguments import USAGE
from axtra.cli.project import PROBLEMS, UsageError, now, root
from axtra.core.diagnostics import count

if TYPE_CHECKING:
    from axtra.sending.ledger import Ledger
    from axtra.sending.records import Frozen
    from axtra.sending.settings import Settings
    from axtra.subscribers import Register
    from axtra.subscribers.generations import JournaledBook

Opened = TypeVar("Opened", bound="JournaledBook")
Command = Callable[[argparse.Namespace], int]


def guarded(run: Command) -> Command:
    """Turn what can go wrong into a sentence and an exit code."""

    @functools.wraps(run)
    def told(options: argparse.Namespace) -> int:
        from axtra.message import HeaderError  # noqa: PLC0415
        from axtra.sending.frozen_editions import BusyError  # noqa: PLC0415
        from axtra.sending.settings import SettingsError  # noqa: PLC0415
        from axtra.sending.wire import LostError, StopError, UnreachableError  # noqa: PLC0415
        from axtra.subscribers import AddressError, FolderError, ListError  # noqa: PLC0415

        try:
            return run(options)
        except (ListError, AddressError, SettingsError) as error:
            sys.stderr.write(f"axtra : {error}\n")
            return USAGE
        except (BusyError, FolderError, HeaderError, StopError, UnreachableError) as error:
            sys.stderr.write(f"axtra : {error}\n")
        except LostError as error:
            sys.stderr.write(
                f"axtra : {error}.\n    → Recommencez; si cela dure, voyez le serveur.\n"
            )
        except sqlite3.Error as error:
            sys.stderr.write(
                f"axtra : le registre des envois ne se lit pas ({error}).\n"
                "    → Vérifiez la place sur le disque et le dossier de données.\n"
            )
        return PROBLEMS

    return told


def folder() -> Path:
    """Give the data folder."""
    from axtra.subscribers import data_folder  # noqa: PLC0415 - help must not pay it

    return data_folder(os.environ)


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


def _checked(book: Opened, *, reading: bool) -> Opened:
    """Say what a book just learned of its journal, and refuse a copy that nobody adopted."""
    told = [
        count(number, noun)
        for noun, number in sorted(book.replayed.items())
        if number and noun in {"retrait", "effacement"}
    ]
    if told:
        sys.stderr.write(f"Repris du journal des retraits : {', '.join(told)}.\n")
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
        UsageError: it is one.
    """
    try:
        named = path.stat()
    except (OSError, ValueError):  # there is no such file
        return
    for one in (*folder().glob("*.sqlite3*"), *folder().glob("cle*")):
        if os.path.samestat(named, one.stat()):
            raise UsageError(
                f"« {path} » est un fichier du registre; rien n’y est lu ni écrit.\n"
                "    → Nommez un autre fichier, hors du dossier de données."
            )


def read_settings() -> Settings:
    """Read how to reach the server, and how fast."""
    from axtra.sending import settings  # noqa: PLC0415

    return settings.read(os.environ, folder())


def find_frozen(ledger: Ledger, edition: str) -> Frozen:
    """Give what was frozen of an edition.

    Raises:
        UsageError: nothing was.
    """
    found = ledger.frozen(edition)
    if found is None:
        raise UsageError(
            f"« {edition} » n’est pas gelée.\n"
            f"    → axtra envoi geler {edition} --liste LISTE   (axtra infolettre lister les nomme)"
        )
    return found


def confirm(frozen: Frozen, liste: str, number: int | None, ledger: Ledger) -> None:
    """Hold what was typed to what is frozen, and note it.

    Raises:
        UsageError: they differ.
    """
    if (liste, number) != (frozen.liste, frozen.recipients):
        raise UsageError(
            "la liste ou le nombre ne sont pas ceux qui sont gelés : rien n’est envoyé.\n"
            f"    → Relisez ce que « axtra envoi geler {frozen.edition} » a dit."
        )
    ledger.confirm(frozen, now())


def ask(frozen: Frozen) -> tuple[str, int | None]:
    """Make a person type what they are about to do."""
    sys.stdout.write(
        f"« {frozen.edition} » va partir vers la liste « {frozen.liste} » : "
        f"{count(frozen.recipients, 'destinataire')}.\n"
    )

    def typed(question: str) -> str:
        sys.stdout.write(question)
        sys.stdout.flush()
        return sys.stdin.readline().strip()

    liste = typed("Écrivez le nom de la liste : ")
    number = "".join(typed("Écrivez le nombre de destinataires : ").split())
    return liste, int(number) if number.isdecimal() else None


def note_sent(edition: str, ledger: Ledger) -> None:
    """Tell the project what readers now hold; the mail that left counts more than the note."""
    from axtra.content.sent_letters import FILE, RegisterError  # noqa: PLC0415
    from axtra.sending import archive  # noqa: PLC0415

    try:
        for frozen in ledger.leaving(edition).values():
            if ledger.reached(frozen):
                archive.note(root(), frozen, ledger.reach(edition, frozen.liste))
    except (RegisterError, OSError, UsageError):
        sys.stderr.write(
            f"« {FILE} » n’a pas pu être mis à jour : l’envoi continue.\n"
            f"    → Réparez ce fichier, puis :  axtra envoi reprendre {edition}\n"
        )
