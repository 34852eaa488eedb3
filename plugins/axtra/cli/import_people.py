"""`axtra abonnes importer`: the people of a file, and those who left elsewhere.

No message quotes an address or a name; lines of the file are named by their numbers.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import data_access, printer
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, PROBLEMS, add_format, now
from infolettre.core import diagnostics
from infolettre.core.diagnostics import count
from infolettre.core.refusals import WrongUsage

if TYPE_CHECKING:
    from axtra.subscribers.importing.csv_files import CsvContents
    from axtra.subscribers.importing.departures import Choices


def add_options(bringing: Parser) -> None:
    """Add the options of the command to its parser."""
    bringing.add_argument(
        "fichier", type=Path, metavar="FICHIER", help="un fichier CSV, Excel ou LibreOffice"
    )
    bringing.add_argument("--liste", required=True, metavar="LISTE", help="par exemple membres")
    bringing.add_argument("--essai", action="store_true", help="tout vérifier, ne rien garder")
    bringing.add_argument(
        "--ignorer-erreurs", action="store_true", help="importer les bonnes lignes quand même"
    )
    bringing.add_argument(
        "--consentement",
        choices=("expres", "tacite", "tacite-demande"),
        help="pour un fichier qui n’a pas cette colonne",
    )
    bringing.add_argument(
        "--date", type=_day, metavar="AAAA-MM-JJ", help="date du consentement, de même"
    )
    bringing.add_argument("--source", metavar="TEXTE", help="source du consentement, de même")
    bringing.add_argument(
        "--garder-si",
        action="append",
        type=_condition,
        default=[],
        metavar="COLONNE=VALEUR",
        help="n’importer que ces personnes; peut se répéter",
    )
    bringing.add_argument(
        "--ignorer-colonne",
        action="append",
        default=[],
        metavar="COLONNE",
        help="une colonne qui ne dit pas qui est parti; peut se répéter",
    )
    bringing.add_argument(
        "--dates",
        choices=("jour-mois", "mois-jour"),
        help="l’ordre des dates du fichier, quand rien ne le dit",
    )
    bringing.add_argument(
        "--colonne",
        action="append",
        type=_role,
        default=[],
        metavar="TITRE=CONTENU",
        help="ce que contient une colonne : adresse, prenom, nom, nom-complet, consentement, date, "
        "source, statut ou rien; peut se répéter",
    )
    bringing.add_argument("--feuille", default="", help="la feuille à lire d’un fichier Excel")
    bringing.add_argument(
        "--retraits",
        action="store_true",
        help="retirer de la liste les personnes qui, d’après le fichier, sont parties",
    )
    add_format(bringing)


def _condition(text: str) -> str:
    if not text.rpartition("=")[0].strip():
        raise argparse.ArgumentTypeError(
            f"« {text} » : écrivez la colonne et la valeur, par exemple « Infolettre=Oui »"
        )
    return text


def _role(text: str) -> tuple[str, str]:
    from axtra.subscribers.importing.columns import ROLES  # noqa: PLC0415

    column, _, role = text.rpartition("=")
    if not column.strip() or role not in ROLES:
        raise argparse.ArgumentTypeError(
            f"« {text} » : écrivez la colonne et son contenu, par exemple « Membre=nom-complet » "
            f"({', '.join(ROLES)})"
        )
    return column, role


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"la date « {text} » n’existe pas (année-mois-jour)"
        ) from None


def _people(number: int) -> str:
    return count(number, "personne")


def bring_in(options: argparse.Namespace) -> int:
    """Add the people of a file to a list, or take them off it."""
    from axtra.subscribers import Basis  # noqa: PLC0415
    from axtra.subscribers.importing import csv_files, list_changes, person_lines  # noqa: PLC0415
    from axtra.subscribers.importing.date_columns import Order  # noqa: PLC0415
    from axtra.subscribers.register.people import checked_list  # noqa: PLC0415

    checked_list(options.liste)
    try:
        data = options.fichier.read_bytes()
    except OSError:
        raise WrongUsage(f"le fichier « {options.fichier} » ne se lit pas.") from None
    basis = Basis(options.consentement) if options.consentement else None
    order = Order(options.dates) if options.dates else None
    defaults = person_lines.Defaults(basis, options.date, options.source or "", order)
    contents = csv_files.read(
        data,
        options.fichier.name,
        now(),
        defaults,
        _choices(options),
        withdrawals=options.retraits,
    )
    problems = contents.errors
    if options.format == "json":
        printer.tell_json([diagnostic.record() for diagnostic in contents.diagnostics])
    elif contents.diagnostics:
        shown = "\n\n".join(map(str, list_changes.condensed(contents.diagnostics)))
        printer.notice(f"{shown}\n\n{diagnostics.summary(contents.diagnostics)}")
    if options.retraits:
        return _take_off(options, contents)
    say = _said(options)
    if contents.others:
        say(f"Feuille lue : {contents.sheet}. Pas lues : {', '.join(contents.others)}")
    if contents.ignored:
        say(f"Colonnes laissées de côté : {', '.join(contents.ignored)}")
    if problems and not (options.ignorer_erreurs and contents.people):
        printer.notice("Rien n’a été importé.")
        return PROBLEMS
    with data_access.open_register() as register:
        new = options.liste not in register.lists()
        counts = list_changes.add_people(
            register, options.liste, contents.people, now(), trial=options.essai
        )
        still = list_changes.count_subscribed(register, contents.left)
    moment = now()
    ends = (person.consent.expires for person in contents.people)
    expired = sum(1 for end in ends if end and end <= moment)
    said = list_changes.summary(counts, contents.repeated, expired)
    kind = "nouvelle liste" if new else "liste"
    trial = "Essai, rien n’a été gardé. " if options.essai else ""
    say(f"{trial}{kind.capitalize()} « {options.liste} » : {said}.")
    if apart := _apart(contents):
        say(f"Sans personne : {apart}.")
    if contents.left:
        say(f"Pas importées, parce que le fichier dit non : {_people(len(contents.left))}.")
    if contents.aside:
        say(f"Laissées de côté par --garder-si : {_people(contents.aside)}.")
    if still:
        say(
            f"De ce fichier, ont quitté ailleurs et sont encore abonnées ici : {_people(still)}.",
            f"Pour ne plus leur écrire :  {_again(options)} --retraits",
        )
    return PROBLEMS if problems else DONE


def _apart(contents: CsvContents) -> str:
    """Say how many lines of a file are no person, when some are below its first line."""
    from axtra.subscribers.importing.csv_files import LineFate  # noqa: PLC0415

    apart = sum(fate is LineFate.APART for fate in contents.fates.values())
    if apart <= 1 and not contents.blank:
        return ""
    blank = f" et {count(contents.blank, 'ligne')} sans rien" if contents.blank else ""
    return f"{count(apart, 'ligne')} de titres ou de totaux{blank}"


def _said(options: argparse.Namespace) -> Callable[..., None]:
    """Return what prints a sentence: beside the answer, when the answer is JSON."""
    return printer.notice if options.format == "json" else printer.tell


def _choices(options: argparse.Namespace) -> Choices:
    """Gather what was said of the columns of a file."""
    from axtra.subscribers.importing.csv_cells import words  # noqa: PLC0415
    from axtra.subscribers.importing.departures import Choices  # noqa: PLC0415

    keep: dict[str, frozenset[str]] = {}
    for condition in options.garder_si:
        column, _, value = condition.rpartition("=")
        keep[words(column)] = keep.get(words(column), frozenset()) | {words(value) or value.strip()}
    roles = {words(column) or column: role for column, role in options.colonne}
    ignored = frozenset(map(words, options.ignorer_colonne))
    return Choices(keep, ignored, _again(options), roles, options.feuille)


def _again(options: argparse.Namespace) -> str:
    """Write the command that was typed, to add an option to it."""
    typed = ["axtra", "abonnes", "importer", str(options.fichier), "--liste", options.liste]
    for name, given in (
        ("--consentement", options.consentement),
        ("--date", options.date),
        ("--source", options.source),
        ("--dates", options.dates),
        ("--feuille", options.feuille),
    ):
        typed += [name, str(given)] if given else []
    for name, several in (
        ("--garder-si", options.garder_si),
        ("--ignorer-colonne", options.ignorer_colonne),
        ("--colonne", [f"{column}={role}" for column, role in options.colonne]),
    ):
        for value in several:
            typed += [name, value]
    typed += ["--ignorer-erreurs"] if options.ignorer_erreurs else []
    return shlex.join(typed + (["--essai"] if options.essai else []))


def _take_off(options: argparse.Namespace, contents: CsvContents) -> int:
    """Take those who left elsewhere off a list."""
    from axtra.subscribers.importing import list_changes  # noqa: PLC0415

    if contents.errors and not (options.ignorer_erreurs and contents.left):
        printer.notice("Personne n’a été retiré.")
        return PROBLEMS
    how = f"retraits de {options.fichier.name}"
    with data_access.open_register() as register:
        off = list_changes.remove_people(
            register, options.liste, contents.left, now(), how, trial=options.essai
        )
    trial = "Essai, rien n’a été gardé. " if options.essai else ""
    others = len(contents.left) - off
    _said(options)(
        f"{trial}Liste « {options.liste} » : {_people(off)} à qui elle ne sera plus envoyée; "
        f"{_people(others)} qui n’y étaient pas, et qu’aucun import n’y mettra."
    )
    return PROBLEMS if contents.errors else DONE
