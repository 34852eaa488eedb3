"""Proposals: a version of a text that somebody asks another person to accept.

A proposal names the very bytes that it proposes. When the text changes afterwards it no longer
stands: what is accepted is what was read.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from axtra.core.whole_files import write_whole
from axtra.subscribers.private_folder import make_private

MOST_WORDS = 3_000  # characters of what is said with it


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed of a text.

    Attributes:
        mark: the fingerprint of the bytes.
        address, name: of whoever proposes.
        words: what they say of it.
        moment: when.
        returned_by: the name of whoever sent it back; "" while it waits to be read.
        answer: what they said.
    """

    mark: str
    address: str
    name: str
    words: str
    moment: datetime
    returned_by: str = ""
    answer: str = ""

    @property
    def waits(self) -> bool:
        """Return whether it is still to be read."""
        return not self.returned_by


class Proposals:
    """The proposals of a project, by the names of the files of the texts.

    Args:
        folder: where they are kept; private, and made when first used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> dict[str, Proposal]:
        """Return every proposal, those sent back included."""
        if not self._folder.is_dir():
            return {}
        paths = sorted(path for path in self._folder.rglob("*.json") if path.is_file())
        names = (path.relative_to(self._folder).as_posix().removesuffix(".json") for path in paths)
        return {name: _load(path) for name, path in zip(names, paths, strict=True)}

    def get(self, name: str) -> Proposal | None:
        """Return the proposal of a text, if any."""
        path = self._path(name)
        return _load(path) if path.is_file() else None

    def put(self, name: str, proposal: Proposal) -> None:
        """Keep a proposal in place of the one that is there."""
        make_private(self._folder)
        record = json.dumps(asdict(proposal), ensure_ascii=False, default=datetime.isoformat)
        write_whole(self._path(name), record.encode())

    def drop(self, name: str) -> None:
        """Forget the proposal of a text."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _load(path: Path) -> Proposal:
    record: dict[str, Any] = json.loads(path.read_bytes())
    return Proposal(**{**record, "moment": datetime.fromisoformat(record["moment"])})
