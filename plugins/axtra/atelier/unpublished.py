"""What the next publication would change: the texts whose files moved since the last one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from axtra.atelier.history import History
from axtra.core.git_command import git, git_bytes
from axtra.publishing import Deployment

_FOLDERS = ("content", "newsletters")
_ROUNDED = timedelta(seconds=1)  # moments of publications are whole
_UNSURE = "+"  # ends a commit from which files differed


@dataclass(frozen=True, slots=True)
class Moved:
    """A file that is not what was published: `before` is None where nobody knows what it was."""

    name: str
    word: str  # « ajouté », « modifié » or « retiré », as of a text
    before: bytes | None


def moved_since(
    root: Path, history: History, shown: Deployment, written: Mapping[str, float]
) -> Iterator[Moved]:
    """Yield the texts whose files moved since a publication.

    Git tells what they were; without it, the moments of the files do, and the versions that the
    atelier kept.

    Args:
        root: the project's folder.
        history: the past of its texts.
        shown: what is online.
        written: when each file of a text was written, in seconds since 1970, by its name.
    """
    published = datetime.fromisoformat(shown.when) + _ROUNDED
    late = {name for name, moment in written.items() if moment > published.timestamp()}
    commit = shown.commit.removesuffix(_UNSURE)
    told = commit and git(
        root, "diff", "--name-status", "--no-renames", "--relative", "-z", commit, "--", *_FOLDERS
    )
    if told is None or not commit:
        for name in sorted(late):
            yield from _kept(root, history, name, published)
        return
    others = git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *_FOLDERS) or ""
    pieces = told.split("\0")
    states = dict(zip(pieces[1::2], pieces[::2], strict=False))
    states |= {name: "A" for name in others.split("\0") if name in late}
    for name, state in sorted(states.items()):
        sure = not shown.commit.endswith(_UNSURE)
        if not name.endswith(".md") or (state != "D" and not sure and name not in late):
            continue
        before = git_bytes(root, "show", f"{commit}:./{name}")
        yield Moved(name, _WORDS.get(state, "modifié"), before)


_WORDS = {"A": "ajouté", "D": "retiré"}


def _kept(root: Path, history: History, name: str, published: datetime) -> Iterator[Moved]:
    past = history.past(name)
    known = next((version for version in past if version.moment <= published), None)
    before = history.data(name, known.mark) if known else None
    if before != (root / name).read_bytes():
        yield Moved(name, "ajouté" if past and not known else "modifié", before)
