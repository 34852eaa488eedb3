"""Proposals: a version of a text that somebody asks another person to accept.

A proposal holds the very bytes that it proposes: what is accepted is what was read, whatever is
saved of the text meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from axtra.atelier.roles import Act, Person
from axtra.atelier.set_aside import fingerprint, may_be_mark
from axtra.subscribers.private_folder import make_private
from infolettre.core.whole_files import write_whole

PROPOSALS = "propositions"  # the name of their folder
MOST_WORDS = 3_000  # characters of what is said with it


@dataclass(frozen=True, slots=True)
class ProposedText:
    """What a person proposes of a text.

    Attributes:
        text: the file of the text.
        data: the bytes.
        base: the fingerprint of the file that they would replace.
        address, name: of whoever proposes.
        words: what they say of it.
        moment: when.
        returned_by: the name of whoever sent it back; "" while it waits to be read.
        answer: what they said.
    """

    text: str
    data: bytes
    base: str
    address: str
    name: str
    words: str
    moment: datetime
    returned_by: str = ""
    answer: str = ""

    @property
    def mark(self) -> str:
        """Return the fingerprint of what is proposed."""
        return fingerprint(self.data)

    @property
    def who(self) -> str:
        """Return what names whoever proposes in an address of a page."""
        return _who(self.address)

    @property
    def waits(self) -> bool:
        """Return whether it is still to be read."""
        return not self.returned_by


class Proposals:
    """The proposals of a project; each person has one at most of a text.

    Args:
        folder: where they are kept; private, and made when first used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, text: str, person: Person) -> list[ProposedText]:
        """List those of a text that a person may read, the oldest first."""
        folder = self._folder / text
        return _read_by(person, map(_load, folder.glob("*.json") if folder.is_dir() else ()))

    def all(self, person: Person) -> dict[str, list[ProposedText]]:
        """Map each text that has any to those that a person may read, the oldest first."""
        found: dict[str, list[ProposedText]] = {}
        paths = self._folder.rglob("*.json") if self._folder.is_dir() else ()
        for proposal in _read_by(person, map(_load, paths)):
            found.setdefault(proposal.text, []).append(proposal)
        return found

    def get(self, text: str, who: str) -> ProposedText | None:
        """Return the proposal of a text by what names its person."""
        path = self._folder / text / f"{who}.json"
        return _load(path) if may_be_mark(who) and path.is_file() else None

    def put(self, proposal: ProposedText) -> None:
        """Keep a proposal in place of the one that this person made before."""
        make_private(self._folder)
        record = asdict(proposal) | {"data": proposal.data.decode()}
        data = json.dumps(record, ensure_ascii=False, default=datetime.isoformat).encode()
        write_whole(self._folder / proposal.text / f"{proposal.who}.json", data)

    def by(self, address: str) -> list[str]:
        """List the texts of which a person proposes something."""
        found = self._folder.rglob(f"{_who(address)}.json") if self._folder.is_dir() else ()
        return sorted(_load(path).text for path in found)

    def forget(self, address: str) -> None:
        """Forget all that a person proposes."""
        for text in self.by(address):
            self.drop(text, address)

    def drop(self, text: str, address: str) -> None:
        """Forget the proposal of a text that a person made."""
        (self._folder / text / f"{_who(address)}.json").unlink(missing_ok=True)


def _who(address: str) -> str:
    return fingerprint(address.encode())[:16]


def _read_by(person: Person, proposals: Iterator[ProposedText]) -> list[ProposedText]:
    """List those that a person may read: their own, or everybody's."""
    everybody = person.may(Act.READ_OTHERS)
    kept = (proposal for proposal in proposals if everybody or proposal.address == person.address)
    return sorted(kept, key=lambda proposal: proposal.moment)


def _load(path: Path) -> ProposedText:
    record: dict[str, Any] = json.loads(path.read_bytes())
    moment = datetime.fromisoformat(record["moment"])
    return ProposedText(**{**record, "data": record["data"].encode(), "moment": moment})
