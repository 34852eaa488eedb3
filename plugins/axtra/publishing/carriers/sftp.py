"""A folder of another machine, reached by SFTP.

Where the host allows links, the folder is as one of this machine: `versions/<version>/`, and the
link `courant` to the one on show. Where it does not, the site is in the folder itself, and each
file is shown as soon as it is renamed to its place. Which of the two is tried once, before
anything is written; afterwards `versions/` or its absence says it.
"""

from __future__ import annotations

import asyncio
import posixpath
import secrets
import stat
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, TypeVar, cast

import asyncssh
from asyncssh import SFTPAttrs, SFTPError, SFTPFailure, SFTPNoSuchFile, SFTPOpUnsupported

from axtra.publishing.carriers import failures
from axtra.publishing.carriers.protocol import PRIVATE, VERSIONS, FileHeaders
from axtra.publishing.carriers.ssh_connection import LoopThread, Trust, each, refusal
from axtra.publishing.targets import SftpAddress

CURRENT = "courant"
_OURS = frozenset({CURRENT, VERSIONS.strip("/"), "lost+found"})
_FRESH = f"{PRIVATE}tampon/"  # files being written, each renamed once it is whole
_TURN = f"{_FRESH}tour"  # what is about to replace a file, which only one publisher can write
_PATIENCE = 10.0  # seconds after which whoever holds that turn is no more
_PAUSE = 0.02  # seconds between two looks at it
_REMNANT = 86_400  # seconds after which nobody is still writing a file, whatever clocks say
_TIMEOUT = 20  # seconds to connect
_SILENCE = (5, 3)  # seconds between two signs of life, and how many may be missed
_TRIES = 5  # to put a file in a folder that another publisher deletes while it is empty

_T = TypeVar("_T")


