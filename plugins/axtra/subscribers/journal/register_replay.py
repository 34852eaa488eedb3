"""What the register writes to the journal, and what it learns from it after a restore."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from axtra.subscribers.addresses import folded
from axtra.subscribers.journal.generations import JournaledBook
from axtra.subscribers.journal.journal_file import JournalLine

_ERASED = "effacement"


class SubscribersBook(JournaledBook):
    """The register as a book that writes its withdrawals to the journal."""

    KIND = "abonnes"
    NOTES_ACTS = True

    def _knows_less(self, lines: Sequence[JournalLine]) -> bool:  # noqa: ARG002 - the numbers are enough here
        return False

    def _replay(self, lines: Sequence[JournalLine]) -> Counter[str]:
        """Remove everyone who left since this copy was made; add nobody.

        Someone who left and came back stays as this copy knows them.
        """
        done: Counter[str] = Counter()
        if not lines:
            return done
        rows = self._db.execute("SELECT id, folded FROM people").fetchall()
        people = {self.keys.mark(address): person for person, address in rows}
        places: dict[tuple[str, str], JournalLine] = {}
        bars: dict[str, JournalLine] = {}
        for line in lines:
            mark, value = map(str, line.values[:2]) if len(line.values) > 1 else ("", "")
            if line.act in {"sorti", "abonne"}:
                places[mark, value] = line
            elif line.act in {"retire", "leve"}:
                bars[mark] = line
                if value == _ERASED and line.act == "retire":
                    done["effacement"] += self._take_out(mark, people.pop(mark, ""))
        left = {
            mark
            for (mark, liste), line in places.items()
            if line.act == "sorti" and self._leave(people.get(mark, ""), mark, liste, line.moment)
        }
        left |= {
            mark
            for mark, line in bars.items()
            if line.act == "retire" and self._bar(mark, line) and mark in people
        }
        self._db.executemany(  # a person, or what was few enough to be true, decided since
            "DELETE FROM proposals WHERE person = ?", [(people[mark],) for mark in left & {*bars}]
        )
        done["retrait"] = len(left)
        return done

    def _take_out(self, mark: str, person: str) -> bool:
        known = self._db.execute("DELETE FROM people WHERE id = ?", (person,)).rowcount
        asked = self._db.execute("DELETE FROM pending WHERE mark = ?", (mark,)).rowcount
        return bool(known or asked)

    def _leave(self, person: str, mark: str, liste: str, moment: str) -> int:
        left = self._db.execute(
            "UPDATE subscriptions SET active = 0, since = ? WHERE person = ? AND list = ?"
            " AND active = 1",
            (moment, person, liste),
        ).rowcount
        if left:
            self._db.execute(
                "INSERT INTO facts VALUES (?, ?, 'désabonnement', ?, 'journal des retraits')",
                (person, moment, liste),
            )
        else:
            self._db.execute(
                "INSERT INTO departures VALUES (?, ?) ON CONFLICT DO NOTHING", (mark, liste)
            )
        return left

    def _bar(self, mark: str, line: JournalLine) -> int:
        reason, edition = (*map(str, line.values[1:]), "")[:2]  # the oldest lines have no edition
        return self._db.execute(
            "INSERT INTO suppressions (mark, reason, since, edition) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (mark) DO UPDATE SET reason = excluded.reason"
            " WHERE excluded.reason = 'effacement' AND suppressions.reason <> excluded.reason",
            (mark, reason, line.moment, edition),
        ).rowcount

    # --- lists left by people whom this copy did not know -----------------------------------------

    def _departed(self, address: str, liste: str) -> bool:
        """Return whether, by the journal, someone unknown here had left a list."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM departures WHERE mark = ? AND list = ?",
            (self.keys.mark(folded(address)), liste),
        )
        return bool(row.fetchone()[0])

    def _forget_departure(self, person: str, liste: str) -> None:
        row = self._db.execute("SELECT folded FROM people WHERE id = ?", (person,)).fetchone()
        self._db.execute(
            "DELETE FROM departures WHERE list = ? AND mark = ?",
            (liste, self.keys.mark(row[0]) if row else ""),
        )
