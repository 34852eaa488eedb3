"""From the lines of a file to the register: all of them or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from axtra.core.dates import ZONE
from axtra.core.diagnostics import count
from axtra.subscribers.importing.csv_files import Entry, Problem
from axtra.subscribers.people import Subscription
from axtra.subscribers.register import Outcome, Register

_REPEATED = 5  # lines that are said one by one


class _TrialError(Exception):
    """Ends a trial: what it did is taken back."""


def take_off(
    register: Register,
    liste: str,
    addresses: Sequence[str],
    moment: datetime,
    how: str,
    *,
    trial: bool,
) -> int:
    """Take people off a list, in one transaction; a trial does the same and takes it back.

    Returns:
        How many were on it; the others are kept off it.

    Raises:
        ListError: the list has a name that cannot be used.
        FolderError: the disk refuses.
    """
    off: list[bool] = []
    with _together(register, trial=trial):
        off += (register.keep_off(liste, one, moment, how) for one in addresses)
    return sum(off)


def bring_in(
    register: Register, liste: str, entries: Sequence[Entry], moment: datetime, *, trial: bool
) -> Mapping[Outcome, int]:
    """Add people to a list, in one transaction; a trial does the same and takes it back.

    Raises:
        ListError: the list has a name that cannot be used.
        FolderError: the disk refuses.
    """
    counts: Counter[Outcome] = Counter()
    with _together(register, trial=trial):
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
    return counts


@contextmanager
def _together(register: Register, *, trial: bool) -> Iterator[None]:
    """Make one transaction; that of a trial is taken back."""
    try:
        with register.together():
            yield
            if trial:
                raise _TrialError  # noqa: TRY301 - a transaction ends by an exception
    except _TrialError:
        pass


def still_on(register: Register, addresses: Sequence[str]) -> int:
    """Count the people who are on some list here, and may be written to."""
    return sum(
        1
        for one in addresses
        if (person := register.find(one))
        and register.lists_of(person.id)
        and not register.is_suppressed(one)
    )


def listed(problems: Sequence[Problem]) -> str:
    """Write problems, one a line of the file; what is wrong with many lines is written once."""
    lines: dict[tuple[str, str], list[Problem]] = {}
    for one in problems:
        lines.setdefault((one.problem, one.remedy), []).append(one)
    said: list[str] = []
    for same in lines.values():
        if len(same) <= _REPEATED:
            said += map(str, same)
            continue
        others = ", ".join(str(one.line) for one in same[1:_REPEATED])
        first = replace(
            same[0],
            problem=f"{same[0].problem} (de même aux lignes {others} et à "
            f"{count(len(same) - _REPEATED, 'autre')})",
        )
        said.append(str(first))
    return "\n".join(said)


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
