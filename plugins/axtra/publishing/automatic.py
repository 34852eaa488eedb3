"""Automatic publication: whether anything fell due since what is online was built."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from axtra.content.model import Library
from axtra.publishing import acts
from axtra.publishing.acts import HeldPublication
from axtra.publishing.due_dates import DueDate, due_dates, fallen_due
from axtra.publishing.past_runs import PastRuns, Watch
from axtra.publishing.records import Deployment
from axtra.publishing.targets import Target
from infolettre.core import dates
from infolettre.core.refusals import Refusal


class ClockBehind(Refusal):
    """What is online is later than the clock: to publish would hide what readers see."""

    def __init__(self, place: str, online: datetime) -> None:
        moment = online.astimezone(dates.ZONE)
        said = f"{dates.day(moment)}, {dates.hour(moment)}"
        super().__init__(
            f"l’horloge de cette machine retarde : ce qui est en ligne est du {said}. "
            "Rien ne se publie de soi-même jusque-là.",
            "Remettez-la à l’heure. Si c’est cette parution qui avançait, publiez vous-même :  "
            "axtra publier",
            place=place,
        )


def due_at(target: Target, library: Library, runs: PastRuns, present: datetime) -> list[DueDate]:
    """List what fell due, and readers do not see yet; the place is asked only if it may matter.

    The clock may have gone back. Nothing is published then until it says again what it said at the
    last publication; what falls due meanwhile is remembered.

    Args:
        target: the place.
        library: the content, as it is at `present`.
        runs: what past runs remember.
        present: now.

    Returns:
        Nothing either where nobody has published yet: the first time, a person does.

    Raises:
        HeldPublication: something is due, and a person went back to an older deployment.
        ClockBehind: something is due, and the clock went back.
        Refusal: the place cannot be read.
    """
    place = str(target.address)
    known = runs.watch(place)
    if known and not _waiting(library, known, present):
        if not dates.has_come(known.since, present):
            runs.note_watch(place, replace(known, since=present))
        return []
    state = acts.history(target)
    if state.deployment is None:
        return []
    online = datetime.fromisoformat(state.deployment.when)
    behind = not dates.has_come(online, present)
    if not known or known.deployment != state.deployment.when:
        # Once the clock is behind, nobody knows what was written before that publication.
        done = frozenset() if behind else _keys(library, online)
        known = Watch(state.deployment.when, present if behind else online, done)
        runs.note_watch(place, known)
    due = _waiting(library, known, present)
    if due and state.held:
        raise HeldPublication(place)
    if due and behind:
        raise ClockBehind(place, online)
    return due


def require_free(target: Target) -> None:
    """Refuse to publish by itself where a person went back to an older deployment.

    Raises:
        HeldPublication: somebody did.
        Refusal: the place cannot be read.
    """
    if acts.history(target).held:
        raise HeldPublication(str(target.address))


def note_published(
    target: Target, library: Library, shown: Deployment, built: datetime, runs: PastRuns
) -> None:
    """Remember that nothing of what fell due before a build waits any more."""
    watch = Watch(shown.when, built, _keys(library, built))
    runs.note_watch(str(target.address), watch)


def _waiting(library: Library, known: Watch, present: datetime) -> list[DueDate]:
    due = fallen_due(library, known.since, present)
    return [thing for thing in due if thing.key not in known.done]


def _keys(library: Library, moment: datetime) -> frozenset[str]:
    """Return the keys of all that fell due not later than a moment."""
    return frozenset(due.key for due in due_dates(library) if dates.has_come(due.moment, moment))
