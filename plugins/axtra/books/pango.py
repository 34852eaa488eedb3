"""Whether this machine has the system libraries that set a PDF."""

from __future__ import annotations

import ctypes

# What WeasyPrint loads: one name of each, on Linux, macOS or Windows.
_LIBRARIES = (
    ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
)


class PressError(RuntimeError):
    """The system libraries that set a PDF (Pango) are missing."""


def has_press() -> bool:
    """Tell whether this machine has what sets a PDF, without the half second it takes to load."""
    return all(any(_loads(name) for name in names) for names in _LIBRARIES)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
