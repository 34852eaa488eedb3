"""An edition on its way to some people, for tests that run it again and again."""

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
    """An edition that has left for some people, on a clock that the test moves."""

    def __init__(self, folder: Path, port: int, people: Sequence[str]) -> None:
        self.present = START
        self.content = b".\r\n"
        self.register = Register.open(folder)
        self.ledger = Ledger.open(folder, lambda: self.present)
        self.settings = Settings(server=Server("127.0.0.1", port, "aucun"))
        consent = Consent(Basis.EXPRESS, MOMENT, "essai", "essai")
        for one in people:
            self.register.add("membres", one, consent, MOMENT)
        recipients = [
            FrozenRecipient(one.address, "", one.id, f"{index:03d}@essai.test", "l", "e" * 50)
            for index, one in enumerate(self.register.recipients("membres", MOMENT)[0])
        ]
        frozen = self.ledger.freeze("e", "membres", "h", b"", TERMS, {}, recipients, (), MOMENT)
        self.ledger.depart(frozen, MOMENT)

    def go(self, **limits: int) -> RunOutcome:
        """Run once."""
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
        """Count the states."""
        return Counter(one.state.value for one in self.ledger.lines("e"))

    def suppressed(self) -> set[str]:
        """Give those of the edition who are not written to any more."""
        people = [one.address for one in self.ledger.lines("e")]
        return {one for one in people if self.register.is_suppressed(one)}


@contextmanager
def edition_runs(folder: Path, port: int, people: Sequence[str]) -> Iterator[EditionRuns]:
    """Make an edition that has left, and close its registers at the end."""
    made = EditionRuns(folder, port, people)
    with made.register, made.ledger:
        yield made


def numbered(number: int, kind: str = "bon") -> list[str]:
    """Give addresses whose boxes behave alike."""
    return [f"{kind}-{index}@exemple.test" for index in range(number)]
