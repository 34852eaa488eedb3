"""`axtra envoi programmer`: let an approved edition leave at an hour, or cancel that."""

from __future__ import annotations

import argparse
from datetime import datetime

from axtra.cli import data_access, printer, sending_terminal
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, moment, now, root
from axtra.cli.sending_terminal import TerminalEvents
from infolettre.core import dates
from infolettre.core.diagnostics import count
from infolettre.core.refusals import WrongUsage

HELP = "faire partir une édition approuvée à une heure choisie"
_EXAMPLE = "2026-12-02 09:00"


def add_arguments(parser: Parser) -> None:
    """Add the arguments of the command to its parser."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "heure",
        nargs="?",
        type=_hour,
        metavar="HEURE",
        help=f"« {_EXAMPLE} », à l’heure de Montréal",
    )
    what.add_argument("--annuler", action="store_true", help="ne plus la faire partir")
    sending_terminal.add_confirmation(parser)


def run(options: argparse.Namespace) -> int:
    """Schedule an edition, or cancel its departure."""
    from axtra.sending import dispatch  # noqa: PLC0415 - help must not pay it

    edition = options.edition
    if options.annuler:
        with data_access.open_ledger() as ledger:
            dispatch.unschedule(ledger, edition)
        printer.tell(f"« {edition} » n’est plus programmée : elle ne partira pas d’elle-même.")
        return DONE
    if options.heure is None:
        raise WrongUsage(
            "il manque l’heure du départ.", f'axtra envoi programmer {edition} "2026-12-02 09:00"'
        )
    confirmation = sending_terminal.confirmation(options)
    settings = data_access.read_settings()
    with data_access.open_register() as register, data_access.open_ledger() as ledger:
        context = dispatch.DispatchContext(
            data_access.site_content(root()),
            ledger,
            register,
            now,
            TerminalEvents(),
            data_access.has_accounts(),
        )
        frozen = dispatch.schedule(context, settings, edition, options.heure, confirmation)
    printer.tell(
        f"« {edition} » partira le {dates.weekday(options.heure)} à {dates.hour(options.heure)} "
        f"vers la liste « {frozen.liste} » : {count(frozen.recipients, 'destinataire')}, si "
        "« axtra echeances » tourne sur cette machine à cette heure-là.",
        f"Pour l’annuler :  axtra envoi programmer {edition} --annuler\n"
        "Ce qui vient :  axtra echeances --voir",
    )
    return DONE


def _hour(text: str) -> datetime:
    """Read « 2026-12-02 09:00 »: a minute that exists, in Quebec."""
    at = moment(text)
    if len(text.split()) == 1 and "T" not in text:
        raise argparse.ArgumentTypeError(f"« {text} » n’a pas d’heure, comme « {_EXAMPLE} »")
    return at
