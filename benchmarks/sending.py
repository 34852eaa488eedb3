"""A million people: frozen, then written to, on each base, by one sender and by four.

    python benchmarks/sending.py [--people 1000000] [--sent 60000] [--base sqlite|postgresql]
                                 [--round-trips 0 0.01] [--skip-durability]

The people are written straight into the tables; all else is the program. Messages go to a sink that
discards them, and takes a round trip for each answer. Then, what a durable claim costs a run of
messages of 100 kB, against the bare wire. The bars: freezing in 60 s, 120 MB a sender, four senders
2.5 times one, a durable run twice the bare one.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import resource
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infolettre.core.dates import ZONE

if TYPE_CHECKING:
    from axtra.sending.settings import Settings

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
NOW = datetime.now(ZONE)
LIST, EDITION = "membres", "2026-03-02"
CONNECTIONS = 2  # of each sender
SIZE, MESSAGES, ROUNDS = 100_000, 1_500, 2  # bytes of a large message; how many; how often
FAR, CREW, FAR_MESSAGES = 0.02, 8, 160  # seconds of a round trip; connections; messages
_TICKS = os.sysconf("SC_CLK_TCK")
_SINK = """
import asyncio, sys

async def serve(reader, writer):
    writer.write(b"220 x\\r\\n")
    while line := await reader.readline():
        if delay := float(sys.argv[2]):
            await asyncio.sleep(delay)
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go\\r\\n")
            await reader.readuntil(b"\\r\\n.\\r\\n")
        elif verb == b"QUIT":
            break
        writer.write(b"250 2.0.0 ok\\r\\n")
    writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=1 << 22)
    async with server:
        await server.serve_forever()

asyncio.run(main())
"""


@dataclass(frozen=True)
class Sent:
    """What a sender did: messages, wall and processor seconds, the most memory, in MB."""

    messages: int
    seconds: float
    processor: float
    megabytes: float


@dataclass(frozen=True)
class Sink:
    """A server that discards what it takes, in a process of its own."""

    port: int
    pid: int


@contextmanager
def sink(round_trip: float = 0.0) -> Iterator[Sink]:
    """Run a sink that takes so many seconds for each answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-c", _SINK, str(port), str(round_trip)])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield Sink(port, process.pid)
    finally:
        process.kill()
        process.wait()


def processor(pid: int) -> float:
    """Return the processor seconds of a process, and of those of its children that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def megabytes() -> float:
    """Return the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


# --- a crowd -------------------------------------------------------------------------------------


def populate(folder: Path, number: int) -> None:
    """Write people who agreed, straight into the tables of the register."""
    from axtra.subscribers import Register  # noqa: PLC0415
    from axtra.subscribers.database import written  # noqa: PLC0415
    from axtra.subscribers.signed_tokens import new_id  # noqa: PLC0415

    moment = written(NOW)
    with Register.open(folder) as register, register.together() as base:
        base.execute("INSERT INTO lists VALUES (?)", (LIST,))
        for start in range(0, number, 20_000):
            people = [
                (new_id(), f"personne-{index}@exemple-{index % 997}.test")
                for index in range(start, min(number, start + 20_000))
            ]
            base.pour(
                "people",
                ("id", "address", "folded", "first_name", "last_name", "since"),
                ((person, address, address, "Zoé", "", moment) for person, address in people),
            )
            base.pour(
                "subscriptions",
                ("person", "list", "active", "since"),
                ((person, LIST, 1, moment) for person, _ in people),
            )
            base.pour(
                "consents",
                ("person", "list", "basis", "given", "source", "proof"),
                ((person, LIST, "expres", moment, "essai", "essai") for person, _ in people),
            )


def freeze(folder: Path) -> Sent:
    """Freeze an edition for everyone, and let it leave; `messages` is how many."""
    from axtra.sending import freezing  # noqa: PLC0415
    from axtra.sending.ledger import Ledger  # noqa: PLC0415
    from axtra.sending.settings import Settings  # noqa: PLC0415
    from axtra.subscribers import Register  # noqa: PLC0415
    from support.sample_dispatch import SampleContent  # noqa: PLC0415

    edition = SampleContent(folder).render(EDITION, LIST, NOW)
    start, before = time.perf_counter(), time.process_time()
    with Register.open(folder) as register, Ledger.open(folder) as ledger:
        frozen = freezing.freeze(edition, LIST, ledger, register, Settings(), NOW)
        ledger.depart(frozen, NOW)
    seconds, used = time.perf_counter() - start, time.process_time() - before
    return Sent(frozen.recipients, seconds, used, megabytes())


