"""Who may approve a letter: a second person, whom their account names, and never oneself.

A person may have two accounts, and a machine cannot see it; it can see that two accounts have one
name or one mailbox, and that an account is younger than what it would approve.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.atelier.account_book import BOOK
from axtra.atelier.accounts import Accounts
from axtra.atelier.roles import Person
from axtra.sending import conditions
from axtra.sending.ledger_records import FrozenEdition
from axtra.subscribers.database import is_kept
from axtra.subscribers.importing.csv_cells import words
from infolettre.core.dates import ZONE
from infolettre.core.refusals import Refusal

if TYPE_CHECKING:
    from axtra.atelier.app import Atelier  # with the server, which no command loads

_ANOTHER = "Demandez à une autre personne de la direction de l’approuver."
_AGAIN = "Gelez-la de nouveau : une autre personne de la direction l’approuvera."


def has_accounts(data: Path) -> bool:
    """Return whether people have accounts in a data folder: then only accounts approve."""
    if not is_kept(data, BOOK):
        return False
    with closing(Accounts(data, lambda: datetime.now(ZONE))) as accounts:
        return bool(accounts.members())


def refusal(atelier: Atelier, person: Person, frozen: FrozenEdition, source: str) -> Refusal | None:
    """Return why somebody may not approve what is frozen; None when they may.

    Args:
        atelier: where they work.
        person: who would approve.
        frozen: the letter.
        source: its file.
    """
    if not person.address:
        if frozen.who or has_accounts(atelier.data):
            return Refusal("ici, chaque personne a un compte : c’est lui qui approuve.", _ANOTHER)
        return None
    if not frozen.who:
        unsigned = conditions.unsigned(frozen.edition)
        return Refusal(f"{unsigned.reason}.", _AGAIN)
    if person.address == frozen.who:
        return Refusal(
            f"vous avez gelé « {frozen.edition} » : une autre personne l’approuve.", _ANOTHER
        )
    if person.address == atelier.own.whose(source):
        return Refusal(
            f"vous avez commencé « {frozen.edition} » : une autre personne l’approuve.", _ANOTHER
        )
    if _mailbox(person.address) == _mailbox(frozen.who):
        return Refusal("votre compte a la même boîte que celui qui a gelé la lettre.", _ANOTHER)
    return _by_accounts(atelier.team.accounts, person, frozen) if atelier.team else None


def _by_accounts(accounts: Accounts, person: Person, frozen: FrozenEdition) -> Refusal | None:
    """Return why the accounts say that somebody may be who froze the letter."""
    freezer, approver = accounts.member(frozen.who), accounts.member(person.address)
    if freezer is None:
        return Refusal("le compte qui a gelé cette lettre n’existe plus.", _AGAIN)
    if approver is None or approver.since > frozen.moment or freezer.since > frozen.moment:
        return Refusal(
            "un des deux comptes est plus récent que la lettre gelée : une même personne pourrait "
            "l’avoir gelée sous un autre.",
            _AGAIN,
        )
    if words(freezer.person.name) == words(person.name):
        return Refusal(
            f"le compte qui a gelé cette lettre porte votre nom ({freezer.person.name}).", _ANOTHER
        )
    return None


def _mailbox(address: str) -> tuple[str, str]:
    """Return the mailbox behind « nom+mot@domaine »."""
    local, _, domain = address.rpartition("@")
    return local.partition("+")[0], domain
