"""Real bounces: the samples in the source package of flufl.bounce, collected by Mailman.

`make outils` downloads them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

COUNT = 117


def read() -> dict[str, bytes]:
    """Return all the samples by name."""
    files = sorted((Path(sys.prefix) / "rebonds" / "data").glob("*.txt"))
    assert len(files) == COUNT, "make outils fetches them"
    return {file.stem: file.read_bytes() for file in files}


def wrapped(data: bytes, header: str, address: str) -> bytes:
    """Prepend the header by which a server names the recipient of a bounce."""
    return f"{header}: {address}\n".encode() + re.sub(rb"\AFrom [^\n]*\n", b"", data)
