"""What a server's answer makes of a message: of the address, the moment, or us.

`refusal_verdicts` judges the words; here, the phase and the code complete them.

Source: RFC 5321, 4.2 (replies), RFC 3463 (enhanced status codes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from axtra.subscribers.returns.refusal_verdicts import About, about

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CLOSING = 421
_ADDRESS_CODES = frozenset({550, 551, 553})
_TAKEN, _REFUSED = 250, 500


class Phase(StrEnum):
    """How far a message went; once `DATA` ends, silence leaves its fate unknown."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    OFFER = "la commande DATA"
    DATA = "DATA"


class Fate(StrEnum):
    """What an answer makes of a message."""

    ACCEPTED = "accepte"
    REFUSED = "a-revoir"  # refused, and nothing proves that the address is gone
    GONE = "adresse-inexistante"  # refused, and the address takes no mail at all
    FULL = "boite-pleine"  # soft: another day
    LATER = "plus-tard"
    PERSON = "ferme-a-nos-courriels"  # this address refuses us, and perhaps not for ever
    POLICY = "politique"  # about us or our message: nobody's address is at fault


_FATES = {
    About.GONE: Fate.GONE,
    About.REVIEW: Fate.REFUSED,
    About.FULL: Fate.FULL,
    About.LATER: Fate.LATER,
    About.PERSON: Fate.PERSON,
    About.MESSAGE: Fate.POLICY,
    About.SENDER: Fate.POLICY,
    About.POLICY: Fate.POLICY,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; whatever it says, it is certain."""

    phase: Phase
    code: int
    text: str

    @property
    def status(self) -> str:
        """Return the enhanced status, or nothing."""
        match = _STATUS.match(self.text)
        return match[1] if match else ""

    @property
    def closing(self) -> bool:
        """Tell whether the server closes the connection."""
        return self.code == _CLOSING

    @property
    def accepted(self) -> bool:
        """Tell whether the server took the message: it says so once it has all of it."""
        return self.phase is Phase.DATA and self.code == _TAKEN

    @property
    def ours(self) -> bool:
        """Tell whether it says that it refuses us: our quota, our address, our server."""
        if self.code < _REFUSED:
            return False
        return self.phase is Phase.MAIL or about(self.text, self.status) is About.SENDER

    @property
    def fate(self) -> Fate:
        """Judge the message by the answer."""
        if self.accepted:
            return Fate.ACCEPTED
        if self.code < _REFUSED:
            return Fate.LATER
        if self.phase is Phase.MAIL:
            return Fate.POLICY
        known = about(self.text, self.status)
        return _FATES[known] if known else self._unsaid()

    def _unsaid(self) -> Fate:
        """Judge by the code and the phase what the words leave open."""
        if self.status and not self.status.endswith(".0.0"):
            return Fate.REFUSED if self.phase is Phase.RCPT else Fate.POLICY
        if self.code == 552:  # noqa: PLR2004 - « exceeded storage allocation »
            return Fate.FULL
        if self.phase is Phase.RCPT and self.code in _ADDRESS_CODES:
            return Fate.REFUSED
        return Fate.POLICY