class SftpCarrier:
    """A carrier to a folder of another machine, by one connection."""

    honours_redirects = False
    lanes = 8

    def __init__(self, address: SftpAddress) -> None:
        self.address = str(address)
        self._root = address.path
        self._thread = LoopThread()
        self._settled = False
        self._connection: asyncssh.SSHClientConnection | None = None
        try:
            self._run(self._connect(address))
            self.atomic = self._run(self._look()) is not False
        except BaseException:
            self.close()
            raise

    def has_certain_lock(self) -> bool:
        """Return whether a file is created only once: by a hard link, or a rename."""
        return self._creates_once

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with a prefix."""
        yield from self._run(self._walk(prefix.rstrip("/")))

    def get(self, name: str) -> bytes | None:
        """Return the bytes of a file; None when there is none."""
        return self._run(self._get(name))

    def put(self, name: str, data: bytes, headers: FileHeaders) -> None:
        """Write a file whole, then rename it to its place; the server chooses its headers."""
        del headers
        self._run(self._put(name, data))

    def copy(self, source: str, name: str, headers: FileHeaders) -> None:
        """Link a file; where the host does not, read it and write it again."""
        del headers
        self._run(self._copy(source, name))

    def delete(self, names: Iterable[str]) -> None:
        """Delete files, and the folders left empty."""
        self._run(self._delete(list(names)))

    def create(self, name: str, data: bytes) -> bool:
        """Write a file unless there is one: a link is made once."""
        return self._run(self._create(name, data))

    def replace(self, name: str, known: bytes, data: bytes) -> bool:
        """Write a file if it still holds these bytes; publishers take turns to compare."""
        return self._run(self._replace(name, known, data))

    def current(self) -> str:
        """Return the version that `courant` leads to."""
        return self._run(self._current()) if self.atomic else ""

    def swap(self, version: str, words: str) -> None:
        """Make `courant` lead to a version, in one rename."""
        del words
        self._run(self._swap(version))

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.abort()
        self._thread.end()

    # --- the place ------------------------------------------------------------------------------

    async def _connect(self, address: SftpAddress) -> None:
        self._connection = await Trust(address).connect(_TIMEOUT, *_SILENCE)
        try:
            self._sftp = await self._connection.start_sftp_client()
        except (asyncssh.Error, OSError) as error:
            raise failures.upload_refused(
                self.address, "ce compte ne peut pas se servir de SFTP"
            ) from error

    async def _look(self) -> bool | None:
        """Return whether the place has versions; None when nothing was published there yet."""
        names = await self._listed("")
        if VERSIONS.strip("/") in names or CURRENT in names:
            return True
        return False if PRIVATE.strip("/") in names else None

    async def _settle(self) -> None:
        """Choose the form of the place before anything is written there."""
        if self._settled:
            return
        form = await self._look()
        if form is None:
            await self._sftp.makedirs(self._root, exist_ok=True)
            form = await self._links_are_allowed()
            others = {name for name in await self._listed("") if name[0] != "."} - _OURS
            if form and others:
                raise failures.foreign_place(self.address, min(others))
            await self._make_folder((VERSIONS if form else PRIVATE).strip("/"))
        self.atomic, self._settled = form, True
        await self._forget_remnants()

    async def _links_are_allowed(self) -> bool:
        """Try links: whether one is made, replaces another in a rename, and leads where it says."""
        names = [f".axe-essai-{secrets.token_hex(4)}" for _ in range(2)]
        old, new = map(self._path, names)
        try:
            await self._sftp.symlink(f"{VERSIONS}a", old)
            await self._sftp.symlink(f"{VERSIONS}b", new)
            await self._sftp.posix_rename(new, old)
            return await self._sftp.readlink(old) == f"{VERSIONS}b"
        except (SFTPFailure, SFTPOpUnsupported, asyncssh.SFTPPermissionDenied):
            return False
        finally:
            await self._remove(names)

    @cached_property
    def _creates_once(self) -> bool:
        return self._run(self._try_creating())

    async def _try_creating(self) -> bool:
        await self._settle()
        name = f"{_FRESH}{secrets.token_hex(8)}"
        try:
            return await self._create(name, b"") and not await self._create(name, b"x")
        finally:
            await self._remove([name])

    async def _forget_remnants(self) -> None:
        """Delete what killed processes were writing."""
        long_ago = time.time() - _REMNANT
        files = (await self._listed(_FRESH)).items()
        await self._remove(_FRESH + name for name, about in files if (about.mtime or 0) < long_ago)

    # --- reading --------------------------------------------------------------------------------

    async def _listed(self, folder: str) -> dict[str, SFTPAttrs]:
        """Return what a folder holds; nothing when there is none."""
        try:
            found = await self._sftp.readdir(self._path(folder))
        except (SFTPNoSuchFile, asyncssh.SFTPNotADirectory):
            return {}
        return {
            str(entry.filename): entry.attrs for entry in found if entry.filename not in {".", ".."}
        }

    async def _walk(self, folder: str) -> list[str]:
        found, left = list[str](), [folder]
        while left:
            level = await each(self._listed, left)
            below = []
            for above, names in zip(left, level, strict=True):
                for name, about in names.items():
                    path = f"{above}/{name}".lstrip("/")
                    if _is(stat.S_ISDIR, about):
                        below.append(path)
                    elif _is(stat.S_ISREG, about) and not path.startswith(_FRESH):
                        found.append(path)
            left = below
        return found

    async def _get(self, name: str) -> bytes | None:
        try:
            async with self._sftp.open(self._path(name), "rb", encoding=None) as file:
                return cast("bytes", await file.read())
        except (SFTPNoSuchFile, asyncssh.SFTPNotADirectory):
            return None

    async def _current(self) -> str:
        try:
            return posixpath.basename(await self._sftp.readlink(self._path(CURRENT)))
        except (SFTPNoSuchFile, SFTPFailure):
            return ""

    # --- writing --------------------------------------------------------------------------------

    async def _put(self, name: str, data: bytes) -> None:
        await self._settle()
        fresh = await self._written(data)
        await self._placed(name, lambda: self._rename(fresh, name))

    async def _copy(self, source: str, name: str) -> None:
        await self._settle()
        fresh = f"{_FRESH}{secrets.token_hex(8)}"
        try:
            await self._placed(fresh, lambda: self._link(source, fresh))
        except (SFTPFailure, SFTPOpUnsupported, asyncssh.SFTPPermissionDenied):
            data = await self._get(source)
            if data is None:
                raise
            await self._put(name, data)
            return
        await self._placed(name, lambda: self._rename(fresh, name))
        await self._remove([fresh])  # a rename to the same file leaves both names

    async def _create(self, name: str, data: bytes) -> bool:
        await self._settle()
        fresh = await self._written(data)
        try:
            for _ in range(_TRIES):
                with suppress(SFTPFailure, asyncssh.SFTPFileAlreadyExists):
                    await self._placed(name, lambda: self._claim_name(fresh, name))
                    return True
                if await self._sftp.lexists(self._path(name)):
                    return False  # else it was deleted since
            await self._claim_name(fresh, name)
        finally:
            await self._remove([fresh])
        return True

    async def _replace(self, name: str, known: bytes, data: bytes) -> bool:
        waits_until = time.monotonic() + _PATIENCE
        while not await self._create(_TURN, data):
            if time.monotonic() > waits_until:
                await self._remove([_TURN])  # of a process that was killed
            await asyncio.sleep(_PAUSE)
        if await self._get(name) != known:
            await self._remove([_TURN])
            return False
        # Somebody may have found this turn too long and ended it: then nothing is renamed.
        with suppress(SFTPNoSuchFile):
            await self._rename(_TURN, name)
        return await self._get(name) == data

    async def _swap(self, version: str) -> None:
        await self._settle()
        fresh = f"{_FRESH}{secrets.token_hex(8)}"
        path = self._path(fresh)  # the link is relative to where it is renamed to
        await self._placed(fresh, lambda: self._sftp.symlink(f"{VERSIONS}{version}", path))
        await self._rename(fresh, CURRENT)

    async def _delete(self, names: Iterable[str]) -> None:
        await self._settle()
        folders = {posixpath.dirname(name) for name in await self._remove(names)}
        while folders := folders - {"", PRIVATE.strip("/"), VERSIONS.strip("/")}:
            depth = max(folder.count("/") for folder in folders)
            deepest = [folder for folder in folders if folder.count("/") == depth]
            emptied = await each(self._remove_folder, deepest)
            folders = (folders - {*deepest}) | {posixpath.dirname(name) for name in emptied if name}

    async def _remove_folder(self, folder: str) -> str:
        """Delete a folder; return its name, or nothing if it is not empty."""
        with suppress(SFTPFailure, SFTPNoSuchFile, asyncssh.SFTPDirNotEmpty):
            await self._sftp.rmdir(self._path(folder))
            return folder
        return ""

    async def _written(self, data: bytes) -> str:
        """Return the name of a new file, whole and on the disk."""
        fresh = f"{_FRESH}{secrets.token_hex(8)}"
        path = self._path(fresh)

        async def write() -> None:
            async with self._sftp.open(path, "xb") as file:
                await file.write(data)
                with suppress(SFTPOpUnsupported, asyncssh.SFTPPermissionDenied):
                    await file.fsync()
                stored = (await file.stat()).size
            if stored is not None and stored != len(data):
                raise failures.short_file(self.address, stored, len(data))

        try:
            await self._placed(fresh, write)
        except BaseException as error:
            with suppress(asyncssh.Error, OSError):
                await self._remove([fresh])
            if isinstance(error, SFTPFailure) and await self._is_full(len(data)):
                raise failures.full_store(self.address) from error
            raise
        return fresh

    async def _is_full(self, size: int) -> bool:
        """Tell whether a disk has no room for a file: the protocol has no word for that."""
        with suppress(SFTPError):
            disk = await self._sftp.statvfs(self._root)
            return disk.bavail * disk.frsize < size or disk.favail == 0 < disk.files
        return False

    async def _placed(self, name: str, action: Callable[[], Awaitable[Any]]) -> None:
        """Do what puts a file at a name, once more after making its folder if there is none."""
        for _ in range(_TRIES):
            try:
                await action()
            except SFTPNoSuchFile:
                await self._make_folder(posixpath.dirname(name))
            else:
                return
        await action()

    async def _make_folder(self, folder: str) -> None:
        """Make a folder, and those above it that are not there."""
        with suppress(SFTPFailure, asyncssh.SFTPFileAlreadyExists):
            try:
                await self._sftp.mkdir(self._path(folder))
            except SFTPNoSuchFile:
                await self._make_folder(posixpath.dirname(folder))
                await self._sftp.mkdir(self._path(folder))

    async def _rename(self, source: str, name: str) -> None:
        """Put a file in place of any other.

        Where the host has no rename that replaces, the other goes first: both requests leave
        together, so that readers wait for no journey between them.
        """
        old, new = self._path(source), self._path(name)
        try:
            await self._sftp.posix_rename(old, new)
        except (SFTPOpUnsupported, asyncssh.SFTPPermissionDenied):
            gone, renamed = await asyncio.gather(
                self._sftp.remove(new), self._sftp.rename(old, new), return_exceptions=True
            )
            if isinstance(renamed, BaseException):
                raise renamed from (gone if isinstance(gone, BaseException) else None)

    async def _claim_name(self, source: str, name: str) -> None:
        """Rename a file to a name that nothing has, or link it there."""
        try:
            await self._link(source, name)
        except (SFTPOpUnsupported, asyncssh.SFTPPermissionDenied):
            await self._sftp.rename(self._path(source), self._path(name))

    async def _link(self, source: str, name: str) -> None:
        await self._sftp.link(self._path(source), self._path(name))

    async def _remove(self, names: Iterable[str]) -> list[str]:
        """Delete files; return their names."""

        async def remove(name: str) -> str:
            with suppress(SFTPNoSuchFile):
                await self._sftp.remove(self._path(name))
            return name

        return await each(remove, list(names))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}".rstrip("/")

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do what is asked of the place; errors become this program's refusals."""
        try:
            return self._thread.run(work)
        except (asyncssh.Error, OSError, EOFError) as error:
            raise refusal(error, self.address) from error


def _is(kind: Callable[[int], bool], about: SFTPAttrs) -> bool:
    return kind(about.permissions or 0)
