"""The acts: publish, go back, list what was published, say whether a letter's links are online."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from axtra.publishing import carrying, manifest, reading_back, records
from axtra.publishing.carriers import VERSIONS, Carrier, open_carrier
from axtra.publishing.carrying import Bytes, Progress, Prospect
from axtra.publishing.manifest import HeaderRules, Manifest
from axtra.publishing.reading_back import Checked
from axtra.publishing.records import Deployment, State
from axtra.publishing.targets import BranchAddress, FolderAddress, Target
from axtra.publishing.turns import Turn, turn
from axtra.site import hosting
from infolettre.core.refusals import Refusal

Clock: TypeAlias = Callable[[], datetime]
Tell: TypeAlias = Callable[[Prospect], None]

_PATIENCE = 3.0  # seconds for a server, or a cache, to show what has just been put
_SLOW_PATIENCE = 120.0  # for a host of pages, which serves a branch some time after a push


class HeldPublication(Refusal):
    """A person went back to an older deployment: only a person publishes again."""

    def __init__(self, place: str) -> None:
        super().__init__(
            "quelqu’un est revenu à une parution antérieure : rien ne se publie de soi-même.",
            "Quand le site est prêt :  axtra publier",
            place=place,
        )


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """The site to publish.

    Attributes:
        output: the folder of what was built.
        siteurl: the address of the site, without a final slash.
        named: the addresses to which sent letters lead, from the site's root.
        moment: the moment as on which it was built; what fell due later is not in it.
    """

    output: Path
    siteurl: str
    named: Collection[str]
    moment: datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """Who publishes, and from which commit; empty where there is none."""

    who: str
    commit: str


@dataclass(frozen=True, slots=True)
class Published:
    """What an act came to.

    Attributes:
        prospect: what there was to do.
        deployment: what readers see.
        checked: what was found online.
        certain: whether nobody else can have published at the same time.
    """

    prospect: Prospect
    deployment: Deployment
    checked: Checked
    certain: bool


def foresee(target: Target, site: BuiltSite) -> Prospect:
    """Return what a publication would do; nothing is written at the place."""
    built = _entries(target, site)
    with closing(open_carrier(target.address)) as carrier:
        return carrying.survey(carrier, built, site.named, site.siteurl)


def publish(
    target: Target,
    site: BuiltSite,
    author: Origin,
    now: Clock,
    *,
    tell: Tell,
    progress: Progress,
    automatic: bool = False,
) -> Published:
    """Publish a site: carry what differs, then read it back.

    Args:
        target: where.
        site: what.
        author: who, and from which commit.
        now: the clock.
        tell: called with what there is to do, before it is done.
        progress: called as each file is put.
        automatic: no person asked for it.

    Raises:
        HeldPublication: it is automatic, and a person went back to an older deployment.
        TurnTaken: somebody else publishes.
        FalseStore: what is online is not what was carried.
        Refusal: the place does not do what is asked.
    """
    built = _entries(target, site)
    with closing(open_carrier(target.address)) as carrier, turn(carrier, now) as mine:
        prospect = carrying.survey(carrier, built, site.named, site.siteurl)
        state = prospect.state
        if automatic and state.held:
            raise HeldPublication(carrier.address)
        again = state.deployment and state.deployment.version == prospect.version
        previous = state.deployment.previous if again and state.deployment else state.version
        deployment = Deployment(
            prospect.version, _stamp(site.moment), author.who, author.commit, len(built), previous
        )
        act = _Act(target, site.siteurl, carrier, mine, prospect, tell, progress)
        return act.do(deployment, lambda name: (site.output / name).read_bytes())


def go_back(
    target: Target,
    siteurl: str,
    named: Collection[str],
    who: str,
    now: Clock,
    *,
    tell: Tell,
    progress: Progress,
) -> Published:
    """Show again the deployment before this one; arguments and errors are those of `publish`.

    Raises:
        Refusal: there is none, or it is no longer kept.
    """
    with closing(open_carrier(target.address)) as carrier, turn(carrier, now) as mine:
        state = carrying.present_state(carrier)
        version = state.deployment.previous if state.deployment else ""
        built = records.read_manifest(carrier, version)
        if state.deployment is None or built is None:
            raise Refusal(
                "aucune parution antérieure n’est gardée : rien n’est changé en ligne.",
                "axtra publier --historique",
                place=carrier.address,
            )
        before = next(line for line in reversed(state.history) if line.version == version)
        prospect = carrying.survey(carrier, built, named, siteurl)
        deployment = replace(before, when=_stamp(now()), who=who, returned=True)
        act = _Act(target, siteurl, carrier, mine, prospect, tell, progress)
        return act.do(deployment, None)


def history(target: Target) -> State:
    """Return what a place remembers."""
    with closing(open_carrier(target.address)) as carrier:
        return carrying.present_state(carrier)


@dataclass(frozen=True, slots=True)
class ShownFiles:
    """The addresses of the files that readers see, and of those that the last deployment added."""

    every: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()


def shown_files(target: Target) -> ShownFiles:
    """Return what a place shows; none is new where the version before is not kept."""
    with closing(open_carrier(target.address)) as carrier:
        state = carrying.present_state(carrier)
        previous = state.deployment.previous if state.deployment else ""
        shown = records.read_manifest(carrier, state.version) or {}
        before = records.read_manifest(carrier, previous) if previous else {}
    every = frozenset(manifest.address_of(name) for name in shown)
    known = every if before is None else frozenset(manifest.address_of(name) for name in before)
    return ShownFiles(every, every - known)


def missing(target: Target, siteurl: str, links: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the links that a reader would not find online, each with the reason in French.

    Args:
        target: where the site is published.
        siteurl: the address of the site, without a final slash.
        links: addresses from the site's root, perhaps with an anchor.
    """
    with closing(open_carrier(target.address)) as carrier:
        state = carrying.present_state(carrier)
        found: dict[str, str] = {}
        for link in links:
            found[link] = manifest.file_at(link, state.online)
        wanted = {name: state.online[name] for name in found.values() if name}
        checked = _check(
            carrier, target, siteurl, state.version, wanted, tuple(wanted), declared=True
        )
    for link, name in found.items():
        anchor = unquote(urlsplit(link).fragment)
        if not name:
            yield link, "n’est pas publié"
        elif name in checked.problems:
            yield link, checked.problems[name]
        elif anchor and name.endswith(".html") and anchor not in wanted[name].anchors:
            yield link, "n’a pas cet intertitre en ligne"


