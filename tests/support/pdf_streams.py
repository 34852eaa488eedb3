"""The compressed streams of a PDF."""

from __future__ import annotations

import zlib


def inflated(stream: bytes) -> bytes:
    """Return the content of a stream, or nothing if it is not compressed."""
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
