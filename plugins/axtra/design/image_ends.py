"""Whether an image file goes to its end, which its header alone does not reveal."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import IO


def is_whole(file: IO[bytes], format_: str) -> bool:
    """Tell whether a file holds its end; a format of Pillow that is not known here passes.

    `file` is left at any place.
    """
    ends = _ENDS.get(format_)
    return ends is None or ends(file, file.seek(0, 2))


def _jpeg_ends(file: IO[bytes], end: int) -> bool:
    """Tell whether the end marker follows the image data; a thumbnail has its own end marker."""
    at, marker = 2, b""
    while marker != b"\xff\xda":
        file.seek(at)
        marker, length = file.read(2), file.read(2)
        if len(length) < len(marker) or not marker.startswith(b"\xff"):
            return False
        at += 2 + struct.unpack(">H", length)[0]
    file.seek(max(at, end - 2**16))
    return b"\xff\xd9" in file.read()


def _avif_ends(file: IO[bytes], end: int) -> bool:
    """Tell whether the last box ends within the file."""
    at = 0
    while at < end:
        file.seek(at)
        size, _, large = struct.unpack(">I4sQ", file.read(16).ljust(16, b"\0"))
        if size == 0:  # « to the end of the file »
            return True
        at += large if size == 1 else size
    return at == end


def _webp_ends(file: IO[bytes], end: int) -> bool:
    file.seek(4)
    return bool(struct.unpack("<I", file.read(4))[0] + 8 <= end)


def _tail_has(mark: bytes) -> Callable[[IO[bytes], int], bool]:
    def ends(file: IO[bytes], end: int) -> bool:
        file.seek(max(0, end - 64))
        return mark in file.read()

    return ends


_ENDS: Mapping[str, Callable[[IO[bytes], int], bool]] = MappingProxyType(
    {
        "JPEG": _jpeg_ends,
        "MPO": _jpeg_ends,
        "PNG": _tail_has(b"IEND"),
        "GIF": _tail_has(b"\0;"),
        "WEBP": _webp_ends,
        "AVIF": _avif_ends,
    }
)
