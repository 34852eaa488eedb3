"""The repository that a newsroom shares: others' commits are taken in, ours sent, none forced.

What others sent is put under our own commits that were not sent yet, which are then written again
upon it. Of a text that both sides changed, the file takes the version that was sent, and ours is
set aside as a version that waits: whoever opens the text is shown both. Each step leaves, if the
machine stops there, files that a person reads whole and that the next turn takes up again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from axtra.atelier.merging import Merged, merged
from axtra.atelier.set_aside import SetAside, Version, fingerprint
from axtra.core.git_command import git, git_bytes
from infolettre.core.whole_files import write_whole

NAME = "origin"
_ALONE = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false")
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=10"  # nobody is there to answer it
_QUICK, _LONG = 5.0, 120.0  # seconds that a question may take while somebody waits, and alone
_FRESH = timedelta(seconds=5)  # what was fetched so lately is not fetched again
_AGAIN = timedelta(seconds=60)  # the pause after a failure, and between two turns
_TURNS = 4  # times that a push is tried again because others sent something meanwhile
_KEPT = "refs/axtra/mis-de-cote"
_PARTS = ("NAME", "EMAIL", "DATE")
_BY_HAND = " : quelqu’un qui connaît git doit les réunir"
_FAILED = "git n’a pas pu réunir ce dossier et le dépôt commun"
_REGULAR = frozenset({"100644", "100755"})

Entry = tuple[str, str]  # the mode and the name of a blob; the mode "" when there is no file
_GONE: Entry = ("", "")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the shared repository and this folder are apart, in French, and since when."""

    words: str
    since: datetime


class _CannotJoinError(Exception):
    """A person must look: the message says at what, in French."""


