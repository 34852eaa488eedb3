"""The content as the newsroom sees it: the files, with the versions set aside in their place."""

from __future__ import annotations

import os
import stat
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from axtra.atelier.set_aside import SetAside, Version
from axtra.content.loading import Folders
from axtra.content.model import Article, Item, Library, News, Status
from axtra.content.schema import Kind
from axtra.preview.previewed_site import Answer, PreviewedSite
from infolettre.core import regular_files
from infolettre.core.diagnostics import Diagnostic, asked_of, errors

_LOOKS = 4  # at what changes while it is read
NOTHING: Mapping[str, bytes] = {}


class State(StrEnum):
    """What a text is to its readers; each value is the word that an editor sees."""

    DRAFT = "brouillon"
    SCHEDULED = "à venir"
    PUBLISHED = "publié"
    FAULTY = "en erreur"


_STATES = {
    Status.DRAFT: State.DRAFT,
    Status.SCHEDULED: State.SCHEDULED,
    Status.PUBLISHED: State.PUBLISHED,
}


@dataclass(frozen=True, slots=True)
class TextEntry:
    """A file of the content as a list shows it; `item` is None when it cannot be read."""

    name: str
    kind: Kind
    numero: str
    item: Item | None
    version: Version | None
    problems: tuple[Diagnostic, ...]

    @property
    def title(self) -> str:
        """Return its title, else the name of its file."""
        return self.item.title.plain if self.item else Path(self.name).stem

    @property
    def state(self) -> State:
        """Return what it is to its readers."""
        if self.item is None:
            return State.FAULTY
        if self.item.status is not Status.DRAFT and errors(self.problems):
            return State.FAULTY
        return _STATES[self.item.status]

    @property
    def lacks(self) -> list[Diagnostic]:
        """Return what keeps it from being published."""
        return lacking(self.problems)

    @property
    def signatures(self) -> str:
        """Return who signs it."""
        signing = self.item.authors if isinstance(self.item, (Article, News)) else ()
        return ", ".join(author.title.plain for author in signing)

    @property
    def day(self) -> date | None:
        """Return the day that places it among the others."""
        return self.item.when.date() if self.item and self.item.when else None


