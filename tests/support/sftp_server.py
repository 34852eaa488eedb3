"""Debian's openssh-server on the loopback, and the keys with which an account enters."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.s3_servers import free_port, wait_for

SSHD = Path("/usr/sbin/sshd")
NO_LINKS = "symlink"  # requests that a host of sites refuses
BARE = "symlink,posix-rename,hardlink,fsync,statvfs,copy-data,limits"
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
ForceCommand internal-sftp {refused}
LogLevel ERROR
"""
# Past the limit, a process that ignores the signal is told that the file is too big.
_LIMITED = 'trap "" XFSZ; ulimit -f "$1"; shift; exec "$@"'


@dataclass(frozen=True)
class SftpServer:
    """A running server: its port, and the folder of its keys."""

    port: int
    folder: Path

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


@contextmanager
def sftp_server(
    folder: Path, refused: str = "", blocks: int = 0
) -> Iterator[SftpServer]:
    """Run a server that refuses some requests; it ends with the block.

    Args:
        folder: where its keys are made.
        refused: the requests it refuses, as sftp-server -P says them.
        blocks: the most that it can write in a file, in blocks of 512 bytes; 0 for no limit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    make_key(folder / "hote")
    make_key(folder / "compte")
    learn(folder, port)
    config = folder / "sshd_config"
    options = f"-P {refused}" if refused else ""
    config.write_text(_CONFIG.format(port=port, folder=folder, refused=options), "utf-8")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    running = subprocess.Popen(
        ["/bin/sh", "-c", _LIMITED, "sh", str(blocks or "unlimited"), SSHD, "-D", "-f", config],
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield SftpServer(port, folder)
    finally:
        running.terminate()
        running.wait(timeout=30)


def make_key(path: Path) -> None:
    """Make a key that needs no password, unless there is one."""
    if not path.exists():
        words = ["-q", "-t", "ed25519", "-N", "", "-f", path]
        subprocess.run([shutil.which("ssh-keygen") or "ssh-keygen", *words], check=True)


def learn(folder: Path, port: int, key: str = "hote") -> None:
    """Write the known hosts, with this key for the server."""
    public = (folder / f"{key}.pub").read_text("utf-8")
    (folder / "hotes").write_text(f"[127.0.0.1]:{port} {public}", "utf-8")
