"""`recevoir`: a Word file and photographs become a draft, and what was understood is told."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import printer
from axtra.cli.arguments import Parser
from axtra.cli.data_access import folder
from axtra.cli.project import DONE, now, root
from axtra.content.schema import KINDS, RECEIVED_KINDS
from infolettre.core.refusals import WrongUsage

if TYPE_CHECKING:
    from axtra.intake.reception import Sent


def add_command(add: Callable[[str, Callable[[argparse.Namespace], int], str], Parser]) -> None:
    """Add the command."""
    command = add("recevoir", _receive, "faire un brouillon d’un fichier Word et de ses photos")
    command.add_argument("fichier", type=Path, metavar="FICHIER.docx", help="le fichier Word")
    command.add_argument("photos", type=Path, nargs="*", metavar="PHOTO", help="ses photographies")
    command.add_argument(
        "--genre", choices=RECEIVED_KINDS, default="article", help="genre du texte (article)"
    )
    command.add_argument("--numero", metavar="AAAA-MM", help="numéro de l’article (le plus récent)")


def _receive(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415 - help must not pay it
    from axtra.atelier.set_aside import project_folder  # noqa: PLC0415
    from axtra.intake import keeping, reception  # noqa: PLC0415

    project = root()
    library, _ = site.read(project, moment=now())
    kept = keeping.Receptions(project_folder(folder(), project), project)
    made = reception.receive(
        _sent(options.fichier),
        [_sent(path) for path in options.photos],
        folders=site.folders(project),
        library=library,
        kind=KINDS[options.genre],
        numero=options.numero,
        day=now().date(),
        before=kept,
    )
    kept.write(made)
    printer.tell(f"{made.draft}\n\n{made.report}")
    if made.again:
        printer.notice(made.change or "Rien n’a changé depuis la première réception.")
    return DONE


def _sent(path: Path) -> Sent:
    from axtra.intake.reception import Sent  # noqa: PLC0415

    try:
        return Sent(path.name, path.read_bytes())
    except OSError:
        raise WrongUsage(f"« {path} » ne se lit pas.", "Vérifiez son nom et son dossier.") from None
