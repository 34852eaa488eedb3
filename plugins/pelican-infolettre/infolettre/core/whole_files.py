"""Files written whole: a reader, or a machine that stops, sees the old bytes or the new."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PARTIAL = ".axe-"  # how the name of a file that is being written starts


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in one act; the permissions of a file that is there are kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode if path.exists() else 0o644
    descriptor, name = tempfile.mkstemp(prefix=PARTIAL, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode & 0o7777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
