"""What carries out, while the atelier runs, what is due: publications, letters, welcomes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from axtra.atelier.acceptance import Acceptance
from axtra.atelier.mailroom import Mailroom
from axtra.atelier.publication import Publisher
from axtra.publishing import PastRuns
from infolettre.core.refusals import Refusal

_EVERY = 15.0  # seconds
_LETTERS = timedelta(minutes=5)
_AGAIN = timedelta(minutes=5)  # after an attempt that failed

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Timekeeper:
    """Looks at the clock, publishes what is due, and lets letters leave.

    `axtra echeances` does the same when no atelier runs: each takes the same lock, so that a
    publication takes place once, and a letter leaves once.

    Args:
        acceptance: what is to come, and puts it in the files.
        publisher: publishes the site.
        clock: returns the present.
        mailroom: lets letters leave; None: nothing here does.
    """

    acceptance: Acceptance
    publisher: Publisher
    clock: Callable[[], datetime]
    mailroom: Mailroom | None = None
    _letters_after: datetime | None = field(default=None, init=False)
    _not_before: datetime | None = field(default=None, init=False)

    def start(self) -> None:
        """Look from time to time, until the process ends."""
        threading.Thread(target=self._run, name="echeances", daemon=True).start()

    def _run(self) -> None:
        while True:
            for look in (self.look, self.attend_letters):
                try:
                    look()
                except Refusal as refusal:
                    _log.warning("%s", refusal)
                except Exception:  # noqa: BLE001 - another attempt may succeed
                    _log.exception("what is due could not be done")
            time.sleep(_EVERY)

    def attend_letters(self) -> None:
        """Let the letters leave whose hour has come, at most once in a few minutes.

        Raises:
            Refusal: a register cannot be read.
        """
        present, after = self.clock(), self._letters_after
        if self.mailroom is None or (after and present < after < present + 2 * _LETTERS):
            return
        self._letters_after = present + _LETTERS
        self.mailroom.attend()

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
