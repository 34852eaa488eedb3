"""Connecting by SSH to the host that is known, with the keys of the account: nothing is asked.

The connection lives in a thread of its own; what goes wrong with it is said as a refusal.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shlex
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import asyncssh

from axtra.publishing.carriers import failures
from axtra.publishing.targets import SftpAddress
from infolettre.core.refusals import Refusal

KEY, HOSTS = "AXTRA_SFTP_CLE", "AXTRA_SFTP_HOTES"
_KNOWN = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")
_DEFAULT_PORT = 22
_AT_ONCE = 16  # requests, where many are alike
_LAST_WORDS = 10  # seconds for what still waits, once it is told to end
_ALGORITHMS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)

_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)

_T = TypeVar("_T")


class LoopThread:
    """A thread that runs coroutines for the others."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine and return what comes of it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def end(self) -> None:
        """End the thread, and what still waits in it."""
        self.run(_end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Trust:
    """What is known of a host, and what it knows us by."""

    def __init__(self, address: SftpAddress) -> None:
        self._address = address
        self._place = str(address)
        given = os.environ.get(HOSTS, "").strip()
        self._written = shlex.quote(given) if given else _KNOWN[0]
        self._hosts = self._known([given] if given else [*_KNOWN])
        port = address.port if address.port != _DEFAULT_PORT else None
        self._host_keys, *more = self._hosts.match(address.host, "", port)
        self._vouched = any(more)  # by an authority, or revoked

    async def connect(
        self, patience: float, silence: float, missed: int
    ) -> asyncssh.SSHClientConnection:
        """Connect to the host.

        Args:
            patience: seconds to wait for it.
            silence: seconds between two signs of life.
            missed: how many of them may be missed.

        Raises:
            UntrustedHost: its key is not known, or is another.
            UploadRefused: it does not let this account in.
            UnreachableStore: it does not answer.
        """
        address = self._address
        try:
            return await asyncssh.connect(
                address.host,
                address.port,
                username=address.user or (),
                known_hosts=self._hosts,
                server_host_key_algs=self._algorithms(),
                client_keys=self._keys(),
                config=None,
                agent_path=None,
                password=None,
                preferred_auth="publickey",
                connect_timeout=patience,
                login_timeout=patience,
                keepalive_interval=silence,
                keepalive_count_max=missed,
            )
        except (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed) as error:
            raise self._untrusted() from error
        except asyncssh.PermissionDenied as error:
            raise failures.upload_refused(
                self._place, "il ne reconnaît pas ce compte, ou pas cette clé"
            ) from error
        except socket.gaierror as error:
            raise failures.unreachable_store(self._place, "ce nom d’hôte n’existe pas") from error
        except (asyncssh.Error, OSError) as error:
            raise failures.unreachable_store(
                self._place, "la connexion ne se fait pas, ou se rompt"
            ) from error

    def _known(self, files: list[str]) -> asyncssh.SSHKnownHosts:
        """Read the files of known hosts that there are."""
        known = asyncssh.import_known_hosts("")
        for file in files:
            try:
                known.load(Path(file).expanduser().read_text("utf-8", "replace"))
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                raise Refusal("ce fichier ne se lit pas.", f"Voyez {HOSTS}.", place=file) from error
        return known

    def _algorithms(self) -> Sequence[str]:
        """Return those of the known keys, then others: a host that has only these is then seen.

        Without them, a host whose key is of another sort would only cut the connection.
        """
        if self._vouched:
            return ()
        known = (name.decode() for key in self._host_keys for name in key.sig_algorithms)
        return list(dict.fromkeys([*known, *_ALGORITHMS]))

    def _keys(self) -> object:
        """Return the key that is given, or those of the account that need no password."""
        file = os.environ.get(KEY, "").strip()
        if not file:
            return ()
        try:
            return [asyncssh.read_private_key(Path(file).expanduser())]
        except asyncssh.KeyImportError as error:
            raise Refusal(
                "cette clé est protégée par un mot de passe, ou n’est pas une clé privée.",
                "Publier ne pose pas de question; faites une clé qui ne sert qu’à cela :\n"
                "ssh-keygen -t ed25519 -N '' -f " + shlex.quote(f"{file}-publication"),
                place=file,
            ) from error
        except OSError as error:
            raise Refusal(
                "ce fichier de clé ne se lit pas.", f"Corrigez {KEY}.", place=file
            ) from error

    def _untrusted(self) -> Refusal:
        """Return the refusal of a host that is unknown, or that shows another key."""
        address = self._address
        port = "" if address.port == _DEFAULT_PORT else f"-p {address.port} "
        learn = f"ssh-keyscan {port}{address.host} >> {self._written}"
        named = address.host if not port else f"[{address.host}]:{address.port}"
        if not self._host_keys and not self._vouched:
            return failures.untrusted_host(
                self._place,
                "cet hôte n’est pas connu de cette machine : rien n’est envoyé.",
                f"Demandez à qui tient l’hôte l’empreinte de sa clé, comparez-la, puis :\n{learn}",
            )
        return failures.untrusted_host(
            self._place,
            remedy="Demandez à qui tient l’hôte si sa clé a changé. Si c’est bien le cas :\n"
            f"ssh-keygen -R '{named}' -f {self._written}\n{learn}",
        )


def refusal(error: Exception, place: str) -> Refusal:
    """Return the refusal that an error of a connection comes to."""
    match error:
        case asyncssh.SFTPPermissionDenied() | asyncssh.SFTPWriteProtect():
            return failures.of_system(PermissionError(errno.EACCES, str(error)), place)
        case asyncssh.SFTPNoSpaceOnFilesystem() | asyncssh.SFTPQuotaExceeded():
            return failures.full_store(place)
        case asyncssh.SFTPError() if not isinstance(error, _LOST):
            cause = "il ne dit pas pourquoi (place, quota ou droits)"
            return failures.upload_refused(place, cause)
        case _:
            return failures.unreachable_store(place, "la connexion s’est rompue")


async def each(work: Callable[[str], Awaitable[_T]], names: list[str]) -> list[_T]:
    """Do the same with each name, several at once; return what comes of it."""
    lanes = asyncio.Semaphore(_AT_ONCE)

    async def do(name: str) -> _T:
        async with lanes:
            return await work(name)

    return await asyncio.gather(*map(do, names))


async def _end_tasks() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    ended = asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.wait([ended], timeout=_LAST_WORDS)
