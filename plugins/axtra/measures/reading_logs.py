"""Reading access logs: streamed, compressed or not, in any order, each line counted once."""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, BinaryIO, Literal, Protocol, cast

from filelock import FileLock

from axtra.measures import log_lines
from axtra.measures.requests_of_readers import ReaderRequest, Sort, understand
from axtra.measures.visits import Count, DayTally, ReadFile, Seen, Visits, new_salt
from axtra.subscribers.private_folder import make_private
from axtra.subscribers.signed_tokens import Keys
from infolettre.core.refusals import WrongUsage

_LOCK = "mesures.verrou"
_HEAD = 1_024  # first bytes by which a file is known again
_GZIP = b"\x1f\x8b"
_LONGEST = 65_536  # bytes of a line; a longer one is no request of a reader
_TRIED = 200  # lines among which one must be of a known format


@dataclass(slots=True)
class ReadingReport:
    """What became of the lines of some files."""

    lines: int = 0
    pages: int = 0
    robots: int = 0
    others: int = 0  # pictures, sheets, errors
    closed: int = 0  # of days that are closed
    unread: int = 0  # of no known format
    known: list[str] = field(default_factory=list)  # files that hold nothing new
    months: set[str] = field(default_factory=set)


class LogSource(Protocol):
    """A file, as a path is one; `str` gives its name in messages."""

    def open(self, mode: Literal["rb"], /) -> IO[bytes]:
        """Open it; whoever reads it closes it."""


def read_logs(
    folder: Path,
    sources: Sequence[LogSource],
    hosts: Collection[str],
    clock: Callable[[], datetime],
    lost: Collection[str] = (),
    most: int | None = None,
) -> ReadingReport:
    """Count what is new in some files.

    Args:
        folder: the data folder.
        sources: the files.
        hosts: the names of the site itself, without « www. ».
        clock: returns the present.
        lost: months that were counted before, and of whose days this folder knows too little.
        most: how many bytes they may hold together, once unpacked.

    Raises:
        WrongUsage: a file cannot be read, or is no access log, or they hold more; nothing is
            counted.
        FolderError: the data folder cannot be used.
    """
    make_private(folder)
    with FileLock(folder / _LOCK, mode=0o600), Visits.open(folder) as visits:
        visits.close_days(clock())
        reading = _Reading(
            visits.tallies(), visits.closed(), frozenset(lost), frozenset(hosts), most
        )
        keys, before = Keys.open(folder), visits.files()
        files: list[ReadFile] = []
        for source in sources:
            files += _read_file(source, reading, keys, [*before, *files])
        visits.keep(reading.tallies, reading.subscribers, files, clock())
    return reading.report


@dataclass(slots=True)
class _Reading:
    """What the lines read so far add up to."""

    tallies: dict[str, DayTally]
    closed: Collection[str]
    lost: Collection[str]
    hosts: frozenset[str]
    most: int | None = None
    weight: int = 0
    subscribers: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    report: ReadingReport = field(default_factory=ReadingReport)

    def take(self, text: str) -> bool:
        """Count a line; return whether it is of a known format."""
        line = log_lines.read(text)
        if line is None or not _is_day(line.day):
            return False
        self.report.lines += 1
        request = understand(line, self.hosts)
        if request.sort is Sort.OTHER:
            self.report.others += 1
            return True
        if line.day in self.closed or line.day[:7] in self.lost:
            self.report.closed += 1
            return True
        self.report.months.add(line.day[:7])
        if request.sort is Sort.FEED:
            name = (line.day[:7], request.path, request.service)
            if request.service:
                self.subscribers[name] = max(self.subscribers[name], request.subscribers)
            self._tally(line.day).counts[Count.PAGE, ""] += 0  # the day is known
            return True
        self._count(self._tally(line.day), line, request)
        return True

    def weigh(self, length: int) -> None:
        """Add bytes to those that were unpacked.

        Raises:
            WrongUsage: there are too many.
        """
        self.weight += length
        if self.most is not None and self.weight > self.most:
            raise WrongUsage(
                f"ces journaux, décompressés, dépassent {self.most // 1_000_000} Mo; "
                "rien n’est compté.",
                "Donnez-les en plusieurs fois; ce qui est déjà compté ne l’est pas deux fois.",
            )

    def _tally(self, day: str) -> DayTally:
        if day not in self.tallies:
            self.tallies[day] = DayTally(new_salt())
        return self.tallies[day]

    def _count(self, tally: DayTally, line: log_lines.LogLine, request: ReaderRequest) -> None:
        if request.sort is Sort.ROBOT:
            self.report.robots += 1
            tally.counts[Count.ROBOTS, ""] += 1
            return
        visitor = tally.mark(line.address, line.agent)
        tally.see(Seen.VISITOR, "", visitor)
        tally.see(Seen.ADDRESS, "", tally.mark(line.address))
        if not request.inner:
            tally.counts[Count.ENTRIES, ""] += 1
            if request.origin:
                tally.counts[Count.ORIGIN, request.origin] += 1
        match request.sort:
            case Sort.PAGE:
                self.report.pages += 1
                tally.counts[Count.PAGE, request.path] += 1
            case Sort.DOWNLOAD:
                tally.counts[Count.DOWNLOAD, request.path] += 1
                tally.see(Seen.WHOLE, request.path, visitor)
            case _:
                tally.see(Seen.PART, request.path, visitor)


