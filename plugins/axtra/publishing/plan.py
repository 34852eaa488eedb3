"""What to do at a place, in which order: a pure function of what is built and of what is online.

Between any two steps a reader finds no page without its files and no link that leads nowhere:

1. files that pages show; nothing leads to a new one yet, and what is replaced stays answered;
2. what is new, to which nothing online leads: pages, redirects, then lists of pages;
3. what changes in its place: redirects that replace pages, pages, lists, the home page last;
4. what is gone is deleted, when nothing leads to it any more. A file that pages showed waits for
   the next deployment: a reader may still have the page that shows it.

Within 3, a page that has a new anchor comes before those that lead to it, and one that loses an
anchor after them. Where pages wait for each other so, or one of them is about to be deleted, a
link may lead to the top of a page for a moment.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from axtra.content.schema import KINDS, Kind
from axtra.publishing.manifest import HOME, FileEntry, FileNature, Manifest, address_of, nature_of
from infolettre.core.diagnostics import count, thousands

_SHOWN = frozenset({FileNature.IMAGE, FileNature.FILE})  # by pages
_UNREAD = FileEntry("")


class PlanPhase(IntEnum):
    """The part of a publication that a step belongs to, in order."""

    FILES = 1
    NEW_PAGES = 2
    CHANGED_PAGES = 3
    DELETIONS = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One file to put, or to delete in the last phase."""

    phase: PlanPhase
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered steps from what is online to what is built.

    Attributes:
        steps: what to do, in order.
        doomed: files that nothing shows any more, to delete at the next deployment.
        words: what changes, as an editor says it; empty when nothing does.
    """

    steps: tuple[Step, ...]
    doomed: frozenset[str]
    words: str

    @property
    def puts(self) -> list[str]:
        """Return the names to put, in order."""
        return [step.name for step in self.steps if step.phase is not PlanPhase.DELETIONS]

    @property
    def deletions(self) -> list[str]:
        """Return the names to delete."""
        return [step.name for step in self.steps if step.phase is PlanPhase.DELETIONS]


def make_plan(
    built: Manifest,
    online: Manifest,
    kept: Collection[str] = (),
    doomed: Collection[str] = (),
    begun: Sequence[str] = (),
) -> Plan:
    """Return what leads from what is online to what is built.

    Args:
        built: the site to show.
        online: the files at the place; an entry without a digest stands for unknown bytes.
        kept: names that stay online whatever is built, since a sent letter leads to them.
        doomed: names that nothing has shown since the deployment before.
        begun: names that interrupted publications were to add, the latest first: where they are
            online, nothing may lead to them yet, and what they lead to may not be there.
    """
    fresh = {name for name, entry in built.items() if not entry.same(online.get(name))}
    gone = online.keys() - built.keys() - set(kept)
    pages = {name for name in gone if nature_of(name, online[name]) not in _SHOWN}
    deleted = pages | (gone & set(doomed))
    steps = [
        *_steps(PlanPhase.FILES, _files(built, fresh)),
        *_steps(PlanPhase.NEW_PAGES, _new_pages(built, online, fresh, begun)),
        *_steps(
            PlanPhase.CHANGED_PAGES, _changed_pages(built, online, fresh - ({*begun} - {HOME}))
        ),
        *_steps(PlanPhase.DELETIONS, _deletions(online, deleted)),
    ]
    return Plan(tuple(steps), frozenset(gone - deleted), _words(built, online, fresh, pages))


def _steps(phase: PlanPhase, names: Iterable[str]) -> Iterator[Step]:
    return (Step(phase, name) for name in names)


def _files(built: Manifest, fresh: Collection[str]) -> list[str]:
    return sorted(name for name in fresh if nature_of(name, built[name]) in _SHOWN)


def _new_pages(
    built: Manifest, online: Manifest, fresh: Collection[str], begun: Sequence[str]
) -> list[str]:
    natures = {name: nature_of(name, built[name]) for name in fresh}
    order = (FileNature.PAGE, FileNature.REDIRECT, FileNature.LIST)
    ranks = {name: rank for rank, name in enumerate(begun, 1) if name in online}
    chosen = (name for name in fresh if name not in online or name in ranks)
    return sorted(
        (name for name in chosen if natures[name] in order and name != HOME),
        key=lambda name: (ranks.get(name, 0), order.index(natures[name]), name),
    )


def _changed_pages(built: Manifest, online: Manifest, fresh: Collection[str]) -> list[str]:
    natures = {name: nature_of(name, built[name]) for name in fresh}
    order = (FileNature.REDIRECT, FileNature.PAGE, FileNature.LIST)
    chosen = {name for name in fresh if natures[name] in order and (name in online or name == HOME)}
    ranks = {name: (name == HOME, order.index(natures[name]), name) for name in chosen}
    return list(_sorted(ranks, _waiting(built, online, chosen)))


def _deletions(online: Manifest, deleted: Collection[str]) -> list[str]:
    """Order what is deleted: first what may lead to the rest, though no page leads to it."""
    order = (FileNature.LIST, FileNature.REDIRECT, FileNature.PAGE, *_SHOWN)
    return sorted(deleted, key=lambda name: (order.index(nature_of(name, online[name])), name))


def _waiting(built: Manifest, online: Manifest, chosen: Collection[str]) -> Mapping[str, set[str]]:
    """Return, for each file, those that wait for it because of an anchor."""
    after: dict[str, set[str]] = {name: set() for name in chosen}

    def anchors(links: Iterable[str], but: str) -> Iterator[tuple[str, bool, bool]]:
        """Yield each file that a link goes into, and whether its anchor was and will be there."""
        for link in links:
            name, _, anchor = link.partition("#")
            if anchor and name in after and name != but:
                old = online.get(name, _UNREAD)
                yield name, anchor in old.anchors, anchor in built[name].anchors

    for name in chosen:
        for target, was, will_be in anchors(_reached(name, built, online), name):
            if will_be and not was:
                after[target].add(name)
        for target, was, will_be in anchors(online.get(name, _UNREAD).links, name):
            if was and not will_be:
                after[name].add(target)
    return after


def _reached(name: str, built: Manifest, online: Manifest) -> Iterator[str]:
    """Yield the links of a page, and those of the new pages that it may be the first to lead to."""
    seen, left = {name}, [name]
    while left:
        for link in built[left.pop()].links:
            yield link
            target = link.partition("#")[0]
            if target in built and target not in online and target not in seen:
                seen.add(target)
                left.append(target)


def _sorted(
    ranks: Mapping[str, tuple[bool, int, str]], after: Mapping[str, set[str]]
) -> Iterator[str]:
    """Yield names by rank, each after those it waits for; in a circle, the first goes first."""
    waits = Counter(name for names in after.values() for name in names)
    ready = [(waits[name], rank) for name, rank in ranks.items()]
    heapq.heapify(ready)
    left = set(ranks)
    while left:
        still, rank = heapq.heappop(ready)
        name = rank[-1]
        if name not in left or still != waits[name]:
            continue  # it was put, or fewer now come before it: it is in the heap again
        left.discard(name)
        yield name
        for waiting in after[name] & left:
            waits[waiting] -= 1
            heapq.heappush(ready, (waits[waiting], ranks[waiting]))


def _words(
    built: Manifest, online: Manifest, fresh: Collection[str], gone_pages: Collection[str]
) -> str:
    """Say what changes: « 1 nouvel article, 4 pages changées, 2 images »."""
    counts: Counter[str] = Counter()
    for name in fresh:
        nature = nature_of(name, built[name])
        if nature is not FileNature.PAGE:
            counts[nature.value] += 1
        elif address_of(name).endswith("/"):  # else, a mail beside its page
            counts["page changée" if name in online else _kind(name)] += 1
    for name in gone_pages:
        counts["page retirée"] += nature_of(name, online[name]) is FileNature.PAGE
    if len(+counts) > 1:
        del counts[FileNature.LIST.value]  # they follow the pages: nobody wants to know
    return ", ".join(_count(counts[word], word) for word in _ORDER if counts[word])


def _new(kind: Kind) -> str:
    """Return what an editor calls a new item: « nouvel article », « nouveau numéro »."""
    if kind.article == "une":
        return kind.label if kind.label == "nouvelle" else f"nouvelle {kind.label}"
    return f"{'nouvel' if kind.label[0] in 'aeéhio' else 'nouveau'} {kind.label}"


_NEW_PAGE = "nouvelle page"
_KINDS = tuple(
    (re.compile(re.sub(r"\{\w+\}", "[^/]+", kind.url)), _new(kind))
    for kind in KINDS.values()
    if kind.feed
)
_ORDER = (
    *(word for _, word in _KINDS),
    _NEW_PAGE,
    "page changée",
    "page retirée",
    *(nature.value for nature in FileNature if nature is not FileNature.PAGE),
)
_PLURAL = 2  # from which French counts in the plural
_PLURALS = {"nouveau": "nouveaux", "nouvel": "nouveaux"}


def _kind(name: str) -> str:
    """Return what an editor calls a new page."""
    address = address_of(name)
    return next((word for form, word in _KINDS if form.fullmatch(address)), _NEW_PAGE)


def _count(number: int, words: str) -> str:
    """Write a number and its words, each in the plural when it must be."""
    if number < _PLURAL:
        return count(number, words)
    return f"{thousands(number)} " + " ".join(
        _PLURALS.get(word, f"{word}s") for word in words.split()
    )
