"""Which copy of a book this is: the present one, or one that comes back from the past or elsewhere.

Each book (register, ledger) carries a generation, which the journal outside the data folder echoes.
A copy that differs from the journal learns at once who left since; what sends or writes then waits
until a person adopts the copy.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from axtra.subscribers.data_folder import FolderError
from axtra.subscribers.database import OpenBook, refused, transaction, written
from axtra.subscribers.journal import VARIABLE, Journal, Line, Span, Tail
from axtra.subscribers.signed_tokens import Keys, new_id

ADOPT = "axtra abonnes restaurer --adopter"
_BEHIND = 8_192  # bytes of a journal that are read again at each opening, at most
_MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_ROW = "generation, previous, machine, number, replayed, journal, position"


class Strange(StrEnum):
    """Why a copy of a book is not the one that was used last."""

    PAST = "passé"
    ELSEWHERE = "autre machine"
    ABSENT = "journal absent"


@dataclass(slots=True)
class Acts:
    """What a transaction has to tell the journal: before it is durable, and after.

    A withdrawal goes before: it must never be missing. What ends one goes after: told of a
    transaction that fails, it would bring someone back.
    """

    before: list[tuple[str, ...]] = field(default_factory=list)
    after: list[tuple[str, ...]] = field(default_factory=list)
    deaf: bool = False  # while the journal itself is replayed

    def note(self, act: str, *values: str) -> None:
        """Add an act of the transaction that is open."""
        if not self.deaf:
            kind = self.before if act in {"sorti", "retire", "efface"} else self.after
            kind.append((act, *values))

    def clear(self) -> None:
        """Forget what another transaction noted."""
        self.before.clear()
        self.after.clear()


@dataclass(frozen=True, slots=True)
class _Row:
    generation: str
    previous: str
    machine: str
    number: int
    replayed: int
    journal: str
    position: int


class JournaledBook(OpenBook):
    """A book whose acts that must outlive it are in the journal."""

    KIND = ""
    """What the book is called in the journal."""
    TRIGGERS: tuple[str, ...] = ()
    """Statements by which SQLite itself notes acts, so that none escapes, whatever method makes it:
    temporary triggers that call `journal(act, mark, …)`, with `mark_of(address)`."""

    def __init__(self, connection: sqlite3.Connection, keys: Keys, journal: Journal) -> None:
        super().__init__(connection)
        self.keys = keys
        self.journal = journal
        self.strange: Strange | None = None
        self.replayed: Counter[str] = Counter()  # what the journal taught this book, by act
        # The same in every copy of the data folder, and in no other folder.
        self._name = keys.mark(f"journal {self.KIND}")[:24]
        self._acts = Acts()
        self._seen = Span("", 0, 0)  # what was read of the journal last
        self._last = 0  # the highest number that it was seen to hold
        connection.create_function("journal", -1, self._acts.note)
        connection.create_function("mark_of", 1, keys.mark)
        try:
            for trigger in self.TRIGGERS:
                connection.execute(trigger)
            self._follow()
        except sqlite3.Error as error:
            raise refused(error) from error

    # --- what a transaction tells ----------------------------------------------------------------

    @contextmanager
    def together(self) -> Iterator[sqlite3.Connection]:
        """Make one durable transaction of several changes, which the journal hears of.

        Raises:
            FolderError: the disk refuses.
        """
        if self._db.in_transaction:
            yield self._db
            return
        acts, number = self._acts, 0
        acts.clear()
        with transaction(self._db) as db:
            yield db
            if acts.before or acts.after:
                number = self._take_number()
            if acts.before:
                self._tell(number, acts.before)
        if acts.after:
            self._tell(number, acts.after)

    def _take_number(self) -> int:
        """Number a transaction, after all that any copy of this book told the journal."""
        tail = self.journal.read(self._seen.journal, self._seen.end)
        self._seen = tail.span
        known = (line.number for line in self._mine(tail))
        self._last = number = max([self._row().number, self._last, *known]) + 1
        if self.strange is None:
            self._db.execute("UPDATE lineage SET number = ?", (number,))
        return number

    def _tell(self, number: int, acts: Sequence[tuple[str | int, ...]]) -> None:
        moment = written(datetime.now(UTC))
        self.journal.append(
            Line(self._name, number, moment, str(act), tuple(values)) for act, *values in acts
        )

    # --- which copy this is ----------------------------------------------------------------------

    def require(self) -> None:
        """Refuse to go on with a copy that nobody adopted.

        Raises:
            FolderError: it is not the copy that was used last.
        """
        if self.strange is None:
            return
        said = {
            Strange.PAST: "il vient d’une sauvegarde ou d’une copie, et des envois, des retraits "
            f"ou une restauration ont eu lieu depuis, d’après « {self.journal.path} »",
            Strange.ELSEWHERE: "il vient d’une autre machine",
            Strange.ABSENT: "il a été copié ou déplacé, ou son journal des retraits manque "
            f"(« {self.journal.path} »; ailleurs, nommez-le avec {VARIABLE})",
        }[self.strange]
        raise FolderError(
            f"ce dossier de données n’est pas celui qui a servi en dernier : {said}. Rien n’est "
            "envoyé ni changé, pour que personne ne reçoive deux fois la même édition.\n"
            "    → Si ce dossier est bien celui qui doit servir, et que plus rien ne se sert de "
            f"l’autre :  {ADOPT}"
        )

    def advance(self) -> None:
        """Begin another generation: every copy made before is of the past from now on.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            generation = new_id()
            db.execute("UPDATE lineage SET previous = generation, generation = ?", (generation,))
            self._acts.note("generation", generation)

    def adopt(self) -> Strange | None:
        """Make this copy the one that counts from now on, whatever it was.

        Returns:
            Why it was not.

        Raises:
            FolderError: the disk refuses.
        """
        was, self.strange = self.strange, None
        if was:
            with self.together() as db:
                self._take_over(was, self._mine(self.journal.read()))
                db.execute(
                    "UPDATE lineage SET machine = ?, number = ?, replayed = 0",
                    (_machine(), self._last),
                )
        self.advance()
        self._follow()
        return was

    def _take_over(self, was: Strange, lines: Sequence[Line]) -> None:
        """Do what must be done before a strange copy counts; `lines` are those of this book."""

    def _replay(self, lines: Sequence[Line]) -> Counter[str]:
        """Do what the journal tells and this copy does not know; count it by act."""
        raise NotImplementedError

    def _knows_less(self, lines: Sequence[Line]) -> bool:
        """Tell whether lines of the journal know more than this book, numbers apart."""
        raise NotImplementedError

    def _mine(self, tail: Tail) -> list[Line]:
        """Give the lines of this book, in their order."""
        mine = (line for line in tail.lines if line.book == self._name)
        return sorted(mine, key=lambda line: line.number)

    def _row(self) -> _Row:
        return _Row(*self._db.execute(f"SELECT {_ROW} FROM lineage").fetchone())  # noqa: S608

    def _follow(self) -> None:
        """Learn what the journal says since this book read it last."""
        if not self._db.execute("SELECT COUNT(*) FROM lineage").fetchone()[0]:
            self._begin()
        row = self._row()
        tail = self.journal.read(row.journal, row.position)
        if self._settled(row, tail) and tail.span.end - row.position <= _BEHIND:
            self._seen = tail.span
            return
        with transaction(self._db):  # what another process is doing ends first
            row = self._row()
            tail = self.journal.read(row.journal, row.position)
            if not (row.journal or self._mine(tail)):  # a new book, of which nothing is told yet
                self._tell(0, [("generation", row.generation)])
                tail = self.journal.read()
            self._learn(row, tail)

    def _learn(self, row: _Row, tail: Tail) -> None:
        mine = self._mine(tail)
        self._seen = tail.span
        self.strange = self._strangeness(row, tail, mine)
        self._last = max([row.number, *(line.number for line in mine)])
        known = max(row.number, row.replayed)
        self._acts.deaf = True
        try:
            self.replayed += self._replay([line for line in mine if line.number > known])
        finally:
            self._acts.deaf = False
        self._db.execute("UPDATE lineage SET replayed = ?", (max(known, self._last),))
        if self.strange is None:
            self._db.execute(
                "UPDATE lineage SET number = ?, journal = ?, position = ?",
                (self._last, tail.span.journal, tail.span.end),
            )

    def _begin(self) -> None:
        """Give a new book its first generation, unless the journal knows an earlier one of it."""
        known = self._mine(self.journal.read())
        with transaction(self._db) as db:
            db.execute(
                "INSERT INTO lineage (id, generation, machine) VALUES (1, ?, ?)"
                " ON CONFLICT DO NOTHING",
                ("" if known else new_id(), _machine()),
            )

    def _settled(self, row: _Row, tail: Tail) -> bool:
        """Tell whether the journal holds nothing that this book does not know."""
        mine = self._mine(tail)
        return (
            row.journal != ""
            and tail.span.journal == row.journal
            and self._strangeness(row, tail, mine) is None
            and all(line.number <= row.number for line in mine)
        )

    def _strangeness(self, row: _Row, tail: Tail, mine: Sequence[Line]) -> Strange | None:
        if tail.span.journal != row.journal and not mine:
            return Strange.ABSENT
        generations = [line.values[0] for line in mine if line.act == "generation"]
        # A transaction that was cut between the journal and the disk leaves one number ahead; a
        # generation that was cut between the disk and the journal leaves its predecessor there.
        ahead = any(line.number > row.number + 1 for line in mine)
        other = bool(generations) and generations[-1] not in {row.generation, row.previous}
        if ahead or other or self._knows_less(mine):
            return Strange.PAST
        here = _machine()
        return Strange.ELSEWHERE if row.machine and here and row.machine != here else None


def _machine() -> str:
    """Name this machine by a hash; empty where nothing tells one from another."""
    for path in _MACHINE:
        try:
            name = path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if name:
            return hashlib.sha256(f"axtra {name}".encode()).hexdigest()[:24]
    return ""
