"""The commands, their arguments and their exit codes: 0 done, 1 problems found, 2 wrong usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from axtra import diagnostics
from axtra.cli import newsletters, sending, subscribers
from axtra.cli.arguments import USAGE, Parser
from axtra.cli.project import DONE, PROBLEMS, UsageError, add_format, moment, now, root, say
from axtra.model import Newsletter
from axtra.schema import KINDS

LAST_PORT = 65_535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console would refuse « → »
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except UsageError as error:
        sys.stderr.write(f"axtra : {error}\n")
        return USAGE
    except BrokenPipeError:
        return DONE
    except OSError as error:
        sys.stderr.write(f"axtra : « {error.filename} » ne peut être ni lu ni écrit.\n")
        return PROBLEMS
    except KeyboardInterrupt:
        sys.stderr.write("\nArrêté.\n")
        return PROBLEMS


def _parser() -> Parser:
    parser = Parser(
        prog="axtra",
        description="Le magazine AXE et ses infolettres, à partir des mêmes textes.",
    )
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

    verify = add("verifier", _verify, "vérifier les textes sans rien écrire")
    verify.add_argument("fichiers", nargs="*", metavar="FICHIER", help="seulement ces fichiers")
    add_format(verify)
    verify.add_argument("--date", type=moment, metavar="AAAA-MM-JJ", help="comme à cette date")

    _add_new(add("nouveau", _new, "créer le squelette d’un texte"))

    preview = add("apercu", _preview, "voir le site et les infolettres à mesure qu’on écrit")
    preview.add_argument("--port", type=_port, default=8000, help="port local (8000)")

    newsletters.add_commands(commands)
    sending.add_commands(commands)
    subscribers.add_commands(commands)
    return parser


def _add_new(parser: Parser) -> None:
    parser.add_argument("genre", choices=tuple(KINDS), metavar="GENRE", help=", ".join(KINDS))
    parser.add_argument("titre", nargs="?", help="titre du texte, entre guillemets")
    about = parser.add_mutually_exclusive_group()
    about.add_argument(
        "--numero", metavar="AAAA-MM", help="numéro de l’article, ou que l’infolettre annonce"
    )
    about.add_argument("--quariera", action="store_true", help="une infolettre sur le colloque")
    about.add_argument(
        "--depuis", type=moment, metavar="AAAA-MM-JJ", help="une infolettre : ce qui a paru depuis"
    )
    parser.add_argument("--date", type=moment, metavar="AAAA-MM-JJ", help="jour de parution")


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un port (0 à {LAST_PORT})")
    return int(text)


def _build(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415 - Pelican costs half a second; help must not pay it

    project = root()
    report = site.build(
        project, moment=options.date or now(), target=options.sortie, publish=options.publier
    )
    if report.diagnostics:
        sys.stderr.write("\n\n".join(map(str, report.diagnostics)) + "\n\n")
    if report.refused:
        kept = "le dossier de sortie n’a pas changé"
        sys.stderr.write(f"{diagnostics.summary(report.diagnostics)} : {kept}.\n")
        return PROBLEMS
    sys.stdout.write(f"{report}\n")
    return DONE


def _verify(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415

    project = root()
    moment = options.date or now()
    found = site.verify(project, moment=moment)
    wanted = [_named(name, project) for name in options.fichiers]
    found = [one for one in found if _wanted(one.file, wanted)]
    code = say(found, options.format)
    if options.format == "texte":
        library, _ = site.read(project, moment=moment)
        for letter in library.items:
            if isinstance(letter, Newsletter) and _wanted(letter.source, wanted):
                newsletters.say_choices(letter, letter.choices)
    return code


def _named(typed: str, project: Path) -> str:
    """Name a file as diagnostics do."""
    path = Path(typed)
    if not path.exists():
        raise UsageError(f"le fichier « {typed} » n’existe pas.")
    try:
        return path.resolve().relative_to(project.resolve()).as_posix()
    except ValueError:
        raise UsageError(f"le fichier « {typed} » n’est pas dans ce projet.") from None


def _wanted(file: str, names: Sequence[str]) -> bool:
    """Tell whether a file is one of those named, or in one; without name, all are."""
    within = (name in {".", file} or file.startswith(f"{name}/") for name in names)
    return not names or any(within)


def _new(options: argparse.Namespace) -> int:
    from axtra import site, skeletons  # noqa: PLC0415

    if options.genre != "infolettre" and (options.quariera or options.depuis):
        raise UsageError("« --quariera » et « --depuis » sont pour une infolettre.")
    folders = site.folders(root())
    try:
        path = skeletons.create(
            folders,
            KINDS[options.genre],
            title=options.titre,
            numero=options.numero,
            day=(options.date or now()).date(),
            since=options.depuis.date() if options.depuis else None,
            conference=options.quariera,
        )
    except skeletons.RefusedError as error:
        sys.stderr.write(f"axtra : {error}\n")
        return PROBLEMS
    sys.stdout.write(f"{folders.name(path)}\n    → Ouvrez-le et remplacez « à compléter ».\n")
    return DONE


def _preview(options: argparse.Namespace) -> int:
    from axtra import preview  # noqa: PLC0415

    return preview.serve(root(), port=options.port)
