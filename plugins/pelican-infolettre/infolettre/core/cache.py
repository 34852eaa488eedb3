"""What costs time to make, kept between builds: sealed, replaced whole, dropped when in doubt.

A cache may be emptied at any time. What is missing, cut short, changed, or written by another
program is made again; where nothing can be written, nothing is kept. A `Store` is a folder with a
file for each value; `Rows` is one file that holds thousands of small values.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_SEAL = 16  # bytes


@dataclass(frozen=True, slots=True)
class Store:
    """A folder with a file for each value.

    Args:
        folder: made when the first value is kept.
        maker: what the values depend on beside what their keys say, at most 64 bytes; a value that
            was kept under another maker is as missing.
    """

    folder: Path
    maker: bytes = b""

    def get(self, key: str) -> bytes | None:
        """Return what was kept under a key, or None."""
        try:
            return _unsealed((self.folder / key).read_bytes(), self.maker)
        except OSError:
            return None

    def put(self, key: str, data: bytes) -> None:
        """Keep a value under a key that names everything it was made from."""
        file = self.folder / key
        aside = file.with_name(f"{file.name}.{os.getpid()}")
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                aside.write_bytes(_sealed(data, self.maker))
                aside.replace(file)
            finally:
                aside.unlink(missing_ok=True)

    def prune(self, most: int) -> None:
        """Remove all but the newest files."""
        with suppress(OSError):
            for old in sorted(self.folder.iterdir(), key=_written)[:-most]:
                old.unlink(missing_ok=True)


class Rows:
    """A file that holds thousands of small values; without a file, it keeps nothing."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def items(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Yield each key with its value, or None if the value is damaged."""
        with suppress(sqlite3.Error, OSError), self._opened() as base:
            for key, data in base.execute("SELECT key, data FROM kept"):  # one at a time in memory
                yield key, _unsealed(data) if isinstance(data, bytes) else None

    def update(self, new: Mapping[bytes, bytes], unused: Iterable[bytes]) -> None:
        """Add values, and remove others by their keys."""
        rows = [(key, _sealed(data)) for key, data in new.items()]
        removed = [(key,) for key in unused]
        for _ in range(2):
            with suppress(sqlite3.Error, OSError), self._opened() as base:
                base.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)
                base.executemany("DELETE FROM kept WHERE key = ?", removed)
                base.commit()
                return
            with suppress(OSError):
                if self._file:
                    self._file.unlink()  # it is damaged, or not ours: begin a new one

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        if self._file is None:
            raise FileNotFoundError
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=2)) as base:
            base.execute("PRAGMA synchronous = OFF")  # what is lost is made again
            base.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, data BLOB)")
            yield base


def _sealed(data: bytes, maker: bytes = b"") -> bytes:
    return _seal(data, maker) + data


def _unsealed(kept: bytes, maker: bytes = b"") -> bytes | None:
    data = kept[_SEAL:]
    return data if kept[:_SEAL] == _seal(data, maker) else None


def _seal(data: bytes, maker: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_SEAL, key=maker, person=b"infolettre-cache").digest()


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # another build has just removed it
        return 0.0
