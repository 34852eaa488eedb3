"""`axtra mesures`: readership, counted from the access logs of the host."""

from __future__ import annotations

import argparse
from pathlib import Path

from axtra.cli import data_access, printer
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, add_format, now, root


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Plug the commands of this module into the parser of `axtra`."""
    text = "le lectorat, compté sans surveiller personne"
    family = commands.add_parser("mesures", help=text, description=text)
    actions = family.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="sous", parser_class=Parser
    )
    text = "compter les journaux d’accès de l’hôte, dans mesures/AAAA-MM.toml"
    reading = actions.add_parser("lire", help=text, description=text)
    reading.add_argument(
        "fichiers", metavar="FICHIER", nargs="+", type=Path, help="journaux, compressés ou non"
    )
    add_format(reading)
    reading.set_defaults(run=_read)


def _read(options: argparse.Namespace) -> int:
    from axtra.measures import counting_logs  # noqa: PLC0415 - help must not pay it

    done = counting_logs.count_logs(root(), data_access.folder(), options.fichiers, now)
    report = done.report
    if options.format == "json":
        printer.tell_json(
            {
                "lignes": report.lines,
                "pages": report.pages,
                "robots": report.robots,
                "autres": report.others,
                "jours-fermes": report.closed,
                "illisibles": report.unread,
                "deja-lus": report.known,
                "ecrits": done.written,
            }
        )
        return DONE
    for words in done.told:
        printer.tell(words)
    for words in done.warned:
        printer.notice(words)
    return DONE
