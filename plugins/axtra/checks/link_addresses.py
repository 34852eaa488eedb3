"""The addresses of the links of a mail, split once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from axtra.checks.mail_elements import MailElement
from axtra.checks.view import View


class Address(NamedTuple):
    """An address and its components."""

    scheme: str
    netloc: str
    host: str
    port: int | None
    path: str
    query: str

    @property
    def web(self) -> bool:
        """Tell whether it is the address of a page."""
        return self.scheme in {"http", "https"}


def addresses(view: View) -> Iterator[tuple[MailElement, Address]]:
    """Yield each link that has a well-formed address, with its components."""
    for link in view.links:
        parts = split(link["href"])
        if parts is not None:
            yield link, parts


@lru_cache(maxsize=4096)
def split(address: str) -> Address | None:
    """Return the components of an address; None when it cannot be split."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    return Address(parts.scheme, parts.netloc, host, port, parts.path, parts.query)
