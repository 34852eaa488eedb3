"""`axtra envoi listmonk`: hand a frozen edition to listmonk, test it there, let it leave."""

from __future__ import annotations

import argparse
import os

from axtra.cli import data_access, printer, sending_terminal
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, now, root
from axtra.cli.sending_terminal import TerminalEvents
from infolettre.core.diagnostics import count

HELP = "confier l’édition gelée à listmonk : brouillon, puis --essai, puis --demarrer"


def add_arguments(parser: Parser) -> None:
    """Add the arguments of the command to its parser."""
    step = parser.add_mutually_exclusive_group()
    step.add_argument("--essai", metavar="ADRESSE", help="l’envoyer à une seule adresse")
    step.add_argument("--demarrer", action="store_true", help="la faire partir")
    sending_terminal.add_confirmation(parser)


def run(options: argparse.Namespace) -> int:
    """Do one step."""
    from axtra.sending.dispatch import DispatchContext, Handover  # noqa: PLC0415
    from axtra.sending.listmonk import Listmonk  # noqa: PLC0415

    edition = options.edition
    confirmation = sending_terminal.confirmation(options)
    service = Listmonk.of(os.environ)
    content = data_access.site_content(root())
    with (
        data_access.open_register() as register,
        data_access.open_ledger() as ledger,
        ledger.alone(),
    ):
        accounts = data_access.has_accounts()
        context = DispatchContext(content, ledger, register, now, TerminalEvents(), accounts)
        handover = Handover(context, service, edition)
        if options.essai:
            handover.test(data_access.typed_address(options.essai))
            printer.tell(
                f"Essai confié à listmonk (empreinte {handover.frozen.hash[:16]}). Lisez-le, puis :"
                f"\n    axtra envoi listmonk {edition} --demarrer"
            )
        elif options.demarrer:
            number = handover.start(data_access.read_settings(), confirmation)
            printer.tell(
                f"« {edition} » est partie : {count(number, 'destinataire')} confiés à listmonk."
            )
        else:
            number = handover.prepare()
            printer.tell(
                f"Brouillon « {edition} » dans listmonk, pour {count(number, 'destinataire')}.",
                f"axtra envoi listmonk {edition} --essai VOTRE-ADRESSE",
            )
    return DONE
