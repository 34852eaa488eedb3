"""`importer`: the texts of another system, WordPress or Pelican, become ours."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axtra.cli import printer
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, now, root
from infolettre.core.refusals import WrongUsage

if TYPE_CHECKING:
    from axtra.intake.other_site import OtherSite


def add_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands."""
    text = "reprendre les textes d’un autre système"
    command = commands.add_parser("importer", help=text, description=text)
    systems = command.add_subparsers(
        title="systèmes", metavar="SYSTÈME", required=True, dest="systeme", parser_class=Parser
    )
    wordpress = systems.add_parser("wordpress", help="un export de WordPress (.xml)")
    wordpress.add_argument("export", type=Path, metavar="EXPORT.xml", help="l’export")
    wordpress.add_argument(
        "--images", type=Path, metavar="DOSSIER", help="copie de wp-content/uploads"
    )
    wordpress.set_defaults(run=_wordpress)
    pelican = systems.add_parser("pelican", help="le dossier d’un site de Pelican")
    pelican.add_argument("dossier", type=Path, metavar="DOSSIER", help="le dossier")
    pelican.set_defaults(run=_pelican)
    for parser in (wordpress, pelican):
        parser.add_argument(
            "--correspondance", type=Path, metavar="FICHIER", help="où va chaque catégorie (TOML)"
        )
        parser.add_argument(
            "--essai", action="store_true", help="dire ce qui serait fait, sans écrire"
        )


def _wordpress(options: argparse.Namespace) -> int:
    from axtra.intake import wordpress  # noqa: PLC0415 - help must not pay it
    from axtra.intake.files_at_hand import files_under  # noqa: PLC0415

    if options.images and not options.images.is_dir():
        raise WrongUsage(f"« {options.images} » n’est pas un dossier.")
    try:
        data = options.export.read_bytes()
    except OSError:
        raise WrongUsage(
            f"« {options.export} » ne se lit pas.", "Vérifiez son nom et son dossier."
        ) from None
    return _bring(wordpress.read(data, options.export.name, files_under(options.images)), options)


def _pelican(options: argparse.Namespace) -> int:
    from axtra.intake import pelican  # noqa: PLC0415

    if not options.dossier.is_dir():
        raise WrongUsage(f"« {options.dossier} » n’est pas un dossier.")
    return _bring(pelican.read(options.dossier), options)


def _bring(other: OtherSite, options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415
    from axtra.intake import correspondence, other_site  # noqa: PLC0415
    from infolettre.core.whole_files import write_whole  # noqa: PLC0415

    project = root()
    places = correspondence.Correspondence()
    if options.correspondance:
        places = correspondence.read(options.correspondance)
    library, _ = site.read(project, moment=now())
    made = other_site.bring(other, site.folders(project), library, places, now().date())
    if not options.essai:
        for file in made.files:
            write_whole(project / file.name, file.data)
    lines = [*made.report, *(f"Déjà là, laissé : {name}" for name in made.there)]
    if options.essai:
        lines += [f"Serait écrit : {file.name}" for file in made.files]
    printer.tell("\n".join(lines))
    if not options.correspondance:
        categories = sorted({name for text in other.texts for name in text.categories})
        printer.tell(
            "\nFaute de « --correspondance FICHIER », voici celle qui a servi, à changer :\n\n"
            + correspondence.example(categories)
        )
    return DONE
