"""Files that cost time to make, kept between builds by the name of what they are made from."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of kept files; one that was cut or changed there is as one that is missing."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        """Give what was kept under a key, or None."""
        try:
            seal, data = (self.folder / key).read_bytes().split(b"\n", 1)
        except (OSError, ValueError):
            return None
        return data if seal == _seal(data) else None

    def put(self, key: str, data: bytes) -> None:
        """Keep data under a key that names everything it was made from."""
        place = self.folder / key
        place.parent.mkdir(parents=True, exist_ok=True)
        half = place.with_name(f"{place.name}.{os.getpid()}")
        half.write_bytes(_seal(data) + b"\n" + data)
        half.replace(place)


def _seal(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
