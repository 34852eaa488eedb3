"""Versions set aside: what was saved of a published text, and waits; what is being typed.

They are in the data folder, never under the content: a timer, a command and a button all publish
the same files.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from filelock import FileLock

from axtra.core.whole_files import write_whole
from axtra.subscribers.private_folder import make_private

_MONTH = 30 * 24 * 3_600  # seconds


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a text that waits.

    `base` is the fingerprint of the file that it would replace; `person` saved it at `moment`.
    """

    data: bytes
    base: str
    person: str
    moment: datetime

    def as_record(self) -> dict[str, str]:
        """Return it as JSON holds it."""
        return {
            "texte": self.data.decode(),
            "base": self.base,
            "personne": self.person,
            "moment": self.moment.isoformat(),
        }

    @classmethod
    def of_record(cls, record: Mapping[str, str]) -> Self:
        """Return what JSON held."""
        return cls(
            record["texte"].encode(),
            record["base"],
            record["personne"],
            datetime.fromisoformat(record["moment"]),
        )


def fingerprint(data: bytes) -> str:
    """Return what tells two versions of a file apart."""
    return hashlib.sha256(data).hexdigest()


def project_folder(data: Path, root: Path) -> Path:
    """Return where a project keeps what is beside its files; several may share a data folder."""
    mark = fingerprint(str(root.resolve()).encode())[:12]
    return data / "atelier" / f"{root.resolve().name}-{mark}"


class Shelf:
    """Versions kept by the names of their files.

    Args:
        folder: where they are kept; private, and made when first used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> dict[str, Version]:
        """Return every version."""
        if not self._folder.is_dir():
            return {}
        paths = (path for path in self._folder.rglob("*.json") if path.is_file())
        found = {path.relative_to(self._folder).as_posix(): _load(path) for path in paths}
        return {name.removesuffix(".json"): version for name, version in sorted(found.items())}

    def get(self, name: str) -> Version | None:
        """Return the version of a file, if any."""
        path = self._folder / f"{name}.json"
        return _load(path) if path.is_file() else None

    def put(self, name: str, version: Version) -> None:
        """Keep a version in place of the one that is there."""
        make_private(self._folder)
        write_whole(self._folder / f"{name}.json", json.dumps(version.as_record()).encode())

    def drop(self, name: str) -> None:
        """Forget the version of a file."""
        (self._folder / f"{name}.json").unlink(missing_ok=True)


class SetAside:
    """All that is kept beside the files.

    Args:
        folder: where; private, and made when first used.

    Attributes:
        waiting: the versions that wait until somebody publishes them.
        typed: what is being typed, and not saved yet.
    """

    def __init__(self, folder: Path) -> None:
        self.waiting, self.typed = Shelf(folder / "en-attente"), Shelf(folder / "saisies")
        self._opened = folder / "ouvertes"
        self._folder, self._lock = folder, FileLock(folder / "textes.verrou", mode=0o600)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other thread, and every other process, from changing a text here.

        Raises:
            FolderError: the folder cannot be used.
        """
        make_private(self._folder)
        with self._lock:
            yield

    def remember(self, data: bytes) -> str:
        """Keep the bytes that a form starts from; return their fingerprint."""
        mark = fingerprint(data)
        path = self._opened / mark
        if path.exists():
            os.utime(path)  # it is in use
        else:
            make_private(self._opened)
            write_whole(path, data)
        return mark

    def prune(self) -> None:
        """Forget what no form has started from for a month, but for what typed words start from."""
        if not self._opened.is_dir():
            return
        started = {version.base for version in self.typed.all().values()}
        for path in self._opened.iterdir():
            if path.name not in started and path.stat().st_mtime < time.time() - _MONTH:
                path.unlink(missing_ok=True)

    def remembered(self, mark: str) -> bytes | None:
        """Return the bytes that a form started from."""
        path = self._opened / mark
        return path.read_bytes() if mark.isalnum() and path.is_file() else None


def _load(path: Path) -> Version:
    return Version.of_record(json.loads(path.read_bytes()))
