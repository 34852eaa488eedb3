"""A million recipients: freezing and sending on each base, by one sender and by four.

    python benchmarks/crowd.py [--people 1000000] [--sent 60000] [--base sqlite|postgresql]

The people are written straight into the tables; all else is the program. Messages go to a sink that
answers and discards. The bars: freezing in 60 s, 120 MB a sender, four senders 2.5 times one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import psycopg

from infolettre.core.dates import ZONE

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
NOW = datetime.now(ZONE)
LIST, CONNECTIONS = "membres", 2
ROUND_TRIP = 0.01  # seconds that the sink takes to answer, as a relay of the same city
_SINK = """
import asyncio, sys

async def serve(reader, writer):
    writer.write(b"220 x\\r\\n")
    while line := await reader.readline():
        await asyncio.sleep(float(sys.argv[2]))
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


@contextmanager
def sink() -> Iterator[int]:
    """Run the sink in a process of its own; yield its port."""
    import socket  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-c", _SINK, str(port), str(ROUND_TRIP)])
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


def populate(folder: Path, number: int) -> None:
    """Write people who agreed, straight into the tables of the register."""
    from axtra.subscribers import Register  # noqa: PLC0415
    from axtra.subscribers.database import written  # noqa: PLC0415
    from axtra.subscribers.signed_tokens import new_id  # noqa: PLC0415

    moment = written(NOW)
    with Register.open(folder) as register, register.together() as base:
        base.execute("INSERT INTO lists VALUES (?)", (LIST,))
        for start in range(0, number, 20_000):
            names = [
                (new_id(), f"personne-{index}@exemple-{index % 997}.test")
                for index in range(start, min(number, start + 20_000))
            ]
            base.executemany(
                "INSERT INTO people VALUES (?, ?, ?, 'Zoé', '', ?)",
                [(person, address, address, moment) for person, address in names],
            )
            base.executemany(
                "INSERT INTO subscriptions VALUES (?, ?, 1, ?)",
                [(person, LIST, moment) for person, _ in names],
            )
            base.executemany(
                "INSERT INTO consents VALUES (?, ?, 'expres', ?, NULL, 'essai', 'essai')",
                [(person, LIST, moment) for person, _ in names],
            )


def freeze(folder: Path) -> tuple[float, float]:
    """Freeze an edition for everyone, and let it leave; return its seconds, and megabytes."""
    from axtra.sending import freezing  # noqa: PLC0415
    from axtra.sending.ledger import Ledger  # noqa: PLC0415
    from axtra.sending.settings import Settings  # noqa: PLC0415
    from axtra.subscribers import Register  # noqa: PLC0415
    from support.sample_dispatch import EDITION, SampleContent  # noqa: PLC0415

    edition = SampleContent(folder).render(EDITION, LIST, NOW)
    start = time.perf_counter()
    with Register.open(folder) as register, Ledger.open(folder) as ledger:
        frozen = freezing.freeze(edition, LIST, ledger, register, Settings(), NOW)
        ledger.depart(frozen, NOW)
    return time.perf_counter() - start, _megabytes()


def send(folder: Path, port: int, sent: int) -> tuple[int, float, float]:
    """Send for a share of the edition; return how many left, in how many seconds, megabytes."""
    from axtra.sending import mailing, settings  # noqa: PLC0415
    from axtra.sending.ledger import Ledger  # noqa: PLC0415
    from axtra.subscribers import Register  # noqa: PLC0415
    from support.sample_dispatch import EDITION  # noqa: PLC0415

    url = f"smtp://127.0.0.1:{port}?tls=aucun"
    chosen = settings.read({settings.ADDRESS: url}, folder)
    chosen = replace(chosen, connections=CONNECTIONS)
    done = 0
    with Register.open(folder) as register, Ledger.open(folder) as ledger:
        start = time.perf_counter()

        def tell(progress: object) -> None:
            nonlocal done
            done = progress.accepted  # type: ignore[attr-defined]
            if done >= sent and not ledger.paused(EDITION):
                ledger.pause(EDITION, NOW)

        with ledger.sending(EDITION):
            mailing.send(EDITION, ledger, register, chosen, lambda: NOW, tell)
        seconds = time.perf_counter() - start
    return done, seconds, _megabytes()


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def apart(work: object, *values: object) -> object:
    """Do work in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, values)  # type: ignore[arg-type]


def unpause(folder: Path) -> None:
    """Let the edition go on."""
    from axtra.sending.ledger import Ledger  # noqa: PLC0415
    from support.sample_dispatch import EDITION  # noqa: PLC0415

    with Ledger.open(folder) as ledger:
        ledger.unpause(EDITION)


def measure(name: str, people: int, sent: int) -> None:
    """Measure on one base, and print."""
    from support.postgresql_server import postgresql_server  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory() as place,
        postgresql_server() if name == "postgresql" else nullcontext() as base,
        sink() as port,
    ):
        folder = Path(place) / "donnees"
        os.environ["AXTRA_BASE"] = base.address if base else ""
        apart(populate, folder, people)
        if base:  # as autovacuum does within a minute
            with psycopg.connect(base.address, autocommit=True) as session:
                session.execute("ANALYZE")
        seconds, megabytes = apart(freeze, folder)  # type: ignore[misc]
        print(f"{name}: freezing {people:,}  {seconds:6.1f} s, {megabytes:5.0f} MB", flush=True)
        rates = {}
        for senders in (1, 4) if base else (1,):
            unpause(folder)
            with multiprocessing.get_context("spawn").Pool(senders) as pool:
                share = [(folder, port, sent // senders)] * senders
                ran = pool.starmap(send, share)
            rates[senders] = sum(done / took for done, took, _ in ran)
            most = max(run[2] for run in ran)
            print(
                f"{name}: {senders} sender(s)  {rates[senders]:8.0f}/s, {most:5.0f} MB", flush=True
            )
        if base:
            print(f"{name}: four / one  {rates[4] / rates[1]:6.2f}  (bar: 2.5)", flush=True)


def main() -> None:
    """Measure each base."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--sent", type=int, default=60_000)
    options.add_argument("--base", choices=("sqlite", "postgresql"))
    given = options.parse_args()
    for name in [given.base] if given.base else ["sqlite", "postgresql"]:
        measure(name, given.people, given.sent)


if __name__ == "__main__":
    main()
