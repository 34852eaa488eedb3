"""An edition being sent, for tests that run its sending several times."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenRecipient
from axtra.sending.run import Run
from axtra.sending.run_context import RunContext, RunOutcome
from axtra.sending.settings import Server, Settings
from axtra.subscribers import Basis, Consent, Register
from support.sample_ledger import MOMENT, TERMS

START = MOMENT.timestamp()


class EditionRuns:
    """An edition whose sending has started, with a clock that the test sets."""

    def __init__(self, folder: Path, port: int, people: Sequence[str]) -> None:
        self.present = START
        self.content = b".\r\n"
        self.register = Register.open(folder)
        self.ledger = Ledger.open(folder, lambda: self.present)
        self.settings = Settings(server=Server("127.0.0.1", port, "aucun"))
        consent = Consent(Basis.EXPRESS, MOMENT, "essai", "essai")
        for address in people:
            self.register.add("membres", address, consent, MOMENT)
        recipients = [
            FrozenRecipient(person.address, "", person.id, f"{index:03d}@essai.test", "l", "e" * 50)
            for index, person in enumerate(self.register.recipients("membres", MOMENT)[0])
        ]
        frozen = self.ledger.freeze("e", "membres", "h", b"", TERMS, {}, recipients, (), MOMENT)
        self.ledger.depart(frozen, MOMENT)

    def go(self, **limits: int) -> RunOutcome:
        """Run the sending once."""
        context = RunContext(
            self.ledger,
            self.register,
            replace(self.settings, **limits),  # type: ignore[arg-type]
            "e",
            letters={
                1: lambda recipient: f"To: {recipient.address}\r\n\r\n".encode() + self.content
            },
            lists={1: "membres"},
            since={1: MOMENT},
            returns="rebonds+{}@essai.test",
            name="essai.test",
            now=lambda: datetime.fromtimestamp(self.present, MOMENT.tzinfo),
            monotonic=time.monotonic,
            tell=lambda _progress: None,
        )
        return Run(context).go()

    def states(self) -> Counter[str]:
        """Count the recipients in each state."""
        return Counter(line.state.value for line in self.ledger.lines("e"))

    def suppressed(self) -> set[str]:
        """Return the recipients of the edition who have been suppressed."""
        addresses = [line.address for line in self.ledger.lines("e")]
        return {address for address in addresses if self.register.is_suppressed(address)}


@contextmanager
def edition_runs(folder: Path, port: int, people: Sequence[str]) -> Iterator[EditionRuns]:
    """Start the sending of an edition; close its databases at the end."""
    made = EditionRuns(folder, port, people)
    with made.register, made.ledger:
        yield made
