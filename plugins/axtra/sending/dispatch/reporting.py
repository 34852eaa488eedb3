"""What became of each message, and what the log of a server says of those that are uncertain."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from axtra.sending import mailing, postfix_logs
from axtra.sending.dispatch.next_steps import next_steps
from axtra.sending.dispatch.preparing import frozen_edition
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition, MessageState, ReportLine, choices, settled
from axtra.sending.postfix_logs import Reconciliation
from axtra.sending.settings import Settings
from axtra.subscribers import Proposal, Register
from axtra.subscribers.returns.bounce_reports import Nature
from axtra.subscribers.returns.sorting import TO_REVIEW
from infolettre.core.refusals import WrongUsage

_LOG_PATIENCE = 2.0  # seconds for a server to write its log


@dataclass(frozen=True, slots=True)
class EditionReport:
    """What each message of an edition became.

    `proposals` wait for a decision; `review` names the addresses that were refused edition after
    edition, without a proof; `next_steps` is what to do, a line for each choice.
    """

    frozen: FrozenEdition
    counts: Mapping[MessageState, int]
    lines: Sequence[ReportLine]
    proposals: Sequence[Proposal]
    review: Sequence[str]
    next_steps: str

    @property
    def settled(self) -> bool:
        """Tell whether nothing is left to send, to find out nor to decide."""
        return settled(self.counts) and not self.proposals


def report(ledger: Ledger, register: Register, edition: str) -> EditionReport:
    """Report what became of each message of an edition.

    Raises:
        WrongUsage: nothing is frozen.
    """
    frozen = frozen_edition(ledger, edition)
    ledger.sweep()
    lines = ledger.lines(edition)
    review = [
        line.address
        for line in lines
        if line.state is MessageState.REFUSED and (person := register.find(line.address))
        if register.soft_bounces(person.id, Nature.REVIEW) >= TO_REVIEW
    ]
    proposals = register.proposals(edition)
    steps = choices(edition) if proposals else next_steps(ledger, frozen)
    return EditionReport(frozen, ledger.counts(edition), lines, proposals, review, steps)


def reconcile(
    ledger: Ledger,
    logs: Sequence[Path],
    settings: Callable[[], Settings],
    now: Callable[[], datetime],
    wait: Callable[[float], object] = time.sleep,
) -> Reconciliation:
    """End the doubts that the logs of a server can end; nothing is sent.

    Args:
        ledger: nobody else may be sending.
        logs: the files, some of them compressed by gzip.
        settings: reads the settings, when the server is to be asked for a later line of its log.
        now: gives the present.
        wait: waits for some seconds.

    Raises:
        WrongUsage: a log cannot be read.
        BusyError: another process sends.
    """
    with ledger.alone():
        done = _read(ledger, logs, now())
        if done.left and mailing.knock(settings()):
            wait(_LOG_PATIENCE)
            done += _read(ledger, logs, now())
    return done


def _read(ledger: Ledger, logs: Sequence[Path], moment: datetime) -> Reconciliation:
    try:
        return postfix_logs.reconcile(ledger, logs, moment)
    except (OSError, EOFError):  # a gzip file may be cut
        raise WrongUsage("un journal n’existe pas, ou ne se lit pas.") from None