def server_of(folder: Path, port: int, connections: int) -> Settings:
    """Return the settings that lead to a sink."""
    from axtra.sending import settings  # noqa: PLC0415

    chosen = settings.read({settings.ADDRESS: f"smtp://127.0.0.1:{port}?tls=aucun"}, folder)
    return replace(chosen, connections=connections)


def send(folder: Path, port: int, share: int) -> Sent:
    """Send so many messages of an edition, then ask for a pause."""
    from axtra.sending import mailing  # noqa: PLC0415
    from axtra.sending.ledger import Ledger  # noqa: PLC0415
    from axtra.subscribers import Register  # noqa: PLC0415

    done = 0
    chosen = server_of(folder, port, CONNECTIONS)
    with Register.open(folder) as register, Ledger.open(folder) as ledger:
        start, before = time.perf_counter(), time.process_time()

        def tell(progress: Any) -> None:  # noqa: ANN401 - in another process, typed there
            nonlocal done
            done = progress.accepted
            if done >= share and not ledger.paused(EDITION):
                ledger.pause(EDITION, NOW)

        with ledger.sending(EDITION):
            mailing.send(EDITION, ledger, register, chosen, lambda: NOW, tell)
        seconds, used = time.perf_counter() - start, time.process_time() - before
    return Sent(done, seconds, used, megabytes())


