"""The git of this machine, asked about a folder; there may be none."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


def git(root: Path, *words: str) -> str | None:
    """Run git in a folder and return what it prints; None when it fails, or is not there."""
    told = git_bytes(root, *words)
    return None if told is None else told.decode("utf-8", "replace")


def git_bytes(
    root: Path,
    *words: str,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> bytes | None:
    """Run git in a folder and return the bytes that it prints; None as for `git`.

    Args:
        root: the folder.
        words: the arguments of git.
        given: what it reads; it never waits for somebody to type.
        environment: variables added to those of this process.
        seconds: how long it may take; it is then stopped, which is a failure.
    """
    try:
        done = subprocess.run(  # noqa: S603 - words of ours, and names of files after « -- »
            ["git", *words],  # noqa: S607 - the git of this machine
            cwd=root,
            input=given,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
