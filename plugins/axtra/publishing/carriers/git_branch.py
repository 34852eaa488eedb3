"""A branch of a git repository, from which a host of pages serves a site.

A version is a commit of the branch, and shown by pushing it. What publishing keeps for itself is
on a branch beside, `axe/<branch>`, so that no host publishes it. Git itself reaches the
repository, with the keys and the certificates that it knows.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import platformdirs
from filelock import FileLock

from axtra.publishing.carriers.failures import (
    full_store,
    unreachable_store,
    untrusted_host,
    upload_refused,
)
from axtra.publishing.carriers.protocol import PRIVATE, VERSIONS, FileHeaders
from axtra.publishing.targets import BranchAddress
from infolettre.core.refusals import Refusal

_DEPTH = "20"  # commits of the branch, among which the versions that are kept
_VERSION = "Axe-Version"  # the line of a commit that says which version it is
_NO_JEKYLL = ".nojekyll"  # without it, GitHub Pages leaves out files whose names begin with « _ »
_RETRIES = 20  # of a push, while others push too
_FILE, _IDENTITY = "100644", ("axtra", "axtra@localhost")

_QUIETLY = ("--quiet", "--no-tags", "--no-write-fetch-head")

_Tree = dict[str, str]  # from names to blobs


class BranchCarrier:
    """A carrier to a branch; nothing travels before a push, which sends only what is new."""

    atomic = True
    honours_redirects = False
    lanes = 1

    def __init__(self, address: BranchAddress) -> None:
        self.address = str(address)
        self._remote = address.repository
        self._site, self._private = (
            f"refs/heads/{address.branch}",
            f"refs/heads/axe/{address.branch}",
        )
        name = hashlib.sha256(self.address.encode()).hexdigest()[:16]
        self._objects = platformdirs.user_cache_path("axtra") / "publication" / f"{name}.git"
        self._objects.mkdir(parents=True, exist_ok=True)
        with self._turn():
            self._git("init", "--bare", "--quiet")
        self._heads: dict[str, str] = {}
        self._fetch()
        self._commits = self._versions()
        self._trees: dict[str, _Tree] = {}  # by version
        self._read_trees: dict[str, _Tree] = {}  # by commit

    def has_certain_lock(self) -> bool:
        """Return True: a push says which commit it replaces."""
        return True

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with a prefix."""
        for root, tree in self._roots(prefix):
            yield from (name for name in (root + path for path in tree) if name.startswith(prefix))

    def get(self, name: str) -> bytes | None:
        """Return the bytes of a file; None when there is none."""
        if name.startswith(PRIVATE):
            self._fetch(self._private)
        tree, path = self._place(name)
        blob = tree.get(path)
        return None if blob is None else self._git("cat-file", "blob", blob)

    def put(self, name: str, data: bytes, headers: FileHeaders) -> None:
        """Add a file to a version that is not shown yet, or push a private file."""
        del headers
        blob = self._blob(data)
        if name.startswith(PRIVATE):
            self._change(lambda tree: tree | {name: blob})
        else:
            tree, path = self._place(name)
            tree[path] = blob

    def copy(self, source: str, name: str, headers: FileHeaders) -> None:
        """Name the same bytes again."""
        del headers
        tree, path = self._place(source)
        blob = tree[path]
        if name.startswith(PRIVATE):
            self._change(lambda tree: tree | {name: blob})
        else:
            tree, path = self._place(name)
            tree[path] = blob

    def delete(self, names: Iterable[str]) -> None:
        """Delete private files, or files of a version that is not shown; commits stay."""
        private = set[str]()
        for name in names:
            if name.startswith(PRIVATE):
                private.add(name)
            else:
                tree, path = self._place(name)
                tree.pop(path, None)
        if private:
            self._change(lambda tree: {name: tree[name] for name in tree.keys() - private})

    def create(self, name: str, data: bytes) -> bool:
        """Push a private file unless there is one."""
        blob = self._blob(data)
        return self._change(lambda tree: None if name in tree else tree | {name: blob})

    def replace(self, name: str, known: bytes, data: bytes) -> bool:
        """Push a private file if it still holds these bytes."""
        old, new = self._blob(known), self._blob(data)
        return self._change(lambda tree: tree | {name: new} if tree.get(name) == old else None)

    def current(self) -> str:
        """Return the version of the last commit of the branch."""
        self._fetch()
        self._commits = self._versions()
        head = self._heads.get(self._site, "")
        return next((name for name, commit in self._commits.items() if commit == head), "")

    def swap(self, version: str, words: str) -> None:
        """Push a commit of the files of a version."""
        tree, _ = self._place(f"{VERSIONS}{version}/")
        known = self._heads.get(self._site, "")
        files = {**tree, _NO_JEKYLL: self._blob(b"")}
        commit = self._commit(files, known, f"{words}\n\n{_VERSION}: {version}\n")
        if not self._push(self._site, known, commit):
            raise upload_refused(
                self.address, "quelqu’un a changé cette branche pendant la publication"
            )
        self._commits[version] = commit

    def close(self) -> None:
        """Hold nothing open."""

    def _roots(self, prefix: str) -> Iterator[tuple[str, _Tree]]:
        """Yield the trees in which names may begin with a prefix, and what comes before theirs."""
        if not prefix or prefix.startswith(PRIVATE):
            self._fetch(self._private)
            yield "", self._tree(self._heads.get(self._private, ""))
        for version in {*self._commits, *self._trees}:
            root = f"{VERSIONS}{version}/"
            if root.startswith(prefix) or prefix.startswith(root):
                yield root, self._place(root)[0]

    def _place(self, name: str) -> tuple[_Tree, str]:
        """Return the tree that holds a file, and its path there."""
        if name.startswith(PRIVATE):
            return self._tree(self._heads.get(self._private, "")), name
        version, _, path = name.removeprefix(VERSIONS).partition("/")
        if version not in self._trees:
            self._trees[version] = self._tree(self._commits.get(version, ""))
        return self._trees[version], path

    def _tree(self, commit: str) -> _Tree:
        """Return the files of a commit, which the caller may change."""
        if commit and commit not in self._read_trees:
            listed = self._git("ls-tree", "-r", "-z", commit).decode()
            rows = (row.partition("\t") for row in listed.split("\0") if row)
            self._read_trees[commit] = {
                name: about.split()[2] for about, _, name in rows if name != _NO_JEKYLL
            }
        return dict(self._read_trees.get(commit, {}))

    def _versions(self) -> dict[str, str]:
        """Return the last commit of each version."""
        head = self._heads.get(self._site)
        if head is None:
            return {}
        form = f"%H %(trailers:key={_VERSION},valueonly,separator=)"
        rows = self._git("log", f"--format={form}", head).decode().splitlines()
        return {row.split()[1]: row.split()[0] for row in reversed(rows) if " " in row.strip()}

    def _change(self, change: Callable[[_Tree], Mapping[str, str] | None]) -> bool:
        """Push what a change makes of the private files, again while others push too.

        Returns:
            False when the change returns None: it cannot be made.
        """
        for _ in range(_RETRIES):
            known = self._heads.get(self._private, "")
            changed = change(self._tree(known))
            if changed is None:
                # What is known may be old.
                self._fetch(self._private)
                if self._heads.get(self._private, "") == known:
                    return False
                continue
            commit = self._commit(changed, "", "État de la publication\n")
            if self._push(self._private, known, commit):
                return True
            self._fetch(self._private)
        raise upload_refused(self.address, "d’autres y écrivent sans cesse")

    def _commit(self, files: Mapping[str, str], parent: str, words: str) -> str:
        lines = "".join(f"{_FILE} {blob}\t{name}\0" for name, blob in sorted(files.items()))
        with tempfile.TemporaryDirectory(dir=self._objects, prefix="index-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._git("update-index", "-z", "--index-info", data=lines.encode(), more=index)
            tree = self._git("write-tree", more=index).decode().strip()
        parents = ("-p", parent) if parent else ()
        made = self._git("commit-tree", tree, *parents, data=words.encode(), more=self._identity)
        return made.decode().strip()

    @cached_property
    def _identity(self) -> Mapping[str, str]:
        """Return who commits, where git knows of nobody."""
        if self._run("var", "GIT_COMMITTER_IDENT").returncode == 0:
            return {}
        return {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in zip(("NAME", "EMAIL"), _IDENTITY, strict=True)
        }

    def _push(self, ref: str, known: str, commit: str) -> bool:
        """Put a commit at a branch that is still at the one known; return whether it was."""
        said = self._run(
            "push", "--quiet", f"--force-with-lease={ref}:{known}", self._remote, f"{commit}:{ref}"
        )
        if said.returncode == 0:
            self._heads[ref] = commit
            return True
        if re.search(
            r"stale info|cannot lock ref|fetch first|already exists|failed to update ref",
            said.stderr.decode(errors="replace"),
        ):
            return False
        raise self._refusal(said.stderr.decode(errors="replace"))

    def _fetch(self, *refs: str) -> None:
        """Learn what the branches hold now."""
        wanted = refs or (self._site, self._private)
        listed = self._git("ls-remote", self._remote, *wanted).decode().splitlines()
        found = {row.split("\t")[1]: row.split("\t")[0] for row in listed}
        for ref in wanted:
            head = found.get(ref)
            if head is None:
                self._heads.pop(ref, None)
            elif self._heads.get(ref) != head:
                with self._turn():
                    self._git("fetch", *_QUIETLY, f"--depth={_DEPTH}", self._remote, head)
                self._heads[ref] = head

    def _turn(self) -> FileLock:
        """Return the lock under which objects are received: git would refuse who comes second."""
        return FileLock(self._objects / "axtra.lock")

    def _blob(self, data: bytes) -> str:
        return self._git("hash-object", "-w", "--no-filters", "--stdin", data=data).decode().strip()

    def _git(self, *words: str, data: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
        done = self._run(*words, data=data, more=more)
        if done.returncode:
            raise self._refusal(done.stderr.decode(errors="replace"))
        return done.stdout

    def _run(
        self, *words: str, data: bytes = b"", more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {
            **{name: value for name, value in os.environ.items() if name not in _OF_A_REPOSITORY},
            "GIT_DIR": str(self._objects),
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",  # its words are read
            **(more or {}),
        }
        try:
            return subprocess.run(  # noqa: S603 - git, with words of ours
                ["git", "-c", "core.hooksPath=/dev/null", "-c", "gc.autoDetach=false", *words],  # noqa: S607
                input=data,
                capture_output=True,
                check=False,
                env=environment,
                cwd=self._objects,
            )
        except FileNotFoundError as error:
            raise Refusal(
                "git n’est pas installé.", "Installez-le (Debian : apt-get install git)."
            ) from error

    def _refusal(self, said: str) -> Refusal:
        """Return the refusal that the words of git come to."""
        for pattern, make in _REFUSALS:
            if re.search(pattern, said, re.IGNORECASE):
                return make(self.address)
        return upload_refused(self.address, "git n’a pas pu y écrire")


_OF_A_REPOSITORY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
)
_REFUSALS: tuple[tuple[str, Callable[[str], Refusal]], ...] = (
    (r"host key verification failed|identification has changed|certificate", untrusted_host),
    (r"no space left|disk quota", full_store),
    (
        (
            r"permission denied|authentication failed|could not read (?:user|pass)|\b403\b|declined"
            r"|protected branch|read-only|insufficient permission"
        ),
        lambda place: upload_refused(place, "ce compte n’en a pas le droit"),
    ),
    (
        r"repository .*not found|does not (?:appear to be|exist)|not a git repository",
        lambda place: unreachable_store(place, "ce dépôt n’existe pas"),
    ),
    (
        r"could not re|unable to access|connection (?:re|timed)|unexpectedly|hung up|early eof",
        lambda place: unreachable_store(place, "la connexion ne se fait pas, ou se rompt"),
    ),
)
