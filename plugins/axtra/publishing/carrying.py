"""Carrying a site to a place, so that a process killed at any moment leaves it sound for readers.

What is known of the place is in its state (`records`), written before what it announces and after
what it confirms: the same command, run again, goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeAlias

from axtra.publishing import manifest, records
from axtra.publishing.carriers import PRIVATE, VERSIONS, Carrier, FileHeaders
from axtra.publishing.manifest import FileEntry, Manifest
from axtra.publishing.plan import Plan, PlanPhase, make_plan
from axtra.publishing.records import Deployment, State
from axtra.publishing.turns import Turn, TurnTaken
from infolettre.core.refusals import Refusal

OBJECTS = f"{PRIVATE}objets/"  # bytes of deployments that are kept, where a place is not atomic
_BATCH = 100  # files, between two moments when what is there is written down
_PLAIN = FileHeaders()

Bytes: TypeAlias = Callable[[str], bytes]  # returns those of a built file
Progress: TypeAlias = Callable[[int, int, str], None]  # rank, count, name


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is to be done at a place, before anything is.

    Attributes:
        state: what the place remembers, once what a killed process finished is taken in.
        version: the name of what is built.
        built: its manifest.
        online: what is at the place.
        plan: the steps from one to the other.
        foreign: how many files at the place do not come from a publication.
        learned: whether the state says more than what is written at the place.
    """

    state: State
    version: str
    built: Manifest
    online: Manifest
    plan: Plan
    foreign: int = 0
    learned: bool = False

    @property
    def unchanged(self) -> bool:
        """Tell whether readers see this very version, with nothing left to do."""
        state = self.state
        done = state.version == self.version and not state.going and not state.stale
        return done and not self.plan.puts

    def tree(self) -> dict[str, FileEntry]:
        """Return what will be at the place: the site, and what stays a while."""
        gone = {*self.plan.deletions}
        return {
            **{name: entry for name, entry in self.online.items() if name not in gone},
            **self.built,
        }


def present_state(carrier: Carrier) -> State:
    """Return what a place remembers, and what a killed process did not have the time to write."""
    return _caught_up(carrier, records.read_state(carrier))


def survey(carrier: Carrier, built: Manifest, named: Collection[str], siteurl: str) -> Prospect:
    """Return what there is to do at a place; nothing is written.

    Args:
        carrier: the place.
        built: what is to be shown.
        named: the addresses to which sent letters lead.
        siteurl: the address of the site, without a final slash.
    """
    written = records.read_state(carrier)
    state = _caught_up(carrier, written)
    online, foreign = _online(carrier, state, built)
    files = {name for url in named if (name := manifest.file_at(url, {**online, **built}))}
    state = replace(state, named=state.named | files)
    kept = _needed(carrier, state, online, built, siteurl)
    plan = make_plan(built, online, kept, state.doomed, state.begun)
    version = manifest.version_of(built)
    return Prospect(state, version, built, online, plan, foreign, learned=state != written)


def carry(
    carrier: Carrier,
    turn: Turn,
    prospect: Prospect,
    deployment: Deployment,
    read: Bytes | None,
    progress: Progress,
) -> State:
    """Do what a prospect says; return the state of the place.

    Args:
        carrier: the place.
        turn: the right to publish there.
        prospect: what to do.
        deployment: the line of the history.
        read: returns the bytes of a built file; None when they are all at the place.
        progress: called as each file is put.

    Raises:
        TurnTaken: somebody else has begun to publish.
        Refusal: bytes that should be at the place are not.
    """
    guard = _Guard(carrier, turn, certain=carrier.has_certain_lock())
    work = _Work(carrier, guard, prospect, deployment, read, progress)
    if carrier.atomic:
        return work.show_at_once()
    try:
        return work.show_in_order()
    except TurnTaken:
        if not guard.certain:  # else, whoever took over is the only one to write the state
            work.doubt()
        raise


class _Guard:
    """Makes sure, while work goes on, that nobody else publishes."""

    def __init__(self, carrier: Carrier, turn: Turn, *, certain: bool) -> None:
        self._carrier = carrier
        self._turn = turn
        self.certain = certain

    def watch(self) -> None:
        """Renew the right to publish, if that is due."""
        self._turn.renew()

    def write(self, state: State) -> State:
        """Write a state in place of the one that it follows."""
        self.check(state)
        return records.write_state(self._carrier, state)

    def check(self, state: State) -> None:
        """Make sure that the state is still the one at the place, where the lock is not certain."""
        if not self.certain and records.read_state(self._carrier).generation != state.generation:
            raise TurnTaken(
                "une autre publication a changé ce qui est en ligne : celle-ci s’arrête.",
                "Relancez la commande quand l’autre sera finie.",
                place=self._carrier.address,
            )


