"""The right to publish at a place: one publication at a time.

A file says who holds it and since when, and is written again while they work. Who was killed takes
it back at once; others take it when it has not been renewed for five minutes.
"""

from __future__ import annotations

import getpass
import json
import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from axtra.publishing.carriers import PRIVATE, Carrier
from infolettre.core.refusals import Refusal

LOCK = f"{PRIVATE}verrou"
RENEWED = timedelta(seconds=30)
ABANDONED = timedelta(minutes=5)
_ENDED = ("Z", "X")  # states of a process that only its parent still knows
_UNKNOWN = "?"
_TRIES = 3  # while the lock changes hands under our eyes


class TurnTaken(Refusal):
    """Somebody else publishes, or has taken over."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the right.

    Attributes:
        user: the name of an account.
        machine: the name of its machine.
        process: the number of the process there, then when it began.
        mark: what no other holder has.
        since, renewed: moments, as ISO 8601.
    """

    user: str
    machine: str
    process: tuple[int, str]
    mark: str
    since: str
    renewed: str

    def as_bytes(self) -> bytes:
        """Return what the file holds."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()


class Turn:
    """The right to publish, while it is held."""

    def __init__(self, carrier: Carrier, holder: Holder, now: Callable[[], datetime]) -> None:
        self._carrier = carrier
        self._holder = holder
        self._now = now

    def renew(self) -> None:
        """Write the lock again if that is due.

        Raises:
            TurnTaken: somebody has taken over.
        """
        moment = self._now()
        if moment - datetime.fromisoformat(self._holder.renewed) < RENEWED:
            return
        renewed = replace(self._holder, renewed=moment.isoformat())
        if not self._carrier.replace(LOCK, self._holder.as_bytes(), renewed.as_bytes()):
            raise TurnTaken(
                "une autre publication a pris la suite : celle-ci s’arrête.",
                "Relancez la commande quand l’autre sera finie.",
                place=self._carrier.address,
            )
        self._holder = renewed

    def end(self) -> None:
        """Let others publish, unless somebody has taken over."""
        if self._carrier.get(LOCK) == self._holder.as_bytes():
            self._carrier.delete([LOCK])


@contextmanager
def turn(carrier: Carrier, now: Callable[[], datetime]) -> Iterator[Turn]:
    """Hold the right to publish at a place.

    Raises:
        TurnTaken: somebody else holds it.
    """
    held = _take(carrier, now)
    try:
        yield held
    finally:
        with suppress(Refusal):  # what stopped the publication is what matters
            held.end()


def _take(carrier: Carrier, now: Callable[[], datetime]) -> Turn:
    moment = now()
    mine = _myself(moment)
    for _ in range(_TRIES):
        if carrier.create(LOCK, mine.as_bytes()):
            return Turn(carrier, mine, now)
        known = carrier.get(LOCK)
        if known is None:
            continue
        holder = _read(known)
        if holder and not _may_take(holder, moment):
            raise _taken(carrier, holder)
        if carrier.replace(LOCK, known, mine.as_bytes()):
            return Turn(carrier, mine, now)
    raise _taken(carrier, None)


def _may_take(holder: Holder, moment: datetime) -> bool:
    """Tell whether a lock is ours, from a process that is no more, or was abandoned."""
    if moment - datetime.fromisoformat(holder.renewed) >= ABANDONED:
        return True
    ours = (holder.user, holder.machine) == (_user(), socket.gethostname())
    return ours and _began(holder.process[0]) != holder.process[1]


def _read(data: bytes) -> Holder | None:
    try:
        values = json.loads(data)
        number, began = values.pop("process")
        holder = Holder(process=(int(number), str(began)), **values)
        moments = map(datetime.fromisoformat, (holder.since, holder.renewed))
        return holder if all(moment.tzinfo for moment in moments) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # half written, or by something else


def _myself(moment: datetime) -> Holder:
    stamp = moment.isoformat()
    process = (os.getpid(), _began(os.getpid()))
    return Holder(_user(), socket.gethostname(), process, secrets.token_hex(8), stamp, stamp)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return str(os.getuid()) if sys.platform != "win32" else ""


def _began(number: int) -> str:
    """Return when a process of this machine began; empty when there is none.

    A number is given again to another process; where the system does not say when a process
    began, only its number counts.

    Source: proc(5), /proc/pid/stat, fields 3 and 22.
    """
    try:
        about = Path(f"/proc/{number}/stat").read_text("utf-8", errors="replace")
        fields = about.rpartition(")")[2].split()
        return "" if fields[0] in _ENDED else fields[19]
    except (OSError, IndexError):
        pass
    if sys.platform == "win32":  # os.kill would end it
        return _UNKNOWN
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        pass
    return _UNKNOWN


def _taken(carrier: Carrier, holder: Holder | None) -> TurnTaken:
    if holder is None:
        return TurnTaken(
            "une autre publication est en cours ici.",
            "Attendez qu’elle finisse, puis relancez la commande.",
            place=carrier.address,
        )
    since = datetime.fromisoformat(holder.since)
    free = datetime.fromisoformat(holder.renewed) + ABANDONED
    return TurnTaken(
        f"{holder.user} ({holder.machine}) publie ici depuis {since:%H:%M}.",
        "Attendez la fin. Si cette publication s’est arrêtée sans finir, "
        f"relancez la commande après {free:%H:%M}.",
        place=carrier.address,
    )
