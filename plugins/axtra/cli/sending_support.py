"""What commands that send share: both registers, settings, a typed confirmation, errors."""

from __future__ import annotations

import argparse
import functools
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli.arguments import USAGE
from axtra.cli.project import PROBLEMS, UsageError, now, root
from axtra.core.diagnostics import count

if TYPE_CHECKING:
    from axtra.sending.ledger import Ledger
    from axtra.sending.records import Frozen
    from axtra.sending.settings import Settings
    from axtra.subscribers import Register

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
            sys.stderr.write(f"axtra : la connexion s’est perdue ({error}).\n")
        except sqlite3.Error as error:
            sys.stderr.write(
                f"axtra : le registre des envois ne se lit pas ({error}).\n"
                "    → Vérifiez la place sur le disque et le dossier de données.\n"
            )
        return PROBLEMS

    return told


def _folder() -> Path:
    from axtra.subscribers import data_folder  # noqa: PLC0415 - help must not pay it

    return data_folder(os.environ)


def open_ledger() -> Ledger:
    """Open the ledger of what is sent."""
    from axtra.sending.ledger import Ledger  # noqa: PLC0415

    return Ledger.open(_folder())


def open_register() -> Register:
    """Open the register of subscribers."""
    from axtra.subscribers import Register  # noqa: PLC0415

    return Register.open(_folder())


def read_settings() -> Settings:
    """Read how to reach the server, and how fast."""
    from axtra.sending import settings  # noqa: PLC0415

    return settings.read(os.environ, _folder())


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
                archive.note(root(), frozen)
    except (RegisterError, OSError, UsageError):
        sys.stderr.write(
            f"« {FILE} » n’a pas pu être mis à jour : l’envoi continue.\n"
            f"    → Réparez ce fichier, puis :  axtra envoi reprendre {edition}\n"
        )
