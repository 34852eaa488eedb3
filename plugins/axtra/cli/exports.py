"""`axtra infolettre exporter`: a letter as a mail file, or for a mailing service."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, PROBLEMS, UsageError, now, root, say
from axtra.content.model import Facts, Newsletter
from axtra.core import diagnostics

if TYPE_CHECKING:
    from axtra.site import Edition

FORMATS = ("eml", "html", "mailchimp", "brevo", "mailjet", "listmonk")
HELP = "écrire une édition en courriel, ou pour un service d’envoi"


def add_arguments(parser: Parser) -> None:
    """Give the command its arguments."""
    parser.add_argument("edition", metavar="EDITION", help="par exemple 2019-03-27")
    parser.add_argument(
        "--format", choices=FORMATS, default="eml", metavar="FORMAT", help=", ".join(FORMATS)
    )
    parser.add_argument(
        "--liste", metavar="LISTE", help="avec les textes de cette liste (celle de l’édition)"
    )
    parser.add_argument("--sortie", type=Path, metavar="DOSSIER", help="où écrire (ici)")
    parser.set_defaults(run=_export)


def opened(name: str, liste: str | None) -> Edition | int:
    """Render an edition for a list, its own when none is named; or say what is wrong with it.

    Raises:
        UsageError: there is no such edition, or no list can have that name.
    """
    from axtra import site  # noqa: PLC0415 - Pelican costs half a second
    from axtra.subscribers import ListError  # noqa: PLC0415
    from axtra.subscribers.people import checked_list  # noqa: PLC0415

    project = root()
    try:
        checked_list(liste or "liste")
        edition = site.edition(project, name, liste, moment=now())
    except (ListError, site.UnknownEditionError) as error:
        raise UsageError(str(error)) from None
    except site.FaultyError as error:
        return say(diagnostics.errors(error.found), "texte")
    found = site.faults(project, edition)
    return say(found, "texte") if found else edition


def list_of(letter: Newsletter, liste: str | None) -> str:
    """Name the list that gets an edition: the one given, its own, or that of its kind."""
    return liste or letter.audience or letter.newsletter_type.slug


def _export(options: argparse.Namespace) -> int:
    from axtra.message import HeaderError  # noqa: PLC0415
    from axtra.newsletter import exports  # noqa: PLC0415

    edition = opened(options.edition, options.liste)
    if isinstance(edition, int):
        return edition
    target: Path = options.sortie or Path.cwd()
    try:
        files = _files(edition, options.format, options.liste)
    except (HeaderError, exports.PlaceholderError) as error:
        sys.stderr.write(f"axtra : « {options.edition} » ne s’exporte pas : {error}.\n")
        return PROBLEMS
    for name, data in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        sys.stdout.write(f"{path}\n")
    for remark in _remarks(edition.facts, options.format):
        sys.stderr.write(f"axtra : {remark}\n")
    return DONE


def _files(edition: Edition, form: str, liste: str | None) -> dict[str, bytes]:
    from axtra.newsletter import exports  # noqa: PLC0415

    letter, facts = edition.letter, edition.facts
    if form == "eml":
        reading = list_of(letter, liste)
        data = exports.message(letter, reading, edition.mail, facts, edition.links)
        return {f"{letter.slug}.eml": data}
    service = exports.SERVICES.get(form)
    mail = edition.mail if service else edition.mail.personalised(edition.links)
    files = exports.package(letter, mail, facts, edition.siteurl, service)
    return {f"{letter.slug}-{form}/{name}": data for name, data in files.items()}


def _remarks(facts: Facts, form: str) -> list[str]:
    found = []
    if facts.demonstration:
        names = ", ".join(facts.demonstration)
        found.append(
            f"avertissement : content/site.toml a encore des valeurs de démonstration ({names}).\n"
            "    → Ne faites pas partir ce courriel : la loi exige de vraies coordonnées."
        )
    if form == "eml":
        found.append(
            "ce fichier sert à voir et à vérifier : ses liens personnels mènent à des pages pour "
            "tout le monde.\n"
            "    → Pour écrire à une liste :  axtra envoi geler EDITION --liste LISTE"
        )
    return found
