"""Whose each text and picture is: who began it here; and what people may read beside their own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from axtra import site
from axtra.atelier.history import History, Past
from axtra.atelier.newsroom import stamped
from axtra.atelier.roles import Person
from axtra.subscribers.private_folder import make_private
from infolettre.core.whole_files import write_whole

_WHILE = timedelta(minutes=5)  # after which a text whose day has come is seen
_READ = ("content/", "newsletters/")  # where files may be hidden


class OwnFiles:
    """Who began which file, and when.

    Args:
        folder: where it is kept; private, and made when first used.
        clock: returns the present.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._path, self._clock = folder / "auteurs.json", clock
        self._lock = threading.Lock()

    def note(self, name: str, person: Person) -> None:
        """Note that a person began a file; alone, nobody needs to know."""
        if person.address:
            with self._lock:
                mine = [person.address, self._clock().isoformat()]
                self._write(self._all() | {name: mine})

    def move(self, old: str, new: str) -> None:
        """Note that a file has another name."""
        with self._lock:
            known = self._all()
            if old in known:
                known[new] = known.pop(old)
                self._write(known)

    def of(self, person: Person) -> Mapping[str, datetime]:
        """Return the files of a person, with when they were begun."""
        with self._lock:
            kept = self._all().items()
        return {
            name: datetime.fromisoformat(since)
            for name, (address, since) in kept
            if address == person.address
        }

    def whose(self, name: str) -> str:
        """Return the address of whoever began a file; "" when nobody knows."""
        with self._lock:
            return self._all().get(name, [""])[0]

    def forget(self, *, names: frozenset[str] = frozenset(), address: str = "") -> int:
        """Forget whose some files are, or every file of a person; return how many."""
        with self._lock:
            before = self._all()
            kept = {
                name: mine
                for name, mine in before.items()
                if name not in names and mine[0] != address
            }
            if len(kept) != len(before):
                self._write(kept)
        return len(before) - len(kept)

    def _all(self) -> dict[str, list[str]]:
        try:
            kept: dict[str, list[str]] = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        return kept

    def _write(self, kept: Mapping[str, list[str]]) -> None:
        make_private(self._path.parent)
        write_whole(self._path, json.dumps(kept, ensure_ascii=False, indent=1).encode())


class PublicFiles:
    """The files that readers see something of, found again when one of them changes.

    Args:
        root: the project's folder.
        clock: returns the present.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self._root, self._clock = root, clock
        self._lock = threading.Lock()
        self._stamps: dict[str, tuple[int, ...]] = {}
        self._names = frozenset[str]()
        self._until: datetime | None = None

    def hidden(self, own: OwnFiles, person: Person) -> frozenset[str]:
        """Name the files that a person may not read: neither public nor their own.

        A file that is there no more is nobody's: what comes in its place is somebody else's.
        """
        mine = own.of(person).keys()
        with self._lock:
            stamps = {n: stamp for n, stamp in stamped(self._root) if n.startswith(_READ)}
            now = self._clock()
            # What this person writes makes nothing public; to the others, it is a change.
            told = (stamps.keys() | self._stamps.keys()) - mine
            changed = any(stamps.get(name) != self._stamps.get(name) for name in told)
            if changed or self._until is None or now >= self._until:
                self._names = site.public_files(self._root, moment=now)
                self._stamps, self._until = stamps, now + _WHILE
            names = self._names
        if gone := frozenset(mine - stamps.keys()):
            own.forget(names=gone)
        return frozenset(stamps.keys() - names - mine)


class OwnHistory(History):
    """The past of a person's own texts, since they began them; that of the others is not told."""

    def __init__(self, history: History, own: OwnFiles, person: Person) -> None:
        self.__dict__.update(history.signed(person).__dict__)
        self._own, self._whose = own, person

    def past(self, name: str) -> list[Past]:
        """List the versions of a file, the newest first."""
        since = self._own.of(self._whose).get(name)
        if since is None:
            return []
        begun = since.replace(microsecond=0)  # git counts in seconds
        return [version for version in super().past(name) if version.moment >= begun]
