"""The two things that a server is asked: one test, and the rest of an edition."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from axtra.sending.freezing import composer, envelope, sealed, trial
from axtra.sending.ledger import Ledger
from axtra.sending.records import Frozen
from axtra.sending.replies import Reply
from axtra.sending.run import Run
from axtra.sending.run_context import Outcome, Progress, Ship
from axtra.sending.settings import Settings
from axtra.sending.wire import Connection, StopError, UnreachableError
from axtra.subscribers import Register


def test(
    frozen: Frozen,
    address: str,
    ledger: Ledger,
    register: Register,
    settings: Settings,
    moment: datetime,
) -> Reply:
    """Send a frozen edition to one address; what a server took is a test of these bytes.

    Raises:
        StopError, UnreachableError, LostError: no answer came.
        SettingsError: there is no server, or no key to sign with.
        FolderError: the disk refuses.
    """
    seat = trial(frozen, register, address)
    message = composer(frozen, sealed(settings, frozen.terms.domain))(seat)
    connection = Connection.open(settings.required(), frozen.terms.domain)
    try:
        sender = envelope(frozen.terms).format(seat.envelope)
        reply = connection.deliver(sender, seat.address, message)
    finally:
        connection.quit()
    if reply.accepted:
        ledger.note_test(frozen, moment)
    return reply


def send(
    edition: str,
    ledger: Ledger,
    register: Register,
    settings: Settings,
    now: Callable[[], datetime],
    tell: Callable[[Progress], object],
) -> Outcome:
    """Send what is waiting of all that left under the name of an edition.

    Args:
        edition: its name.
        ledger: held alone.
        register: asked again about each person.
        settings: the server and its limits.
        now: gives the present.
        tell: told how far it is.

    Raises:
        SettingsError: there is no server.
        FolderError: the ledger cannot be written.
    """
    leaving = ledger.leaving(edition)
    terms = next(iter(leaving.values())).terms
    seal = sealed(settings, terms.domain)
    relay = settings.required().host
    ship = Ship(
        ledger,
        register,
        settings,
        edition,
        letters={one.id: composer(one, seal, relay) for one in leaving.values()},
        lists={one.id: one.liste for one in leaving.values()},
        returns=envelope(terms),
        name=terms.domain,
        now=now,
        monotonic=time.monotonic,
        tell=tell,
    )
    return Run(ship).go()


def knock(settings: Settings) -> bool:
    """Connect, so that the log of a server says something later than every doubt.

    Returns:
        Whether a server answered.
    """
    if settings.server is None:
        return False
    try:
        Connection.open(settings.server, "localhost").quit()
    except (StopError, UnreachableError):
        return False
    return True
