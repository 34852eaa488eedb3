"""The build as a table of jobs: each file of the site with the job that makes it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from axtra.site.build.content_reads import note_read
from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import Refusal

Job: TypeAlias = Callable[[], bytes]


class OutputError(Refusal):
    """The output folder cannot be written."""


@dataclass(frozen=True, slots=True)
class Made:
    """The result of a job that makes several files: what makes the bytes of each, and problems."""

    files: Mapping[str, Job]
    problems: tuple[Diagnostic, ...] = ()


SetJob: TypeAlias = Callable[[], Made]
SiteCheck: TypeAlias = Callable[[Collection[str]], Iterable[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Result:
    """What a job made; None stands for the bytes of a file that was already there."""

    files: Mapping[str, bytes | None]
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A job, the files that it makes, and what it reads that is not content.

    `reads` is None for a job that must be done at each build.
    """

    files: tuple[str, ...]
    job: SetJob
    reads: tuple[object, ...] | None

    def run(self, is_there: Callable[[str], bool] = lambda _: False) -> Result:
        """Do the job; `is_there` tells which files beyond `files` need not be made."""
        made = self.job()
        jobs = {file_of(path): job for path, job in made.files.items()}
        files = {
            name: None if name not in self.files and is_there(name) else job()
            for name, job in jobs.items()
        }
        return Result(files, made.problems)


class Table:
    """Every file of the site with the job that makes it."""

    def __init__(self) -> None:
        self._tasks: list[Task] = []
        self._by_file: dict[str, Task] = {}
        self._checks: list[SiteCheck] = []
        self.problems: list[Diagnostic] = []  # seen while jobs were added
        self.copies: dict[str, str] = {}  # file → the file of which it has the bytes

    def add(self, path: str, job: Job, reads: tuple[object, ...] | None = None) -> None:
        """Add the job of a file.

        Args:
            path: relative to the output folder, or an address from the site's root; a final
                slash stands for its index.html.
            job: makes the bytes; it is called at most once a build.
            reads: what the job reads beside the content, the theme, the settings and our code
                (those are watched anyway): values, or the paths of files. The next build skips
                the job when nothing that it read has changed. None: do it at each build.
        """
        name = file_of(path)
        self.add_set((path,), lambda: Made({name: job}), reads)

    def add_set(
        self, paths: Iterable[str], job: SetJob, reads: tuple[object, ...] | None = None
    ) -> None:
        """Add a job that makes several files.

        Args:
            paths: as for `add`.
            job: returns what makes the bytes of each file: those of `paths`, and others whose
                names, which hold a hash of their bytes, only the job knows. A file of that kind
                that is already in the output is not made again.
            reads: as for `add`.
        """
        files = tuple(map(file_of, paths))
        task = Task(files, job, reads)
        for name in files:
            if name in self._by_file:
                raise OutputError(
                    f"deux contenus veulent écrire /{name}",
                    "Renommez un des deux.",
                    rule="adresse-en-double",
                    place=name,
                )
            self._by_file[_inside(name)] = task
        self._tasks.append(task)

    def copy(self, path: str, original: str) -> None:
        """Write the bytes of a file, whatever job makes it, at another address too."""
        self.copies[_inside(file_of(path))] = file_of(original)

    def refuse(self, problems: Iterable[Diagnostic]) -> None:
        """Note problems that appear while jobs are added."""
        self.problems.extend(problems)

    def add_check(self, check: SiteCheck) -> None:
        """Add a check of the names of all the files, called once every job is done."""
        self._checks.append(check)

    def check(self, files: Collection[str]) -> list[Diagnostic]:
        """List the problems of the site as a whole, from the names of all its files."""
        whole = {*files, *self.copies}
        return [problem for check in self._checks for problem in check(whole)]

    def __contains__(self, path: str) -> bool:
        name = file_of(path)
        note_read(("file", name))
        return name in self._by_file

    def __iter__(self) -> Iterator[str]:
        return iter((*self._by_file, *self.copies))

    def tasks(self) -> tuple[Task, ...]:
        """List the jobs, in the order of addition."""
        return tuple(self._tasks)

    def task_of(self, path: str) -> Task | None:
        """Return the job that makes a file."""
        return self._by_file.get(file_of(path))


def _inside(name: str) -> str:
    """Return a name unless it leads out of the output."""
    if ".." in name.split("/") or name.startswith("/") or "\\" in name:
        raise OutputError(
            "ce fichier serait écrit hors du dossier de sortie",
            "Corrigez l’adresse qui le nomme.",
            rule="hors-du-site",
            place=name,
        )
    return name


def file_of(path: str) -> str:
    """Return the file of an address: « /magazine/ » is magazine/index.html."""
    name = path.removeprefix("/")
    return f"{name}index.html" if name.endswith("/") or not name else name


def text_job(write: Callable[[], str]) -> Job:
    """Return the job of a function that returns text."""
    return lambda: write().encode()
