"""What `axtra echeances` remembers from one run to the next, and who runs it now.

It has two parts, publication and letters: an hour of sending must not delay a text. Each part has
a lock of the operating system, which dies with its process, and a small file of the data folder.
Losing a file loses nothing: a place is asked again what it shows, and a failure is told again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from axtra.subscribers.private_folder import make_private, touch_private


@dataclass(frozen=True, slots=True)
class Watch:
    """How far the content was watched for a place.

    Attributes:
        deployment: the moment of what was online then, as it is written there.
        since: what fell due later was not published yet, but for `done`.
        done: the keys of what fell due, at whatever moment, and is online.
    """

    deployment: str
    since: datetime
    done: frozenset[str] = frozenset()


class PastRuns:
    """The memory of past runs of one part."""

    def __init__(self, folder: Path, part: str) -> None:
        self._path = folder / f"echeances-{part}.json"
        try:
            values = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            values = {}
        self._values: dict[str, dict[str, Any]] = values if isinstance(values, dict) else {}

    @classmethod
    @contextmanager
    def alone(cls, folder: Path, part: str) -> Iterator[Self | None]:
        """Keep any other process from running a part.

        Args:
            folder: the data folder.
            part: its name.

        Yields:
            What past runs remember; None when another process runs that part.

        Raises:
            FolderError: the folder cannot be used.
            OSError: the disk refuses.
        """
        make_private(folder)
        lock = FileLock(folder / f"echeances-{part}.verrou", mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield None
            return
        try:
            yield cls(folder, part)
        finally:
            lock.release()

    def watch(self, place: str) -> Watch | None:
        """Return how far a place was watched; None when it never was."""
        try:
            deployment, since, done = self._values["lieux"][place]
            watch = Watch(str(deployment), datetime.fromisoformat(since), frozenset(done))
        except (KeyError, TypeError, ValueError):
            return None
        return watch if watch.since.tzinfo else None

    def note_watch(self, place: str, watch: Watch) -> None:
        """Remember how far a place was watched."""
        since, done = watch.since.isoformat(), sorted(watch.done)
        self._note("lieux", place, [watch.deployment, since, done])

    def told(self, subject: str) -> str:
        """Return the failure of a subject that the publisher was last told; empty for none."""
        return str(self._section("pannes").get(subject, ""))

    def note_told(self, subject: str, failure: str) -> None:
        """Remember what the publisher was told of a subject; empty once it is mended."""
        if failure != self.told(subject):
            self._note("pannes", subject, failure)

    def _section(self, name: str) -> dict[str, Any]:
        section = self._values.get(name)
        return section if isinstance(section, dict) else {}

    def _note(self, section: str, key: str, value: object) -> None:
        self._values[section] = {**self._section(section), key: value}
        fresh = self._path.with_suffix(".tampon")
        touch_private(fresh)
        fresh.write_text(json.dumps(self._values, ensure_ascii=False, indent=1), "utf-8")
        fresh.replace(self._path)
