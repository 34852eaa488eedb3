"""A publication in a process of its own, which kills itself at a given step."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from axtra.publishing import acts
from axtra.publishing.acts import BuiltSite, Origin
from axtra.publishing.carriers import Carrier
from axtra.publishing.targets import Target
from infolettre.core.dates import ZONE
from support import remote_places
from support.published_places import PLACES

_WRITING = {"put", "copy", "create", "replace", "swap"}
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["axtra.publishing.acts", "support.remote_places"])


class MortalCarrier:
    """A carrier whose process is killed before, or after, one of its writings."""

    def __init__(self, carrier: Carrier, count: Callable[[], int], last: int) -> None:
        self._carrier = carrier
        self._count = count
        self._last = last

    def delete(self, names: Iterable[str]) -> None:
        """Delete files, each as a step of its own."""
        for name in names:
            self._step(lambda name=name: self._carrier.delete([name]))  # type: ignore[misc]

    def __getattr__(self, name: str) -> object:
        method = getattr(self._carrier, name)
        if name not in _WRITING:
            return method
        return lambda *given: self._step(lambda: method(*given))

    def _step(self, do: Callable[[], object]) -> object:
        step = self._count()
        if step == self._last and step % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        done = do()
        if step == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def publish_until(sort: str, base: Path, site: BuiltSite, last: int, pause: float = 0) -> None:
    """Publish at a place that exists; the process is killed at step `last`, if it comes to it.

    Args:
        sort: the sort of place.
        base: the folder that holds it.
        site: what to publish.
        last: the number of a writing; odd, the process dies before it, even, after it.
        pause: seconds to wait at each file, so that others see every moment.
    """
    place = (PLACES | remote_places.PLACES)[sort](base)
    count = itertools.count(1).__next__
    acts.open_carrier = lambda address: MortalCarrier(place.open(address), count, last)  # type: ignore[assignment,return-value]
    acts.publish(
        Target("essai", place.address, "http://127.0.0.1:9"),
        site,
        Origin("Anne", ""),
        lambda: datetime.now(ZONE),
        tell=lambda _: None,
        progress=lambda *_: time.sleep(pause),
    )


def start(sort: str, base: Path, site: BuiltSite, last: int, pause: float = 0) -> BaseProcess:
    """Start such a process."""
    process = _PROCESSES.Process(target=publish_until, args=(sort, base, site, last, pause))
    process.start()
    return process
