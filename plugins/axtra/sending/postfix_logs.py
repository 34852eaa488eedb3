"""What Postfix's log says of the messages whose fate is unknown.

`cleanup` names a message as soon as it reads its headers, before the final dot; `qmgr` names it
once it is in the queue: only that proves that the server took it. `smtpd` says when a connection
was lost before the final dot: only that proves, of a message that was named, that it did not.

Source: Postfix, « Architecture overview »; RFC 1047 (the gap between the final dot and its answer).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import MessageState, UncertainMessage

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE = re.compile(
    r"(?:(?P<iso>\d{4}-\d\d-\d\dT\S+)|(?P<month>[A-Z][a-z]{2}) +(?P<day>\d+) (?P<time>[\d:]{8}))"
    r"\S* \S+ postfix[\w./-]*/(?P<program>[\w-]+)\[(?P<pid>\d+)\]: (?P<said>.*)"
)
_ID = re.compile(r"(?P<queue>[0-9A-Za-z]{5,}): message-id=<?(?P<id>[^>\s]+)>?")
_OPENED = re.compile(r"(?P<queue>[0-9A-Za-z]{5,}): client=")
_ABANDONED = re.compile(r"(?:lost connection|timeout) after DATA ")
_QUEUED = re.compile(
    r"(?P<queue>[0-9A-Za-z]{5,}): (?:from=.*\(queue active\)|to=.*status=|removed)"
)


@dataclass(slots=True)
class Log:
    """What logs say, and from when to when they speak.

    `taken` are in the queue, `named` began to arrive, `abandoned` stopped before their end. Moments
    are in seconds since 1970, None for logs without a line of Postfix.
    """

    taken: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    abandoned: set[str] = field(default_factory=set)
    first: float | None = None
    last: float | None = None

    def covers(self, doubt: UncertainMessage) -> bool:
        """Tell whether the log speaks from before a message left until its fate was unknown.

        Lines count whole seconds.
        """
        if self.first is None or self.last is None:
            return False
        return self.first <= doubt.claimed and self.last >= int(doubt.settled)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How many doubts ended, and why the others did not, in French."""

    accepted: int
    never: int
    left: int
    why: str

    def __add__(self, later: Reconciliation) -> Reconciliation:
        return Reconciliation(
            self.accepted + later.accepted, self.never + later.never, later.left, later.why
        )


def read(lines: Iterable[str], now: datetime) -> Log:
    """Read the lines of a log, whatever else they hold.

    Args:
        lines: in the format of syslog, of `maillog_file`, or with dates of RFC 3339.
        now: the present: the older format does not tell the year.
    """
    log = Log()
    names: dict[str, str] = {}
    open_by: dict[str, str] = {}  # the queue id that each process of smtpd is receiving
    for line in lines:
        match = _LINE.match(line)
        if not match:
            continue
        moment = _moment(match, now)
        if moment is None:
            continue
        log.first = moment if log.first is None else min(log.first, moment)
        log.last = moment if log.last is None else max(log.last, moment)
        said = match["said"]
        match match["program"]:
            case "cleanup":
                if named := _ID.match(said):
                    names[named["queue"]] = named["id"]
                    log.named.add(named["id"])
            case "smtpd":
                if opened := _OPENED.match(said):
                    open_by[match["pid"]] = opened["queue"]
                    names.pop(opened["queue"], None)  # queue ids are used again
                elif _ABANDONED.match(said) and (lost := names.get(open_by.get(match["pid"], ""))):
                    log.abandoned.add(lost)
            case _:
                if (queued := _QUEUED.match(said)) and queued["queue"] in names:
                    log.taken.add(names[queued["queue"]])
    return log


def _moment(line: re.Match[str], now: datetime) -> float | None:
    try:
        if line["iso"]:
            moment = datetime.fromisoformat(line["iso"])
            return (moment if moment.tzinfo else moment.astimezone()).timestamp()
        month = _MONTHS.index(line["month"]) + 1
        text = f"{now.year}-{month:02d}-{int(line['day']):02d}T{line['time']}"
        # The machine's own time zone, as its syslog writes.
        moment = datetime.fromisoformat(text).astimezone()
    except ValueError:
        return None
    if moment > now + timedelta(days=1):  # December, read in January
        moment = moment.replace(year=now.year - 1)
    return moment.timestamp()


def reconcile(ledger: Ledger, files: Iterable[Path], now: datetime) -> Reconciliation:
    """End the doubts that a log can end; nothing is sent.

    Args:
        ledger: held alone.
        files: logs, some of them compressed by gzip.
        now: the present.

    Raises:
        OSError: a log cannot be read.
        FolderError: the disk refuses.
    """
    doubts = ledger.doubts()
    log = read(_lines(files), now)
    accepted = never = 0
    why = ""
    with ledger.together():
        # A log that knows none of an edition's messages may be another server's.
        with closing(ledger.accepted_ids({doubt.edition for doubt in doubts})) as sent:
            ours = any(known in log.taken for known in chain((d.message_id for d in doubts), sent))
        for doubt in doubts:
            if doubt.message_id in log.taken:
                ledger.resolve(
                    doubt, MessageState.ACCEPTED, "pris par le serveur, d’après son journal"
                )
                accepted += 1
            elif doubt.leased:
                why = "Un poste qui s’est arrêté peut encore finir : recommencez dans une minute."
            elif not ours:
                why = "Ce journal ne connaît aucun message de l’édition : est-ce le bon serveur?"
            elif not log.covers(doubt) or doubt.message_id in log.named - log.abandoned:
                why = "Ce journal ne couvre pas tout le moment en cause : donnez-en aussi la suite."
            else:
                ledger.resolve(
                    doubt, MessageState.TO_SEND, "le serveur ne l’a jamais eu, d’après son journal"
                )
                never += 1
    return Reconciliation(accepted, never, len(doubts) - accepted - never, why)


def _lines(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8", errors="replace") as file:
            yield from file