@dataclass(frozen=True, slots=True)
class _Work:
    carrier: Carrier
    guard: _Guard
    prospect: Prospect
    deployment: Deployment
    read: Bytes | None
    progress: Progress

    def show_at_once(self) -> State:
        """Fill the folder of the version, then show it."""
        carrier, prospect, version = self.carrier, self.prospect, self.prospect.version
        root = f"{VERSIONS}{version}/"
        records.write_manifest(carrier, version, prospect.built)
        state = self.guard.write(replace(prospect.state, going=self.deployment))
        there = set(carrier.names(VERSIONS))
        stays = self._copy_what_stays(root, there)
        # The name of a version says which bytes its own files have: those that are there are right,
        # unless they were read back and found wrong.
        wrong = {name for name, entry in prospect.online.items() if not entry.digest}
        left = [name for name in prospect.built if root + name not in there or name in wrong]
        self._put_all([(name, root + name) for name in left], self._copies(there))
        mine = {root + name for name in (*prospect.built, *stays)}
        carrier.delete(name for name in there - mine if name.startswith(root))
        self.guard.watch()
        self.guard.check(state)
        carrier.swap(version, _words(self.deployment))
        state = self.guard.write(_shown(state, prospect, self.deployment))
        roots = tuple(f"{VERSIONS}{version}/" for version in state.kept())
        carrier.delete(name for name in there if not name.startswith(roots))
        records.forget_manifests(carrier, state.kept())
        return state

    def show_in_order(self) -> State:
        """Put each file in the order of the plan, then delete what is gone."""
        carrier, prospect = self.carrier, self.prospect
        plan, built = prospect.plan, prospect.built
        state = self._delete_stale(prospect.state)
        held = self._keep_bytes(state)
        records.write_manifest(carrier, prospect.version, built)
        added = [name for name in plan.puts if name not in prospect.online]
        online = dict(prospect.online)
        online |= {name: manifest.merged(built[name], online.get(name)) for name in plan.puts}
        begun = tuple(dict.fromkeys([*added, *state.begun]))
        state = self.guard.write(replace(state, going=self.deployment, online=online, begun=begun))
        for phase in (PlanPhase.FILES, PlanPhase.NEW_PAGES, PlanPhase.CHANGED_PAGES):
            left = iter([step.name for step in plan.steps if step.phase is phase])
            while names := list(islice(left, _BATCH)):
                # Only where nothing depends on the order, several travel at once.
                alone = phase is PlanPhase.CHANGED_PAGES or bool(prospect.state.begun)
                self._put_all([(name, name) for name in names], held, alone=alone)
                online |= {name: built[name] for name in names}
                state = self.guard.write(replace(state, online=dict(online)))
        state = _shown(state, prospect, self.deployment)
        state = self.guard.write(replace(state, stale=tuple(plan.deletions)))
        state = self._delete_stale(state)
        self._forget_bytes(state.kept())
        return state

    def doubt(self) -> None:
        """Note, in the state that somebody else has written, what was put meanwhile."""
        state, plan = records.read_state(self.carrier), self.prospect.plan
        doubtful = {
            name: manifest.merged(self.prospect.built[name], state.online.get(name))
            for name in plan.puts
        }
        begun = tuple(name for name in plan.puts if name not in state.online)
        records.write_state(
            self.carrier, replace(state, online={**state.online, **doubtful}, begun=begun)
        )

    def _put_all(
        self, files: list[tuple[str, str]], source: Mapping[str, str], *, alone: bool = False
    ) -> None:
        """Put built files at names of the place, copied where it has their bytes."""

        def put(file: tuple[str, str]) -> str:
            built, name = file
            entry = self.prospect.built[built]
            if entry.digest in source:
                self.carrier.copy(source[entry.digest], name, entry.headers)
            elif self.read is None:
                raise _lost(self.carrier, built)
            else:
                self.carrier.put(name, self.read(built), entry.headers)
            return built

        lanes = 1 if alone else self.carrier.lanes
        for rank, name in enumerate(_each(files, put, lanes), 1):
            self.progress(rank, len(files), name)
            self.guard.watch()

    def _copy_what_stays(self, root: str, there: Collection[str]) -> list[str]:
        """Copy to a version what stays a while of the version on show; return the names."""
        prospect, shown = self.prospect, f"{VERSIONS}{self.prospect.state.version}/"
        tree = prospect.tree()
        stays = [name for name in tree if name not in prospect.built and shown + name in there]
        for name in stays:
            if root != shown:
                self.carrier.copy(shown + name, root + name, tree[name].headers)
                self.guard.watch()
        return stays

    def _copies(self, there: Collection[str]) -> dict[str, str]:
        """Return where the bytes that versions hold can be copied from, by their hashes."""
        state = self.prospect.state
        found = dict[str, str]()
        for version in state.kept():
            shown = state.online if version == state.version else {}
            entries = {**(records.read_manifest(self.carrier, version) or {}), **shown}
            for name, entry in entries.items():
                place = f"{VERSIONS}{version}/{name}"
                if entry.digest and place in there:
                    found.setdefault(entry.digest, place)
        return found

    def _keep_bytes(self, state: State) -> dict[str, str]:
        """Keep the bytes that this publication replaces; return where all that are kept are."""
        held = {name.removeprefix(OBJECTS): name for name in self.carrier.names(OBJECTS)}
        shown = records.read_manifest(self.carrier, state.version) or {}
        plan = self.prospect.plan
        leaving = [name for name in (*plan.puts, *plan.deletions, *plan.doomed) if name in shown]
        for name in leaving:
            digest, known = shown[name].digest, self.prospect.online.get(name)
            # Nothing is replaced before all this is done, so that the bytes are those of the
            # deployment even where a later part of a publication was interrupted.
            if digest not in held and known and (known.digest or state.going):
                self.carrier.copy(name, OBJECTS + digest, _PLAIN)
                held[digest] = OBJECTS + digest
                self.guard.watch()
        if self.read is None:
            for name in plan.puts:
                if self.prospect.built[name].digest not in held:
                    raise _lost(self.carrier, name)
        return held

    def _forget_bytes(self, kept: Collection[str]) -> None:
        """Delete the bytes that only deployments which are no longer kept had."""
        manifests = (records.read_manifest(self.carrier, version) or {} for version in kept)
        used = {OBJECTS + entry.digest for entries in manifests for entry in entries.values()}
        self.carrier.delete([name for name in self.carrier.names(OBJECTS) if name not in used])
        records.forget_manifests(self.carrier, kept)

    def _delete_stale(self, state: State) -> State:
        if not state.stale:
            return state
        self.carrier.delete(state.stale)
        return self.guard.write(replace(state, stale=()))


