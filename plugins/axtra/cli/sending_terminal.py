"""What a person at a terminal is asked, and told, while an edition leaves."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from axtra.cli import printer
from axtra.cli.arguments import Parser
from axtra.cli.sending_progress import Meter
from axtra.sending.event_words import SpokenEvents, withdrawals
from infolettre.core.diagnostics import count
from infolettre.core.refusals import WrongUsage

if TYPE_CHECKING:
    from axtra.sending.dispatch import Confirmation
    from axtra.sending.dispatch.context import Ask
    from axtra.sending.ledger_records import FrozenEdition
    from axtra.sending.run_context import Progress


class TerminalEvents(SpokenEvents):
    """Prints what happens while an edition leaves."""

    def __init__(self, per_minute: int = 0) -> None:
        self._meter = Meter(sys.stderr, per_minute)

    def tell(self, words: str, remedy: str = "", *, is_warning: bool = False) -> None:
        """Print what a person should know."""
        (printer.warn if is_warning else printer.notice)(words, remedy)

    def withdrawn(self, number: int) -> None:
        """Say how many people left a list through listmonk."""
        printer.tell(withdrawals(number))

    def progressed(self, progress: Progress) -> None:
        """Show how far the run is."""
        self._meter.show(progress)

    def ended(self) -> None:
        """Leave the line of the bar."""
        self._meter.close()


def add_confirmation(parser: Parser) -> None:
    """Add the options that confirm without a question."""
    parser.add_argument("--oui", action="store_true", help="sans question; avec les deux suivants")
    parser.add_argument("--liste", metavar="LISTE", help="le nom de la liste gelée")
    parser.add_argument("--nombre", type=int, metavar="N", help="le nombre de destinataires gelé")


def confirmation(options: argparse.Namespace) -> Confirmation | Ask:
    """Return what was typed with `--oui`, or what asks for it.

    Raises:
        WrongUsage: `--oui` comes without the list and the number.
    """
    from axtra.sending.dispatch import Confirmation  # noqa: PLC0415

    if not options.oui:
        return _ask
    if options.liste is None or options.nombre is None:
        raise WrongUsage("« --oui » demande aussi « --liste » et « --nombre ».")
    return Confirmation(options.liste, options.nombre)


def _ask(frozen: FrozenEdition) -> Confirmation:
    """Make a person type what they are about to do."""
    from axtra.sending.dispatch import Confirmation  # noqa: PLC0415

    printer.tell(
        f"« {frozen.edition} » va partir vers la liste « {frozen.liste} » : "
        f"{count(frozen.recipients, 'destinataire')}."
    )

    def typed(question: str) -> str:
        sys.stdout.write(question)
        sys.stdout.flush()
        return sys.stdin.readline().strip()

    liste = typed("Écrivez le nom de la liste : ")
    return Confirmation.typed(liste, typed("Écrivez le nombre de destinataires : "))
