"""The commands, their arguments and their exit codes: 0 done, 1 problems found, 2 wrong usage."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from axtra import diagnostics, frontmatter
from axtra.cli import subscribers
from axtra.cli.arguments import USAGE, Parser
from axtra.dates import ZONE
from axtra.diagnostics import Diagnostic, Notes
from axtra.model import Newsletter
from axtra.schema import KINDS, Key, Type

CONF = "pelicanconf.py"
DONE, PROBLEMS = 0, 1
LAST_PORT = 65_535


class UsageError(Exception):
    """The command cannot be carried out as typed; its message is in French."""


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
    build.add_argument("--date", type=_moment, metavar="AAAA-MM-JJ", help="comme à cette date")
    build.add_argument("--sortie", type=Path, metavar="DOSSIER", help="où écrire (output/)")
    build.add_argument(
        "--publier", action="store_true", help="pour publier : refuse ce qui est inachevé"
    )

    verify = add("verifier", _verify, "vérifier les textes sans rien écrire")
    verify.add_argument("fichiers", nargs="*", metavar="FICHIER", help="seulement ces fichiers")
    _add_format(verify)
    verify.add_argument("--date", type=_moment, metavar="AAAA-MM-JJ", help="comme à cette date")

    _add_new(add("nouveau", _new, "créer le squelette d’un texte"))

    preview = add("apercu", _preview, "voir le site et les infolettres à mesure qu’on écrit")
    preview.add_argument("--port", type=_port, default=8000, help="port local (8000)")

    _add_newsletter(add("infolettre", _list_newsletters, "les éditions de l’infolettre"))
    subscribers.add_commands(commands)
    return parser


def _add_format(parser: Parser) -> None:
    parser.add_argument(
        "--format", choices=("texte", "json"), default="texte", help="forme du résultat"
    )


def _add_new(parser: Parser) -> None:
    parser.add_argument("genre", choices=tuple(KINDS), metavar="GENRE", help=", ".join(KINDS))
    parser.add_argument("titre", nargs="?", help="titre du texte, entre guillemets")
    parser.add_argument("--numero", metavar="AAAA-MM", help="numéro auquel l’article appartient")
    parser.add_argument("--date", type=_moment, metavar="AAAA-MM-JJ", help="jour de parution")


def _add_newsletter(parser: Parser) -> None:
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="sous", parser_class=Parser
    )
    listing = commands.add_parser("lister", help="la liste des éditions")
    _add_format(listing)
    listing.set_defaults(run=_list_newsletters)
    rendering = commands.add_parser("rendre", help="écrire le courriel d’une édition")
    rendering.add_argument("edition", metavar="EDITION", help="par exemple 2019-03-27")
    rendering.add_argument("--sortie", type=Path, metavar="DOSSIER", help="où écrire")
    rendering.set_defaults(run=_render_newsletter)


def _moment(text: str) -> datetime:
    """Read « 2026-12-01 » as the end of that day, « 2026-12-01 09:30 » as that minute."""
    notes = Notes("")
    key = Key("date", "date", Type.MOMENT, "date", "2026-12-01")
    moment = frontmatter.convert(frontmatter.Value(text, 1), key, notes)
    if not isinstance(moment, datetime):
        raise argparse.ArgumentTypeError(f"la date « {text} » n’existe pas (année-mois-jour)")
    whole_day = len(text.strip()) == len("2026-12-01")
    return moment.replace(hour=23, minute=59, second=59) if whole_day else moment


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un port (0 à {LAST_PORT})")
    return int(text)


def _now() -> datetime:
    return datetime.now(ZONE)


def _root() -> Path:
    """Find the project: the nearest folder, upwards, that holds pelicanconf.py."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CONF).is_file():
            return folder
    raise UsageError(
        f"aucun {CONF} ici ni au-dessus.\n    → Placez-vous dans le dossier du projet."
    )


def _say(found: Sequence[Diagnostic], form: str) -> int:
    if form == "json":
        sys.stdout.write(diagnostics.as_json(found) + "\n")
    else:
        sys.stdout.write(diagnostics.as_text(found) + "\n")
    return PROBLEMS if diagnostics.errors(found) else DONE


def _build(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415 - Pelican costs half a second; help must not pay it

    root = _root()
    report = site.build(
        root, moment=options.date or _now(), target=options.sortie, publish=options.publier
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

    root = _root()
    found = site.verify(root, moment=options.date or _now())
    if options.fichiers:
        wanted = [_named(name, root) for name in options.fichiers]
        found = [one for one in found if any(_within(one.file, name) for name in wanted)]
    return _say(found, options.format)


def _named(typed: str, root: Path) -> str:
    """Name a file as diagnostics do."""
    path = Path(typed)
    if not path.exists():
        raise UsageError(f"le fichier « {typed} » n’existe pas.")
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        raise UsageError(f"le fichier « {typed} » n’est pas dans ce projet.") from None


def _within(file: str, name: str) -> bool:
    return name in {".", file} or file.startswith(f"{name}/")


def _new(options: argparse.Namespace) -> int:
    from axtra import site, skeletons  # noqa: PLC0415

    folders = site.folders(_root())
    try:
        path = skeletons.create(
            folders,
            KINDS[options.genre],
            title=options.titre,
            numero=options.numero,
            day=(options.date or _now()).date(),
        )
    except skeletons.RefusedError as error:
        sys.stderr.write(f"axtra : {error}\n")
        return PROBLEMS
    sys.stdout.write(f"{folders.name(path)}\n    → Ouvrez-le et remplacez « à compléter ».\n")
    return DONE


def _preview(options: argparse.Namespace) -> int:
    from axtra import preview  # noqa: PLC0415

    return preview.serve(_root(), port=options.port)


def _list_newsletters(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415

    root = _root()
    library, found = site.read(root, moment=_now())
    if diagnostics.errors(found):
        return _say(found, options.format)
    editions = [
        {
            "edition": letter.slug,
            "date": f"{letter.date:%Y-%m-%d}" if letter.date else None,
            "type": letter.newsletter_type.slug,
            "public": letter.audience,
            "etat": letter.status.value,
            "objet": letter.title.plain,
            "fichier": letter.source,
        }
        for letter in library.items
        if isinstance(letter, Newsletter)
    ]
    if options.format == "json":
        sys.stdout.write(json.dumps(editions, ensure_ascii=False, indent=2) + "\n")
    else:
        for one in editions:
            sys.stdout.write(f"{one['edition']:<28} {one['etat']:<10} {one['objet']}\n")
        sys.stdout.write(f"{diagnostics.count(len(editions), 'infolettre')}\n")
    return DONE


def _render_newsletter(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415

    target: Path = options.sortie or Path.cwd() / options.edition
    found = site.render_newsletter(_root(), options.edition, target, moment=_now())
    if isinstance(found, str):
        raise UsageError(found)
    if diagnostics.errors(found):
        return _say(found, "texte")
    sys.stdout.write(f"{target / 'courriel.html'}\n{target / 'courriel.txt'}\n")
    return DONE
