"""From the lines of a file to the register: all of them or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from axtra.core.dates import ZONE
from axtra.core.diagnostics import count
from axtra.subscribers.csv_files import Entry
from axtra.subscribers.people import Subscription
from axtra.subscribers.register import Outcome, Register


class _TrialError(Exception):
    """Ends a trial: what it did is taken back."""


def bring_in(
    register: Register, liste: str, entries: Sequence[Entry], moment: datetime, *, trial: bool
) -> Mapping[Outcome, int]:
    """Add people to a list, in one transaction; a trial does the same and takes it back.

    Raises:
        ListError: the list has a name that cannot be used.
        FolderError: the disk refuses.
    """
    counts: Counter[Outcome] = Counter()
    try:
        with register.together():
            for one in entries:
                counts[
                    register.add(
                        liste,
                        one.address,
                        one.consent,
                        moment,
                        first_name=one.first_name,
                        last_name=one.last_name,
                    )
                ] += 1
            if trial:
                raise _TrialError  # noqa: TRY301 - a transaction ends by an exception
    except _TrialError:
        pass
    return counts


def rows(subscriptions: Sequence[Subscription]) -> list[tuple[str, ...]]:
    """Give active subscriptions as the lines of a file that can be imported again."""
    return [
        (
            one.person.address,
            one.person.first_name,
            one.person.last_name,
            one.consent.basis.value if one.consent else "",
            f"{one.consent.given.astimezone(ZONE):%Y-%m-%d}" if one.consent else "",
            one.consent.source if one.consent else "",
        )
        for one in subscriptions
        if one.active and one.suppressed is None
    ]


def told(counts: Mapping[Outcome, int], repeated: int, expired: int) -> str:
    """Say in French what an import did, naming nobody."""
    parts = [
        (counts.get(Outcome.ADDED, 0), "ajoutée", True),
        (counts.get(Outcome.KEPT, 0), "déjà abonnée", True),
        (counts.get(Outcome.LEFT, 0), "désabonnée, laissée telle quelle", False),
        (counts.get(Outcome.SUPPRESSED, 0), "à ne plus joindre, laissée telle quelle", False),
        (repeated, "répétée dans le fichier", False),
        (expired, "au consentement expiré, à qui rien ne sera envoyé", False),
    ]
    return "; ".join(
        f"{count(number, 'personne')} {_agreed(what, number)}"
        for number, what, always in parts
        if number or always
    )


def _agreed(words: str, number: int) -> str:
    """Put participles and « telle quelle » in the plural."""
    return re.sub(r"(ée|telle|quelle)\b", r"\1s", words) if number > 1 else words
