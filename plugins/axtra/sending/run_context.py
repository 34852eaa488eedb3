"""What a run stands on, what it tells on its way, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from axtra.sending.ledger import Ledger
from axtra.sending.records import Seat
from axtra.sending.settings import Settings
from axtra.subscribers import Register

Compose = Callable[[Seat], bytes]


class End(StrEnum):
    """Why a run ended."""

    DONE = "fini"
    LATER = "differes"
    PAUSED = "pause"
    REFUSED = "refus"
    DAY = "plafond"
    SERVER = "serveur"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; `text`, in French, says what there is to say."""

    end: End
    text: str = ""


@dataclass(slots=True)
class Progress:
    """How far a run is; `per_minute` is its own pace."""

    total: int
    done: int = 0
    accepted: int = 0
    per_minute: float = 0.0


@dataclass(frozen=True, slots=True)
class Ship:
    """What a run stands on.

    `letters` composes a message from a seat, for each freeze, and `lists` names the list of each;
    `returns` is the envelope sender, in which `{}` stands for a person's code; `name` is how this
    machine presents itself; `monotonic` gives seconds.
    """

    ledger: Ledger
    register: Register
    settings: Settings
    edition: str
    letters: Mapping[int, Compose]
    lists: Mapping[int, str]
    returns: str
    name: str
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    tell: Callable[[Progress], object]
