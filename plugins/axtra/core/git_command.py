"""The git of this machine, asked about a folder; there may be none."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(root: Path, *words: str) -> str | None:
    """Run git in a folder and return what it prints; None when it fails, or is not there."""
    told = git_bytes(root, *words)
    return None if told is None else told.decode("utf-8", "replace")


def git_bytes(root: Path, *words: str) -> bytes | None:
    """Run git in a folder and return the bytes that it prints; None as for `git`."""
    try:
        done = subprocess.run(  # noqa: S603 - words of ours, and names of files after « -- »
            ["git", *words],  # noqa: S607 - the git of this machine
            cwd=root,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
