"""The two things that a server is asked: one test, and the rest of an edition."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from axtra.sending.freezing import composer, dkim_seal, envelope_sender, test_recipient
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition
from axtra.sending.replies import Reply
from axtra.sending.run import Run
from axtra.sending.run_context import Progress, RunContext, RunOutcome
from axtra.sending.settings import Settings
from axtra.sending.wire import Connection, StopError, UnreachableError
from axtra.subscribers import FolderError, Register


def test(
    frozen: FrozenEdition,
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
    recipient = test_recipient(frozen, register, address)
    message = composer(frozen, dkim_seal(settings, frozen.terms.domain))(recipient)
    connection = Connection.open(settings.required(), frozen.terms.domain)
    try:
        sender = envelope_sender(frozen.terms).format(recipient.envelope)
        reply = connection.deliver(sender, recipient.address, message)
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
) -> RunOutcome:
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
    seal = dkim_seal(settings, terms.domain)
    relay = settings.required().host

    def told(progress: Progress) -> None:
        ledger.tell_progress(edition)
        tell(progress)

    context = RunContext(
        ledger,
        register,
        settings,
        edition,
        letters={frozen.id: composer(frozen, seal, relay) for frozen in leaving.values()},
        lists={frozen.id: frozen.liste for frozen in leaving.values()},
        since={frozen.id: frozen.moment for frozen in leaving.values()},
        returns=envelope_sender(terms),
        name=terms.domain,
        now=now,
        monotonic=time.monotonic,
        tell=told,
    )
    ledger.set_out(edition)
    try:
        return Run(context).go()
    finally:
        with suppress(FolderError):  # at worst, what left in the last second is not told
            ledger.tell_progress(edition, last=True)


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
