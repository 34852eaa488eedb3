"""A ledger with an edition whose sending has started."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenRecipient, Terms
from axtra.subscribers import Excluded
from infolettre.core.dates import ZONE

MOMENT = datetime(2026, 3, 2, 12, tzinfo=ZONE)
TERMS = Terms("https://site.test", "https://porte.test", "rebonds@essai.test", "essai.test")


def recipients(*names: str) -> list[FrozenRecipient]:
    """Return frozen recipients, whose messages are in the order of the names."""
    return [
        FrozenRecipient(
            f"{name}@exemple.test", "", f"p-{name}", f"{index:04d}-{name}@essai.test", "l", "e"
        )
        for index, name in enumerate(names)
    ]


def make_ledger(
    folder: Path,
    people: Sequence[FrozenRecipient],
    *,
    clock: Callable[[], float] = time.time,
    excluded: Sequence[Excluded] = (),
    departed: bool = True,
) -> Ledger:
    """Make a ledger whose « edition » is frozen for « membres » and, by default, being sent."""
    ledger = Ledger.open(folder, clock)
    frozen = ledger.freeze(
        "edition", "membres", "h1", b"template", TERMS, {"a.md": "1"}, people, excluded, MOMENT
    )
    if departed:
        ledger.depart(frozen, MOMENT)
    return ledger
