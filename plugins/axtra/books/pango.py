"""Whether this machine has the system libraries that set a PDF."""

from __future__ import annotations

import ctypes

from infolettre.core.refusals import Refusal

PROBLEM = "les numéros n’auront pas de PDF : il manque Pango à cette machine"
REMEDY = (
    "Debian :  apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n"
    "macOS :  brew install pango"
)

# What WeasyPrint loads: one name of each, on Linux, macOS or Windows.
_LIBRARIES = (
    ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
)


class PangoError(Refusal):
    """The system libraries that set a PDF (Pango) are missing."""

    def __init__(self) -> None:
        super().__init__(PROBLEM, REMEDY, rule="pdf-impossible", place="content/magazine")


def has_pango() -> bool:
    """Tell whether this machine can set a PDF, without the half second that WeasyPrint takes."""
    return all(any(_loads(name) for name in names) for names in _LIBRARIES)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
