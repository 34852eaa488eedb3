"""Putting in their files, together, the versions that were chosen for a publication."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from axtra import site
from axtra.atelier.history import COPIES, History
from axtra.atelier.newsroom import Newsroom
from axtra.atelier.roles import Person, Role
from axtra.atelier.scheduled import ChosenText, LeftOut, Schedule, ScheduledPublication
from axtra.atelier.set_aside import SetAside, WritingLock, fingerprint, project_folder
from axtra.atelier.texts import is_draft, without_draft
from infolettre.core.diagnostics import Diagnostic, count


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What puts in their files the texts of scheduled publications.

    Attributes:
        schedule: what is to come.
        newsroom: every text.
        history: keeps what is written.
        lock: held by whoever changes a text.
    """

    schedule: Schedule
    newsroom: Newsroom
    history: History
    lock: AbstractContextManager[object]

    @classmethod
    def of(cls, root: Path, data: Path, clock: Callable[[], datetime]) -> Self:
        """Return that of a project, where no atelier runs; `data` is the data folder."""
        folder = project_folder(data, root)
        nobody = Person("", "axtra", Role.DIRECTION)
        history = History(root, folder / COPIES, nobody, clock)
        newsroom = Newsroom(root, SetAside(folder))
        return cls(Schedule(folder), newsroom, history, WritingLock(folder))

    def take_due(self, present: datetime) -> list[ScheduledPublication]:
        """Accept the texts of each publication whose moment has come, once; return these.

        A text that has an error, or whose file is no longer what it was, stays as it is: it is
        named in `left`, and keeps no other from being published. What was written of a text since
        it was chosen goes on waiting.
        """
        for due in self.schedule.due(present):
            if not due.taken:
                signed = self.history.signed(Person("", due.person, Role.DIRECTION))
                left = self._accept(due.texts, signed, present)
                self.schedule.note(replace(due, taken=True, left=tuple(left)))
        return self.schedule.due(present)

    def _accept(
        self, chosen: Mapping[str, ChosenText], history: History, present: datetime
    ) -> list[LeftOut]:
        newsroom = self.newsroom
        with self.lock:
            newsroom.catch_up()
            ready: dict[str, ChosenText] = {}
            left: list[LeftOut] = []
            for name, text in chosen.items():
                if why := _moved(newsroom, name, text):
                    left.append(LeftOut(name, text.title, why))
                else:
                    ready[name] = text
            for name, why in _wrong(newsroom, ready, present).items():
                left.append(LeftOut(name, ready.pop(name).title, why))
            for name, text in ready.items():
                _take(newsroom, history, name, text, present)
        return left


def _moved(newsroom: Newsroom, name: str, text: ChosenText) -> str:
    """Say why a version is not what its file waits for any more; "" when it still is."""
    path, version = newsroom.root / name, text.version
    if newsroom.text(name) is None:
        return "son fichier n’est plus là"
    in_file = path.read_bytes()
    if in_file == version.data or (text.draft and is_draft(in_file)):
        return ""
    if fingerprint(in_file) != version.base:
        return "son fichier a changé depuis"
    if not text.draft and newsroom.aside.waiting.get(name) is None:
        return "sa version en attente a été abandonnée depuis"
    return ""


def _wrong(
    newsroom: Newsroom, ready: Mapping[str, ChosenText], present: datetime
) -> dict[str, str]:
    """Say why texts cannot be published with the others; those others can be."""

    def stopping(names: Iterable[str]) -> list[Diagnostic]:
        versions = {name: ready[name].version.data for name in names}
        return site.stopping(newsroom.root, moment=present, instead=versions)

    before = stopping(())
    wrong: dict[str, str] = {}
    while good := [name for name in ready if name not in wrong]:
        found = stopping(good)
        said = {}
        for name in good:
            if own := [problem for problem in found if problem.file == name]:
                said[name] = f"il reste {count(len(own), 'erreur')} : {own[0].problem}"
        lost = [problem for problem in found if problem not in before]
        if lost and not said:  # what is online already would no longer hold
            why = f"« {lost[0].file} » aurait une erreur : {lost[0].problem}"
            alone = [name for name in good if any(p not in before for p in stopping([name]))]
            said = dict.fromkeys(alone or good, why)
        if not said:
            break
        wrong |= said
    return wrong


def _take(
    newsroom: Newsroom, history: History, name: str, text: ChosenText, present: datetime
) -> None:
    """Put a version in its file; what was written since waits, upon it.

    A machine may stop between two lines: the same lines, again, finish the work.
    """
    path, version, waiting = newsroom.root / name, text.version, newsroom.aside.waiting
    in_file, taken = path.read_bytes(), fingerprint(version.data)
    if in_file != version.data:
        entry = newsroom.text(name)
        if entry and text.draft and fingerprint(in_file) != version.base:
            later = without_draft(in_file, entry.kind)
            waiting.put(name, replace(version, data=later, base=taken, moment=present))
        history.write(name, version.data, "Publié à l’heure dite", in_file)
    known = waiting.get(name)
    if known is not None and known.data == version.data:
        waiting.drop(name)
    elif known is not None and known.base == version.base:
        newsroom.aside.remember(version.data)
        waiting.put(name, replace(known, base=taken))