class Origin:
    """The branch of the remote repository that the branch of a project follows.

    Args:
        root: the project's folder.
        lock: the file that whoever commits here holds.
        aside_of: returns where ours of a text is set aside when others' replaces it.
        is_text: returns whether a name of a file, from the project's folder, is that of a text.
        changing: held by whoever compares a file with what it was, then writes it.
        clock: returns the present.

    Attributes:
        trouble: why what is here and there are apart; None when all is well.
    """

    def __init__(
        self,
        root: Path,
        *,
        lock: Path,
        aside_of: Callable[[str, bytes], SetAside],
        is_text: Callable[[str], bool],
        changing: AbstractContextManager[object],
        clock: Callable[[], datetime],
    ) -> None:
        self._root, self._lock, self._aside_of = root, lock, aside_of
        self._is_text, self._changing, self._clock = is_text, changing, clock
        self._turn = threading.Lock()
        self._wake = threading.Event()
        self._asked: datetime | None = None
        self.trouble: Trouble | None = None
        self._branch = self._current_branch()
        self._there = self._followed(self._branch)
        self._top = Path((git(root, "rev-parse", "--show-toplevel") or "").strip() or root)
        self._inside = (git(root, "rev-parse", "--show-prefix") or "").strip()
        self.exists = bool(self._branch) and git(root, "remote", "get-url", NAME) is not None

    def _current_branch(self) -> str:
        return (git(self._root, "symbolic-ref", "--quiet", "--short", "HEAD") or "").strip()

    def _followed(self, branch: str) -> str:
        """Return the branch of the remote that a branch follows; that of its name by default."""
        remote = (git(self._root, "config", f"branch.{branch}.remote") or "").strip()
        merge = (git(self._root, "config", f"branch.{branch}.merge") or "").strip()
        return merge.removeprefix("refs/heads/") if remote == NAME and merge else branch

    # --- when ------------------------------------------------------------------------------------

    def watch(self) -> None:
        """Take turns in a thread, at each minute and after each commit; a daemon of the process."""
        if self.exists:
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.sync()
            self._wake.wait(_AGAIN.total_seconds())
            self._wake.clear()

    def wake(self) -> None:
        """Ask for a turn, because there is something to send."""
        self._wake.set()

    def freshen(self) -> None:
        """Take in what others sent, because somebody opens a text; quick, or not at all."""
        now = self._clock()
        pause = _AGAIN if self.trouble else _FRESH
        if not self.exists or (self._asked and now - self._asked < pause):
            return
        if self._turn.acquire(blocking=False):
            try:
                self._settle(lambda: self._receive(_QUICK))
            finally:
                self._turn.release()

    def sync(self) -> None:
        """Take in what others sent, then send what is here."""
        if not self.exists:
            return
        with self._turn:
            self._settle(self._exchange)

    def _settle(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (_CannotJoinError, OSError) as why:
            words = str(why) if isinstance(why, _CannotJoinError) else _FAILED
            since = self.trouble.since if self.trouble else self._clock()
            self.trouble = Trouble(words, since)
        else:
            self.trouble = None

    def _exchange(self) -> None:
        for _ in range(_TURNS):
            self._receive(_LONG)
            head, there = self._commit("HEAD"), self._commit(self._tracking)
            if head is None or head == there:
                return
            target = f"{head}:refs/heads/{self._there}"
            if self._over_network(_LONG, "push", "--quiet", "--no-verify", NAME, target):
                git(self._root, "update-ref", self._tracking, head)
                return
            # Others sent something meanwhile, or this is refused: another turn tells which.
        raise _CannotJoinError("le dépôt commun n’accepte pas ce qui lui est envoyé")

    # --- taking in -------------------------------------------------------------------------------

    @property
    def _tracking(self) -> str:
        return f"refs/remotes/{NAME}/{self._there}"

    def _receive(self, seconds: float) -> None:
        self._asked = self._clock()
        if self._current_branch() != self._branch:
            raise _CannotJoinError(f"ce dossier n’est plus sur la branche « {self._branch} »")
        wanted = f"+refs/heads/{self._there}:{self._tracking}"
        fetch = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", NAME, wanted)
        if not self._over_network(seconds, *fetch):
            there = self._told_over_network(seconds, "ls-remote", "--heads", NAME, self._there)
            if there is None:
                raise _CannotJoinError("le dépôt commun ne répond pas")
            if there.strip():
                raise _CannotJoinError("le dépôt commun ne se lit pas")
            git(self._root, "update-ref", "-d", self._tracking)  # it is empty: this will begin it
            return
        with self._changing, FileLock(self._lock):
            self._join()

    def _join(self) -> None:
        """Put the branch upon what was fetched."""
        head, there = self._commit("HEAD"), self._commit(self._tracking)
        if head is None or there is None or self._holds(there, head):
            return
        ours = self._lines("rev-list", "--first-parent", head, f"^{there}")
        start = self._commit(f"{ours[-1]}^" if ours else head)
        if start is None:
            raise _CannotJoinError("le dépôt commun n’a pas le même passé que ce dossier")
        mine, theirs = self._changes(start, head), self._changes(start, there)
        both = {name for name in mine.keys() & theirs if mine[name] != theirs[name]}
        self._require_clean(theirs)
        settled = {name: self._settled(name, start, mine[name], theirs[name]) for name in both}
        if any(entry == theirs[name] for name, entry in settled.items()):
            git(self._root, "update-ref", f"{_KEPT}/{head}", head)  # git forgets none of it
        new = self._written_again(list(reversed(ours)), there, settled)
        self._move(head, new)

    def _require_clean(self, theirs: Mapping[str, Entry]) -> None:
        """Refuse to write over what somebody changes with an editor and has not committed.

        Raises:
            _CannotJoinError: there is such a file.
        """
        kept, here = self._entries("HEAD"), self._here(theirs)
        for name, entry in theirs.items():
            if here.get(name, "") not in {kept.get(name, _GONE)[1], entry[1]}:
                raise _CannotJoinError(
                    f"« {name} » a ici des changements qui ne sont dans aucun commit, et d’autres"
                    f" dans le dépôt commun{_BY_HAND}"
                )

    def _settled(self, name: str, start: str, mine: Entry, theirs: Entry) -> Entry:
        """Return what a file that both sides changed becomes; of a text, ours is set aside.

        Raises:
            _CannotJoinError: a person must choose, and this is no text.
        """
        if _GONE in {theirs, mine}:
            return mine if theirs == _GONE else theirs  # what was written wins over its removal
        before = self._blob(self._entries(start, name).get(name, _GONE)[1])
        ours, others = self._blob(mine[1]), self._blob(theirs[1])
        text = name.removeprefix(self._inside)
        if name.startswith(self._inside) and self._is_text(text) and self._readable(ours, others):
            self._put_aside(text, before, ours, others)
            return theirs
        joined = merged(before, ours, others)
        if joined.conflicts or not self._readable(ours, others):
            raise _CannotJoinError(f"« {name} » a changé ici et dans le dépôt commun{_BY_HAND}")
        written = git_bytes(self._top, "hash-object", "-w", "--stdin", given=joined.data)
        return mine[0], (written or b"").decode().strip()

    @staticmethod
    def _readable(*versions: bytes) -> bool:
        with suppress(UnicodeDecodeError):
            return all(version.decode() is not None for version in versions)
        return False

    def _put_aside(self, text: str, before: bytes, ours: bytes, others: bytes) -> None:
        """Set our version of a text aside, unless one that was made from it waits already.

        Raises:
            _CannotJoinError: what waits was made from another version still.
        """
        aside, base = self._aside_of(text, ours), fingerprint(before)
        for version in (before, others):
            aside.remember(version)
        waiting = aside.waiting.get(text)
        if waiting is None or waiting.data == ours:
            told = git(self._root, "log", "-1", "--format=%an%x00%ae", "--", text) or "\0"
            name, address = told.strip("\n").split("\0")
            aside.waiting.put(text, Version(ours, base, name, self._clock(), address))
        elif waiting.base == fingerprint(ours):
            aside.waiting.put(text, replace(waiting, base=base))
        elif waiting.base != base or merged(before, waiting.data, ours) != Merged(waiting.data, ()):
            raise _CannotJoinError(f"« {text} » attend que quelqu’un choisisse entre deux versions")

    # --- writing again ---------------------------------------------------------------------------

    def _written_again(self, ours: Iterable[str], there: str, settled: Mapping[str, Entry]) -> str:
        """Write our commits again upon another; return the last. Only objects are written."""
        touched = [(commit, self._changes(f"{commit}^", commit)) for commit in ours]
        last = {name: commit for commit, changes in touched for name in changes}
        tip, tree = there, self._tree(there)
        with TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._need(git_bytes(self._top, "read-tree", there, environment=index))
            for commit, changes in touched:
                kept = {
                    name: settled.get(name, entry)
                    for name, entry in changes.items()
                    if name not in settled or last[name] == commit
                }
                self._index(kept, index)
                told = self._need(git_bytes(self._top, "write-tree", environment=index))
                made = told.decode().strip()
                if made != tree:
                    tip, tree = self._commit_again(commit, made, tip), made
        return tip

    def _commit_again(self, commit: str, tree: str, parent: str) -> str:
        form = "%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B"
        told = git(self._top, "log", "-1", "--date=raw", f"--format={form}", commit) or ""
        *who, words = told.split("\0", 6)
        names = [f"GIT_{role}_{part}" for role in ("AUTHOR", "COMMITTER") for part in _PARTS]
        made = git_bytes(
            self._top,
            *_ALONE,
            "commit-tree",
            tree,
            "-p",
            parent,
            given=words.strip().encode() + b"\n",
            environment=dict(zip(names, who, strict=True)),
        )
        return self._need(made).decode().strip()

    def _index(self, entries: Mapping[str, Entry], index: Mapping[str, str]) -> None:
        """Put entries in an index of git; the mode 0 takes a name away."""
        lines = "".join(
            f"{mode or '0'} {blob or '0' * 40}\t{name}\0" for name, (mode, blob) in entries.items()
        )
        self._need(
            git_bytes(
                self._top,
                "update-index",
                "-z",
                "--index-info",
                given=lines.encode("utf-8", "surrogateescape"),
                environment=index,
            )
        )

    def _move(self, head: str, new: str) -> None:
        """Make the folder what a commit holds: its files first, then the index, then the branch."""
        changes = self._changes(head, new)
        for name, (mode, _) in changes.items():
            if mode and mode not in _REGULAR:
                raise _CannotJoinError(f"« {name} » n’est pas un fichier ordinaire")
        for name, (mode, _) in changes.items():
            path = self._top / name
            if not mode:
                path.unlink(missing_ok=True)
                continue
            data = self._need(git_bytes(self._top, "cat-file", "--filters", f"{new}:{name}"))
            write_whole(path, data)
            path.chmod(path.stat().st_mode | (0o111 if mode.endswith("755") else 0))
        self._index(changes, {})
        git(self._top, "update-ref", "-m", "atelier", f"refs/heads/{self._branch}", new, head)

    # --- questions -------------------------------------------------------------------------------

    def _commit(self, name: str) -> str | None:
        told = git(self._root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        return told.strip() if told else None

    def _tree(self, commit: str) -> str:
        return (git(self._root, "rev-parse", f"{commit}^{{tree}}") or "").strip()

    def _holds(self, commit: str, head: str) -> bool:
        return git(self._root, "merge-base", "--is-ancestor", commit, head) is not None

    def _lines(self, *words: str) -> list[str]:
        return (git(self._root, *words) or "").split()

    def _changes(self, before: str, after: str) -> dict[str, Entry]:
        """Map each file, from the top of the repository, that differs to what it becomes."""
        words = ("diff-tree", "-r", "-z", "--no-renames", before, after)
        told = self._need(git_bytes(self._top, *words)).decode("utf-8", "surrogateescape")
        pieces = iter(told.split("\0")[:-1])
        return dict(self._differences(pieces))

    @staticmethod
    def _differences(pieces: Iterator[str]) -> Iterator[tuple[str, Entry]]:
        for said in pieces:
            _, mode, _, blob, status = said.split(" ")
            yield next(pieces), (_GONE if status == "D" else (mode, blob))

    def _entries(self, commit: str, *names: str) -> dict[str, Entry]:
        """Map the files of a commit, or those of some names, to what they are."""
        words = ("ls-tree", "-r", "--full-tree", "-z", commit, "--", *names)
        told = self._need(git_bytes(self._top, *words)).decode("utf-8", "surrogateescape")
        pieces = (piece.split("\t", 1) for piece in told.split("\0") if piece)
        return {name: (said.split(" ")[0], said.split(" ")[2]) for said, name in pieces}

    def _here(self, names: Iterable[str]) -> dict[str, str]:
        """Map the files of the folder, among some names, to the blobs that they would be.

        The filters of git (ends of lines) apply, as when a file is committed.
        """
        there = [name for name in names if os.path.lexists(self._top / name)]
        files = [name for name in there if (self._top / name).is_file() and "\n" not in name]
        given = "".join(f"{name}\n" for name in files).encode("utf-8", "surrogateescape")
        told = git_bytes(self._top, "hash-object", "--stdin-paths", given=given)
        blobs = self._need(told).decode().split()
        return dict.fromkeys(there, "?") | dict(zip(files, blobs, strict=True))

    def _blob(self, blob: str) -> bytes:
        return (git_bytes(self._top, "cat-file", "blob", blob) or b"") if blob else b""

    def _need(self, told: bytes | None) -> bytes:
        if told is None:
            raise _CannotJoinError(_FAILED)
        return told

    def _over_network(self, seconds: float, *words: str) -> bool:
        return self._told_over_network(seconds, *words) is not None

    def _told_over_network(self, seconds: float, *words: str) -> bytes | None:
        alone = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "SSH_ASKPASS": "true"}
        if "GIT_SSH_COMMAND" not in os.environ and not git(self._root, "config", "core.sshCommand"):
            alone["GIT_SSH_COMMAND"] = _SSH
        return git_bytes(self._root, *_ALONE, *words, environment=alone, seconds=seconds)
