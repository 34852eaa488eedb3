"""The commands, their arguments and their exit codes: 0 done, 1 problems found, 2 wrong usage."""

from __future__ import annotations

import argparse
import functools
import re
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from axtra.cli import (
    atelier,
    due,
    importing_site,
    newsletters,
    printer,
    printing,
    publication,
    reception,
    sending,
    subscribers,
    verifying,
)
from axtra.cli.arguments import Parser, port
from axtra.cli.build_progress import BuildProgress
from axtra.cli.project import DONE, PROBLEMS, moment, now, root
from axtra.content.schema import KINDS
from axtra.core.system_errors import as_refusal
from infolettre.core import diagnostics
from infolettre.core.refusals import Refusal, WrongUsage


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console would refuse « → »
            stream.reconfigure(encoding="utf-8", errors="replace")
    form = "texte"
    try:
        options = _parser().parse_args(arguments)
        form = getattr(options, "format", form)
        return int(options.run(options))
    except Refusal as refusal:
        return printer.refuse(refusal, form)
    except BrokenPipeError:
        return DONE
    except KeyboardInterrupt:
        printer.notice("\nArrêté.")
        return PROBLEMS
    except (OSError, sqlite3.Error) as error:
        return printer.refuse(as_refusal(error), form)


def _parser() -> Parser:
    parser = Parser(
        prog="axtra",
        description="Le magazine AXE et ses infolettres, à partir des mêmes textes.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="montrer la version et sortir")
    commands = parser.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="commande", parser_class=Parser
    )

    def add(name: str, run: Callable[[Any], int], text: str) -> Parser:
        command: Parser = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    build = add("construire", _build, "construire le site et les infolettres")
    build.add_argument("--date", type=moment, metavar="AAAA-MM-JJ", help="comme à cette date")
    build.add_argument("--sortie", type=Path, metavar="DOSSIER", help="où écrire (output/)")
    build.add_argument(
        "--publier", action="store_true", help="pour publier : refuse ce qui est inachevé"
    )

    publication.add_command(add)
    due.add_command(add)
    verifying.add_command(add)
    printing.add_command(add)
    _add_new(add("nouveau", _new, "créer le squelette d’un texte"))

    reception.add_command(add)
    importing_site.add_commands(commands)

    preview = add("apercu", _preview, "voir le site et les infolettres à mesure qu’on écrit")
    preview.add_argument("--port", type=port, default=8000, help="port local (8000)")

    atelier.add_command(add)
    newsletters.add_commands(commands)
    sending.add_commands(commands)
    subscribers.add_commands(commands)
    return parser


class _Version(argparse.Action):
    """Prints the version of this program and ends; it is looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - no other command needs it

        sys.stdout.write(f"axtra {version('axtra')}\n")
        parser.exit()


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
