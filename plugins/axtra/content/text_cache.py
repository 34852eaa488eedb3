"""Texts already converted, kept between builds: nothing is read twice that has not changed.

A text is found again by the hash of its bytes, of where it is and of this program. What is
damaged, or is not what we write, is as absent.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from axtra.content.blocks import Document, Fragment, Heading, RawBlock
from axtra.content.documents import Entry, Request
from axtra.content.frontmatter import Field, Source, Value
from axtra.content.model import Text
from axtra.core import program
from axtra.core.diagnostics import Diagnostic, Severity

_SPARE = 2  # times the texts of the last build that may be kept
_SEAL = 16  # bytes

_OURS = (Entry, Source, Field, Value, Document, Fragment, Heading, RawBlock, Diagnostic, Text)
_KNOWN: Mapping[tuple[str, str], type] = MappingProxyType(
    {
        (one.__module__, one.__qualname__): one
        for one in (*_OURS, Markup, Severity, date, datetime, time, timedelta, ZoneInfo, frozenset)
    }
)


class Shelf:
    """The texts kept in one file; without a file, it keeps nothing."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def read(
        self,
        requests: list[Request],
        convert: Callable[[list[Request]], Iterable[Entry]],
    ) -> list[Entry]:
        """Give the text of each request, in order; `convert` makes those that are not kept."""
        keys = [self._key(one) for one in requests]
        found, old = self._kept(set(keys)) if self._file else ({}, set())
        missing = {key: one for key, one in zip(keys, requests, strict=True) if key not in found}
        made = convert(list(missing.values())) if missing else ()
        new = dict(zip(missing, made, strict=True))
        if self._file and (new or len(old) > _SPARE * len(keys)):
            self._keep(new, old, set(keys))
        return [found[key] if key in found else new[key] for key in keys]

    @staticmethod
    def _key(request: Request) -> bytes:
        whole = hashlib.blake2b(program.key(), digest_size=16)
        for part in (request.name, request.kind, request.slug):
            whole.update(part.encode() + b"\0")
        whole.update(request.data)
        return whole.digest()

    def _kept(self, wanted: set[bytes]) -> tuple[dict[bytes, Entry], set[bytes]]:
        """Give the texts that are wanted and kept, and every key that there is."""
        found: dict[bytes, Entry] = {}
        keys: set[bytes] = set()
        with suppress(sqlite3.Error, OSError), self._open() as base:
            for key, data in base.execute("SELECT key, text FROM texts"):  # one at a time in memory
                keys.add(key)
                text = _load(data) if key in wanted else None
                if text is not None:
                    found[key] = text
        return found, keys

    def _keep(self, new: Mapping[bytes, Entry], old: Iterable[bytes], used: set[bytes]) -> None:
        """Add texts; when too many are of no use, remove those."""
        rows = [(key, _dump(text)) for key, text in new.items()]
        unused = [(key,) for key in old if key not in used]
        assert self._file is not None  # noqa: S101 - `read` has looked
        for _ in range(2):
            with suppress(sqlite3.Error, OSError), self._open() as base:
                base.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?)", rows)
                if len(unused) > len(used):
                    base.executemany("DELETE FROM texts WHERE key = ?", unused)
                return
            with suppress(OSError):
                self._file.unlink()  # it is damaged, or not ours: begin a new one

    def _open(self) -> _Base:
        assert self._file is not None  # noqa: S101
        self._file.parent.mkdir(parents=True, exist_ok=True)
        return _Base(self._file)


class _Base:
    """An open file of texts; what was written is kept when the block ends well."""

    def __init__(self, file: Path) -> None:
        self._base = sqlite3.connect(file, timeout=2)

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._base.execute("PRAGMA synchronous = OFF")  # what is lost is made again
            self._base.execute("CREATE TABLE IF NOT EXISTS texts (key BLOB PRIMARY KEY, text BLOB)")
        except sqlite3.Error:
            self._base.close()
            raise
        return self._base

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._base.commit()
        finally:
            self._base.close()


# --- bytes -------------------------------------------------------------------------------------


class _Pickler(pickle.Pickler):
    """Writes our values as a class and its arguments: short, and quick to read."""

    def reducer_override(self, value: Any) -> Any:  # noqa: ANN401 - pickle's signature
        cls = type(value)
        if cls in _OURS:
            return cls, tuple([getattr(value, name) for name in cls.__slots__])
        if cls is Markup:
            return Markup, (str.__str__(value),)
        if cls is ZoneInfo:
            return ZoneInfo, (value.key,)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Reads no class but ours: a file from elsewhere runs nothing."""

    def find_class(self, module: str, name: str) -> type:
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(name) from None


def _dump(text: Entry) -> bytes:
    body = io.BytesIO()
    _Pickler(body, 5).dump(text)
    return _seal(body.getvalue()) + body.getvalue()


def _load(data: object) -> Entry | None:
    if not isinstance(data, bytes) or data[:_SEAL] != _seal(data[_SEAL:]):
        return None
    try:
        text = _Unpickler(io.BytesIO(data[_SEAL:])).load()
    except (pickle.UnpicklingError, ValueError, TypeError, EOFError, AttributeError):
        return None
    return text if isinstance(text, Entry) else None


def _seal(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_SEAL, person=b"axtra-texte").digest()
