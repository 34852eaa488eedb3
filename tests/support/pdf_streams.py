"""The compressed streams of a PDF."""

from __future__ import annotations

import zlib


def inflated(stream: bytes) -> bytes:
    """Return the content of a stream, or nothing if it is not compressed.

    Its last byte may be a line end, and missing: the checksum is not looked at.
    """
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""