def _read_file(
    source: LogSource, reading: _Reading, keys: Keys, known: Sequence[ReadFile]
) -> Iterator[ReadFile]:
    """Count the lines of a file that were not read before; yield how far it is read now."""
    try:
        with ExitStack() as stack:
            stream = _open(source, stack)
            head = stream.read(_HEAD)
            before = max((file.length for file in known if _is_head(file, head, keys)), default=0)
            stream.seek(before)
            length, any_line, unread = before, False, 0
            reading.weigh(before)
            for raw, end in _lines(stream, before):
                reading.weigh(len(raw))
                text = raw.decode("utf-8", errors="replace").strip()
                good = not text or reading.take(text)
                if not good and end is None:
                    break  # a last line that is not whole yet
                unread += not good
                any_line = any_line or (good and bool(text))
                if not any_line and unread > _TRIED:
                    break
                length = end if end is not None else length + len(raw)
    except (OSError, EOFError) as error:
        raise WrongUsage(
            f"« {source} » ne se lit pas{_why(error)}.",
            "Donnez un journal d’accès, compressé par gzip ou non.",
        ) from None
    if not any_line and (unread or (head and not before)):
        raise WrongUsage(
            f"« {source} » n’est pas un journal d’accès que ce programme lit; rien n’est compté.",
            "Formats : « combined » d’Apache ou de nginx, JSON de nginx ou de Caddy.",
        )
    reading.report.unread += unread
    if length == before:
        if length:  # an empty file holds nothing that was read before
            reading.report.known.append(str(source))
        return
    size = min(_HEAD, length)
    yield ReadFile(_mark(head[:size], keys), size, length)


def _open(source: LogSource, stack: ExitStack) -> BinaryIO:
    file = cast("BinaryIO", stack.enter_context(source.open("rb")))
    magic = file.read(2)
    file.seek(0)
    if magic == _GZIP:
        return cast("BinaryIO", stack.enter_context(gzip.GzipFile(fileobj=file, mode="rb")))
    return file


def _lines(stream: BinaryIO, at: int) -> Iterator[tuple[bytes, int | None]]:
    """Yield each line with where it ends; the last one may have no end."""
    while raw := stream.readline(_LONGEST):
        at += len(raw)
        if raw.endswith(b"\n"):
            yield raw, at
        elif len(raw) < _LONGEST:
            yield raw, None
        else:  # the rest of it, and what came before, is of no reader
            while (rest := stream.readline(_LONGEST)) and not rest.endswith(b"\n"):
                at += len(rest)
            at += len(rest)
            yield b"?", at


def _is_head(file: ReadFile, head: bytes, keys: Keys) -> bool:
    return len(head) >= file.head_length and _mark(head[: file.head_length], keys) == file.head


def _mark(head: bytes, keys: Keys) -> str:
    return keys.mark(hashlib.sha256(head).hexdigest())


def _is_day(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _why(error: Exception) -> str:
    words: Mapping[type[Exception], str] = {
        FileNotFoundError: " : il n’existe pas",
        IsADirectoryError: " : c’est un dossier",
        PermissionError: " : ses droits l’interdisent",
        EOFError: " : il est coupé",
    }
    return next((said for kind, said in words.items() if isinstance(error, kind)), "")
