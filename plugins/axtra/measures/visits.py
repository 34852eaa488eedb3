"""What is kept of readership in the data folder: numbers, and, for two days, hashes under a salt.

Nothing that is written here names a person: neither an address nor a line of a log is.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Self

from axtra.core.dates import ZONE
from axtra.subscribers.database import OpenBook, read, written
from axtra.subscribers.storage.base import Book
from axtra.subscribers.storage.sqlite import SqliteBase

BOOK = Book("mesures.sqlite3", "axtra.measures", ("visits.sql",))
OPEN = timedelta(hours=48)  # that a day stays open, once it is over and was read
_SALT, _MARK = 16, 8  # bytes


class Seen(StrEnum):
    """What a hash says was there on a day."""

    VISITOR = "visiteur"  # an address with a browser
    ADDRESS = "adresse"
    WHOLE = "entier"  # a visitor who took all of a file
    PART = "partie"  # a visitor who took parts of one


class Count(StrEnum):
    """What is counted of a day."""

    VISITS = "visites"
    ADDRESSES = "adresses"
    ENTRIES = "arrivees"  # pages to which nobody came from another page of the site
    PAGE = "page"
    DOWNLOAD = "telechargement"
    ORIGIN = "provenance"
    ROBOTS = "robots"


@dataclass(slots=True)
class DayTally:
    """What some files say of a day, before it is kept; marks are hashes under its salt."""

    salt: bytes
    seen: dict[tuple[Seen, str], set[bytes]] = field(default_factory=dict)
    counts: Counter[tuple[Count, str]] = field(default_factory=Counter)

    def mark(self, *words: str) -> bytes:
        """Return the hash of what tells somebody from others on this day only."""
        return blake2b("\0".join(words).encode(), digest_size=_MARK, key=self.salt).digest()

    def see(self, sort: Seen, name: str, mark: bytes) -> None:
        """Note that a hash was there."""
        self.seen.setdefault((sort, name), set()).add(mark)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """How far a file was read: the keyed hash of its first bytes, and two lengths in bytes."""

    head: str
    head_length: int
    length: int


class Visits(OpenBook):
    """The readership of a data folder, in a file of it even where people are in PostgreSQL."""

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open it; a folder that has none yet gets an empty file.

        Raises:
            FolderError: the folder or the file cannot be used.
        """
        return cls(SqliteBase(folder, BOOK))

    def close_days(self, moment: datetime) -> int:
        """Throw away the salts and the hashes of days that are over, and keep their numbers.

        Returns:
            How many days were closed.

        Raises:
            FolderError: the disk refuses.
        """
        due = [
            day
            for day, first_read in self._db.execute(
                "SELECT day, first_read FROM days WHERE salt IS NOT NULL"
            )
            if moment >= max(_end(day), read(first_read)) + OPEN
        ]
        if due:
            with self._db.transaction():
                for day in due:
                    for (sort, name), number in self._numbers(day).items():
                        self._db.execute(
                            "INSERT OR REPLACE INTO counts VALUES (?, ?, ?, ?)",
                            (day, sort, name, number),
                        )
                    self._db.execute("DELETE FROM seen WHERE day = ?", (day,))
                    self._db.execute("UPDATE days SET salt = NULL WHERE day = ?", (day,))
            self.scrub()
        return len(due)

    def tallies(self) -> dict[str, DayTally]:
        """Return an empty tally, with its salt, for each day that is open."""
        rows = self._db.execute("SELECT day, salt FROM days WHERE salt IS NOT NULL")
        return {day: DayTally(salt) for day, salt in rows}

    def closed(self) -> frozenset[str]:
        """Name the days that are closed."""
        rows = self._db.execute("SELECT day FROM days WHERE salt IS NULL")
        return frozenset(row[0] for row in rows)

    def files(self) -> list[ReadFile]:
        """List the files that were read."""
        return [ReadFile(*row) for row in self._db.execute("SELECT * FROM files")]

    def keep(
        self,
        tallies: Mapping[str, DayTally],
        subscribers: Mapping[tuple[str, str, str], int],
        files: Iterable[ReadFile],
        moment: datetime,
    ) -> None:
        """Add what files say, all at once: after a crash, nothing of them was counted.

        Args:
            tallies: by day.
            subscribers: the most that services say, by month, feed and service.
            files: how far each was read.
            moment: now.

        Raises:
            FolderError: the disk refuses.
        """
        with self._db.transaction():
            for day, tally in tallies.items():
                if not tally.seen and not tally.counts:
                    continue
                self._db.execute(
                    "INSERT INTO days VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (day, written(moment), tally.salt),
                )
                self._db.executemany(
                    "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)",
                    (
                        (day, sort.value, name, mark)
                        for (sort, name), marks in tally.seen.items()
                        for mark in marks
                    ),
                )
                self._db.executemany(
                    "INSERT INTO counts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                    " SET number = number + excluded.number",
                    (
                        (day, sort.value, name, number)
                        for (sort, name), number in tally.counts.items()
                    ),
                )
            self._db.executemany(
                "INSERT INTO subscribers VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET number = max(number, excluded.number)",
                ((*name, number) for name, number in subscribers.items()),
            )
            for file in files:
                self._db.execute(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?)",
                    (file.head, file.head_length, file.length),
                )

    def days(self, month: str) -> list[str]:
        """List the days of a month of which something is known."""
        rows = self._db.execute(
            "SELECT day FROM days WHERE day LIKE ? ORDER BY day", (f"{month}-%",)
        )
        return [row[0] for row in rows]

    def months(self) -> list[str]:
        """List the months of which something is known."""
        rows = self._db.execute("SELECT DISTINCT substr(day, 1, 7) FROM days ORDER BY 1")
        return [row[0] for row in rows]

    def month(self, month: str) -> Counter[tuple[str, str]]:
        """Add up what is counted of the days of a month, by sort and name."""
        total: Counter[tuple[str, str]] = Counter()
        for day in self.days(month):
            total.update(self._numbers(day))
        return total

    def subscribers(self, month: str) -> dict[str, int]:
        """Add up, for each feed, what services said of how many read it."""
        rows = self._db.execute(
            "SELECT feed, SUM(number) FROM subscribers WHERE month = ? GROUP BY feed", (month,)
        )
        return dict(rows)

    def _numbers(self, day: str) -> Counter[tuple[str, str]]:
        """Return what is counted of a day, with what its hashes count while it is open."""
        numbers: Counter[tuple[str, str]] = Counter()
        for sort, name, number in self._db.execute(
            "SELECT sort, name, number FROM counts WHERE day = ?", (day,)
        ):
            numbers[sort, name] = number
        for sort, count in ((Seen.VISITOR, Count.VISITS), (Seen.ADDRESS, Count.ADDRESSES)):
            found = self._db.execute(
                "SELECT COUNT(*) FROM seen WHERE day = ? AND sort = ?", (day, sort.value)
            ).fetchone()[0]
            numbers[count.value, ""] += found
        # Somebody who took parts of a file took it once, unless they took it whole too.
        for name, number in self._db.execute(
            "SELECT name, COUNT(*) FROM seen AS part WHERE day = ? AND sort = ? AND NOT EXISTS"
            " (SELECT 1 FROM seen WHERE day = part.day AND sort = ? AND name = part.name"
            " AND mark = part.mark) GROUP BY name",
            (day, Seen.PART.value, Seen.WHOLE.value),
        ):
            numbers[Count.DOWNLOAD.value, name] += number
        return numbers


def new_salt() -> bytes:
    """Return the salt of a day."""
    return secrets.token_bytes(_SALT)


def _end(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZONE)
