"""Whether a copy of a book is the current copy, or comes from the past or from elsewhere.

Each book (register, ledger) carries a generation, which the journal outside the data folder
repeats. A copy that differs from the journal learns at once who left since; nothing is sent or
changed until a person adopts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from axtra.subscribers.database import OpenBook, written
from axtra.subscribers.journal.journal_file import (
    VARIABLE,
    Journal,
    JournalLine,
    JournalSpan,
    JournalTail,
)
from axtra.subscribers.private_folder import FolderError
from axtra.subscribers.signed_tokens import PEPPER, SIGNING, Keys, new_id
from axtra.subscribers.storage.base import Base

ADOPT = "axtra abonnes restaurer --adopter"
_BEHIND = 8_192  # most bytes of a journal that are read again at each opening
_ROW = "generation, previous, machine, number, replayed, journal, position"


class Mismatch(StrEnum):
    """Why a copy of a book is not the copy that was used last."""

    PAST = "passé"
    ELSEWHERE = "autre machine"
    ABSENT = "journal absent"


@dataclass(slots=True)
class Acts:
    """What a transaction writes to the journal, before and after it is durable.

    A withdrawal is written before, since it must never be missing. What ends a withdrawal is
    written after: written for a transaction that fails, it would bring someone back.
    """

    before: list[tuple[str, ...]] = field(default_factory=list)
    after: list[tuple[str, ...]] = field(default_factory=list)
    muted: bool = False  # while the journal itself is replayed

    def note(self, act: str, *values: str) -> None:
        """Add an act of the open transaction."""
        if not self.muted:
            kind = self.before if act in {"sorti", "retire", "efface"} else self.after
            kind.append((act, *values))

    def clear(self) -> None:
        """Forget the acts of the previous transaction."""
        self.before.clear()
        self.after.clear()


@dataclass(frozen=True, slots=True)
class _Lineage:
    generation: str
    previous: str
    machine: str
    number: int
    replayed: int
    journal: str
    position: int


class JournaledBook(OpenBook):
    """A book that writes to the journal the acts that must outlive it."""

    KIND = ""
    """What the book is called in the journal."""
    NOTES_ACTS = False
    """Whether the base itself notes acts, in a table `acts`, so that no method can forget to."""

    def __init__(self, base: Base, keys: Keys, journal: Journal) -> None:
        super().__init__(base)
        self.keys = keys
        self.journal = journal
        self.mismatch: Mismatch | None = None
        self.replayed: Counter[str] = Counter()  # acts learned from the journal, by kind
        # The same name in every copy of the data folder, and in no other folder.
        self._name = keys.mark(f"journal {self.KIND}")[:24]
        self._acts = Acts()
        self._seen = JournalSpan("", 0, 0)  # what was last read of the journal
        self._last = 0  # the highest number seen there
        self._recognise()
        self._follow()

    def reconnect(self) -> None:
        """Connect again to a base that was lost, and look again at which copy it is.

        Raises:
            AwayError: it does not answer.
            FolderError: it is a copy, which nobody adopted.
        """
        self._db.reconnect()
        self.mismatch = None
        self._recognise()
        self._follow()
        self.require()

    def _recognise(self) -> None:
        """Refuse keys that are not those of a base which several machines share.

        Raises:
            FolderError: with these keys, whoever left would not be recognised.
        """
        if not self._db.is_shared:
            return
        with self._db.transaction(crowd=True):
            row = self._db.execute("SELECT keys FROM lineage").fetchone()
            if row and row[0] not in {"", self._name}:
                raise FolderError(
                    "les clés de ce dossier de données ne sont pas celles de la base : qui est "
                    "parti n’y serait pas reconnu. Rien n’est lu ni changé.",
                    f"Copiez ici « {SIGNING} » et « {PEPPER} », du dossier de données d’un poste "
                    "qui se sert déjà de cette base.",
                )
            if row and not row[0]:
                self._db.execute("UPDATE lineage SET keys = ?", (self._name,))

    # --- what a transaction writes ----------------------------------------------------------------

    @contextmanager
    def together(self, *, crowd: bool = False) -> Iterator[Base]:
        """Open one durable transaction for several changes, and write its acts to the journal.

        Args:
            crowd: others may write at the same time, where the base allows it.

        Raises:
            FolderError: the disk refuses.
        """
        if self._db.in_transaction:
            yield self._db
            return
        acts, number = self._acts, 0
        acts.clear()
        with self._db.transaction(crowd=crowd):
            yield self._db
            for act, *values in self._noted():
                acts.note(act, *values)
            if acts.before or acts.after:
                number = self._take_number()
            if acts.before:
                self._tell(number, acts.before)
        if acts.after:
            self._tell(number, acts.after)

    def _noted(self) -> Iterator[tuple[str, ...]]:
        """Yield the acts that the base noted in this transaction, and empty its notes."""
        if not self.NOTES_ACTS:
            return
        noted = self._db.execute(
            "SELECT act, person, mark, detail, edition FROM acts ORDER BY rowid"
        ).fetchall()
        if noted:
            self._db.execute("DELETE FROM acts")
        for act, person, mark, *details in noted:
            yield act, self.keys.mark(person) if person else mark, *details[: 1 + (act == "retire")]

    def _take_number(self) -> int:
        """Return a number above all those that any copy of this book wrote to the journal."""
        tail = self.journal.read(self._seen.journal, self._seen.end)
        self._seen = tail.span
        known = (line.number for line in self._mine(tail))
        self._last = number = max([self._row().number, self._last, *known]) + 1
        if self.mismatch is None:
            self._db.execute("UPDATE lineage SET number = ?", (number,))
        if self._db.is_shared:
            self._db.execute(
                "UPDATE journals SET number = ? WHERE name = ?", (number, tail.span.journal)
            )
        return number

    def _tell(self, number: int, acts: Sequence[tuple[str | int, ...]]) -> None:
        moment = written(datetime.now(UTC))
        self.journal.append(
            JournalLine(self._name, number, moment, str(act), tuple(values))
            for act, *values in acts
        )

    def rename_journal(self, old: str, new: str) -> None:
        """Know a journal, whose file is about to have another name, as far as before.

        Raises:
            FolderError: the base refuses.
        """
        if self._db.is_shared:
            self._db.execute(
                "INSERT INTO journals SELECT ?, number, 0 FROM journals WHERE name = ?", (new, old)
            )

    # --- which copy this is -----------------------------------------------------------------------

    def require(self) -> None:
        """Refuse a copy that differs and that nobody adopted.

        Raises:
            FolderError: this is not the copy that was used last.
        """
        if self.mismatch is None:
            return
        cause = {
            Mismatch.PAST: "il vient d’une sauvegarde ou d’une copie, et des envois, des retraits "
            f"ou une restauration ont eu lieu depuis, d’après « {self.journal.path} »",
            Mismatch.ELSEWHERE: "il vient d’une autre machine",
            Mismatch.ABSENT: "il a été copié ou déplacé, ou son journal des retraits manque "
            f"(« {self.journal.path} »; ailleurs, nommez-le avec {VARIABLE})",
        }[self.mismatch]
        raise FolderError(
            f"ce dossier de données n’est pas celui qui a servi en dernier : {cause}. Rien n’est "
            "envoyé ni changé, pour que personne ne reçoive deux fois la même édition.",
            "Si ce dossier est bien celui qui doit servir, et que plus rien ne se sert de "
            f"l’autre :  {ADOPT}",
        )

    def advance(self) -> None:
        """Begin another generation: every copy made before is older from now on.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            generation = new_id()
            db.execute("UPDATE lineage SET previous = generation, generation = ?", (generation,))
            self._acts.note("generation", generation)

    def adopt(self) -> Mismatch | None:
        """Make this copy the current copy.

        Returns:
            Why it was not the current copy, or None when it was.

        Raises:
            FolderError: the disk refuses.
        """
        was, self.mismatch = self.mismatch, None
        if was:
            with self.together() as db:
                self._take_over(was, self._mine(self.journal.read()))
                db.execute(
                    "UPDATE lineage SET machine = ?, number = ?, replayed = 0",
                    (self._db.identity(), self._last),
                )
        self.advance()
        self._follow()
        return was

    def _take_over(self, was: Mismatch, lines: Sequence[JournalLine]) -> None:
        """Prepare a copy that differs to become the current copy.

        Args:
            was: why it differs.
            lines: those of the journal that are about this book.
        """

    def _replay(self, lines: Sequence[JournalLine]) -> Counter[str]:
        """Apply the acts that this copy does not know, and count them by act."""
        raise NotImplementedError

    def _knows_less(self, lines: Sequence[JournalLine]) -> bool:
        """Return whether lines of the journal know more than this book, whatever their numbers."""
        raise NotImplementedError

    def _mine(self, tail: JournalTail) -> list[JournalLine]:
        """Return the lines of this book, sorted by number."""
        mine = (line for line in tail.lines if line.book == self._name)
        return sorted(mine, key=lambda line: line.number)

    def _row(self) -> _Lineage:
        """Return where this book is; a base that several share knows how far each journal is."""
        row = _Lineage(*self._db.execute(f"SELECT {_ROW} FROM lineage").fetchone())  # noqa: S608
        if not self._db.is_shared:
            return replace(row, replayed=max(row.number, row.replayed))
        name = self.journal.name()
        known = self._db.execute(
            "SELECT name, number, position FROM journals WHERE name = ?", (name,)
        ).fetchone()
        journal, replayed, position = known or ("", 0, 0)
        return replace(row, journal=journal, replayed=replayed, position=position)

    def _follow(self) -> None:
        """Learn what was written to the journal since this book last read it."""
        if not self._db.execute("SELECT COUNT(*) FROM lineage").fetchone()[0]:
            self._begin()
        row = self._row()
        tail = self.journal.read(row.journal, row.position)
        if self._settled(row, tail) and tail.span.end - row.position <= _BEHIND:
            self._seen = tail.span
            return
        with self._db.transaction():  # wait for what another process is doing
            row = self._row()
            tail = self.journal.read(row.journal, row.position)
            if not (row.journal or self._mine(tail)):  # a new book, not yet in the journal
                self._tell(row.number, [("generation", row.generation)])
                tail = self.journal.read()
            self._learn(row, tail)

    def _learn(self, row: _Lineage, tail: JournalTail) -> None:
        mine = self._mine(tail)
        self._seen = tail.span
        self.mismatch = self._find_mismatch(row, tail, mine)
        self._last = max([row.number, *(line.number for line in mine)])
        known = row.replayed
        self._acts.muted = True
        try:
            self.replayed += self._replay([line for line in mine if line.number > known])
            for _ in self._noted():
                pass  # the journal has it
        finally:
            self._acts.muted = False
        self._db.execute("UPDATE lineage SET replayed = ?", (max(known, self._last),))
        if self.mismatch is None:
            self._db.execute(
                "UPDATE lineage SET number = ?, journal = ?, position = ?",
                (self._last, tail.span.journal, tail.span.end),
            )
        if self._db.is_shared:
            last = max([known, *(line.number for line in mine)])
            read = row.position if self.mismatch else tail.span.end
            self._db.execute(
                "INSERT INTO journals VALUES (?, ?, ?) ON CONFLICT (name)"
                " DO UPDATE SET number = excluded.number, position = excluded.position",
                (tail.span.journal, last, read),
            )

    def _begin(self) -> None:
        """Write the first generation of a new book, unless the journal knows an earlier one."""
        known = self._mine(self.journal.read())
        with self._db.transaction():
            self._db.execute(
                "INSERT INTO lineage (id, generation, machine, keys) VALUES (1, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                ("" if known else new_id(), self._db.identity(), self._name),
            )

    def _settled(self, row: _Lineage, tail: JournalTail) -> bool:
        """Return whether the journal holds nothing that this book does not know."""
        mine = self._mine(tail)
        return (
            row.journal != ""
            and tail.span.journal == row.journal
            and self._find_mismatch(row, tail, mine) is None
            and all(line.number <= row.replayed for line in mine)
        )

    def _find_mismatch(
        self, row: _Lineage, tail: JournalTail, mine: Sequence[JournalLine]
    ) -> Mismatch | None:
        # A base that several machines share is in the journal of each, which knows its own acts.
        shared = self._db.is_shared
        if tail.span.journal != row.journal and not mine and not shared:
            return Mismatch.ABSENT
        generations = [line.values[0] for line in mine if line.act == "generation" and not shared]
        # A transaction interrupted between the journal and the disk leaves the journal one number
        # ahead; a generation interrupted between the two leaves its predecessor in the journal.
        ahead = any(line.number > row.number + 1 for line in mine)
        other = any(line.act == "generation" and line.number > row.number for line in mine)
        other |= bool(generations) and generations[-1] not in {row.generation, row.previous}
        if ahead or other or self._knows_less(mine):
            return Mismatch.PAST
        here = self._db.identity()
        return Mismatch.ELSEWHERE if row.machine and here and row.machine != here else None
