"""What the atelier holds about a person: shown to whoever asks, and erased."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from axtra.atelier.account_book import BOOK, FOLDER
from axtra.atelier.accounts import Accounts
from axtra.atelier.history import COPIES, renamed
from axtra.atelier.journal import NewsroomJournal
from axtra.atelier.own_files import OwnFiles
from axtra.atelier.proposals import PROPOSALS, Proposals
from axtra.atelier.reviews import REVIEWS, Reviews
from axtra.atelier.set_aside import SetAside, personal_folder
from axtra.sending.dossiers import day_told
from axtra.subscribers.addresses import folded
from axtra.subscribers.database import is_kept

_NOBODY = "une personne partie"


def held(data: Path, address: str, clock: Callable[[], datetime]) -> dict[str, Any] | None:
    """Return what is held about a person, under the words of a report; None for nothing.

    Args:
        data: the data folder.
        address: of the person.
        clock: returns the present.
    """
    if not is_kept(data, BOOK):
        return None
    with closing(Accounts(data, clock)) as accounts:
        member = accounts.member(address)
        if member is None:
            return None
        return {
            "nom": member.person.name,
            "role": member.person.role.value,
            "depuis": day_told(member.since),
            "fenetres_ouvertes": member.sessions,
            "derniere_visite": day_told(member.seen),
            "actes": [
                {"date": day_told(event.moment), "acte": event.act, "precision": event.detail}
                for event in accounts.events_of(address)
            ],
            "gestes": [
                {"date": day_told(line.moment), "geste": line.words, "objet": line.about}
                for folder in _projects(data)
                for line in NewsroomJournal(folder, clock).of(member.person.address)
            ],
            "propositions": sorted(
                text
                for folder in _projects(data)
                for text in Proposals(folder / PROPOSALS).by(member.person.address)
            ),
            "textes_commences": sorted(
                name
                for folder in _projects(data)
                for name in OwnFiles(folder, clock).of(member.person)
            ),
        }


def erase(data: Path, address: str, clock: Callable[[], datetime]) -> bool:
    """Erase a person: account, sessions, what they typed and never saved, their name on versions.

    What git keeps is not changed. Arguments are those of `held`.

    Returns:
        Whether anything was held.
    """
    if not is_kept(data, BOOK):
        return False
    with closing(Accounts(data, clock)) as accounts:
        member = accounts.member(address)
        name = member.person.name if member else ""  # of whoever was removed, nobody knows it
        for folder in _projects(data):
            _erase_from(folder, folded(address), name, clock)
        return accounts.erase(address)


def wake(
    data: Path, is_erased: Callable[[str, datetime], bool], clock: Callable[[], datetime]
) -> None:
    """End every session and link that a backup brings back, and erase whom it brings back.

    Args:
        data: the data folder.
        is_erased: whether an address was erased after a moment.
        clock: returns the present.
    """
    if not is_kept(data, BOOK):
        return
    end_reviews(data, clock)
    with closing(Accounts(data, clock)) as accounts:
        accounts.end_all()
        members = accounts.members()
        gone = [each for each in members if is_erased(each.person.address, each.since)]
    for member in gone:
        erase(data, member.person.address, clock)


def end_reviews(data: Path, clock: Callable[[], datetime], address: str = "") -> None:
    """End every link of review of a data folder, or those that a person shared."""
    for folder in _projects(data):
        if (folder / REVIEWS).is_dir():
            Reviews(folder / REVIEWS, clock).end_all(address)


def _erase_from(folder: Path, address: str, name: str, clock: Callable[[], datetime]) -> None:
    OwnFiles(folder, clock).forget(address=address)
    shutil.rmtree(personal_folder(folder, address), ignore_errors=True)
    SetAside(folder).forget_typing(address)
    Proposals(folder / PROPOSALS).forget(address)
    Reviews(folder / REVIEWS, clock).forget(address, name, _NOBODY)
    NewsroomJournal(folder, clock).forget(address, _NOBODY)
    if not name:
        return
    aside = SetAside(folder)
    for text, version in aside.waiting.all().items():
        if version.person == name:
            aside.waiting.put(text, replace(version, person=_NOBODY, address=""))
    renamed(folder / COPIES, name, _NOBODY)


def _projects(data: Path) -> Iterator[Path]:
    """Yield what each project keeps beside its files."""
    yield from (path for path in sorted((data / FOLDER).glob("*/")))
