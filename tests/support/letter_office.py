"""A project with people and a mail server, whose letters are sent from the atelier."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from axtra.sending.ledger import Ledger
from axtra.subscribers import Basis, Consent, Register
from infolettre.core.dates import ZONE
from support.small_sites import FULL, Project, letter, make_project

LIST = "membres"
TODAY = f"{datetime.now(ZONE):%Y-%m-%d}"


@dataclass(frozen=True)
class LetterOffice:
    """A project whose site is built, and its data folder."""

    project: Project
    data: Path

    @property
    def root(self) -> Path:
        """Return the project's folder."""
        return self.project.root

    def serve_by(self, url: str, **more: str) -> None:
        """Say which server sends, and other settings of sending, as TOML."""
        lines = [f'smtp = "{url}"', *(f"{key} = {value}" for key, value in more.items())]
        (self.data / "envoi.toml").write_text("\n".join([*lines, ""]), "utf-8")

    def subscribe(self, people: Sequence[str], liste: str = LIST) -> None:
        """Put people on a list."""
        now = datetime.now(ZONE)
        consent = Consent(Basis.EXPRESS, now, "essai", "essai")
        with Register.open(self.data) as register, register.together():
            for address in people:
                register.add(liste, address, consent, now)

    def leave(self, address: str, liste: str = LIST) -> None:
        """Take somebody off a list, as they asked."""
        with Register.open(self.data) as register:
            person = register.find(address)
            assert person
            register.unsubscribe(person.id, liste, datetime.now(ZONE), "essai")

    def states(self, edition: str) -> dict[str, str]:
        """Return the state of each message of an edition."""
        with Ledger.open(self.data) as ledger:
            return {line.address: line.state.value for line in ledger.lines(edition)}


def built_project(place: Path, body: str | None) -> Path:
    """Make a project and build its site; with a body, it has a letter of today."""
    files = dict(FULL)
    if body is not None:
        name = f"newsletters/{TODAY[:4]}/{TODAY}.md"
        files[name] = letter(body, date=TODAY, objet="La lettre du jour")
    project = make_project(place, files)
    project.build(moment=datetime.now(ZONE))
    return place


def letter_office(built: Path, place: Path, url: str, people: Sequence[str]) -> LetterOffice:
    """Copy a built project, and give it people and a mail server; a data folder is never copied."""
    shutil.copytree(built, place / "projet", symlinks=True)
    office = LetterOffice(Project(place / "projet"), place / "donnees")
    office.subscribe(people)
    office.serve_by(url)
    return office


def sending_processes(office: LetterOffice) -> list[int]:
    """List the processes that send for a project."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes()
            here = (place / "cwd").readlink()
        except OSError:
            continue
        if b"reprendre" in words and here == office.root:
            found.append(int(place.name))
    return found
