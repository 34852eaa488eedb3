"""Versions set aside: what was saved of a published text, and waits; what is being typed.

They are in the data folder, never under the content: a timer, a command and a button all publish
the same files.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from filelock import FileLock

from axtra.subscribers.private_folder import make_private
from infolettre.core.whole_files import write_whole

_MARK = 64  # signs of a fingerprint
_MONTH = 30 * 24 * 3_600  # seconds


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a text that waits.

    `base` is the fingerprint of the file that it would replace; the person of a name and an address
    saved it at `moment`.
    """

    data: bytes
    base: str
    person: str
    moment: datetime
    address: str = ""

    def as_record(self) -> dict[str, str]:
        """Return it as JSON holds it."""
        return {
            "texte": self.data.decode(),
            "base": self.base,
            "personne": self.person,
            "adresse": self.address,
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
            record.get("adresse", ""),
        )


def fingerprint(data: bytes) -> str:
    """Return what tells two versions of a file apart."""
    return hashlib.sha256(data).hexdigest()


def may_be_mark(typed: str) -> bool:
    """Return whether a form may have sent a fingerprint, or its start: it can name a file."""
    return typed.isalnum() and typed.isascii() and len(typed) <= _MARK


def project_folder(data: Path, root: Path) -> Path:
    """Return where a project keeps what is beside its files; several may share a data folder."""
    mark = fingerprint(str(root.resolve()).encode())[:12]
    return data / "atelier" / f"{root.resolve().name}-{mark}"


def personal_shelves(folder: Path) -> tuple[SetAside, ...]:
    """Return what each person who reads their own texts alone has set aside."""
    top = folder / "personnes"
    return tuple(SetAside(path) for path in sorted(top.iterdir())) if top.is_dir() else ()


def personal_folder(folder: Path, address: str) -> Path:
    """Return where a project keeps what one person alone may read."""
    return folder / "personnes" / fingerprint(address.encode())[:24]


class WritingLock:
    """What whoever changes a text holds, in this process or in another.

    Args:
        folder: where a project keeps what is beside its files; private, made when first used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, FileLock(folder / "textes.verrou", mode=0o600)

    def __enter__(self) -> None:
        make_private(self._folder)
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


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
    """

    def __init__(self, folder: Path) -> None:
        self.waiting = Shelf(folder / "en-attente")
        self._typed, self._opened = folder / "saisies", folder / "ouvertes"

    def typed_by(self, address: str) -> Shelf:
        """Return what a person is typing, and has not saved yet."""
        return Shelf(self._typed_folder(address))

    def shelves(self) -> list[Shelf]:
        """Return every shelf: what waits first, then what each person is typing."""
        return [self.waiting, *(Shelf(path) for path in self._people())]

    def typed(self) -> dict[str, Version]:
        """Return what anybody is typing in each text: the last words, where several are at it."""
        shelves = [Shelf(path) for path in self._people()]
        found = [item for shelf in shelves for item in shelf.all().items()]
        return dict(sorted(found, key=lambda item: item[1].moment))

    def forget_typing(self, address: str) -> None:
        """Forget what a person was typing."""
        shutil.rmtree(self._typed_folder(address), ignore_errors=True)

    def _typed_folder(self, address: str) -> Path:
        return self._typed / fingerprint(address.encode())[:16]

    def _people(self) -> list[Path]:
        return sorted(self._typed.iterdir()) if self._typed.is_dir() else []

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
        """Forget what no form has started from for a month, but for what versions start from."""
        if not self._opened.is_dir():
            return
        started = {version.base for shelf in self.shelves() for version in shelf.all().values()}
        for path in self._opened.iterdir():
            if path.name not in started and path.stat().st_mtime < time.time() - _MONTH:
                path.unlink(missing_ok=True)

    def remembered(self, mark: str) -> bytes | None:
        """Return the bytes that a form started from."""
        path = self._opened / mark
        return path.read_bytes() if may_be_mark(mark) and path.is_file() else None


def _load(path: Path) -> Version:
    return Version.of_record(json.loads(path.read_bytes()))
