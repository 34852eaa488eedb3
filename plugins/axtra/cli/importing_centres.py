"""`axtra centres importer`: a sheet for each centre of a list kept in a spreadsheet."""

from __future__ import annotations

import argparse
from pathlib import Path

from axtra.cli import printer
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, PROBLEMS, now, root
from infolettre.core.diagnostics import count
from infolettre.core.refusals import WrongUsage


def add_options(parser: Parser) -> None:
    """Add the options of the command to its parser."""
    parser.add_argument(
        "fichier", type=Path, metavar="FICHIER", help="un fichier CSV, Excel ou LibreOffice"
    )
    parser.add_argument("--feuille", default="", help="la feuille à lire d’un classeur")
    parser.add_argument("--essai", action="store_true", help="tout vérifier, ne rien écrire")


def bring_in(options: argparse.Namespace) -> int:
    """Write a sheet for each centre that has none yet, and say what becomes of each line."""
    from axtra import site  # noqa: PLC0415 - Pelican costs half a second
    from axtra.network import received_lists  # noqa: PLC0415
    from infolettre.core.whole_files import write_whole  # noqa: PLC0415

    try:
        data = options.fichier.read_bytes()
    except OSError:
        raise WrongUsage(f"le fichier « {options.fichier} » ne se lit pas.") from None
    library, moment = site.read(root(), moment=now())[0], now()
    made = received_lists.read(data, options.fichier.name, root(), library, moment, options.feuille)
    if not options.essai:
        for name, held in made.files.items():
            (root() / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(root() / name, held)
            printer.tell(name)
    for line in made.lines:
        if line.why:
            printer.notice(f"ligne {line.number}, {line.name} : {line.fate} ({line.why})")
    if made.ignored:
        printer.tell(f"Colonnes laissées de côté : {', '.join(made.ignored)}")
    trial = "Essai, rien n’a été écrit. " if options.essai else ""
    printer.tell(f"{trial}{count(len(made.lines), 'centre')} dans le fichier : {made.told}.")
    return PROBLEMS if made.counted(received_lists.REFUSED) else DONE
