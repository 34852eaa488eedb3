"""`axtra infolettre exporter`: a letter as a mail file, or for a mailing service."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import data_access, printer
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, now, root
from axtra.content.model import Facts, Newsletter
from infolettre.core.refusals import Refusal

if TYPE_CHECKING:
    from axtra.site import Edition

FORMATS = ("eml", "html", "mailchimp", "brevo", "mailjet", "listmonk")
HELP = "écrire une édition en courriel, ou pour un service d’envoi"


def add_arguments(parser: Parser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument("edition", metavar="EDITION", help="par exemple 2019-03-27")
    parser.add_argument(
        "--format", choices=FORMATS, default="eml", metavar="FORMAT", help=", ".join(FORMATS)
    )
    parser.add_argument(
        "--liste", metavar="LISTE", help="avec les textes de cette liste (celle de l’édition)"
    )
    parser.add_argument("--sortie", type=Path, metavar="DOSSIER", help="où écrire (ici)")
    parser.set_defaults(run=_export)


def opened(name: str, liste: str | None) -> Edition:
    """Render an edition for a list, its own when none is named.

    Raises:
        ListError: no list can have that name.
        WrongUsage: there is no such edition.
        DiagnosedRefusal: the content or the mail has errors.
    """
    from axtra.subscribers.register.people import checked_list  # noqa: PLC0415

    content = data_access.site_content(root())
    checked_list(liste or "liste")
    return content.checked(name, liste, now())


def list_of(letter: Newsletter, liste: str | None) -> str:
    """Return the list that gets an edition: the list given, its own, or that of its kind."""
    return liste or letter.audience or letter.newsletter_type.slug


def _export(options: argparse.Namespace) -> int:
    from axtra.newsletter import exports  # noqa: PLC0415
    from infolettre.message import HeaderError  # noqa: PLC0415

    edition = opened(options.edition, options.liste)
    target: Path = options.sortie or Path.cwd()
    try:
        files = _files(edition, options.format, options.liste)
    except (HeaderError, exports.PlaceholderError) as error:
        raise Refusal(f"« {options.edition} » ne s’exporte pas : {error}.") from None
    for name, data in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        printer.tell(f"{path}")
    _warn(edition.facts, options.format)
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


def _warn(facts: Facts, form: str) -> None:
    """Say what keeps the files from being sent as they are."""
    if facts.demonstration:
        names = ", ".join(facts.demonstration)
        printer.warn(
            f"avertissement : content/site.toml a encore des valeurs de démonstration ({names}).",
            "Ne faites pas partir ce courriel : la loi exige de vraies coordonnées.",
        )
    if form == "eml":
        printer.warn(
            "ce fichier sert à voir et à vérifier : ses liens personnels mènent à des pages pour "
            "tout le monde.",
            "Pour écrire à une liste :  axtra envoi geler EDITION --liste LISTE",
        )
