"""From the people of a file to the register, all of them or none; and back to a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from axtra.subscribers.importing.person_lines import ImportedPerson
from axtra.subscribers.register.records import Subscription
from axtra.subscribers.register.register import AddOutcome, Register
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Diagnostic, count

_REPEATED = 5  # diagnostics of one kind that are shown one by one


class _TrialError(Exception):
    """Ends a trial, so that its transaction is rolled back."""


def remove_people(
    register: Register,
    liste: str,
    addresses: Sequence[str],
    moment: datetime,
    how: str,
    *,
    trial: bool,
) -> int:
    """Remove people from a list in one transaction, which a trial rolls back.

    Returns:
        How many were on the list; the others are kept off it from now on.

    Raises:
        ListError: the list has a name that cannot be used.
        FolderError: the disk refuses.
    """
    removed: list[bool] = []
    with _transaction(register, trial=trial):
        removed += (register.keep_off(liste, address, moment, how) for address in addresses)
    return sum(removed)


def add_people(
    register: Register,
    liste: str,
    people: Sequence[ImportedPerson],
    moment: datetime,
    *,
    trial: bool,
) -> Mapping[AddOutcome, int]:
    """Add people to a list in one transaction, which a trial rolls back.

    Raises:
        ListError: the list has a name that cannot be used.
        FolderError: the disk refuses.
    """
    return Counter(outcomes(register, liste, people, moment, trial=trial))


def outcomes(
    register: Register,
    liste: str,
    people: Sequence[ImportedPerson],
    moment: datetime,
    *,
    trial: bool,
) -> list[AddOutcome]:
    """Add people as `add_people` does, and return what became of each, in their order."""
    done: list[AddOutcome] = []
    with _transaction(register, trial=trial):
        done += (
            register.add(
                liste,
                person.address,
                person.consent,
                moment,
                first_name=person.first_name,
                last_name=person.last_name,
            )
            for person in people
        )
    return done


@contextmanager
def _transaction(register: Register, *, trial: bool) -> Iterator[None]:
    """Open one transaction, and roll it back at the end of a trial."""
    try:
        with register.together():
            yield
            if trial:
                raise _TrialError  # noqa: TRY301 - only an exception rolls a transaction back
    except _TrialError:
        pass


def count_subscribed(register: Register, addresses: Sequence[str]) -> int:
    """Count the addresses that are on some list and not suppressed."""
    return sum(
        1
        for address in addresses
        if (person := register.find(address))
        and register.lists_of(person.id)
        and not register.is_suppressed(address)
    )


def condensed(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics to print: what is wrong with many lines becomes one diagnostic."""
    alike: dict[tuple[str, str, str], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        key = (diagnostic.rule, diagnostic.problem, diagnostic.remedy)
        alike.setdefault(key, []).append(diagnostic)
    shown: list[Diagnostic] = []
    for same in alike.values():
        if len(same) <= _REPEATED:
            shown += same
            continue
        lines = ", ".join(str(diagnostic.line) for diagnostic in same[1:_REPEATED])
        rest = count(len(same) - _REPEATED, "autre")
        problem = f"{same[0].problem} (de même aux lignes {lines} et à {rest})"
        shown.append(replace(same[0], problem=problem))
    return shown


def exported_rows(subscriptions: Sequence[Subscription]) -> list[tuple[str, ...]]:
    """Return active subscriptions as the rows of a file that can be imported again."""
    return [
        (
            subscription.person.address,
            subscription.person.first_name,
            subscription.person.last_name,
            consent.basis.value if consent else "",
            f"{consent.given.astimezone(ZONE):%Y-%m-%d}" if consent else "",
            consent.source if consent else "",
        )
        for subscription in subscriptions
        if subscription.active and subscription.suppressed is None
        for consent in (subscription.consent,)
    ]


def summary(counts: Mapping[AddOutcome, int], repeated: int, expired: int) -> str:
    """Return in French what an import did, without naming anyone."""
    parts = [
        (counts.get(AddOutcome.ADDED, 0), "ajoutée", True),
        (counts.get(AddOutcome.KEPT, 0), "déjà abonnée", True),
        (counts.get(AddOutcome.LEFT, 0), "désabonnée, laissée telle quelle", False),
        (counts.get(AddOutcome.SUPPRESSED, 0), "à ne plus joindre, laissée telle quelle", False),
        (repeated, "répétée dans le fichier", False),
        (expired, "au consentement expiré, à qui rien ne sera envoyé", False),
    ]
    return "; ".join(
        f"{count(number, 'personne')} {_plural(words, number)}"
        for number, words, always in parts
        if number or always
    )


def _plural(words: str, number: int) -> str:
    """Return participles and « telle quelle » in the plural, when they are about several people."""
    return re.sub(r"(ée|telle|quelle)\b", r"\1s", words) if number > 1 else words