def _each(
    files: list[tuple[str, str]], put: Callable[[tuple[str, str]], str], lanes: int
) -> Iterator[str]:
    """Put files, several at once where the place allows; yield each that is there."""
    if lanes == 1 or len(files) == 1:
        yield from map(put, files)
        return
    with ThreadPoolExecutor(lanes) as pool:
        left = iter(files)
        while group := [pool.submit(put, file) for file in islice(left, lanes)]:
            yield from (done.result() for done in group)


def _caught_up(carrier: Carrier, state: State) -> State:
    """Take in a version that was shown by a process killed before it could write so."""
    going = state.going
    if not going or not carrier.atomic or carrier.current() != going.version:
        return state
    built = records.read_manifest(carrier, going.version) or {}
    root = f"{VERSIONS}{going.version}/"
    known = {**state.online, **built}
    there = {name.removeprefix(root) for name in carrier.names(root)}
    online = {name: known[name] for name in there & known.keys()}
    plan = make_plan(built, online, state.named)
    return _shown(state, Prospect(state, going.version, built, online, plan), going)


def _shown(state: State, prospect: Prospect, deployment: Deployment) -> State:
    """Return a state once a deployment is shown."""
    return replace(
        state,
        deployment=deployment,
        going=None,
        online=prospect.tree(),
        begun=(),
        doomed=prospect.plan.doomed,
        held=deployment.returned,
        history=(*state.history, deployment),
    )


def _online(carrier: Carrier, state: State, built: Manifest) -> tuple[Manifest, int]:
    """Return what is at the place, and how many files there come from something else."""
    certain = all(entry.digest for entry in state.online.values()) and not state.going
    if carrier.atomic or (state.deployment and certain):
        return state.online, 0
    there = set(carrier.names(""))
    if state.deployment or state.going:
        return {name: entry for name, entry in state.online.items() if name in there}, 0
    ours = there & built.keys()
    others = [name for name in there - ours if not name.startswith(".")]
    return {name: FileEntry("") for name in ours}, len(others)


def _needed(
    carrier: Carrier, state: State, online: Manifest, built: Manifest, siteurl: str
) -> set[str]:
    """Return what stays online for sent letters: what they name, and all that it leads to."""
    root = f"{VERSIONS}{state.version}/" if carrier.atomic else ""
    needed = set[str]()
    left = sorted(name for name in state.named if name in online and name not in built)
    while left:
        name = left.pop()
        needed.add(name)
        if not name.endswith(".html"):
            continue
        page = (carrier.get(root + name) or b"").decode("utf-8", "replace")
        links = {link.partition("#")[0] for link in manifest.links_of(name, page, siteurl)}
        left += sorted(link for link in links - needed if link in online and link not in built)
    return needed


def _words(deployment: Deployment) -> str:
    what = "Retour à la parution" if deployment.returned else "Parution"
    return f"{what} {deployment.version} du {deployment.when[:16].replace('T', ' ')}"


def _lost(carrier: Carrier, name: str) -> Refusal:
    return Refusal(
        f"les octets de « {name} » ne sont plus gardés : rien n’est changé en ligne.",
        "Publiez de nouveau l’ancien contenu (git checkout, puis axtra publier).",
        place=carrier.address,
    )
