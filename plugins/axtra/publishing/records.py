"""What a place remembers of what was published there: its state, its deployments, their manifests.

`.axe/etat.json` is written in one put: it says which deployment readers see, or which one is on its
way. `.axe/parutions/<version>.json` is the manifest of a deployment that is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from axtra.publishing import manifest
from axtra.publishing.carriers import PRIVATE, Carrier, FileHeaders
from axtra.publishing.manifest import FileEntry
from infolettre.core.refusals import Refusal

KEPT = 5  # deployments whose bytes stay at the place, the one on show included
STATE = f"{PRIVATE}etat.json"
MANIFESTS = f"{PRIVATE}parutions/"
_MOST = 1_000  # lines of the history
_FORMAT = 1
_JSON = FileHeaders("application/json", "no-store")


@dataclass(frozen=True, slots=True)
class Deployment:
    """One line of the history.

    Attributes:
        version: the name of what was shown; the same bytes have the same name.
        when: the moment as on which the site was built, or that of a return: ISO 8601, with its
            zone.
        who: who published, by name.
        commit: the commit of the project, short; empty where there is none.
        files: how many files the site has.
        previous: the version to which a return goes; empty for the first.
        returned: whether it is a return to a version shown before.
    """

    version: str
    when: str
    who: str
    commit: str
    files: int
    previous: str = ""
    returned: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What is at a place.

    Attributes:
        generation: goes up each time the state is written.
        deployment: what readers see; None before the first.
        going: what an unfinished publication was to show.
        online: the files at the place, where it is not atomic; without a digest, one that an
            unfinished publication may have changed.
        begun: names that unfinished publications added, the latest first.
        doomed: names that nothing shows since the last deployment.
        stale: names to delete, to which nothing leads any more.
        named: names to which sent letters lead.
        held: automatic publication waits until a person publishes.
        history: the last deployments, the oldest first.
    """

    generation: int = 0
    deployment: Deployment | None = None
    going: Deployment | None = None
    online: Mapping[str, FileEntry] = field(default_factory=dict)
    begun: tuple[str, ...] = ()
    doomed: frozenset[str] = frozenset()
    stale: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()
    held: bool = False
    history: tuple[Deployment, ...] = ()

    @property
    def version(self) -> str:
        """Return the version that readers see; empty when there is none."""
        return self.deployment.version if self.deployment else ""

    def kept(self) -> tuple[str, ...]:
        """Return the versions whose bytes stay, the one on show first."""
        newest = dict.fromkeys(line.version for line in reversed(self.history))
        back = self.deployment.previous if self.deployment else ""
        return tuple(dict.fromkeys([self.version, back, *newest]))[:KEPT]

    def as_bytes(self) -> bytes:
        """Return the state as it is written."""
        values = {
            "format": _FORMAT,
            "generation": self.generation,
            "parution": _line(self.deployment),
            "en-cours": _line(self.going),
            "en-ligne": manifest.as_json(self.online),
            "commences": list(self.begun),
            "a-effacer": sorted(self.doomed),
            "perimes": list(self.stale),
            "nommes": sorted(self.named),
            "retenue": self.held,
            "historique": [asdict(line) for line in self.history[-_MOST:]],
        }
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def of_bytes(cls, data: bytes) -> Self:
        """Read a state.

        Raises:
            KeyError, TypeError, ValueError: it is not one.
        """
        values = json.loads(data)
        if values["format"] != _FORMAT:
            raise ValueError(values["format"])
        return cls(
            int(values["generation"]),
            _deployment(values["parution"]),
            _deployment(values["en-cours"]),
            manifest.from_json(values["en-ligne"]),
            tuple(map(str, values["commences"])),
            frozenset(map(str, values["a-effacer"])),
            tuple(map(str, values["perimes"])),
            frozenset(map(str, values["nommes"])),
            bool(values["retenue"]),
            tuple(Deployment(**line) for line in values["historique"]),
        )


def read_state(carrier: Carrier) -> State:
    """Return the state of a place; that of an empty place before the first publication.

    Raises:
        Refusal: what is there is not a state that this program reads.
    """
    data = carrier.get(STATE)
    if data is None:
        return State()
    try:
        return State.of_bytes(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(carrier, STATE) from error


def write_state(carrier: Carrier, state: State) -> State:
    """Write a state in place of the one before it, and return it."""
    written = replace(state, generation=state.generation + 1)
    carrier.put(STATE, written.as_bytes(), _JSON)
    return written


def read_manifest(carrier: Carrier, version: str) -> dict[str, FileEntry] | None:
    """Return the manifest of a deployment that is kept, None where it is not."""
    name = f"{MANIFESTS}{version}.json"
    data = carrier.get(name) if version else None
    if data is None:
        return None
    try:
        return manifest.from_json(json.loads(data))
    except (TypeError, ValueError, AttributeError) as error:
        raise _unreadable(carrier, name) from error


def write_manifest(carrier: Carrier, version: str, entries: manifest.Manifest) -> None:
    """Keep the manifest of a deployment."""
    data = json.dumps(manifest.as_json(entries), ensure_ascii=False, separators=(",", ":"))
    carrier.put(f"{MANIFESTS}{version}.json", data.encode(), _JSON)


def forget_manifests(carrier: Carrier, kept: Iterable[str]) -> None:
    """Delete the manifests of the deployments that are not kept."""
    stay = {f"{MANIFESTS}{version}.json" for version in kept}
    carrier.delete([name for name in carrier.names(MANIFESTS) if name not in stay])


def _line(deployment: Deployment | None) -> dict[str, Any] | None:
    return asdict(deployment) if deployment else None


def _deployment(values: Any) -> Deployment | None:  # noqa: ANN401 - JSON holds anything
    return Deployment(**values) if values else None


def _unreadable(carrier: Carrier, name: str) -> Refusal:
    return Refusal(
        f"« {name} », qui dit ce qui est publié, ne se lit pas : rien n’est changé en ligne.",
        "Restaurez ce fichier. Il vient peut-être d’une version plus récente d’axtra.",
        place=carrier.address,
    )
