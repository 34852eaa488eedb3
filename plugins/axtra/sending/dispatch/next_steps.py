"""What to do next of an edition, from what the ledger knows: a command that its state allows."""

from __future__ import annotations

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import Decision, FrozenEdition, MessageState, choices

RECONCILE = "Avec le journal du relais :  axtra envoi reconcilier --journal /var/log/mail.log"


def next_steps(ledger: Ledger, frozen: FrozenEdition) -> str:
    """Return what to do next, a line for each choice; nothing when everything is settled."""
    edition = frozen.edition
    if ledger.decision(edition) is Decision.OPEN:
        return choices(edition)
    cut = frozen.confirmed is not None and frozen.departed is None
    if cut or ledger.count_waiting(edition):
        return f"axtra envoi reprendre {edition}"
    if frozen.departed is None:
        if ledger.tested(frozen):
            return f"axtra envoi envoyer {edition}"
        return f"axtra envoi essai {edition} VOTRE-ADRESSE"
    return RECONCILE if ledger.counts(edition)[MessageState.UNSURE] else ""
