"""The people of a newsroom: who they are, their one-time links and their sessions.

A link and a cookie are drawn at random and kept as hashes: whoever reads the base, or a backup of
it, cannot get in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from axtra.atelier.account_book import AccountBook
from axtra.atelier.roles import Person, Role
from axtra.content.model.sorting import sort_key
from axtra.subscribers.addresses import folded, normalized
from axtra.subscribers.database import read, written
from axtra.subscribers.private_folder import LockedError
from axtra.subscribers.storage.base import PATIENCE, Base
from infolettre.core.refusals import Refusal

LINK_LIFE = timedelta(minutes=15)
_IDLE, _LONGEST = timedelta(days=3), timedelta(days=30)  # of a session
_SEEN_EVERY = timedelta(minutes=5)  # between two writings of when a session was last used
_EVENTS_KEPT = timedelta(days=366)
_GLANCE = 0.02  # seconds that a request waits to write when a session was last used
_MOST_LINKS, _MOST_SESSIONS = 5, 20  # of one person: the oldest gives way
_LONGEST_NAME = 80  # characters


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the newsroom; `seen` is when a session of theirs was last used."""

    person: Person
    since: datetime
    sessions: int
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an account, as the journal keeps it."""

    moment: datetime
    act: str
    name: str
    detail: str


class LastDirectionError(Refusal):
    """Nobody would be left who may invite people."""

    def __init__(self) -> None:
        super().__init__(
            "il ne resterait personne à la direction.",
            "Donnez d’abord ce rôle à quelqu’un d’autre.",
        )


class Accounts:
    """The accounts of a data folder; may be asked by several threads and processes.

    Args:
        data: the data folder.
        clock: returns the present.

    Raises:
        FolderError: the folder or the base cannot be used.
    """

    def __init__(self, data: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._book = AccountBook(data)
        # Who asks is looked up for each request: that never waits for a change to end.
        self._readings = AccountBook(data)

    def close(self) -> None:
        """Close the base."""
        self._book.close()
        self._readings.close()

    # --- people ----------------------------------------------------------------------------------

    def invite(self, typed: str, role: Role, name: str = "", by: str = "") -> Person:
        """Add a person, or give another role to one who is here; return them.

        Args:
            typed: their address.
            role: what they may do.
            name: how they sign; by default what comes before « @ », or the name they have.
            by: the name of who invites.

        Raises:
            AddressError: the address cannot receive mail.
            LastDirectionError: this would take the role of the last one at the head.
        """
        address = folded(normalized(typed))
        name = " ".join(name.split())[:_LONGEST_NAME]
        with self._change() as db:
            known = self._row(address)
            if known is None:
                named = name or address.partition("@")[0]
                now = written(self._clock())
                row = (address, named, role.value, now)
                db.execute("INSERT INTO members (address, name, role, since) VALUES (?,?,?,?)", row)
                self._note("invitation", address, f"{role.value}{_by(by)}")
            else:
                if known[2] != role.value:
                    self._change_role(address, role, by)
                if name:
                    db.execute("UPDATE members SET name = ? WHERE address = ?", (name, address))
            return self._person(address)

    def change(self, address: str, role: Role, name: str, by: str = "") -> Person:
        """Change the role and the name of a person; another role ends their sessions.

        Raises:
            KeyError: nobody here has this address.
            LastDirectionError: this would take the role of the last one at the head.
        """
        name = " ".join(name.split())[:_LONGEST_NAME]
        with self._change() as db:
            before = self._person(address)
            if before.role is not role:
                self._change_role(address, role, by)
            if name and name != before.name:
                db.execute("UPDATE members SET name = ? WHERE address = ?", (name, address))
            return self._person(address)

    def _change_role(self, address: str, role: Role, by: str) -> None:
        if role is not Role.DIRECTION:
            self._keep_a_direction(address)
        self._db.execute("UPDATE members SET role = ? WHERE address = ?", (role.value, address))
        self._end(address)
        self._note("rôle", address, f"{role.value}{_by(by)}")

    def remove(self, address: str, by: str = "") -> None:
        """Forget a person, with their links and sessions.

        Raises:
            LastDirectionError: they are the last one at the head.
        """
        with self._change() as db:
            if self._row(address) is None:
                return
            self._keep_a_direction(address)
            db.execute("DELETE FROM members WHERE address = ?", (address,))
            self._note("retrait", None, by and f"par {by}")

    def erase(self, typed: str) -> bool:
        """Forget a person, even the last one at the head; return whether there was one."""
        address = folded(typed)
        with self._change() as db:
            gone = db.execute("DELETE FROM members WHERE address = ?", (address,)).rowcount
            if gone:
                self._note("effacement", None, "")
        if gone:
            with self._book.lent() as db:
                db.scrub()
        return bool(gone)

    def _keep_a_direction(self, address: str) -> None:
        row = self._row(address)
        others = self._db.execute(
            "SELECT count(*) FROM members WHERE role = ? AND address <> ?",
            (Role.DIRECTION.value, address),
        ).fetchone()[0]
        if row and row[2] == Role.DIRECTION.value and not others:
            raise LastDirectionError

    def member(self, typed: str) -> Member | None:
        """Return somebody of the newsroom, by their address."""
        address = folded(typed)
        return next((each for each in self.members() if each.person.address == address), None)

    def members(self) -> list[Member]:
        """List everybody, by name."""
        now = self._clock()
        with self._asking() as db:
            rows = db.execute(
                "SELECT address, name, role, since, count(mark), max(seen) FROM members "
                "LEFT JOIN sessions ON person = id AND seen > ? AND began > ? GROUP BY id",
                (written(now - _IDLE), written(now - _LONGEST)),
            ).fetchall()
        return [
            Member(
                Person(address, name, Role(role)), read(since), count, read(seen) if seen else None
            )
            for address, name, role, since, count, seen in sorted(
                rows, key=lambda row: (sort_key(row[1]), row[0])
            )
        ]

    # --- one-time links --------------------------------------------------------------------------

    def new_link(self, typed: str) -> str | None:
        """Return a secret that lets a person in once; None when nobody here has this address."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._change() as db:
            row = self._row(folded(typed))
            if row is None:
                return None
            db.execute("DELETE FROM links WHERE ends <= ?", (written(now),))
            _keep_last(db, "links", "ends", row[3], _MOST_LINKS - 1)
            ends = _ordered(now + LINK_LIFE)
            db.execute("INSERT INTO links VALUES (?,?,?)", (_mark(secret), row[3], ends))
        return secret

    def link_is_good(self, secret: str) -> bool:
        """Return whether a link would let somebody in; it is not used up."""
        with self._asking() as db:
            found = db.execute(
                "SELECT 1 FROM links WHERE mark = ? AND ends > ?",
                (_mark(secret), written(self._clock())),
            ).fetchone()
        return found is not None

    def sign_in(self, secret: str, former: str = "") -> tuple[Person, str] | None:
        """Use a link: return who it was for and the cookie of a new session, or None.

        Every other link of this person stops being good.

        Args:
            secret: of the link.
            former: the cookie that the browser has; its session ends.
        """
        with self._change() as db:
            used = db.execute(
                "DELETE FROM links WHERE mark = ? RETURNING person, ends", (_mark(secret),)
            ).fetchall()
            if not used or used[0][1] <= written(self._clock()):
                return None
            [(person, _)] = used
            db.execute("DELETE FROM links WHERE person = ?", (person,))
            db.execute("DELETE FROM sessions WHERE mark = ?", (_mark(former),))
            address = db.execute("SELECT address FROM members WHERE id = ?", (person,)).fetchone()[
                0
            ]
            cookie = self._open(person)
            self._note("entrée", address, "")
            return self._person(address), cookie

    # --- sessions --------------------------------------------------------------------------------

    def open(self, address: str) -> str:
        """Return the cookie of a new session of a person.

        Raises:
            KeyError: nobody here has this address.
        """
        with self._change():
            row = self._row(address)
            if row is None:
                raise KeyError(address)
            return self._open(row[3])

    def _open(self, person: int) -> str:
        cookie, now = secrets.token_urlsafe(32), _ordered(self._clock())
        _keep_last(self._db, "sessions", "began", person, _MOST_SESSIONS - 1)
        self._db.execute("INSERT INTO sessions VALUES (?,?,?,?)", (_mark(cookie), person, now, now))
        return cookie

    def whose(self, cookie: str) -> Person | None:
        """Return whose session a cookie opens, with the role that they have now."""
        now = self._clock()
        with self._asking() as db:
            row = db.execute(
                "SELECT address, name, role, seen FROM sessions JOIN members ON id = person "
                "WHERE mark = ? AND seen > ? AND began > ?",
                (_mark(cookie), written(now - _IDLE), written(now - _LONGEST)),
            ).fetchone()
            if row is None:
                return None
            if read(row[3]) < now - _SEEN_EVERY:
                db.wait(_GLANCE)
                with suppress(LockedError), db.transaction():  # the next request will do
                    db.execute(
                        "UPDATE sessions SET seen = ? WHERE mark = ?", (written(now), _mark(cookie))
                    )
                db.wait(PATIENCE)
        return Person(row[0], row[1], Role(row[2]))

    def is_here(self, person: Person) -> bool:
        """Return whether a person has a session, and the name and role that they had."""
        found = self.member(person.address)
        return found is not None and found.person == person and found.sessions > 0

    def close_session(self, cookie: str) -> None:
        """End a session."""
        with self._change() as db:
            db.execute("DELETE FROM sessions WHERE mark = ?", (_mark(cookie),))

    def end_sessions(self, address: str, by: str = "") -> None:
        """End every session of a person, and their links."""
        with self._change():
            self._end(address)
            self._note("sessions fermées", address, by and f"par {by}")

    def end_all(self) -> None:
        """End every session and link, as a restored backup must: some were ended since."""
        with self._change() as db:
            db.execute("DELETE FROM sessions")
            db.execute("DELETE FROM links")

    def _end(self, address: str) -> None:
        row = self._row(address)
        if row is not None:
            self._db.execute("DELETE FROM sessions WHERE person = ?", (row[3],))
            self._db.execute("DELETE FROM links WHERE person = ?", (row[3],))

    # --- the journal -----------------------------------------------------------------------------

    def note_failure(self, act: str) -> None:
        """Note in the journal that somebody was not let in."""
        with self._change():
            self._note(act, None, "")

    def journal(self, most: int = 50) -> list[Event]:
        """List what happened last, the newest first."""
        with self._asking() as db:
            rows = db.execute(
                "SELECT moment, act, coalesce(name, ''), detail FROM events "
                "LEFT JOIN members ON id = person ORDER BY events.rowid DESC LIMIT ?",
                (most,),
            ).fetchall()
        return [Event(read(moment), act, name, detail) for moment, act, name, detail in rows]

    def events_of(self, typed: str) -> list[Event]:
        """List all that the journal keeps of a person, the oldest first."""
        with self._asking() as db:
            rows = db.execute(
                "SELECT moment, act, name, detail FROM events JOIN members ON id = person "
                "WHERE address = ? ORDER BY events.rowid",
                (folded(typed),),
            ).fetchall()
        return [Event(read(moment), act, name, detail) for moment, act, name, detail in rows]

    def _note(self, act: str, address: str | None, detail: str) -> None:
        now = self._clock()
        row = self._row(address) if address else None
        person = row[3] if row else None
        self._db.execute("DELETE FROM events WHERE moment < ?", (written(now - _EVENTS_KEPT),))
        self._db.execute("INSERT INTO events VALUES (?,?,?,?)", (written(now), act, person, detail))

    # --- the base --------------------------------------------------------------------------------

    def _row(self, address: str) -> tuple[str, str, str, int] | None:
        """Return the address, the name, the role and the number of a person."""
        row: tuple[str, str, str, int] | None = self._db.execute(
            "SELECT address, name, role, id FROM members WHERE address = ?", (address,)
        ).fetchone()
        return row

    def _person(self, address: str) -> Person:
        row = self._row(address)
        if row is None:
            raise KeyError(address)
        return Person(row[0], row[1], Role(row[2]))

    @contextmanager
    def _asking(self) -> Iterator[Base]:
        with self._readings.lent() as db:
            yield db

    @contextmanager
    def _change(self) -> Iterator[Base]:
        with self._book.lent() as db, db.transaction():
            self._db = db
            yield db


def _mark(secret: str) -> bytes:
    """Return what is kept of a secret; drawn at random, it needs neither salt nor slowness."""
    return hashlib.sha256(secret.encode()).digest()


def _ordered(moment: datetime) -> str:
    """Return a moment as text, as `written` does, to the microsecond: two of a second differ."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _keep_last(db: Base, table: str, moment: str, person: int, most: int) -> None:
    db.execute(
        f"DELETE FROM {table} WHERE person = ? AND mark NOT IN (SELECT mark FROM {table} "  # noqa: S608
        f"WHERE person = ? ORDER BY {moment} DESC LIMIT ?)",
        (person, person, most),
    )


def _by(name: str) -> str:
    return f", par {name}" if name else ""
