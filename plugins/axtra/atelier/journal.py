"""The journal of a newsroom: who did what, and when.

It holds no word of a text, no key, and no address of a subscriber.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from axtra.atelier.roles import Person
from axtra.subscribers.private_folder import make_private
from infolettre.core.whole_files import write_whole

_MOST = 5_000  # lines kept; the oldest give way
_SPARE = 500  # lines beyond, before they do
_LONG = 200  # characters of what an act is about


@dataclass(frozen=True, slots=True)
class Line:
    """An act: when, who, what, and about what."""

    moment: datetime
    name: str
    address: str
    words: str
    about: str


class NewsroomJournal:
    """What was done in a project.

    Args:
        folder: where it is kept; private, and made when first used.
        clock: returns the present.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder, self._clock = folder, clock
        self._path = folder / "journal.jsonl"
        self._lock = threading.Lock()
        self._count: int | None = None

    def note(self, person: Person, words: str, about: str = "") -> None:
        """Add an act.

        Args:
            person: who did it.
            words: what, in French, as « a publié »; never a secret, never what a text says.
            about: the name of a file, of a letter, of a colleague.
        """
        record = {
            "moment": self._clock().isoformat(timespec="seconds"),
            "nom": person.name,
            "adresse": person.address,
            "acte": words,
            "objet": about[:_LONG],
        }
        line = _line(record)
        with self._lock:
            make_private(self._folder)
            if self._count is None:
                self._count = len(self._lines())
            if not self._is_whole():
                line = b"\n" + line  # a machine stopped in the middle of the last one
            with self._path.open("ab") as file:
                file.write(line)
            self._path.chmod(0o600)
            self._count += 1
            if self._count > _MOST + _SPARE:
                kept = self._lines()[-_MOST:]
                write_whole(self._path, b"".join(kept))
                self._count = len(kept)

    def of(self, address: str) -> list[Line]:
        """List the acts of a person, the oldest first."""
        with self._lock:
            lines = map(_read, self._lines())
        return [line for line in lines if line and line.address == address]

    def forget(self, address: str, nobody: str) -> None:
        """Put other words in place of the name and the address of a person."""
        with self._lock:
            kept = [json.loads(raw) for raw in self._lines() if _read(raw)]
            if all(record["adresse"] != address for record in kept):
                return
            for record in kept:
                if record["adresse"] == address:
                    record |= {"nom": nobody, "adresse": ""}
            write_whole(self._path, b"".join(map(_line, kept)))

    def _is_whole(self) -> bool:
        if not self._path.is_file() or not self._path.stat().st_size:
            return True
        with self._path.open("rb") as file:
            file.seek(-1, 2)
            return file.read(1) == b"\n"

    def _lines(self) -> list[bytes]:
        return self._path.read_bytes().splitlines(keepends=True) if self._path.is_file() else []

    def last(self, most: int) -> list[Line]:
        """List acts, the newest first."""
        with self._lock:
            lines = [line for raw in self._lines() if (line := _read(raw))]
        return lines[: -most - 1 : -1]


def _line(record: Mapping[str, str]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _read(raw: bytes) -> Line | None:
    """Return a line; None when it is not whole."""
    try:
        record = json.loads(raw)
        return Line(
            datetime.fromisoformat(record["moment"]),
            record["nom"],
            record["adresse"],
            record["acte"],
            record["objet"],
        )
    except (ValueError, KeyError, TypeError):
        return None
