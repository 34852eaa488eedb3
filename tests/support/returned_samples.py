"""Mail that came back to other people: the samples of flufl.bounce's source package.

Twenty years of Mailman gathered them; the set-up of the tests fetches them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

COUNT = 117


def read() -> dict[str, bytes]:
    """Read them all, by name."""
    files = sorted((Path(sys.prefix) / "rebonds" / "data").glob("*.txt"))
    assert len(files) == COUNT, "make outils fetches them"
    return {file.stem: file.read_bytes() for file in files}


def wrapped(data: bytes, header: str, address: str) -> bytes:
    """Put before a mail the header by which a server says to whom it came back."""
    return f"{header}: {address}\n".encode() + re.sub(rb"\AFrom [^\n]*\n", b"", data)
