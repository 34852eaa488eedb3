"""The folder that a table of jobs becomes.

The output changes only when every job has succeeded; the new folder then replaces the old folder at
once, so that a reader, a server or a crash never sees a mixture. Two builds of the same folder take
turns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from axtra.core import system_errors
from infolettre.core import processes
from infolettre.core.diagnostics import Diagnostic, errors
from infolettre.core.regular_files import IrregularError
from axtra.site.build.build_records import BuildRecords, NoRecords, Stamp
from axtra.site.build.content_reads import watching_content
from axtra.site.build.jobs import Made, OutputError, Result, Table, Task
from axtra.site.build.staging import StagedOutput, staged_output

MARK = ".axtra"
_NOWHERE: Stamp = (0, 0)  # of a file that is judged, not written
_MARK_TEXT = "Ce dossier est écrit par axtra : à chaque construction, tout y est remplacé.\n"
# Called before each job that is done: its rank, how many there are, and what it makes.
Progress: TypeAlias = Callable[[int, int, str], None]


def silent(_rank: int, _all: int, _name: str) -> None:
    """Ignore the progress."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a publication did: files written and removed, jobs done, problems found.

    Where that is an error, nothing was written.
    """

    written: int
    removed: int
    done: int = 0
    problems: tuple[Diagnostic, ...] = ()


def publish(
    table: Table,
    output: Path,
    records: BuildRecords | NoRecords | None = None,
    progress: Progress = silent,
    spare: Path | None = None,
    *,
    retained: Collection[str] = (),
    replaces: bool = False,
) -> Change:
    """Do the jobs and put the result in place of the output folder.

    A job whose facts are those that `records` holds is not done: its files stay.

    A file whose bytes are the same keeps its date (a hard link where the disk allows); a file
    that no job makes is removed.

    Args:
        table: the jobs.
        output: the folder.
        records: what the last build did.
        progress: called before each job that is done.
        spare: a place, on the same disk, for the tree that this build replaces: the next build is
            then faster. None: the tree is removed.
        retained: what stays although no job makes it: names at the top of the folder, such as .git.
        replaces: replace the folder even where something else wrote it.

    Raises:
        OutputError: the folder holds something that is not a site of ours.
    """
    output = output.resolve()
    if not replaces:
        _refuse_foreign(output, retained)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with staged_output(output, spare) as staged:
            staged.retain(retained)
            return _do_jobs(table, staged, records or NoRecords(), progress)
    except IrregularError:
        raise  # what was to be read is at fault, not what was to be written
    except OSError as error:
        raise OutputError(
            system_errors.cause_of(error),
            "Vérifiez le disque et les droits, ou choisissez un autre dossier avec --sortie.",
            rule="sortie-impossible",
            place=str(error.filename or output),
        ) from error


def _do_jobs(
    table: Table, staged: StagedOutput, records: BuildRecords | NoRecords, progress: Progress
) -> Change:
    mark = Task((MARK,), lambda: Made({MARK: _MARK_TEXT.encode}), None)
    tasks = (*table.tasks(), mark)
    present = staged.present
    todo, problems = list[Task](), list[Diagnostic]()

    def do(at: int) -> _Done:
        result = records.run(todo[at], lambda name: records.is_untouched(name, present))
        files = {name: staged.write(name, data) for name, data in result.files.items()}
        return _Done(files, result.problems)

    def announce(at: int) -> None:
        progress(at, len(todo), todo[at].files[0])

    for task in tasks:
        result = records.reuse(task, present)
        if result is None:
            todo.append(task)
            continue
        problems.extend(result.problems)
        staged.kept.update(result.files)
    shared = processes.share(len(todo), do, records.noted, records.merge, announce)
    # Closed whatever happens: no copy goes on writing after this.
    with watching_content(), closing(shared):
        for done in shared:
            problems.extend(done.problems)
            staged.note_written(done.files)
    problems.extend(table.check({*staged.kept, *staged.written}))
    if errors(problems):
        return Change(0, 0, len(todo) - 1, tuple(problems))
    for name, original in table.copies.items():
        staged.write(name, staged.read(original))
    written, stale = len(staged.written), len(staged.stale())
    if written or stale:
        staged.replace_output()
    records.save(staged.stamps())
    return Change(written, stale, len(todo) - 1, tuple(problems))


def judge(tasks: Iterable[Task], records: BuildRecords | NoRecords) -> list[Result]:
    """Do jobs for the problems that they find, and write nothing.

    A job whose facts are those that `records` holds is not done: its problems are the same.

    Returns:
        The result of each job; what its files would be is None.
    """
    results: list[Result] = []
    names: set[str] = set()
    with watching_content() if isinstance(records, BuildRecords) else nullcontext():
        for task in tasks:
            result = records.reuse(task, records.left) or records.run(task, lambda _: True)
            results.append(result)
            names.update(task.files, result.files)
    records.save(dict.fromkeys(names, _NOWHERE))
    return results


@dataclass(frozen=True, slots=True)
class _Done:
    """The result of a job: each file with its stamp, or None if the old file stays."""

    files: Mapping[str, Stamp | None]
    problems: tuple[Diagnostic, ...]


def _refuse_foreign(output: Path, retained: Collection[str]) -> None:
    """Refuse to replace a folder that this program did not write."""
    if not output.exists() or (output / MARK).is_file():
        return
    if not output.is_dir() or any(entry.name not in retained for entry in output.iterdir()):
        raise OutputError(
            "ce dossier contient autre chose qu’un site construit par axtra",
            "Choisissez un dossier vide ou nouveau avec --sortie.",
            rule="sortie-etrangere",
            place=str(output),
        )
