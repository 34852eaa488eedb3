"""What carries out scheduled publications while the atelier runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from axtra.atelier.acceptance import Acceptance
from axtra.atelier.publication import Publisher
from axtra.publishing import PastRuns
from infolettre.core.refusals import Refusal

_EVERY = 15.0  # seconds
_AGAIN = timedelta(minutes=5)  # after an attempt that failed

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Timekeeper:
    """Looks at the clock, and publishes what is due.

    `axtra echeances` does the same when no atelier runs: each takes the same lock, so that a
    publication takes place once.

    Args:
        acceptance: what is to come, and puts it in the files.
        publisher: publishes the site.
        clock: returns the present.
    """

    acceptance: Acceptance
    publisher: Publisher
    clock: Callable[[], datetime]
    _not_before: datetime | None = field(default=None, init=False)

    def start(self) -> None:
        """Look from time to time, until the process ends."""
        threading.Thread(target=self._run, name="echeances", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except Refusal as refusal:
                _log.warning("%s", refusal)
            except Exception:  # noqa: BLE001 - another attempt may succeed
                _log.exception("a scheduled publication has failed")
            time.sleep(_EVERY)

    def look(self) -> None:
        """Publish what is due, unless another process does.

        Raises:
            Refusal: what is scheduled cannot be read.
        """
        present = self.clock()
        if self._not_before and present < self._not_before < present + 2 * _AGAIN:
            return
        if not self.acceptance.schedule.due(present):
            return
        with PastRuns.alone(self.publisher.data, "publication") as runs:
            if runs is not None:
                self._not_before = present + _AGAIN
                self._publish(present)

    def _publish(self, present: datetime) -> None:
        due, schedule = self.acceptance.take_due(present), self.acceptance.schedule
        standing = self.publisher.publish_for(due[-1].person) if due else None
        if standing is None or not standing.refusal:
            self._not_before = None
        if standing is None:
            return
        for known in due:
            if standing.refusal:
                schedule.fail(known, standing.refusal)
            else:
                schedule.finish(known, self.clock())
