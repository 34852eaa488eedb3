"""Debian's PostgreSQL in a folder of its own, for tests: durable, reached by its socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

_ACCOUNT = "postgres"  # PostgreSQL refuses to run as root
_PATIENCE = 30  # seconds
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


_EMPTY = """
DO $$ DECLARE it record; BEGIN
    FOR it IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname IN ('abonnes', 'envois', 'centres', 'comptes') AND tablename <> 'versions'
    LOOP EXECUTE 'DELETE FROM ' || it.name; END LOOP;
    FOR it IN SELECT format('%I.%I', schemaname, sequencename) AS name FROM pg_sequences
        WHERE schemaname IN ('abonnes', 'envois', 'centres', 'comptes')
    LOOP PERFORM setval(it.name::regclass, 1, false); END LOOP;
END $$
"""


@dataclass
class PostgresServer:
    """A server, of which each database that a test names is made from one already migrated."""

    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None)
    _sweeper: psycopg.Connection | None = field(default=None)

    @property
    def address(self) -> str:
        """Return the value for AXTRA_BASE."""
        return f"postgresql://{_ACCOUNT}@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        program = [_program("postgres"), "-D", str(self.folder / "base"), "-k", str(self.folder)]
        with (self.folder / "journal").open("ab") as journal:
            self._process = subprocess.Popen(
                [*program, *options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=journal,
                cwd=self.folder,
                **_as_account(),  # type: ignore[call-overload]
            )
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                psycopg.connect(self.address).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise AssertionError((self.folder / "journal").read_text("utf-8")) from None
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Kill the server, as a power failure would, with all the processes that serve sessions."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Stop the server at once."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_PATIENCE)

    def empty(self) -> None:
        """Close every session, and empty every table of the books, if there are any yet."""
        try:
            self._empty()
        except psycopg.OperationalError:  # the server was stopped since, or started again
            self._sweeper = None
            self._empty()

    def _empty(self) -> None:
        # A session of its own, kept: a new one reads the catalogue again, for most of the time.
        if self._sweeper is None:
            self._sweeper = psycopg.connect(self.address, autocommit=True)
            # A tenth of the time of TRUNCATE, which makes new files and waits for the disk.
            self._sweeper.execute("SET session_replication_role = replica")
        self._sweeper.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        self._sweeper.execute(_EMPTY)


def _program(name: str) -> str:
    """Return the path of a program of PostgreSQL, which Debian keeps out of the way."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name) or name


def _as_account() -> dict[str, object]:
    """Return how to run a program as an account that PostgreSQL accepts."""
    if os.getuid():
        return {}
    account = pwd.getpwnam(_ACCOUNT)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()}


@contextmanager
def postgresql_server() -> Iterator[PostgresServer]:
    """Run a server; it ends with the block, and its files with it."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as place:
        folder = Path(place)  # short: the path of a socket has at most 107 characters
        if not os.getuid():
            shutil.chown(folder, _ACCOUNT, _ACCOUNT)
        _run("initdb", "-D", str(folder / "base"), "-U", _ACCOUNT, "-A", "trust", "--no-sync",
             "--no-instructions", "--locale=C.UTF-8", "--encoding=UTF8")  # fmt: skip
        server = PostgresServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _run(name: str, *words: str) -> None:
    arguments: Sequence[str] = [_program(name), *words]
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, cwd="/", **_as_account())  # type: ignore[call-overload]
