"""The lists that somebody is importing: kept in memory only, for an hour, for their session."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from axtra.core.diagnostics import Diagnostic
from axtra.subscribers.importing.csv_cells import Table

_LIFE = 3_600.0  # seconds
_MOST = 12  # the oldest gives way


@dataclass(slots=True)
class UploadedList:
    """A file, cut into cells.

    `found` is what was wrong or doubtful in cutting it; `account` says what became of each line,
    once it was imported.
    """

    name: str
    tables: Mapping[str, Table]
    found: Sequence[Diagnostic]
    session: str
    until: float
    account: bytes = b""


class UploadedLists:
    """What was sent, by the token that the forms carry; a token serves one session.

    Args:
        clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, UploadedList] = {}

    def keep(
        self, session: str, name: str, tables: Mapping[str, Table], found: Sequence[Diagnostic]
    ) -> str:
        """Keep a file, and return its token."""
        token, now = secrets.token_urlsafe(16), self._clock()
        with self._lock:
            self._kept = {key: kept for key, kept in self._kept.items() if kept.until > now}
            while len(self._kept) >= _MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[token] = UploadedList(name, tables, found, session, now + _LIFE)
        return token

    def find(self, session: str, token: str) -> UploadedList | None:
        """Return a file of a session, or None when it is kept no longer."""
        kept = self._kept.get(token)
        if kept is None or kept.session != session or kept.until <= self._clock():
            return None
        return kept