class Newsroom:
    """The texts of a project; each question sees what is on the disk at that moment.

    Args:
        root: the project's folder.
        aside: the versions set aside.
        hides: returns the names of the files that are, here, as if they were not there.
    """

    def __init__(
        self, root: Path, aside: SetAside, hides: Callable[[], frozenset[str]] | None = None
    ) -> None:
        self.root, self.aside = root, aside
        self.turn = object()  # another one after each change that was taken in from the disk
        self._hides, self._hidden = hides, frozenset[str]()
        self._lock = threading.RLock()
        self._stamps: dict[str, tuple[int, ...]] = {}
        self._versions: dict[str, Version] = {}
        self._typed: dict[str, Version] = {}
        self._site = PreviewedSite(root, bare=True)

    def catch_up(self) -> None:
        """Take in what changed on the disk since the last question.

        Where files are hidden, it is looked at again after it was read: what was hidden meanwhile
        is not shown.
        """
        with self._lock:
            for _ in range(_LOOKS):
                if not self._take_changes() or self._hides is None:
                    return

    def _take_changes(self) -> bool:
        """Take in what changed; return whether anything did."""
        hidden = self._hides() if self._hides else self._hidden
        stamps = {name: stamp for name, stamp in stamped(self.root) if name not in hidden}
        versions, typed = self.aside.waiting.all(), self.aside.typed()
        first, before = not self._stamps, self._stamps
        if hidden != self._hidden:  # nothing that was read before is remembered
            self._hidden, first = hidden, True
            self._site = PreviewedSite(self.root, bare=True, hidden=hidden)
        changed = {name for name in stamps.keys() | before if stamps.get(name) != before.get(name)}
        changed |= _moved(versions, self._versions) | _moved(typed, self._typed)
        if not changed and not first:
            return False
        self._stamps, self._versions, self._typed = stamps, versions, typed
        self.turn = object()
        try:
            self._show(changed)
        except BaseException:
            self._stamps = {}  # what was not read is read again by the next question
            raise
        return True

    @property
    def stamp(self) -> int:
        """Return a number that differs once a file has changed."""
        with self._lock:
            return hash(tuple(sorted(self._stamps.items())))

    def take_typed(self, name: str, version: Version | None) -> None:
        """Take in what was just typed in a text, without a look at the other files."""
        with self._lock:
            if self._typed.get(name) == version:
                return
            self._typed.pop(name, None)
            if version is not None:
                self._typed[name] = version
            self._show({name})

    def _show(self, changed: set[str], tried: Mapping[str, bytes] = NOTHING) -> None:
        shown = (self._versions | self._typed).items()
        self._site.instead = {name: version.data for name, version in shown} | dict(tried)
        self._site.take({self.root / name for name in changed})

    # --- questions -------------------------------------------------------------------------------

    @property
    def library(self) -> Library:
        """Return the content, drafts and versions set aside included."""
        with self._lock:
            return self._site.library

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """Return everything that is wrong, by place."""
        with self._lock:
            return tuple(self._site.problems)

    def texts(self) -> list[TextEntry]:
        """List every text, newest first; those without a date come last."""
        with self._lock:
            entries = list(self._entries(self._stamps))
        return sorted(entries, key=lambda entry: (entry.day or date.min, entry.name), reverse=True)

    def text(self, name: str) -> TextEntry | None:
        """Return a text by the name of its file."""
        with self._lock:
            return next(self._entries([name] if name in self._stamps else []), None)

    def data(self, name: str) -> bytes:
        """Return the bytes of a text: those of the version that waits, else those of the file."""
        version = self.aside.waiting.get(name)
        return version.data if version else regular_files.read(self.root / name, self.root)

    def problems_with(self, name: str, data: bytes) -> tuple[Diagnostic, ...]:
        """List what would be wrong with a text that held some bytes, whoever types in it."""
        self.catch_up()
        with self._lock:
            self._show({name}, {name: data})
            entry = next(self._entries([name] if name in self._stamps else []), None)
            self._show({name})
        return entry.problems if entry else ()

    def page_of(self, name: str, data: bytes) -> Answer | None:
        """Return the page of a text that would hold some bytes; None when it would have none."""
        self.catch_up()
        with self._lock:
            self._show({name}, {name: data})
            item = next((item for item in self._site.library.items if item.source == name), None)
            answer = self._site.answer(item.url) if item else None
            self._show({name})
        return answer

    def _entries(self, names: Iterable[str]) -> Iterator[TextEntry]:
        problems = defaultdict(list)
        for problem in self._site.problems:
            problems[problem.file].append(problem)
        items = {item.source: item for item in self._site.library.items}
        folders = self.folders
        for name in names:
            read = name.endswith(".md") and regular_files.is_named(name)
            place = folders.place(name) if read else None
            if place is not None and stat.S_ISREG(self._stamps[name][-1]):  # no link is followed
                kind, _, numero = place
                wrong = tuple(asked_of({name}, problems[name]))
                yield TextEntry(
                    name, kind, numero, items.get(name), self._versions.get(name), wrong
                )

    @property
    def folders(self) -> Folders:
        """Return the folders of the content."""
        return Folders(self.root, hidden=self._hidden)

    def holds(self, address: str) -> bool:
        """Return whether the site would have a file."""
        with self._lock:
            return self._site.holds(address)

    def problems_of(self, address: str) -> Sequence[Diagnostic]:
        """Return what is wrong with a file of the site once it is made."""
        with self._lock:
            return self._site.problems_of(address)

    def page(self, address: str) -> Answer:
        """Return a file of the site as it would be, drafts and versions set aside included."""
        with self._lock:
            return self._site.answer(address)


def lacking(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Keep what prevents a text from being published: a build that publishes refuses it."""
    return [found for found in problems if found.stops or found.rule == "a-completer"]


def _moved(now: Mapping[str, Version], before: Mapping[str, Version]) -> set[str]:
    return {name for name in now.keys() | before if now.get(name) != before.get(name)}


def stamped(root: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the files that pages are made of, with what changes when they are written."""
    start = len(str(root)) + 1
    for top in ("content", "newsletters", "theme"):
        for path, status in regular_files.walk(root / top):
            stamp = (status.st_mtime_ns, status.st_size, status.st_mode)
            yield str(path)[start:].replace(os.sep, "/"), stamp
