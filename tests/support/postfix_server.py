"""A real Postfix on the loopback, with its own folders and log; it discards all mail."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POSTFIX = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
USABLE = POSTFIX is not None and os.geteuid() == 0
_MAIN = """\
compatibility_level = 3.6
myhostname = relais.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
default_transport = discard
queue_directory = {root}/file
data_directory = {root}/donnees
maillog_file = {root}/maillog
maillog_file_prefixes = {root}
alias_maps =
local_recipient_maps =
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Relay:
    """A running Postfix."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        """Return the value for AXTRA_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}?tls=aucun"


@contextmanager
def running() -> Iterator[Relay]:
    """Run a Postfix, as root: its master process drops privileges itself."""
    root = Path(tempfile.mkdtemp(prefix="axtra-postfix-"))
    root.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("conf", "file", "donnees"):
        (root / name).mkdir(mode=0o755)
    shutil.chown(root / "donnees", "postfix", "postfix")
    (root / "conf/main.cf").write_text(_MAIN.format(root=root), "utf-8")
    (root / "conf/master.cf").write_text(_MASTER.format(port=port), "utf-8")
    command = [str(POSTFIX), "-c", str(root / "conf")]
    started = subprocess.run([*command, "start"], capture_output=True, text=True, check=False)
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        _wait(port)
        yield Relay(port, root / "maillog")
    finally:
        with contextlib.suppress(OSError, ValueError):  # end the master process of these folders
            master = int((root / "file/pid/master.pid").read_text("ascii"))
            os.kill(master, signal.SIGTERM)
            _gone(master)
        shutil.rmtree(root, ignore_errors=True)


def _wait(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < end, "Postfix does not answer"
            time.sleep(0.05)
        else:
            return


def _gone(process: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
