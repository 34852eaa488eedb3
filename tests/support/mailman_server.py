"""A real Mailman on the loopback, with its own folder; it receives LMTP and sends SMTP."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.small_sites import ROOT

BIN = ROOT / ".venv-mailman" / "bin"
USABLE = (BIN.parent / "pret").exists()
_CONFIGURATION = """\
[mailman]
site_owner: postier@listes.test
layout: essai
[paths.essai]
var_dir: {folder}
bin_dir: {bin}
[mta]
incoming: mailman.mta.null.NullMTA
smtp_host: 127.0.0.1
smtp_port: {outgoing}
lmtp_port: {port}
verp_delivery_interval: 1
"""
_AWAKE = ("in", "pipeline", "out", "bounces", "virgin")
_ASLEEP = ("archive", "command", "digest", "nntp", "rest", "retry", "task")


@dataclass(frozen=True)
class Mailman:
    """A running Mailman."""

    port: int
    folder: Path

    def give(self, sender: str, recipient: str, content: bytes) -> None:
        """Deliver a message over LMTP, as the relay of its machine would."""
        with smtplib.LMTP("127.0.0.1", self.port, timeout=30) as lmtp:
            lmtp.sendmail(sender, recipient, re.sub(rb"\r?\n", b"\r\n", content))

    def busy(self) -> bool:
        """Return whether it still has bounces to process."""
        return any((self.folder / "queue" / "bounces").iterdir())

    def bounces(self) -> set[str]:
        """Return the addresses with a permanent bounce."""
        with closing(sqlite3.connect(self.folder / "data" / "mailman.db")) as db:
            return {row[0] for row in db.execute("SELECT email FROM bounceevent")}


@contextmanager
def running(folder: Path, outgoing: int) -> Iterator[Mailman]:
    """Run a Mailman that sends its mail to a port of the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    parts = [_CONFIGURATION.format(folder=folder, bin=BIN, outgoing=outgoing, port=port)]
    parts += [f"[runner.{runner}]\nsleep_time: 0.1s\n" for runner in _AWAKE]
    parts += [f"[runner.{runner}]\nstart: no\n" for runner in _ASLEEP]
    folder.mkdir()
    configuration = folder / "mailman.cfg"
    configuration.write_text("".join(parts), "utf-8")
    making = [BIN / "python", ROOT / "tests/mailman/lists.py", configuration]
    subprocess.run(making, check=True, cwd=folder)
    serving = [BIN / "master", "-C", configuration]
    with (folder / "sortie").open("wb") as said, subprocess.Popen(serving, stderr=said) as master:
        try:
            until(lambda: _answers(port))
            yield Mailman(port, folder)
        finally:
            master.terminate()  # it ends its runners, then itself


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "Mailman does not follow"
        time.sleep(0.05)
