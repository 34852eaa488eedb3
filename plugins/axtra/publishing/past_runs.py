"""What `axtra echeances` remembers from one run to the next: a small file of the data folder.

Losing it loses nothing: a place is asked again what it shows, and a failure is told again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FILE = "echeances.json"


@dataclass(frozen=True, slots=True)
class Watch:
    """How far the content was watched for a place.

    Attributes:
        deployment: the moment of what was online then, as it is written there.
        since: what fell due later was not published yet.
    """

    deployment: str
    since: datetime


class PastRuns:
    """The memory of past runs; one process at a time writes it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        try:
            values = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            values = {}
        self._values: dict[str, dict[str, Any]] = values if isinstance(values, dict) else {}

    def watch(self, place: str) -> Watch | None:
        """Return how far a place was watched; None when it never was."""
        try:
            deployment, since = self._values["lieux"][place]
            watch = Watch(str(deployment), datetime.fromisoformat(since))
        except (KeyError, TypeError, ValueError):
            return None
        return watch if watch.since.tzinfo else None

    def note_watch(self, place: str, watch: Watch) -> None:
        """Remember how far a place was watched."""
        self._note("lieux", place, [watch.deployment, watch.since.isoformat()])

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
        fresh.write_text(json.dumps(self._values, ensure_ascii=False, indent=1), "utf-8")
        fresh.replace(self._path)
