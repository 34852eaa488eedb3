"""Changing a person's address: both addresses confirm it, and every consent is kept.

An address that is dead confirms nothing: somebody then answers for it, and says how they know.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from axtra.subscribers.addresses import folded
from axtra.subscribers.database import read
from axtra.subscribers.register.confirmation_requests import Requests
from axtra.subscribers.register.records import Person, Reason
from axtra.subscribers.register.suppressions import OWN_WILL, Suppressions
from infolettre.core.refusals import Refusal

_REPLACED = "remplacée"  # in the place of who moves, in a request that another replaced


class Side(StrEnum):
    """Which address confirms a change: the one that a person leaves, or the one they take."""

    OLD = "ancienne"
    NEW = "nouvelle"


class AddressChanges(Requests, Suppressions):
    """The changes of address of a data folder."""

    def ask_change(
        self, person: Person, address: str, moment: datetime, how: str, *, dead: bool
    ) -> None:
        """Queue the mails by which a change of address is confirmed, in place of a former one.

        Args:
            person: who moves.
            address: the new address, in its normal form.
            moment: now.
            how: who asked, and who answers for it.
            dead: the old address is read no more, so it is asked nothing.

        Raises:
            Refusal: the change cannot be made, or too many mails were sent to one of the two.
            FolderError: the disk refuses.
        """
        with self.together() as db:
            self._inspect(person, address)
            # The former mails count for their mailboxes, and lead nowhere any more; the one to the
            # old address names no other, so it serves again.
            db.execute(
                "UPDATE pending SET mover = ?, address = '', first_name = '', mail = 'fini'"
                " WHERE mover = ? AND (? OR side = ? OR person <> '')",
                (_REPLACED, person.id, dead, Side.NEW),
            )
            left = db.execute("SELECT COUNT(*) FROM pending WHERE mover = ?", (person.id,))
            sides = [(Side.NEW, address)]
            if not dead and not left.fetchone()[0]:
                sides.append((Side.OLD, person.address))
            for side, asked in sides:
                if not self.queue(asked, person.first_name, (), moment, person.id, side.value):
                    raise Refusal(
                        "une de ces adresses vient déjà de recevoir un courriel de confirmation.",
                        "Recommencez dans dix minutes; au-delà de trois en un jour, demain.",
                    )
            self._note(person.id, moment, "changement d’adresse demandé", "", how)

    def _inspect(self, person: Person, address: str) -> None:
        if folded(address) == folded(person.address):
            raise Refusal("c’est déjà l’adresse de cette personne.")
        if self.find(address):
            raise Refusal(
                "cette adresse est déjà celle d’une personne du registre.",
                "Désabonnez l’ancienne adresse : la nouvelle reste comme elle est.",
            )
        if self.suppression(person.address) in OWN_WILL:
            raise Refusal("cette personne ne veut plus rien recevoir.", "Laissez-la en paix.")

    def confirm_change(self, identity: str, moment: datetime) -> str | None:
        """Note that one of the two addresses confirms a change; the last one makes it.

        Returns:
            The id of the person, or None when nothing is known under that id, or the address was
            taken meanwhile.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            row = db.execute("SELECT mover FROM pending WHERE id = ?", (identity,)).fetchone()
            person = self.person(row[0]) if row else None
            if person is None:
                return None
            db.execute("UPDATE pending SET person = mover, mail = 'fini' WHERE id = ?", (identity,))
            asked = db.execute(
                "SELECT address, side, person, asked FROM pending WHERE mover = ?"
                " AND address <> '' ORDER BY side",
                (person.id,),
            ).fetchall()
            if all(done for _, _, done, _ in asked):
                new = [(address, since) for address, side, _, since in asked if side == Side.NEW]
                if not new or not self._move(person, *new[0], moment):
                    return None
        return person.id

    def awaits_other(self, identity: str) -> bool:
        """Return whether a change that was confirmed under an id still waits for the other side."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM pending o JOIN pending p ON p.mover = o.mover"
            " WHERE o.id = ? AND p.person = ''",
            (identity,),
        ).fetchone()
        return bool(row[0])

    def _move(self, person: Person, address: str, asked: str, moment: datetime) -> bool:
        if self.find(address):
            return False
        self._db.execute("DELETE FROM suppressions WHERE mark = ?", (self._mark(address),))
        self._db.execute(
            "UPDATE people SET address = ?, folded = ? WHERE id = ?",
            (address, folded(address), person.id),
        )
        self._db.execute("DELETE FROM proposals WHERE person = ?", (person.id,))
        # No old file brings the old address back, and no restored copy writes to it.
        self.suppress(person.address, Reason.MOVED, moment)
        self._db.execute("UPDATE pending SET address = '' WHERE mover = ?", (person.id,))
        said = f"demandé le {read(asked):%Y-%m-%d}, confirmé par courriel; consentement gardé"
        self._note(person.id, moment, "changement d’adresse", "", said)
        return True