@dataclass(frozen=True, slots=True)
class _Act:
    target: Target
    siteurl: str
    carrier: Carrier
    turn: Turn
    prospect: Prospect
    tell: Tell
    progress: Progress

    def do(self, deployment: Deployment, read: Bytes | None) -> Published:
        """Carry what differs, if anything does, and read it back."""
        prospect, carrier = self.prospect, self.carrier
        self.tell(prospect)
        state, carried = prospect.state, prospect.plan.puts
        if not prospect.unchanged:
            state = carrying.carry(carrier, self.turn, prospect, deployment, read, self.progress)
        elif prospect.learned or state.held != deployment.returned:
            state = records.write_state(carrier, replace(state, held=deployment.returned))
        checked = _check(
            carrier,
            self.target,
            self.siteurl,
            state.version,
            state.online,
            carried,
            declared=bool(self.target.public),
        )
        if checked.problems:
            # What is wrong is put again by the same command.
            wrong = {name: replace(state.online[name], digest="") for name in checked.problems}
            records.write_state(carrier, replace(state, online={**state.online, **wrong}))
            raise reading_back.refusal(checked, carrier.address)
        return Published(
            prospect, state.deployment or deployment, checked, carrier.has_certain_lock()
        )


def _check(
    carrier: Carrier,
    target: Target,
    siteurl: str,
    version: str,
    wanted: Manifest,
    first: Collection[str],
    *,
    declared: bool,
) -> Checked:
    root = f"{VERSIONS}{version}/" if carrier.atomic else ""
    rules = carrier.get(root + hosting.HEADERS_FILE) or b""
    slow = isinstance(target.address, BranchAddress)
    return reading_back.read_back(
        carrier,
        version,
        wanted,
        target.public or siteurl,
        siteurl=siteurl,
        rules=HeaderRules(rules.decode("utf-8", "replace")),
        first=first,
        patience=_SLOW_PATIENCE if slow else _PATIENCE,
        declared=declared,
    )


def _entries(target: Target, site: BuiltSite) -> Manifest:
    """Read what was built, unless it would be published into itself."""
    if isinstance(target.address, FolderAddress):
        place, output = target.address.path.resolve(), site.output.resolve()
        if place == output or output in place.parents or place in output.parents:
            raise Refusal(
                "ce dossier contient le projet, ou est dans ce qu’il construit.",
                "Publiez dans un dossier à part, par exemple /var/www/axe.",
                place=str(target.address),
            )
    return manifest.read_output(site.output, site.siteurl)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
