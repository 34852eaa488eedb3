"""`axtra base copier`: the register and the ledger, from files to PostgreSQL or back."""

from __future__ import annotations

import argparse
import os
import shlex

from axtra.cli import data_access, printer
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE
from infolettre.core.diagnostics import count, thousands
from infolettre.core.refusals import Refusal, WrongUsage

_FILES = "sqlite"


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Plug the commands of this module into the parser of `axtra`."""
    text = "le registre et les envois, dans des fichiers ou dans PostgreSQL"
    family = commands.add_parser("base", help=text, description=text)
    actions = family.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="sous", parser_class=Parser
    )
    text = "copier le registre et les envois d’une base à l’autre, et prouver l’égalité"
    copying = actions.add_parser("copier", help=text, description=text)
    copying.set_defaults(run=_copy)
    where = f"« {_FILES} » (les fichiers du dossier de données) ou postgresql://…"
    copying.add_argument("de", metavar="DE", nargs="?", default=_FILES, help=where)
    copying.add_argument("vers", metavar="VERS", nargs="?", help="de même; sans lui, AXTRA_BASE")
    copying.add_argument(
        "--remplacer", action="store_true", help="ce que la base d’arrivée tient s’efface"
    )


def _copy(options: argparse.Namespace) -> int:
    from axtra.sending.frozen_editions import BOOK as LEDGER  # noqa: PLC0415
    from axtra.sending.moving import copy_books  # noqa: PLC0415 - help must not pay it
    from axtra.subscribers.database import SUBSCRIBERS, VARIABLE, base_address  # noqa: PLC0415

    named = options.vers or base_address(os.environ)
    if not named:
        raise WrongUsage(
            "dites vers quelle base copier.",
            "axtra base copier sqlite postgresql://compte@serveur/axtra",
        )
    source, target = (
        "" if where == _FILES else base_address({VARIABLE: where}) for where in (options.de, named)
    )
    if source == target:
        raise WrongUsage("les deux bases sont la même.", "axtra base copier DE VERS")
    folder = data_access.folder()
    if not source and not (folder / SUBSCRIBERS.name).is_file():
        raise Refusal(
            f"le dossier de données « {folder} » n’a aucun registre à copier.",
            "Dites lequel le tient :  export AXTRA_DONNEES=DOSSIER",
        )
    others = data_access.other_books()
    copied = copy_books(folder, source, target, others=others, replacing=options.remplacer)
    rows = sum(table.rows for table in copied)
    for table in copied:
        printer.tell(f"{table.name:<14}{thousands(table.rows):>12}  {table.digest[:16]}")
    setting = f"export {VARIABLE}={target}" if target else f"unset {VARIABLE}"
    books = [SUBSCRIBERS, LEDGER, *others]
    files = " ".join(f"{shlex.quote(str(folder / book.name))}*" for book in books)
    left = "" if source else f"\nrm {files}"
    printer.tell(
        f"Copié et prouvé égal : {count(rows, 'rang')} dans {count(len(copied), 'table')}. La base "
        "de départ est gardée; elle est désormais une ancienne copie.",
        f"{setting}{left}",
    )
    return DONE
