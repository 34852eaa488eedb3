"""Debian's openssh-server on the loopback, and the keys with which an account enters."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.s3_servers import free_port, wait_for

SSHD = Path("/usr/sbin/sshd")
NO_LINKS = "-P symlink"  # as a host of sites may refuse
BARE = "-P symlink,posix-rename,hardlink,fsync,statvfs,copy-data,limits"
_CONFIG = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/hote
AuthorizedKeysFile {folder}/compte.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
ForceCommand internal-sftp {options}
LogLevel ERROR
"""
# Past the limit, a process that ignores the signal is told that the file is too big.
_LIMITED = 'trap "" XFSZ; ulimit -f "$1"; shift; exec "$@"'


@dataclass(frozen=True)
class SftpServer:
    """A running server: its port, the folder of its keys, the number of its process."""

    port: int
    folder: Path
    process: int

    @property
    def host(self) -> str:
        """Return what comes before the path in the address of a target."""
        return f"sftp://{getpass.getuser()}@127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of a publisher who knows the host, and is known by it."""
        return {
            "AXTRA_SFTP_CLE": str(self.folder / "compte"),
            "AXTRA_SFTP_HOTES": str(self.folder / "hotes"),
        }

    def tell_sessions(self, number: signal.Signals) -> None:
        """Send a signal to the processes that serve open connections."""
        for process in reversed(_below(self.process)):
            os.kill(process, number)


@contextmanager
def sftp_server(folder: Path, options: str = "", blocks: int = 0) -> Iterator[SftpServer]:
    """Run a server; it ends with the block.

    Args:
        folder: where its keys are made.
        options: those of sftp-server, such as the requests that it refuses.
        blocks: the most that it can write in a file, in blocks of 512 bytes; 0 for no limit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    make_key(folder / "hote")
    make_key(folder / "compte")
    learn(folder, port)
    config = folder / "sshd_config"
    config.write_text(_CONFIG.format(port=port, folder=folder, options=options), "utf-8")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    running = subprocess.Popen(
        ["/bin/sh", "-c", _LIMITED, "sh", str(blocks or "unlimited"), SSHD, "-D", "-f", config],
        stderr=subprocess.DEVNULL,
    )
    server = SftpServer(port, folder, running.pid)
    try:
        wait_for(port)
        yield server
    finally:
        server.tell_sessions(signal.SIGCONT)
        running.terminate()
        running.wait(timeout=30)


def make_key(path: Path, sort: str = "ed25519", password: str = "") -> None:
    """Make a key, unless there is one."""
    if not path.exists():
        words = ["-q", "-t", sort, "-N", password, "-f", path]
        subprocess.run([shutil.which("ssh-keygen") or "ssh-keygen", *words], check=True)


def learn(folder: Path, port: int, key: str = "hote") -> None:
    """Write the known hosts, with this key for the server."""
    public = (folder / f"{key}.pub").read_text("utf-8")
    (folder / "hotes").write_text(f"[127.0.0.1]:{port} {public}", "utf-8")


def _below(process: int) -> list[int]:
    """Return the processes that a process started, and theirs."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    except OSError:
        return []
    return [number for child in map(int, children) for number in (child, *_below(child))]
