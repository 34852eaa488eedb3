"""`axtra construire`, `nouveau` and `apercu`: the site, a new text, the pages as one writes."""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from axtra.cli import printer
from axtra.cli.arguments import Command, Parser, port
from axtra.cli.build_progress import BuildProgress
from axtra.cli.project import DONE, PROBLEMS, moment, now, root
from axtra.content.schema import KINDS
from infolettre.core import diagnostics
from infolettre.core.refusals import WrongUsage


def add_command(add: Callable[[str, Command, str], Parser]) -> None:
    """Plug the commands of this module into the parser of `axtra`."""
    build = add("construire", _build, "construire le site et les infolettres")
    build.add_argument("--date", type=moment, metavar="AAAA-MM-JJ", help="comme à cette date")
    build.add_argument("--sortie", type=Path, metavar="DOSSIER", help="où écrire (output/)")
    build.add_argument(
        "--publier", action="store_true", help="pour publier : refuse ce qui est inachevé"
    )
    _add_new(add("nouveau", _new, "créer le squelette d’un texte"))
    preview = add("apercu", _preview, "voir le site et les infolettres à mesure qu’on écrit")
    preview.add_argument("--port", type=port, default=8000, help="port local (8000)")


def _add_new(parser: Parser) -> None:
    parser.add_argument("genre", choices=tuple(KINDS), metavar="GENRE", help=", ".join(KINDS))
    parser.add_argument("titre", nargs="*", help="titre du texte")
    parser.phrase = True
    parser.add_argument("--adresse", metavar="ADRESSE", help="fin de l’adresse, et nom du fichier")
    about = parser.add_mutually_exclusive_group()
    about.add_argument(
        "--numero", metavar="AAAA-MM", help="numéro de l’article, ou que l’infolettre annonce"
    )
    about.add_argument(
        "--depuis", type=moment, metavar="AAAA-MM-JJ", help="une infolettre : ce qui a paru depuis"
    )
    parser.add_argument(
        "--type", metavar="TYPE", help="sorte d’infolettre (content/infolettres.toml)"
    )
    parser.add_argument("--date", type=moment, metavar="AAAA-MM-JJ", help="jour de parution")


def _build(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415 - Pelican costs half a second; help must not pay it

    project = root()
    with BuildProgress(sys.stderr) as progress:
        report = site.build_site(
            project,
            moment=options.date or now(),
            target=options.sortie,
            publish=options.publier,
            progress=progress,
        )
    if progress.visible and not report.refused:
        sys.stderr.write(f"{report.change}\n")
    if report.diagnostics:
        printer.notice("\n\n".join(map(str, report.diagnostics)) + "\n")
    if report.refused:
        kept = "le dossier de sortie n’a pas changé"
        printer.notice(f"{diagnostics.summary(report.diagnostics)} : {kept}.")
        return PROBLEMS
    sys.stdout.write(f"{report}\n")
    return DONE


def _new(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415
    from axtra.content import skeletons  # noqa: PLC0415

    if options.genre != "infolettre" and (options.type or options.depuis):
        raise WrongUsage("« --type » et « --depuis » sont pour une infolettre.")
    if options.genre in {"infolettre", "numero"} and options.adresse:
        raise WrongUsage("« --adresse » n’est ni pour un numéro ni pour une infolettre.")
    folders = site.folders(root())
    path = skeletons.create(
        folders,
        KINDS[options.genre],
        title=_title(options.titre),
        slug=options.adresse,
        numero=options.numero,
        day=(options.date or now()).date(),
        since=options.depuis.date() if options.depuis else None,
        newsletter_type=options.type,
    )
    printer.tell(folders.name(path), "Ouvrez-le et remplacez « à compléter ».")
    return DONE


def _title(words: Sequence[str]) -> str | None:
    """Return the words of a title, without the French quotation marks that hold all of it."""
    title = " ".join(words)
    held = re.fullmatch(r"«\s*([^«»]*?)\s*»", title)
    return (held[1] if held else title) or None


def _preview(options: argparse.Namespace) -> int:
    from axtra import preview  # noqa: PLC0415

    preview.serve(root(), port=options.port, say=functools.partial(print, flush=True))
    return DONE
