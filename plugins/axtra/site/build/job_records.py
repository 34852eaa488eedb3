"""What the last build of a folder did: for each job, the facts that it read and what it wrote.

A build may forget without harm: where a record is missing, damaged, or of other settings, another
theme or another version of the program, the job is done.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from axtra.core.diagnostics import Diagnostic, Severity
from axtra.site.build.jobs import Result, Task
from axtra.site.build.tracing import Evidence, Fact, digest, traced

Stamp: TypeAlias = tuple[int, int]  # size in bytes, date in ns
_SEAL = 16  # bytes


class _Record(NamedTuple):
    """What a job read, what it wrote and what it found, as plain values.

    `facts` are by their rank; `reads` hashes what the job reads beside them.
    """

    facts: tuple[int, ...]
    reads: bytes
    files: tuple[str, ...]
    found: tuple[tuple[Any, ...], ...]


class Memory:
    """The records of one output folder.

    Args:
        file: where they are kept.
        key: what any job may read beside the content: settings, theme, program.
        evidence: the content of this build.
    """

    def __init__(self, file: Path, key: bytes, evidence: Evidence) -> None:
        self._file = file
        self._key = key
        self._evidence = evidence
        known, self._old, self._stamps = _load(file, key)
        self._facts = [fact for fact, _ in known]
        self._ranks = {fact: rank for rank, fact in enumerate(self._facts)}
        self._changed = {
            rank for rank, (fact, state) in enumerate(known) if evidence.of(fact) != state
        }
        self._new: dict[str, _Record] = {}

    def kept(self, task: Task, present: Mapping[str, Stamp]) -> Result | None:
        """Give the result of a job that need not be done; None when it must be."""
        record = self._old.get(task.files[0])
        if record is None or task.reads is None or record.files[: len(task.files)] != task.files:
            return None
        if not all(self.knows(name, present) for name in record.files):
            return None
        if not self._changed.isdisjoint(record.facts) or digest(task.reads) != record.reads:
            return None
        self._new[task.files[0]] = record
        return Result(dict.fromkeys(record.files), tuple(map(_diagnostic, record.found)))

    def knows(self, name: str, present: Mapping[str, Stamp]) -> bool:
        """Tell whether a file is as the last build, of the same program, left it."""
        stamp = present.get(name)
        return stamp is not None and self._stamps.get(name) == stamp

    def make(self, task: Task, has: Callable[[str], bool]) -> Result:
        """Do a job, and note what it read."""
        made, trace = traced(lambda: task.make(has))
        if task.reads is not None and not trace.blind:
            ranks = tuple(map(self._rank, trace.facts))
            extra = tuple(name for name in made.files if name not in task.files)
            found = tuple((*astuple(one)[:-1], one.severity.value) for one in made.found)
            reads = digest(task.reads)
            self._new[task.files[0]] = _Record(ranks, reads, (*task.files, *extra), found)
        return made

    def told(self) -> tuple[list[Fact], dict[str, _Record]]:
        """Give what a copy of this process has noted."""
        return self._facts, self._new

    def hear(self, told: tuple[list[Fact], dict[str, _Record]]) -> None:
        """Take in what a copy has noted, which ranks facts in its own way."""
        facts, records = told
        ranks = list(map(self._rank, facts))
        for first, one in records.items():
            self._new[first] = one._replace(facts=tuple(ranks[fact] for fact in one.facts))

    def save(self, present: Mapping[str, Stamp]) -> None:
        """Keep the records for the next build, with the stamps of the files now in place."""
        if not self._changed and self._new == self._old and present == self._stamps:
            return
        used = sorted({rank for record in self._new.values() for rank in record.facts})
        moved = {rank: at for at, rank in enumerate(used)}
        records = [
            (first, tuple(map(moved.__getitem__, one.facts)), *one[1:])
            for first, one in self._new.items()
        ]
        facts = [(fact, self._evidence.of(fact)) for fact in map(self._facts.__getitem__, used)]
        body = marshal.dumps((self._key, facts, records, dict(present)), 2)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        aside = self._file.with_suffix(".neuf")
        aside.write_bytes(_seal(body) + body)
        aside.replace(self._file)

    def _rank(self, fact: Fact) -> int:
        rank = self._ranks.setdefault(fact, len(self._facts))
        if rank == len(self._facts):
            self._facts.append(fact)
        return rank


_Kept: TypeAlias = tuple[list[tuple[Fact, bytes]], dict[str, _Record], dict[str, Stamp]]


def _load(file: Path, key: bytes) -> _Kept:
    """Read the records; none when they are not whole, or not of this key."""
    try:
        data = file.read_bytes()
        if data[:_SEAL] != _seal(data[_SEAL:]):
            return [], {}, {}
        old, facts, records, stamps = marshal.loads(data[_SEAL:])  # noqa: S302 - sealed by us
    except (OSError, ValueError, EOFError, TypeError):
        return [], {}, {}
    if old != key:
        return [], {}, {}
    return facts, {first: _Record(*rest) for first, *rest in records}, stamps


def _seal(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_SEAL, person=b"axtra-registre").digest()


def _diagnostic(values: tuple[Any, ...]) -> Diagnostic:
    file, line, rule, problem, remedy, severity = values
    return Diagnostic(file, line, rule, problem, remedy, Severity(severity))


class Forgetful:
    """Stands for a memory where there is none: every job is done."""

    def kept(self, _task: Task, _present: Mapping[str, Stamp]) -> None:
        """Keep nothing."""

    def knows(self, _name: str, _present: Mapping[str, Stamp]) -> bool:
        """Know nothing."""
        return False

    def make(self, task: Task, has: Callable[[str], bool]) -> Result:
        """Do a job."""
        return task.make(has)

    def told(self) -> None:
        """Tell nothing."""

    def hear(self, told: None) -> None:
        """Hear nothing."""

    def save(self, present: Mapping[str, Stamp]) -> None:
        """Keep nothing."""
