"""What the next publication would change, told from files, from git and from kept versions."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axtra.atelier.history import History
from axtra.atelier.roles import Person, Role
from axtra.atelier.unpublished import moved_since
from axtra.publishing import Deployment
from infolettre.core.dates import ZONE

ZOE = Person("", "Zoé", Role.DIRECTION)
NOW = datetime.now(ZONE).replace(microsecond=0)
NAMES = ("content/dit.md", "content/tué.md", "newsletters/lettre.md")


def moved(root: Path, commit: str, *, published: datetime = NOW) -> dict[str, tuple[str, bytes]]:
    """Return what moved since a publication, by the names of the files."""
    history = History(root, root / "versions", ZOE, lambda: published - timedelta(hours=1))
    shown = Deployment("v", published.isoformat(), "Zoé", commit, 1, "")
    folders = (root / "content", root / "newsletters")
    files = {p.relative_to(root).as_posix(): p for at in folders for p in at.rglob("*.md")}
    written = {name: path.stat().st_mtime for name, path in files.items()}
    found = moved_since(root, history, shown, written)
    return {text.name: (text.word, text.before or b"") for text in found}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("avant", "utf-8")
        os.utime(tmp_path / name, ((NOW - timedelta(days=1)).timestamp(),) * 2)
    return tmp_path


def change(root: Path) -> None:
    """Change a text, add one, take one away, two hours after the publication."""
    (root / NAMES[1]).unlink()
    for name in (NAMES[0], "content/neuf.md"):
        (root / name).write_text("après", "utf-8")
        os.utime(root / name, ((NOW + timedelta(hours=2)).timestamp(),) * 2)


def git(root: Path, *words: str) -> str:
    """Run git in a project."""
    named = ("-c", "user.name=Zoé", "-c", "user.email=z@exemple.test")
    done = subprocess.run(
        ["git", *named, *words],  # noqa: S607 - the git of this machine
        cwd=root,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize("sure", [True, False])
@pytest.mark.parametrize("committed", [True, False])
def test_git_tells_what_was_published(root: Path, *, sure: bool, committed: bool) -> None:
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "Début")
    commit = git(root, "rev-parse", "--short", "HEAD")
    if not sure:  # published with a file that no commit holds
        (root / NAMES[2]).write_text("autre", "utf-8")
        os.utime(root / NAMES[2], ((NOW - timedelta(hours=3)).timestamp(),) * 2)
    change(root)
    if committed:
        git(root, "add", "-A")
        git(root, "commit", "-qm", "Suite")
    assert moved(root, commit if sure else f"{commit}+") == {
        NAMES[0]: ("modifié", b"avant"),
        NAMES[1]: ("retiré", b"avant"),
        "content/neuf.md": ("ajouté", b""),
    }


def test_without_git_the_moments_of_the_files_and_kept_versions_tell(root: Path) -> None:
    history = History(root, root / "versions", ZOE, lambda: NOW - timedelta(hours=1))
    history.record(NAMES[0], "Publié")
    change(root)
    told = moved(root, "")
    assert told == {NAMES[0]: ("modifié", b"avant"), "content/neuf.md": ("modifié", b"")}
    assert moved(root, "", published=NOW + timedelta(hours=3)) == {}


def test_a_commit_that_git_no_longer_has_is_no_commit(root: Path) -> None:
    git(root, "init", "-q")
    change(root)
    assert set(moved(root, "0123abc")) == {NAMES[0], "content/neuf.md"}
