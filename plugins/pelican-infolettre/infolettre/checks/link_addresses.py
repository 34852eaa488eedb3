"""The addresses of the links of a mail, split once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from infolettre.checks.mail_elements import MailElement
from infolettre.checks.view import View

_TELLING = 4  # letters; a shorter name is like too many others
_COMMON = frozenset({"extra"})
# What a domain may have around its name.
_PUBLIC = frozenset(["www", "ca", "qc", "quebec", "com", "org", "net", "gouv", "gc", "co", "info"])


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


def is_ours(host: str, site: str) -> bool:
    """Tell whether a host belongs to the domain of our site."""
    domain = _domain(site)
    return bool(domain) and f".{host}".endswith(f".{domain}")


@lru_cache(maxsize=4096)
def looks_like_ours(host: str, site: str) -> bool:
    """Tell whether a host may be taken for ours: a letter apart, another ending, our name in it.

    So may « ww » before our domain.
    """
    domain = _domain(site)
    name = domain.partition(".")[0]
    if is_ours(host, site):
        return host.removesuffix(domain) != "www." and _nearly(
            host.removesuffix(f".{domain}"), "www"
        )
    if len(name) < _TELLING:
        return False
    labels = [label for label in host.split(".")[:-1] if label not in _PUBLIC] or [host]
    words = [word for word in labels[-1].split("-") if word not in _PUBLIC]
    return domain in host or (len(words) == 1 and _nearly(words[0], name))


def _nearly(word: str, name: str) -> bool:
    """Tell whether a word is a name with a letter more, less, changed, or two swapped."""
    if abs(len(word) - len(name)) > 1 or word in _COMMON:
        return False
    at = next((i for i, pair in enumerate(zip(word, name, strict=False)) if len({*pair}) > 1), -1)
    if at < 0:
        return True
    rest, other = word[at:], name[at:]
    swapped = rest[:2] == other[1::-1] and rest[2:] == other[2:]
    return swapped or other[1:] in {rest, rest[1:]} or rest[1:] == other


def _domain(site: str) -> str:
    return site.partition(":")[0].removeprefix("www.").casefold()