def apart(work: Any, *values: object) -> Any:  # noqa: ANN401 - whatever the work gives
    """Do work in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, values)


def unpause(folder: Path) -> None:
    """Let the edition go on."""
    from axtra.sending.ledger import Ledger  # noqa: PLC0415

    with Ledger.open(folder) as ledger:
        ledger.unpause(EDITION)


def frozen_crowd(base: Any, folder: Path, people: int) -> Sent:  # noqa: ANN401 - of tests/support
    """Make a crowd on an empty base, freeze an edition for it, and say what that took."""
    import psycopg  # noqa: PLC0415

    os.environ["AXTRA_BASE"] = base.address if base else ""
    apart(populate, folder, people)
    if base:  # as autovacuum does within a minute
        with psycopg.connect(base.address, autocommit=True) as session:
            session.execute("ANALYZE")
    done: Sent = apart(freeze, folder)
    return done


def measure(name: str, people: int, sent: int, round_trips: list[float]) -> None:
    """Measure a crowd on one base, and print."""
    from support.postgresql_server import postgresql_server  # noqa: PLC0415

    took = {}
    for number in (people // 10, people):
        with (
            tempfile.TemporaryDirectory() as place,
            postgresql_server() if name == "postgresql" else nullcontext() as base,
        ):
            folder = Path(place) / "donnees"
            done = frozen_crowd(base, folder, number)
            took[number] = done.seconds
            say(
                f"{name}: freezing {number:,}",
                f"{done.seconds:6.1f} s, {done.processor:5.1f} s of processor here, "
                f"{done.megabytes:4.0f} MB",
            )
            if number == people:
                say(f"{name}: growth", f"n^{math.log10(took[people] / took[people // 10]):.2f}")
                for round_trip in round_trips:
                    with sink(round_trip) as office:
                        measure_sending(name, base, folder, office, sent, round_trip)


def measure_sending(
    name: str,
    base: Any,  # noqa: ANN401 - of tests/support
    folder: Path,
    office: Sink,
    sent: int,
    round_trip: float,
) -> None:
    """Send by one sender, then by four where the base allows it, and print."""
    others = [office.pid, *([base._process.pid] if base else [])]  # noqa: SLF001
    rates = {}
    for senders in (1, 4) if base else (1,):
        unpause(folder)
        before = [processor(pid) for pid in others]
        with multiprocessing.get_context("spawn").Pool(senders) as pool:
            shares = [(folder, office.port, sent // senders)] * senders
            ran = pool.starmap(send, shares)
        time.sleep(0.2)  # for the server to hear that its clients left
        spent = [processor(pid) - used for pid, used in zip(others, before, strict=True)]
        total = sum(run.messages for run in ran)
        rates[senders] = sum(run.messages / run.seconds for run in ran)
        costs = [sum(run.processor for run in ran), *spent]
        each = ", ".join(
            f"{who} {1e6 * cost / total:.0f}"
            for who, cost in zip(("sender", "sink", "base"), costs, strict=False)
        )
        say(
            f"{name}: {senders} sender(s), {round_trip * 1_000:.0f} ms away",
            f"{rates[senders]:6.0f}/s, {max(run.megabytes for run in ran):4.0f} MB; "
            f"µs of processor a message: {each}",
        )
    if base:
        say(f"{name}: four / one, {round_trip * 1_000:.0f} ms", f"{rates[4] / rates[1]:.2f}")


# --- what a durable claim costs -------------------------------------------------------------------


def large_template() -> bytes:
    """Make an edition whose messages weigh what the largest of ours do."""
    from infolettre.message import Head, compose  # noqa: PLC0415
    from infolettre.text.personal_values import Personal  # noqa: PLC0415

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


def durable(port: int, number: int, connections: int = 1) -> tuple[float, float, bytes]:
    """Send large messages to a list, every claim durable.

    Returns:
        The seconds that it took, those that making the messages alone takes, and one of them.
    """
    from axtra.sending import freezing, mailing  # noqa: PLC0415
    from axtra.sending.ledger import Ledger  # noqa: PLC0415
    from axtra.sending.ledger_records import Terms  # noqa: PLC0415
    from axtra.subscribers import Register  # noqa: PLC0415

    terms = Terms("https://site.test", "https://porte.test", "rebonds@essai.test", "essai.test")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        populate(folder, number)
        with Register.open(folder) as register, Ledger.open(folder) as ledger:
            people, _ = register.recipients(LIST, NOW)
            frozen = ledger.freeze(EDITION, LIST, "h", large_template(), terms, {}, people, (), NOW)
            ledger.depart(frozen, NOW)
            make, waiting = freezing.composer(frozen, None), ledger.waiting(EDITION)
            start = time.perf_counter()
            for message in waiting:
                data = make(message.recipient)
            making = time.perf_counter() - start
            chosen = server_of(folder, port, connections)
            start = time.perf_counter()
            mailing.send(EDITION, ledger, register, chosen, lambda: NOW, lambda _: None)
            return time.perf_counter() - start, making, data


def bare(port: int, number: int, message: bytes) -> float:
    """Send the same bytes by smtplib alone, on one connection; give the seconds it took."""
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for index in range(number):
            client.sendmail("rebonds@essai.test", [f"personne-{index}@exemple.test"], message)
    return time.perf_counter() - start


def measure_durability() -> None:
    """Measure what durability and distance cost, and print; runs take turns."""
    os.environ["AXTRA_BASE"] = ""
    with sink() as office:
        ours, wire = [], []
        for _ in range(ROUNDS):
            seconds, making, message = durable(office.port, MESSAGES)
            ours.append(seconds)
            wire.append(bare(office.port, MESSAGES, message))
    say(f"making a message of {len(message) / 1_000:.0f} kB", f"{1e3 * making / MESSAGES:.3f} ms")
    ratio = statistics.median(ours) / statistics.median(wire)
    say("durable / bare wire", f"{ratio:.2f}")
    with sink(FAR) as office:
        alone = durable(office.port, FAR_MESSAGES)[0]
        crew = durable(office.port, FAR_MESSAGES, CREW)[0]
    say(f"{FAR * 1_000:.0f} ms away, {CREW} connections / one", f"{alone / crew:.2f}")


def say(what: str, figures: str) -> None:
    """Print a line at once."""
    print(f"{what:42} {figures}", flush=True)


def main() -> None:
    """Measure each base."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--sent", type=int, default=60_000)
    options.add_argument("--base", choices=("sqlite", "postgresql"))
    options.add_argument("--round-trips", type=float, nargs="*", default=[0.0, 0.01])
    options.add_argument("--skip-durability", action="store_true")
    given = options.parse_args()
    say("processors", str(os.cpu_count()))
    for name in [given.base] if given.base else ["sqlite", "postgresql"]:
        measure(name, given.people, given.sent, given.round_trips)
    if not given.skip_durability:
        measure_durability()


if __name__ == "__main__":
    main()
