"""The commands, their arguments and their exit codes: 0 done, 1 problems found, 2 wrong usage."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from axtra.cli import printer
from axtra.cli.arguments import Command, Parser
from infolettre.core.collector import collecting_the_young
from infolettre.core.refusals import Refusal

# The module of each command, and what the help says of it: only that of the command that is typed
# is loaded, since most of them need half of the program.
COMMANDS = {
    "construire": ("building", "construire le site et les infolettres"),
    "publier": ("publication", "construire le site, le mettre en ligne et le vérifier"),
    "echeances": ("due", "publier et envoyer ce dont l’heure est venue"),
    "verifier": ("verifying", "vérifier les textes et les courriels sans rien écrire"),
    "imprimeur": (
        "printing",
        "faire le PDF d’un numéro pour l’imprimeur : 3 mm à rogner, traits de coupe",
    ),
    "annee": ("annee", "l’année en chiffres : textes, infolettres, lectorat"),
    "nouveau": ("building", "créer le squelette d’un texte"),
    "recevoir": ("reception", "faire un brouillon d’un fichier Word et de ses photos"),
    "importer": ("importing_site", "reprendre les textes d’un autre système"),
    "apercu": ("building", "voir le site et les infolettres à mesure qu’on écrit"),
    "atelier": ("atelier", "écrire, relire et publier dans un navigateur"),
    "infolettre": ("newsletters", "les éditions de l’infolettre"),
    "envoi": ("sending", "envoyer une édition de l’infolettre"),
    "abonnes": ("subscribers", "les personnes abonnées aux infolettres"),
    "service": ("subscribers", "ouvrir la porte publique : s’abonner, confirmer, se désabonner"),
    "centres": ("centres", "l’annuaire des centres : quelles fiches sont encore vraies"),
    "mesures": ("measures", "le lectorat, compté sans surveiller personne"),
    "base": ("bases", "le registre et les envois, dans des fichiers ou dans PostgreSQL"),
}

_SERVERS = frozenset({"apercu", "atelier", "service"})  # they last, and so must clear up


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console would refuse « → »
            stream.reconfigure(encoding="utf-8", errors="replace")
    words = sys.argv[1:] if arguments is None else arguments
    if not _SERVERS.isdisjoint(words):
        return _run(words)
    with collecting_the_young():
        return _run(words)


def _run(words: Sequence[str]) -> int:
    form = "texte"
    try:
        options = _parser(words).parse_args(words)
        form = getattr(options, "format", form)
        return int(options.run(options))
    except Refusal as refusal:
        return printer.refuse(refusal, form)
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        printer.notice("\nArrêté.")
        return 1
    except (OSError, sqlite3.Error) as error:
        from axtra.core.system_errors import as_refusal  # noqa: PLC0415 - most often, no error

        return printer.refuse(as_refusal(error), form)


def _parser(words: Sequence[str] | None = None) -> Parser:
    """Return the parser, in which only the command that is typed has arguments.

    Args:
        words: what was typed; without it, every command has its arguments.
    """
    parser = Parser(
        prog="axtra",
        description="Le magazine AXE et ses infolettres, à partir des mêmes textes.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="montrer la version et sortir")
    commands = parser.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="commande", parser_class=Parser
    )
    typed = COMMANDS if words is None else [word for word in words if word in COMMANDS][:1]
    loaded = {COMMANDS[name][0] for name in typed}
    for name, (module, text) in COMMANDS.items():
        if module not in loaded:
            commands.add_parser(name, help=text)
        elif name not in commands.choices:
            _plug(module, commands)
    return parser


def _plug(module: str, commands: Any) -> None:  # noqa: ANN401 - argparse hides its type
    """Add the commands of a module, with their arguments."""

    def add(name: str, run: Command, text: str) -> Parser:
        command: Parser = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    plugged = import_module(f"axtra.cli.{module}")
    if hasattr(plugged, "add_command"):
        plugged.add_command(add)
    else:
        plugged.add_commands(commands)


class _Version(argparse.Action):
    """Prints the version of this program and ends; it is looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - no other command needs it

        sys.stdout.write(f"axtra {version('axtra')}\n")
        parser.exit()
