"""`axtra imprimeur`: the PDF of a numéro as a printer asks for it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from axtra.cli import printer
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, moment, now, root
from infolettre.core.whole_files import write_whole


def add_command(add: Callable[[str, Callable[[argparse.Namespace], int], str], Parser]) -> None:
    """Plug the command into the parser of `axtra`."""
    parser = add(
        "imprimeur",
        _print,
        "faire le PDF d’un numéro pour l’imprimeur : 3 mm à rogner, traits de coupe",
    )
    parser.add_argument("numero", metavar="AAAA-MM", help="le numéro")
    parser.add_argument("--sortie", type=Path, metavar="FICHIER", help="où l’écrire")
    parser.add_argument("--date", type=moment, metavar="AAAA-MM-JJ", help="comme à cette date")


def _print(options: argparse.Namespace) -> int:
    from axtra.site.printing import printers_pdf  # noqa: PLC0415 - it loads Pelican

    name, data = printers_pdf(root(), options.numero, moment=options.date or now())
    target = options.sortie or Path(name)
    write_whole(target, data)
    printer.notice(f"{target}")
    return DONE
