"""Keeping what was written: a commit where the folder is a git checkout."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

# No hook and no signature: nobody is there to answer them.
_ALONE = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false")
_ADDRESS = "redaction@localhost"


def recorder(root: Path, person: str) -> Callable[[str, str], None]:
    """Return what records a file that was written: a commit of it alone, or nothing without git.

    Args:
        root: the project's folder.
        person: who signs.
    """
    if git(root, "rev-parse", "--is-inside-work-tree") is None:
        return lambda _name, _why: None
    address = (git(root, "config", "user.email") or "").strip() or _ADDRESS
    identity = ("-c", f"user.name={person}", "-c", f"user.email={address}")

    def record(name: str, why: str) -> None:
        git(root, *_ALONE, "add", "--", name)
        git(root, *_ALONE, *identity, "commit", "--quiet", "-m", f"{why} : {name}", "--", name)

    return record


def git(root: Path, *words: str) -> str | None:
    """Run git and return what it prints; None when it fails, or is not on this machine."""
    try:
        done = subprocess.run(  # noqa: S603 - words of ours, and names of files after « -- »
            ["git", *words],  # noqa: S607 - the git of this machine
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
