"""What a run stands on, what it tells on its way, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenRecipient
from axtra.sending.settings import Settings
from axtra.subscribers import Register
from infolettre.core.refusals import Refusal

Compose = Callable[[FrozenRecipient], bytes]


class End(StrEnum):
    """Why a run ended."""

    DONE = "fini"
    LATER = "differes"
    PAUSED = "pause"
    REFUSED = "refus"
    DAY = "plafond"
    SERVER = "serveur"


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended; `reason` says what stopped it, when something did."""

    end: End
    reason: Refusal | None = None

    @property
    def text(self) -> str:
        """Return what there is to say, empty when nothing stopped the run."""
        return str(self.reason) if self.reason else ""


@dataclass(slots=True)
class Progress:
    """How far a run is; `per_minute` is its own pace."""

    total: int
    done: int = 0
    accepted: int = 0
    per_minute: float = 0.0


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run stands on.

    `letters` composes a recipient's message, for each freeze; `lists` names the list of each, and
    `since` the moment at which it was frozen; `returns` is the envelope sender, in which `{}`
    stands for a person's code; `name` is how this machine presents itself; `monotonic` gives
    seconds.
    """

    ledger: Ledger
    register: Register
    settings: Settings
    edition: str
    letters: Mapping[int, Compose]
    lists: Mapping[int, str]
    since: Mapping[int, datetime]
    returns: str
    name: str
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    tell: Callable[[Progress], object]
