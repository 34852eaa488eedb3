"""A folder of this machine: `versions/<version>/`, and the link `courant` to the one on show."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from axtra.publishing.carriers import failures
from axtra.publishing.carriers.protocol import PRIVATE, VERSIONS, FileHeaders
from axtra.publishing.targets import FolderAddress

CURRENT = "courant"
_OURS = frozenset({CURRENT, VERSIONS.strip("/"), "lost+found"})
_FRESH = f"{PRIVATE}tampon/"  # files being written, each renamed once it is whole
_REMNANT = 3_600  # seconds after which nobody is still writing a file
_LOCKED = f"{PRIVATE}tour"  # held while a file is compared, then replaced


class FolderCarrier:
    """A carrier to a folder; files that do not change are hard links from version to version."""

    atomic = True
    honours_redirects = False
    lanes = 1

    def __init__(self, address: FolderAddress) -> None:
        self.address = str(address)
        self._root = address.path
        self._refuse_foreign()

    def has_certain_lock(self) -> bool:
        """Return True: the system creates a file once."""
        return True

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with a prefix."""
        with self._refusing():
            for folder, _, files in os.walk(self._root / prefix, onerror=_unless_absent):
                within = Path(folder).relative_to(self._root).as_posix()
                start = "" if within == "." else f"{within}/"
                yield from (f"{start}{name}" for name in files if not start.startswith(_FRESH))

    def get(self, name: str) -> bytes | None:
        """Return the bytes of a file; None when there is none."""
        with self._refusing():
            try:
                return (self._root / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def put(self, name: str, data: bytes, headers: FileHeaders) -> None:
        """Write a file whole, then rename it to its place; the server chooses its headers."""
        del headers
        with self._refusing(), self._written(data) as fresh:
            fresh.replace(self._room_for(name))

    def copy(self, source: str, name: str, headers: FileHeaders) -> None:
        """Link a file, or copy it on a disk without hard links."""
        del headers
        with self._refusing():
            fresh = self._fresh()
            try:
                os.link(self._root / source, fresh)
            except FileNotFoundError:
                raise
            except OSError:
                shutil.copyfile(self._root / source, fresh)
            fresh.replace(self._room_for(name))
            fresh.unlink(missing_ok=True)  # a rename to the same file leaves both names

    def delete(self, names: Iterable[str]) -> None:
        """Delete files, and the folders left empty."""
        with self._refusing():
            for name in names:
                path = self._root / name
                path.unlink(missing_ok=True)
                with suppress(OSError):  # not empty, or the last one above
                    for above in path.relative_to(self._root).parents[:-1]:
                        (self._root / above).rmdir()

    def create(self, name: str, data: bytes) -> bool:
        """Write a file unless there is one: a link is made once."""
        with self._refusing(), self._written(data) as fresh:
            try:
                os.link(fresh, self._room_for(name))
            except FileExistsError:
                return False
            return True

    def replace(self, name: str, known: bytes, data: bytes) -> bool:
        """Write a file if it still holds these bytes; publishers take turns to compare."""
        with self._refusing(), self._turn():
            if self.get(name) != known:
                return False
            self.put(name, data, FileHeaders())
            return True

    def current(self) -> str:
        """Return the version that `courant` leads to."""
        with self._refusing():
            link = self._root / CURRENT
            return link.readlink().name if link.is_symlink() else ""

    def swap(self, version: str, words: str) -> None:
        """Make `courant` lead to a version, in one rename."""
        del words
        with self._refusing():
            fresh = self._fresh()
            fresh.symlink_to(f"{VERSIONS}{version}")  # relative to where it is renamed to
            fresh.replace(self._root / CURRENT)
            self._forget_remnants()

    def close(self) -> None:
        """Hold nothing open."""

    @contextmanager
    def _written(self, data: bytes) -> Iterator[Path]:
        """Yield a file on the disk that holds these bytes; it is gone afterwards."""
        fresh = self._fresh()
        try:
            with fresh.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield fresh
        finally:
            fresh.unlink(missing_ok=True)

    def _refuse_foreign(self) -> None:
        """Refuse a folder that holds something else than what is published."""
        with self._refusing():
            names = {path.name for path in self._root.iterdir()} if self._root.exists() else set()
        others = {name for name in names if not name.startswith(".")} - _OURS
        if others and PRIVATE.strip("/") not in names:
            raise failures.foreign_place(self.address, min(others))

    def _forget_remnants(self) -> None:
        """Delete what killed processes were writing."""
        long_ago = time.time() - _REMNANT
        for path in (self._root / _FRESH).iterdir():
            with suppress(FileNotFoundError):  # another process has just renamed it
                if path.lstat().st_mtime < long_ago:
                    path.unlink()

    def _fresh(self) -> Path:
        return self._room_for(f"{_FRESH}{secrets.token_hex(8)}")

    def _room_for(self, name: str) -> Path:
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    @contextmanager
    def _turn(self) -> Iterator[None]:
        from filelock import FileLock  # noqa: PLC0415 - only the lock of publications needs it

        with FileLock(self._room_for(_LOCKED)):
            yield

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise failures.of_system(error, self.address) from error


def _unless_absent(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
