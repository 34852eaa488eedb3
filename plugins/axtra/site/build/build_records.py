"""What the last build of a folder did: for each job, the facts that it read and what it wrote.

Where a record is missing, damaged, or made from other inputs, the job is done: records may be lost
without harm.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from axtra.site.build.content_reads import run_watched
from axtra.site.build.facts import CurrentFacts, Fact, digest
from axtra.site.build.jobs import Result, Task
from infolettre.core.cache import Store
from infolettre.core.diagnostics import Diagnostic, Edit, Repair, Severity

Stamp: TypeAlias = tuple[int, int]  # size in bytes, date in ns
_MOST = 24  # folders whose records are kept


class _Record(NamedTuple):
    """What a job read, what it wrote and the problems it found, as plain values.

    `facts` are by their rank; `reads` hashes what the job reads beside them.
    """

    facts: tuple[int, ...]
    reads: bytes
    files: tuple[str, ...]
    problems: tuple[tuple[Any, ...], ...]


class BuildRecords:
    """The records of one output folder.

    Args:
        store: where they are kept, for one state of what any job may read beside the content.
        name: the key of this folder's records in the store.
        facts: the content of this build.
    """

    def __init__(self, store: Store, name: str, facts: CurrentFacts) -> None:
        self._store = store
        self._name = name
        self._current = facts
        known, self._old, self._stamps = _load(store.get(name))
        self._ranks = {fact: rank for rank, (fact, _) in enumerate(known)}  # in their order
        self._changed = {
            rank for rank, (fact, state) in enumerate(known) if facts.hash_of(fact) != state
        }
        self._new: dict[str, _Record] = {}

    @property
    def left(self) -> Mapping[str, Stamp]:
        """Return the files as the last build left them."""
        return self._stamps

    def reuse(self, task: Task, present: Mapping[str, Stamp]) -> Result | None:
        """Return the result of a job that need not be done; None when it must be."""
        record = self._old.get(task.files[0])
        if record is None or task.reads is None or record.files[: len(task.files)] != task.files:
            return None
        if not all(self.is_untouched(name, present) for name in record.files):
            return None
        if not self._changed.isdisjoint(record.facts) or digest(task.reads) != record.reads:
            return None
        self._new[task.files[0]] = record
        return Result(dict.fromkeys(record.files), tuple(map(_diagnostic, record.problems)))

    def is_untouched(self, name: str, present: Mapping[str, Stamp]) -> bool:
        """Tell whether a file is as the last build, of the same program, left it."""
        stamp = present.get(name)
        return stamp is not None and self._stamps.get(name) == stamp

    def run(self, task: Task, is_there: Callable[[str], bool]) -> Result:
        """Do a job, and note what it read."""
        result, reads = run_watched(lambda: task.run(is_there))
        if task.reads is not None and not reads.incomplete:
            ranks = self._ranks_of(reads.facts)
            extra = tuple(name for name in result.files if name not in task.files)
            problems = tuple(
                tuple(
                    str(value) if isinstance(value, Severity) else value
                    for value in astuple(problem)
                )
                for problem in result.problems
            )
            files = (*task.files, *extra)
            self._new[task.files[0]] = _Record(ranks, digest(task.reads), files, problems)
        return result

    def noted(self) -> tuple[list[Fact], dict[str, _Record]]:
        """Return what this copy of the process has noted, for `merge`."""
        return list(self._ranks), self._new

    def merge(self, noted: tuple[list[Fact], dict[str, _Record]]) -> None:
        """Add what a copy of this process has noted; it ranks facts in its own way."""
        facts, records = noted
        ranks = self._ranks_of(facts)
        for first, record in records.items():
            self._new[first] = record._replace(facts=tuple(ranks[fact] for fact in record.facts))

    def save(self, present: Mapping[str, Stamp]) -> None:
        """Keep the records for the next build, with the stamps of the files now in place."""
        if not self._changed and self._new == self._old and present == self._stamps:
            return
        used = sorted(set().union(*(record.facts for record in self._new.values())))
        moved = {rank: at for at, rank in enumerate(used)}
        records = [
            (first, tuple(map(moved.__getitem__, record.facts)), *record[1:])
            for first, record in self._new.items()
        ]
        ranked = list(self._ranks)
        facts = [(fact, self._current.hash_of(fact)) for fact in (ranked[at] for at in used)]
        self._store.put(self._name, marshal.dumps((facts, records, dict(present)), 2))
        self._store.prune(_MOST)

    def _ranks_of(self, facts: Iterable[Fact]) -> tuple[int, ...]:
        """Rank facts; those that are new come after all others."""
        ranks = self._ranks
        return tuple([ranks.setdefault(fact, len(ranks)) for fact in facts])


_Kept: TypeAlias = tuple[list[tuple[Fact, bytes]], dict[str, _Record], dict[str, Stamp]]


def _load(data: bytes | None) -> _Kept:
    if data is None:
        return [], {}, {}
    facts, records, stamps = marshal.loads(data)  # noqa: S302 - the store has checked our seal
    return facts, {first: _Record(*rest) for first, *rest in records}, stamps


def _diagnostic(values: tuple[Any, ...]) -> Diagnostic:
    file, line, rule, problem, remedy, severity, unfinished, repair = values
    if repair is not None:
        edits, name, effect = repair
        repair = Repair(tuple(Edit(*edit) for edit in edits), name, effect)
    return Diagnostic(file, line, rule, problem, remedy, Severity(severity), unfinished, repair)


class NoRecords:
    """Used where no records are kept: every job is done."""

    left: Mapping[str, Stamp] = MappingProxyType({})

    def reuse(self, _task: Task, _present: Mapping[str, Stamp]) -> None:
        """Reuse nothing."""

    def is_untouched(self, _name: str, _present: Mapping[str, Stamp]) -> bool:
        """Know of no file."""
        return False

    def run(self, task: Task, is_there: Callable[[str], bool]) -> Result:
        """Do a job."""
        return task.run(is_there)

    def noted(self) -> None:
        """Return nothing."""

    def merge(self, noted: None) -> None:
        """Add nothing."""

    def save(self, present: Mapping[str, Stamp]) -> None:
        """Keep nothing."""
