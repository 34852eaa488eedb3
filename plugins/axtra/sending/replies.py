"""What a server's answer says, and of whom: the address, the moment, or us.

Source: RFC 5321, 4.2 (replies), RFC 3463 (enhanced status codes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from axtra.subscribers.returns import ADDRESS_CLASS

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_FULL = ("5.2.2", "5.2.3", "5.3.1", "5.3.4")
_OUR_ADDRESS = ("5.1.7", "5.1.8")  # « bad sender's address »: 5.1 all the same
_CLOSING = 421
_ADDRESS_CODES = frozenset({550, 551, 553})


class Phase(StrEnum):
    """How far a message went; from `DATA` on, silence leaves its fate unknown."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


class Fate(StrEnum):
    """What an answer makes of a message."""

    ACCEPTED = "accepte"
    REFUSED = "refuse"
    GONE = "adresse-inexistante"  # refused, and the address takes no mail at all
    FULL = "boite-pleine"  # soft: another day
    LATER = "plus-tard"
    POLICY = "politique"  # about us: nobody's address is at fault


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; whatever it says, it is certain."""

    phase: Phase
    code: int
    text: str

    @property
    def status(self) -> str:
        """Give the enhanced status, or nothing."""
        found = _STATUS.match(self.text)
        return found[1] if found else ""

    @property
    def closing(self) -> bool:
        """Tell whether the server closes the connection."""
        return self.code == _CLOSING

    @property
    def accepted(self) -> bool:
        """Tell whether the server took the message."""
        return self.fate is Fate.ACCEPTED

    @property
    def fate(self) -> Fate:
        """Judge the message by the answer."""
        kind = self.code // 100
        if kind == 2:  # noqa: PLR2004 - the first digit is the standard's own word
            return Fate.ACCEPTED
        if kind == 4:  # noqa: PLR2004
            return Fate.LATER
        if self.phase is Phase.MAIL:
            return Fate.POLICY
        return self._refusal()

    def _refusal(self) -> Fate:
        status = self.status
        if status in _FULL:
            return Fate.FULL
        if status in ADDRESS_CLASS:
            return Fate.GONE
        if status.startswith("5.7.") or status in _OUR_ADDRESS:
            return Fate.POLICY
        if status.startswith(("5.1.", "5.2.")):
            return Fate.REFUSED
        if status and not status.endswith(".0.0"):
            return Fate.POLICY if self.phase is Phase.DATA else Fate.REFUSED
        if self.code == 552:  # noqa: PLR2004 - « exceeded storage allocation »
            return Fate.FULL
        if self.phase is Phase.RCPT and self.code in _ADDRESS_CODES:
            return Fate.REFUSED
        return Fate.POLICY
