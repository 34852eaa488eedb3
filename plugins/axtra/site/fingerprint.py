"""The fingerprint of a page: a hash of the page without it, in the page.

It changes only when the page does, so that whoever reads a page on its host knows which one it is,
even where the host has changed some of its bytes.
"""

from __future__ import annotations

import hashlib
import re

NAME = "axe-empreinte"
_END = "</head>"
_LENGTH = 20  # characters
_META = re.compile(rf'<meta name="{NAME}" content="([0-9a-f]+)">')


def add(page: str) -> str:
    """Return a page with its fingerprint; one without a head stays as it is."""
    digest = hashlib.sha256(page.encode()).hexdigest()[:_LENGTH]
    return page.replace(_END, f'<meta name="{NAME}" content="{digest}">\n{_END}', 1)


def read(page: str) -> str:
    """Return the fingerprint that a page holds; empty when it has none."""
    found = _META.search(page)
    return found[1] if found else ""
