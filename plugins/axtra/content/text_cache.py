"""Converted texts, kept between builds, so that a file that did not change is converted once.

A text is found again by the hash of its bytes, of where it is and of this program.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from axtra.content.blocks import Document, Fragment, Heading, RawBlock
from axtra.content.documents import Entry, Request
from axtra.content.focus import Focus
from axtra.content.frontmatter import Field, Source, Span, Value
from axtra.content.model import Text
from infolettre.core import program
from infolettre.core.cache import Rows
from infolettre.core.diagnostics import Diagnostic, Edit, Repair, Severity

_OURS = (
    *(Entry, Source, Field, Span, Value, Document, Fragment, Heading, RawBlock, Text, Focus),
    *(Diagnostic, Repair, Edit),
)
_KNOWN: Mapping[tuple[str, str], type] = MappingProxyType(
    {
        (cls.__module__, cls.__qualname__): cls
        for cls in (
            *_OURS,
            Markup,
            Severity,
            date,
            datetime,
            time,
            timedelta,
            ZoneInfo,
            frozenset,
        )
    }
)


class TextCache:
    """Keeps converted texts in a file; without a file, it keeps nothing."""

    def __init__(self, file: Path | None = None) -> None:
        self._rows = Rows(file)

    def read(
        self,
        requests: list[Request],
        convert: Callable[[list[Request]], Iterable[Entry]],
    ) -> list[Entry]:
        """Return the text of each request, in order; `convert` makes those that are not kept."""
        keys = [self._key(request) for request in requests]
        wanted = set(keys)
        texts: dict[bytes, Entry] = {}
        unused: list[bytes] = []
        for key, data in self._rows.items():
            if key not in wanted:
                unused.append(key)
            elif data is not None and (text := _load(data)):
                texts[key] = text
        missing = {
            key: request for key, request in zip(keys, requests, strict=True) if key not in texts
        }
        new = dict(zip(missing, convert(list(missing.values())), strict=True)) if missing else {}
        crowded = len(unused) > len(wanted)
        if new or crowded:
            rows = {key: _dump(text) for key, text in new.items()}
            self._rows.update(rows, unused if crowded else ())
        return [texts[key] if key in texts else new[key] for key in keys]

    @staticmethod
    def _key(request: Request) -> bytes:
        whole = hashlib.blake2b(program.key(), digest_size=16)
        for part in (request.name, request.kind, request.slug):
            whole.update(part.encode() + b"\0")
        whole.update(request.data)
        return whole.digest()


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
    return body.getvalue()


def _load(data: bytes) -> Entry | None:
    try:
        text = _Unpickler(io.BytesIO(data)).load()
    except (pickle.UnpicklingError, ValueError, TypeError, EOFError, AttributeError):
        return None
    return text if isinstance(text, Entry) else None
