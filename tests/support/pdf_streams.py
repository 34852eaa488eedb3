"""The streams of a PDF, which most writers compress."""

from __future__ import annotations

import zlib


def inflated(stream: bytes) -> bytes:
    """Return the content of a stream; nothing when it is not compressed."""
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
