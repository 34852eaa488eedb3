"""Suppressions: addresses that must not be written to, proposals of others, and reinstatements.

An edition is given by its name or by the mark in its envelope senders (`edition_tag`): every method
takes either, and the register keeps the mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from axtra.subscribers.addresses import folded
from axtra.subscribers.database import read, written
from axtra.subscribers.register.people import People
from axtra.subscribers.register.records import Reason
from axtra.subscribers.signed_tokens import edition_tag

_ADDRESS = re.compile(r"[^\s<>()\"',;:]*@[^\s<>()\"',;:]*")
_LONGEST_DETAIL = 200
# From what others say of an address to what its owner wants; a reason never replaces a later one.
_STRENGTH = (Reason.ADDRESS, Reason.MOVED, Reason.UNSUBSCRIBED, Reason.COMPLAINT, Reason.ERASED)
OWN_WILL = frozenset({Reason.MOVED, Reason.UNSUBSCRIBED, Reason.COMPLAINT})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suppression that a person has yet to decide; `edition` is a mark."""

    person: str
    address: str
    edition: str
    reason: Reason
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why and since when an address is not written to; `edition` is a mark, or nothing."""

    reason: Reason
    since: datetime
    edition: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reinstated:
    """An address that may be written to again.

    `address` is empty for a person whom the register does not know; `lists` are those that they
    receive again.
    """

    address: str
    was: Suppression
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EditionStanding:
    """How many suppressions an edition proposed and caused.

    `removed` counts those for a wrong address since a person last agreed to some; `distrusted` is
    true once a person kept those that were proposed.
    """

    proposed: int
    removed: int
    distrusted: bool


class Suppressions(People):
    """The people of a data folder, and the changes to their suppressions."""

    def suppress(
        self, address: str, reason: Reason, moment: datetime, *, edition: str = "", detail: str = ""
    ) -> None:
        """Suppress an address, which may be unknown to the register.

        A reason that states what the person wants replaces a weaker reason.

        Args:
            address: in any case.
            reason: why.
            moment: now.
            edition: the edition that revealed it, by its name or mark.
            detail: what the server said; addresses are removed from it.

        Raises:
            FolderError: the disk refuses.
        """
        mark, said = self._mark(address), _without_addresses(detail)
        with self.together() as db:
            known = self.suppression(address)
            if known and _STRENGTH.index(known) >= _STRENGTH.index(reason):
                return
            db.execute(
                "INSERT INTO suppressions (mark, reason, since, edition, detail)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (mark) DO UPDATE SET reason = excluded.reason,"
                " since = excluded.since, edition = excluded.edition, detail = excluded.detail",
                (mark, reason.value, written(moment), edition_tag(edition), said),
            )
            person = self.find(address)
            if person:
                self._note(person.id, moment, "retrait", "", _described(reason, edition, said))

    def suppressed(self, address: str) -> Suppression | None:
        """Return the suppression of an address, or None."""
        row = self._db.execute(
            "SELECT reason, since, edition, detail FROM suppressions WHERE mark = ?",
            (self._mark(address),),
        ).fetchone()
        return Suppression(Reason(row[0]), read(row[1]), *row[2:]) if row else None

    # --- proposals --------------------------------------------------------------------------------

    def propose(
        self, address: str, reason: Reason, moment: datetime, *, edition: str, detail: str
    ) -> bool:
        """Propose a suppression for a person to decide; proposed twice, it changes nothing more.

        Returns:
            Whether the proposal is new, and about someone known and not yet suppressed.

        Raises:
            FolderError: the disk refuses.
        """
        said = _without_addresses(detail)
        with self.together() as db:
            person = self.find(address)
            if person is None or self.is_suppressed(address):
                return False
            added = db.execute(
                "INSERT INTO proposals (person, edition, reason, detail, since)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (person.id, edition_tag(edition), reason.value, said, written(moment)),
            ).rowcount
            if added:
                self._note(
                    person.id, moment, "retrait proposé", "", _described(reason, edition, said)
                )
        return bool(added)

    def proposals(self, edition: str | None = None) -> tuple[Proposal, ...]:
        """Return the proposals of an edition or of all editions, by edition, then address."""
        where, values = (
            ("1 = 1", ()) if edition is None else ("edition = ?", (edition_tag(edition),))
        )
        rows = self._db.execute(
            "SELECT p.id, p.address, edition, reason, detail, o.since"  # noqa: S608
            f" FROM proposals o JOIN people p ON p.id = o.person WHERE {where}"
            " ORDER BY edition, p.folded",
            values,
        ).fetchall()
        return tuple(
            Proposal(person, address, tag, Reason(reason), detail, read(since))
            for person, address, tag, reason, detail, since in rows
        )

    def accept_proposals(
        self, edition: str, moment: datetime, address: str | None = None
    ) -> tuple[Proposal, ...]:
        """Suppress everyone whom an edition proposed, or one address of it, as a person decided.

        Returns:
            The proposals.

        Raises:
            FolderError: the disk refuses.
        """

        def remove(proposal: Proposal) -> None:
            self._accept(proposal, edition, moment)

        return self._decide(edition, moment, remove, address, removed=True)

    def settle_proposals(self, edition: str, moment: datetime) -> None:
        """Suppress everyone whom an edition proposed, without a decision: they are few enough.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            for proposal in self.proposals(edition):
                self._accept(proposal, edition, moment)
            db.execute("DELETE FROM proposals WHERE edition = ?", (edition_tag(edition),))

    def drop_proposals(
        self, edition: str, moment: datetime, address: str | None = None
    ) -> tuple[Proposal, ...]:
        """Keep everyone whom an edition proposed to suppress, or one address of it.

        Returns:
            The proposals.

        Raises:
            FolderError: the disk refuses.
        """

        def keep(proposal: Proposal) -> None:
            said = _described(proposal.reason, edition, proposal.detail)
            self._note(proposal.person, moment, "retrait écarté", "", said)

        return self._decide(edition, moment, keep, address, removed=False)

    def _decide(
        self,
        edition: str,
        moment: datetime,
        act: Callable[[Proposal], None],
        address: str | None,
        *,
        removed: bool,
    ) -> tuple[Proposal, ...]:
        tag, key = edition_tag(edition), None if address is None else folded(address)
        with self.together() as db:
            waiting = self.proposals(tag)
            proposals = tuple(p for p in waiting if key in {None, folded(p.address)})
            for proposal in proposals:
                act(proposal)
                db.execute(
                    "DELETE FROM proposals WHERE edition = ? AND person = ?", (tag, proposal.person)
                )
            # To remove one address says nothing of a server of which another was kept.
            distrusts = key is not None and self.standing(tag).distrusted
            if proposals and not (removed and distrusts):
                db.execute(
                    "INSERT INTO decisions (edition, removed, moment) VALUES (?, ?, ?)"
                    " ON CONFLICT (edition) DO UPDATE SET removed = excluded.removed,"
                    " moment = excluded.moment",
                    (tag, int(removed), written(moment)),
                )
        return proposals

    def _accept(self, proposal: Proposal, edition: str, moment: datetime) -> None:
        self.suppress(
            proposal.address, proposal.reason, moment, edition=edition, detail=proposal.detail
        )

    def standing(self, edition: str) -> EditionStanding:
        """Return how many people an edition proposed and removed for a wrong address."""
        tag = edition_tag(edition)
        decided = self._db.execute(
            "SELECT removed, moment FROM decisions WHERE edition = ?", (tag,)
        ).fetchone()
        since = decided[1] if decided and decided[0] else ""
        removed = self._db.execute(
            "SELECT COUNT(*) FROM suppressions WHERE edition = ? AND since > ? AND reason = ?",
            (tag, since, Reason.ADDRESS.value),
        ).fetchone()[0]
        return EditionStanding(len(self.proposals(tag)), removed, bool(decided and not decided[0]))

    def removed_since(self, moment: datetime) -> int:
        """Return how many were removed for a wrong address since a moment, without a decision."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM suppressions s LEFT JOIN decisions d"
            " ON d.edition = s.edition AND d.removed = 1"
            " WHERE s.reason = ? AND s.edition <> '' AND s.since > ?"
            " AND s.since > COALESCE(d.moment, '')",
            (Reason.ADDRESS.value, written(moment)),
        ).fetchone()
        return int(row[0])

    # --- reinstatements ---------------------------------------------------------------------------

    def reinstate(self, address: str, moment: datetime) -> Reinstated | None:
        """Lift the suppression of an address, whatever its reason except an erasure.

        People who left or complained receive nothing until they subscribe again themselves.

        Returns:
            What was lifted, or None when nothing was done.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together():
            was = self.suppressed(address)
            if was is None or was.reason is Reason.ERASED:
                return None
            person = self.find(address)
            return self._lift(self._mark(address), person.id if person else "", was, moment)

    def reinstate_edition(self, edition: str, moment: datetime) -> tuple[Reinstated, ...]:
        """Lift the suppressions caused by an edition's returned mail or refusals, and no others.

        Raises:
            FolderError: the disk refuses.
        """
        with self.together() as db:
            rows = db.execute(
                "SELECT mark, since, edition, detail FROM suppressions"
                " WHERE edition = ? AND reason = ?",
                (edition_tag(edition), Reason.ADDRESS.value),
            ).fetchall()
            known = {}
            if rows:
                people = db.execute("SELECT id, folded FROM people")
                known = {self.keys.mark(address): person for person, address in people}
            done = [
                self._lift(
                    mark,
                    known.get(mark, ""),
                    Suppression(Reason.ADDRESS, read(since), *rest),
                    moment,
                )
                for mark, since, *rest in rows
            ]
        return tuple(sorted(done, key=lambda reinstated: reinstated.address))

    def _lift(self, mark: str, person: str, was: Suppression, moment: datetime) -> Reinstated:
        self._db.execute("DELETE FROM suppressions WHERE mark = ?", (mark,))
        known = self.person(person)
        if known is None:
            return Reinstated("", was, ())
        if was.reason in OWN_WILL:
            self._db.execute(
                "UPDATE subscriptions SET active = 0, since = ? WHERE person = ? AND active = 1",
                (written(moment), person),
            )
        said = _described(was.reason, was.edition, was.detail)
        self._note(person, moment, "rétablissement", "", said)
        return Reinstated(known.address, was, self.lists_of(person))

    # --- private ----------------------------------------------------------------------------------

    def _note(self, person: str, moment: datetime, event: str, liste: str, detail: str) -> None:
        self._db.execute(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?)",
            (person, written(moment), event, liste, detail),
        )


def _without_addresses(detail: str) -> str:
    """Return a server's words on one short line, without addresses."""
    line = "".join(c if c.isprintable() else " " for c in detail[: 5 * _LONGEST_DETAIL])
    return _ADDRESS.sub("…", " ".join(line.split()))[:_LONGEST_DETAIL]


def _described(reason: Reason, edition: str, detail: str) -> str:
    place = f"édition {edition}" if edition else ""
    return " : ".join(filter(None, (", ".join(filter(None, (reason.value, place))), detail)))
