"""The past of a text: commits where the folder is a git checkout, else copies set aside."""

from __future__ import annotations

import copy
import glob
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from axtra.atelier.roles import Person
from axtra.atelier.set_aside import fingerprint
from axtra.core.git_command import git, git_bytes
from infolettre.core.dates import ZONE
from infolettre.core.whole_files import write_whole

# No hook and no signature: nobody is there to answer them.
_ALONE = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false")
_ADDRESS = "redaction@localhost"
_SEPARATOR = "\x1f"
_MOST = 200  # versions listed
_TRIES, _PAUSE = 10, 0.3  # of a commit that another git holds up; seconds
COPIES = "versions"  # where copies are kept, in the folder of a project
_STAMP = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Past:
    """A version of a text: `mark` names it, `words` say what was done."""

    mark: str
    moment: datetime
    person: str
    words: str


class History:
    """What was written, and when.

    Args:
        root: the project's folder.
        folder: where copies are kept when there is no git.
        person: who signs.
        clock: returns the present.
        told: called after each commit.
    """

    def __init__(
        self,
        root: Path,
        folder: Path,
        person: Person,
        clock: Callable[[], datetime],
        told: Callable[[], object] = lambda: None,
    ) -> None:
        self._root, self._folder, self._person, self._clock = root, folder, person, clock
        self._told = told
        self._begun = folder / "ecriture.json"
        self.has_git = git(root, "rev-parse", "--is-inside-work-tree") is not None

    def signed(self, person: Person) -> History:
        """Return the same history, in which another person signs."""
        other = copy.copy(self)
        other._person = person  # noqa: SLF001 - it is one of ours
        return other

    @property
    def lock(self) -> Path:
        """Return the file that whoever commits here holds."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / "git.lock"

    def write(self, name: str, data: bytes, why: str, before: bytes) -> None:
        """Write a file and keep it; a machine that stops between the two keeps it later.

        Args:
            name: the file.
            data: what it holds from now on.
            why: a word or two on what was done.
            before: what it held.
        """
        record = {"nom": name, "pourquoi": why, "empreinte": fingerprint(data)}
        record |= {"personne": self._person.name, "adresse": self._person.address}
        write_whole(self._begun, json.dumps(record, ensure_ascii=False).encode())
        write_whole(self._root / name, data)
        self.record(name, why, before)
        self._begun.unlink(missing_ok=True)

    def finish(self) -> None:
        """Keep what was written when the machine stopped, before it was kept."""
        if not self._begun.is_file():
            return
        record = json.loads(self._begun.read_bytes())
        path = self._root / record["nom"]
        if path.is_file() and fingerprint(path.read_bytes()) == record["empreinte"]:
            person = Person(record["adresse"], record["personne"], self._person.role)
            for _ in range(_TRIES):
                self.signed(person).record(record["nom"], record["pourquoi"])
                if not self.has_git or self._is_committed(record["nom"]):
                    break
                time.sleep(_PAUSE)  # the git of the process that stopped may still be at work
        self._begun.unlink(missing_ok=True)

    def _is_committed(self, name: str) -> bool:
        return git(self._root, "diff", "--quiet", "HEAD", "--", name) is not None

    def record(self, name: str, why: str, before: bytes | None = None) -> None:
        """Keep a file that was written: a commit of it alone, else a copy.

        Args:
            name: the file.
            why: a word or two on what was done.
            before: what the file held, to keep too if no version of it is kept.
        """
        if self.has_git:
            self._commit(name, why)
            return
        folder = self._folder / name
        if before is not None and not folder.is_dir():
            first = datetime.fromtimestamp(0, ZONE)
            self._copy(folder, first, "Avant l’atelier", before)
        self._copy(folder, self._clock(), why, (self._root / name).read_bytes())

    def renamed(self, old: str, new: str, why: str) -> None:
        """Keep a file that has another name."""
        if self.has_git:
            self._commit(new, why, old)
        else:
            self.record(new, why)

    def _commit(self, name: str, why: str, *gone: str) -> None:
        address = self._person.address or git(self._root, "config", "user.email") or ""
        who = self._person.name
        identity = ("-c", f"user.name={who}", "-c", f"user.email={address.strip() or _ADDRESS}")
        with FileLock(self.lock):
            for file in (name, *gone):
                git(self._root, *_ALONE, "add", "--", file)
            known = [file for file in gone if git(self._root, "ls-tree", "HEAD", "--", file)]
            words = f"{why} : {name}"
            named = ("--", name, *known)
            git(self._root, *_ALONE, *identity, "commit", "--quiet", "-m", words, *named)
        self._told()

    def _copy(self, folder: Path, moment: datetime, why: str, data: bytes) -> None:
        name = f"{moment.strftime(_STAMP)}{_SEPARATOR}{self._person.name}{_SEPARATOR}{why}"
        write_whole(folder / name.replace("/", "-"), data)

    def past(self, name: str) -> list[Past]:
        """List the versions of a file, the newest first."""
        if self.has_git:
            form = _SEPARATOR.join(("%H", "%aI", "%an", "%s"))
            told = git(self._root, "log", f"-{_MOST}", f"--format={form}", "--", name) or ""
            lines = (line.split(_SEPARATOR, 3) for line in told.splitlines())
            return [
                Past(mark, datetime.fromisoformat(at).astimezone(ZONE), person, words)
                for mark, at, person, words in lines
            ]
        kept = sorted((self._folder / name).glob("*"), reverse=True)[:_MOST]
        return [self._read(path.name) for path in kept]

    @staticmethod
    def _read(name: str) -> Past:
        stamp, person, words = name.split(_SEPARATOR, 2)
        return Past(name, datetime.strptime(stamp, _STAMP).replace(tzinfo=ZONE), person, words)

    def data(self, name: str, mark: str) -> bytes | None:
        """Return a version of a file, by its mark."""
        if not any(version.mark == mark for version in self.past(name)):
            return None
        if self.has_git:
            return git_bytes(self._root, "show", f"{mark}:./{name}")
        return (self._folder / name / mark).read_bytes()


def renamed(folder: Path, person: str, other: str) -> None:
    """Put another name on the copies that a person signed."""
    for path in sorted(folder.rglob(f"*{_SEPARATOR}{glob.escape(person)}{_SEPARATOR}*")):
        stamp, _, why = path.name.split(_SEPARATOR, 2)
        path.rename(path.with_name(_SEPARATOR.join((stamp, other, why))))
