"""How many people were subscribed at a moment, and on what bases: numbers, never people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from axtra.subscribers.database import written
from axtra.subscribers.register.consent import Basis
from axtra.subscribers.register.register import Register

_SURE = (Basis.EXPRESS, Basis.IMPLIED, Basis.INQUIRY)  # the surest basis of a person counts


@dataclass(frozen=True, slots=True)
class Population:
    """The people who had at least one subscription at a moment, by the basis of their consent.

    Whoever was erased since is no longer known, and is not counted.
    """

    people: int
    bases: Mapping[Basis, int]


def population(register: Register, moment: datetime) -> Population:
    """Count the people of a register at a moment of the past, from what it noted of each.

    Raises:
        FolderError: the disk refuses.
    """
    when = written(moment)
    with register.together() as db:
        noted = db.execute(
            "SELECT person, list, event FROM facts WHERE moment < ?"
            " AND event IN ('abonnement', 'désabonnement', 'retrait', 'rétablissement')"
            " ORDER BY moment, rowid",
            (when,),
        ).fetchall()
        given = db.execute(
            "SELECT person, basis FROM consents WHERE given < ?"
            " AND (expires IS NULL OR expires > ?)",
            (when, when),
        ).fetchall()
    lists: dict[str, set[str]] = {}
    withdrawn: set[str] = set()
    for person, liste, event in noted:
        match event:
            case "abonnement":
                lists.setdefault(person, set()).add(liste)
                withdrawn.discard(person)  # who confirms again is written to again
            case "désabonnement":
                lists.setdefault(person, set()).discard(liste)
            case "retrait":
                withdrawn.add(person)
            case _:
                withdrawn.discard(person)
    people = {person for person, held in lists.items() if held and person not in withdrawn}
    held: dict[str, set[str]] = {}
    for person, basis in given:
        held.setdefault(person, set()).add(basis)
    bases = Counter(
        basis
        for person in people
        for basis in [next((b for b in _SURE if b.value in held.get(person, ())), None)]
        if basis
    )
    return Population(len(people), bases)


def departures(register: Register, start: datetime, end: datetime) -> int:
    """Count the subscriptions that people ended themselves between two moments.

    Raises:
        FolderError: the disk refuses.
    """
    with register.together() as db:
        row = db.execute(
            "SELECT COUNT(*) FROM facts WHERE event = 'désabonnement'"
            " AND moment >= ? AND moment < ?",
            (written(start), written(end)),
        ).fetchone()
    return int(row[0])
