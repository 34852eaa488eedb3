"""`axtra mesures`: readership, counted from the access logs of the host."""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import urlsplit

from axtra.cli import data_access, printer
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, add_format, now, root
from axtra.core.diagnostics import count


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
    from axtra.content import site_facts  # noqa: PLC0415 - help must not pay it
    from axtra.measures import months, reading_logs  # noqa: PLC0415
    from axtra.measures.visits import Visits  # noqa: PLC0415

    project, folder = root(), data_access.folder()
    facts = site_facts.read(project / "content", "content")[0]
    hosts = {(urlsplit(facts.website).hostname or "").removeprefix("www.")} - {""}
    lost = _lost_months(project, folder)
    report = reading_logs.read_logs(folder, options.fichiers, hosts, now, lost)
    with Visits.open(folder) as visits:
        whole = (month for month in visits.months() if month not in lost)
        written = months.write(project, visits, whole)
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
                "ecrits": written,
            }
        )
        return DONE
    for name in report.known:
        printer.tell(f"{name} : déjà lu.")
    for name in written:
        printer.tell(name)
    printer.tell(
        f"{count(report.lines, 'ligne')} : {count(report.pages, 'page')}, "
        f"{count(report.robots, 'demande')} de robots; le reste est fait d’images, de styles et "
        "d’erreurs."
    )
    if report.closed:
        printer.notice(
            f"{count(report.closed, 'ligne')} de jours fermés : comptées ici, pas ajoutées. Un "
            "jour se ferme 48 heures après qu’il est lu."
        )
    if report.unread:
        printer.notice(f"{count(report.unread, 'ligne')} de côté : leur format n’est pas connu.")
    return DONE


def _lost_months(project: Path, folder: Path) -> frozenset[str]:
    """Name the months whose file counts days of which the data folder knows nothing."""
    from axtra.measures import months  # noqa: PLC0415
    from axtra.measures.visits import Visits  # noqa: PLC0415

    counted = months.known_days(project)
    with Visits.open(folder) as visits:
        return frozenset(
            month for month, days in counted.items() if {*days} - {*visits.days(month)}
        )
