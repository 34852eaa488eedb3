"""What durability costs a run: 1,500 messages of 100 kB, against the bare wire.

    python benchmarks/sending.py [--messages 1500] [--rounds 2]

Each figure is a ratio of runs that take turns on the same machine, before the same server.
"""

from __future__ import annotations

import argparse
import resource
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from axtra.sending import freezing, mailing, settings
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition, FrozenRecipient, Terms
from axtra.sending.run_context import End
from axtra.subscribers import Basis, Consent, Register
from infolettre.core.dates import ZONE
from infolettre.message import Head, compose, identify
from infolettre.text.personal_values import Personal

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "tests/support/smtp_server.py"
SIZE = 100_000  # bytes of a message
FAR, CREW = 0.02, 8  # seconds of a round trip; connections
FAR_MESSAGES = 160
NOW = datetime.now(ZONE)
TERMS = Terms("https://site.test", "https://porte.test", "rebonds@essai.test", "essai.test")


@contextmanager
def server(delay: float = 0.0) -> Iterator[int]:
    """Run the server of the trials in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen([sys.executable, SERVER, str(port), str(delay)])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def template() -> bytes:
    """Make an edition whose messages weigh what the largest of ours do."""
    head = Head(
        sender="Essai",
        address="essai@essai.test",
        reply_to="essai@essai.test",
        subject="Une édition pour mesurer",
        moment=NOW,
        language="fr-CA",
        list_name="Essai",
        list_id="membres.essai.test",
    )
    line = "<p>Trente-six conseillères accompagnent des personnes vers l’emploi.</p>\n"
    body = line * (SIZE // len(line.encode()) - 8)
    link = f'<p><a href="{Personal.UNSUBSCRIBE}">Se désabonner</a></p>\n'
    text = f"Se désabonner : <{Personal.UNSUBSCRIBE}>\n"
    return compose(head, f"<html>{body}{link}</html>\n", text, online="https://site.test/").data


def fleet(folder: Path, number: int) -> tuple[Ledger, Register, FrozenEdition]:
    """Subscribe people, and freeze an edition that has left for them."""
    register, ledger = Register.open(folder), Ledger.open(folder)
    consent = Consent(Basis.EXPRESS, NOW, "essai", "essai")
    with register.together():
        for index in range(number):
            register.add("membres", f"personne-{index}@exemple.test", consent, NOW)
    recipients = [
        FrozenRecipient(
            recipient.address,
            "Zoé",
            recipient.id,
            identify(recipient.id, domain="essai.test").strip("<>"),
            register.keys.link(recipient.id, "membres"),
            register.keys.envelope(recipient.id, "edition"),
        )
        for recipient in register.recipients("membres", NOW)[0]
    ]
    frozen = ledger.freeze("edition", "membres", "h", template(), TERMS, {}, recipients, (), NOW)
    ledger.depart(frozen, NOW)
    return ledger, register, frozen


def ours(port: int, number: int, connections: int = 1) -> float:
    """Send to a list, every claim durable; give the seconds it took."""
    with tempfile.TemporaryDirectory() as place:
        ledger, register, _ = fleet(Path(place), number)
        url = f"smtp://127.0.0.1:{port}?tls=aucun"
        chosen = settings.read({settings.ADDRESS: url}, Path(place))
        chosen = replace(chosen, connections=connections)
        start = time.perf_counter()
        outcome = mailing.send("edition", ledger, register, chosen, lambda: NOW, lambda _: None)
        seconds = time.perf_counter() - start
        assert outcome.end is End.DONE, outcome  # noqa: S101
        register.close()
        ledger.close()
        return seconds


def bare(port: int, number: int, message: bytes) -> float:
    """Send the same bytes by smtplib alone, on one connection; give the seconds it took."""
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for index in range(number):
            client.sendmail("rebonds@essai.test", [f"personne-{index}@exemple.test"], message)
    return time.perf_counter() - start


def building(number: int) -> tuple[float, bytes]:
    """Return the milliseconds that a recipient's message costs to make, and one of them."""
    with tempfile.TemporaryDirectory() as place:
        ledger, register, frozen = fleet(Path(place), number)
        make = freezing.composer(frozen, None)
        recipients = [value.recipient for value in ledger.waiting("edition")]
        start = time.perf_counter()
        for recipient in recipients:
            message = make(recipient)
        cost = (time.perf_counter() - start) / number * 1_000
        register.close()
        ledger.close()
        return cost, message


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=1_500)
    options.add_argument("--rounds", type=int, default=2)
    given = options.parse_args()
    cost, message = building(given.messages)
    print(f"one message              {len(message) / 1_000:8.1f} kB")
    print(f"making it                {cost:8.3f} ms  (bar: 0.1)")
    with server() as port:
        runs = [
            (bare(port, given.messages, message), ours(port, given.messages))
            for _ in range(given.rounds)
        ]
    wire, durable = (statistics.median(run) for run in zip(*runs, strict=True))
    print(f"bare wire                {wire:8.1f} s for {given.messages}")
    print(f"durable, one connection  {durable:8.1f} s")
    print(f"durable / bare           {durable / wire:8.2f}    (bar: 2)")
    with server(FAR) as port:
        alone, crew = ours(port, FAR_MESSAGES), ours(port, FAR_MESSAGES, CREW)
    print(f"20 ms away, one          {FAR_MESSAGES / alone:8.1f} messages/s")
    print(f"20 ms away, eight        {FAR_MESSAGES / crew:8.1f} messages/s")
    print(f"eight / one              {alone / crew:8.2f}    (bar: 6)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(f"memory, at most          {peak:8.1f} MB  (bar: 150)")


if __name__ == "__main__":
    main()
