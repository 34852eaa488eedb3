"""The pace that several senders share: tokens in rows of the ledger's base."""

from __future__ import annotations

from dataclasses import dataclass

from axtra.sending.ledger import Ledger

_DAY = 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class SharedRate:
    """The rows from which each message takes a token, in the transaction that claims it.

    Attributes:
        ledger: that of all the senders.
    """

    ledger: Ledger

    def wait(self, name: str, every: float) -> float:
        """Take the right to send one more message, or return the seconds that it must wait.

        Args:
            name: of what is limited.
            every: seconds between two messages.

        Raises:
            FolderError: the base refuses.
        """
        base = self.ledger.base
        with self.ledger.together(crowd=True):
            taken = base.execute(
                f"INSERT INTO paces (name, next) VALUES (?, {base.CLOCK} + ?)"  # noqa: S608
                " ON CONFLICT (name) DO UPDATE SET next = excluded.next"
                f" WHERE paces.next <= {base.CLOCK}",
                (name, every),
            ).rowcount
            if taken:
                return 0.0
            row = base.execute(
                f"SELECT next - {base.CLOCK} FROM paces WHERE name = ?",  # noqa: S608
                (name,),
            ).fetchone()
        return max(0.001, float(row[0]))

    def refill(self, per_day: int) -> int:
        """Count again what is left of a day's messages, and return it.

        Raises:
            FolderError: the base refuses.
        """
        ledger = self.ledger
        with ledger.together() as base:
            left = per_day - ledger.accepted_since(ledger.clock() - _DAY) - ledger.flying()
            base.execute(
                "INSERT INTO paces (name, tokens) VALUES ('jour', ?)"
                " ON CONFLICT (name) DO UPDATE SET tokens = excluded.tokens",
                (max(0, left),),
            )
        return max(0, left)

    def spend(self) -> int:
        """Take one of a day's messages; return how many are left, or -1 when there was none.

        Raises:
            FolderError: the base refuses.
        """
        with self.ledger.together(crowd=True) as base:
            row = base.execute(
                "UPDATE paces SET tokens = tokens - 1 WHERE name = 'jour' AND tokens > 0"
                " RETURNING tokens"
            ).fetchone()
        return int(row[0]) if row else -1
