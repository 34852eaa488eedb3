"""A base that stops answering while an edition leaves: what lands meanwhile, and waiting for it.

What was in flight is waited for and remembered; once the base answers again, whoever had it in
flight settles it. What was claimed and never left goes back to those that wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from axtra.sending.couriers import Answered, Courier, Crashed, Late, News, Silent, Wire
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import Landed, MessageState, PendingMessage
from axtra.sending.replies import Fate
from axtra.subscribers import Register
from axtra.subscribers.private_folder import AwayError

PATIENCE = 30.0  # seconds that a sender waits for its base
_BACK_OFF = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds between two tries


def land(
    flying: Mapping[Courier, PendingMessage],
    claimed: Iterable[PendingMessage],
    heard: Iterable[tuple[Courier | None, News]],
    news: Wire,
) -> list[Landed]:
    """Wait for what couriers have in flight, and say what became of all that was claimed.

    Args:
        flying: what each courier was told to deliver.
        claimed: these messages, and those that no courier was given.
        heard: news that were not written to the ledger.
        news: where others come.
    """
    left, landed = dict(flying), []
    given = {message.folded for message in flying.values()}
    pending = list(heard)
    while left:
        courier, report = pending.pop(0) if pending else news.get()
        if courier and courier in left:
            landed.append(_fate(left.pop(courier), report))
    never = (message for message in claimed if message.folded not in given)
    return landed + [Landed(message, MessageState.TO_SEND) for message in never]


def _fate(message: PendingMessage, report: News) -> Landed:
    """Return what an answer proves; whoever was refused is written to again, and refused again."""
    match report:
        case Answered(reply, _):
            said = f"{reply.code} {' '.join(reply.text.split())}"
            taken = reply.fate is Fate.ACCEPTED
            return Landed(message, MessageState.ACCEPTED if taken else MessageState.TO_SEND, said)
        case Silent(said, sent):
            return Landed(message, MessageState.UNSURE if sent else MessageState.TO_SEND, said)
        case Late():
            return Landed(message, MessageState.TO_SEND)
        case Crashed(error):
            return Landed(message, MessageState.UNSURE, type(error).__name__)
    raise AssertionError(report)  # a courier in flight says nothing else


def outlive(
    ledger: Ledger,
    register: Register,
    lost: AwayError,
    edition: str,
    wait: Callable[[float], object] = time.sleep,
) -> None:
    """Wait for the base to answer again, then settle what landed meanwhile.

    Raises:
        AwayError: it did not within `PATIENCE` seconds; nothing leaves.
        FolderError: it is no longer the base that was lost, but a copy of it.
    """
    until = time.monotonic() + PATIENCE
    tries = 0
    while True:
        try:
            ledger.reconnect()
            register.reconnect()
            for landed in ledger.landed:
                ledger.settle(landed.message, landed.state, landed.reason)
            ledger.landed = []
        except AwayError:
            if time.monotonic() >= until:
                raise AwayError(
                    f"{lost.problem[:-1]}, depuis {PATIENCE:.0f} secondes : l’envoi s’arrête. "
                    "Rien n’est perdu, et rien ne part deux fois.",
                    f"Une fois PostgreSQL revenu :  axtra envoi reprendre {edition}",
                ) from None
            wait(_BACK_OFF[min(tries, len(_BACK_OFF) - 1)])
            tries += 1
        else:
            return
