"""A project in a git repository, the bare repository that it shares, and somebody's other copy."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

IDENTITY = ("-c", "user.name=Paul Ailleurs", "-c", "user.email=paul@exemple.test")


def git(root: Path, *words: str) -> str:
    """Run git in a folder and return what it prints; a failure is one of the test."""
    done = subprocess.run(
        ["git", *IDENTITY, *words],  # noqa: S607
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class SharedRepository:
    """What a project shares: `bare` is the remote, `other` is somebody's copy of it."""

    root: Path
    bare: Path
    other: Path

    @classmethod
    def of(cls, root: Path, place: Path) -> SharedRepository:
        """Put a project under git, with a remote and another copy, in a folder."""
        bare, other = place / "commun.git", place / "ailleurs"
        git(root, "init", "-q", "-b", "principale")
        git(root, "add", "content", "newsletters")
        git(root, "commit", "-qm", "Début")
        git(root, "init", "-q", "--bare", "-b", "principale", str(bare))
        git(root, "remote", "add", "origin", str(bare))
        git(root, "push", "-q", "origin", "principale")
        git(root, "clone", "-q", str(bare), str(other))
        return cls(root, bare, other)

    def elsewhere(self, name: str, old: str, new: str) -> None:
        """Change words of a file in the other copy, and send them; both sides are first joined."""
        git(self.other, "pull", "-q", "--rebase", "origin", "principale")
        path = self.other / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        git(self.other, "commit", "-qam", "Ailleurs")
        git(self.other, "push", "-q", "origin", "principale")

    def shared(self, name: str) -> str:
        """Return a file as the remote has it."""
        return git(self.bare, "show", f"principale:{name}")

    def subjects(self) -> list[str]:
        """List the first lines of the commits of the remote, the newest first."""
        return git(self.bare, "log", "--topo-order", "--format=%s", "principale").splitlines()
