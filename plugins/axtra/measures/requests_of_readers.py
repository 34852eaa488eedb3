"""What a request of a log is: a page read, a file taken, a feed, a robot, or none of these."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from axtra.measures.log_lines import LogLine

_DOWNLOADS = frozenset({".pdf", ".epub"})
_PAGES = frozenset({"", ".html"})
_WHOLE, _PART, _SAME = 200, 206, 304
# Where somebody's own link leads: its end names a person.
_PRIVATE = re.compile(r"/(desabonnement|confirmation|preferences|abonnement|centre)(/|$)|[@]")
_TOKEN = re.compile(r"[\w-]{26,}\.[\w-]{1,40}\.[\w-]{43}")
_SUBSCRIBERS = re.compile(
    r"(\d{1,7})\s*(?:subscribers?|readers?|users?|abonnés?)\b"
    r"|(?:subscribers?|readers?|users?)[ =:]+(\d{1,7})",
    re.IGNORECASE,
)
_AUTOMATIC = re.compile(r"bot\b|crawl|spider|headless|monitor", re.IGNORECASE)
_LONGEST = 200  # characters of a path that is kept


class Sort(Enum):
    """What a request is."""

    PAGE = auto()
    DOWNLOAD = auto()
    PARTIAL = auto()  # a part of a download
    FEED = auto()
    ROBOT = auto()
    OTHER = auto()  # a picture, a sheet, an error


@dataclass(frozen=True, slots=True)
class ReaderRequest:
    """A request understood.

    Attributes:
        path: the address from the root, without its query.
        origin: the site from which a reader comes; "" when it is not said, or is an address.
        inner: whether they come from the site itself.
        service: for a feed, the name of the service that reads it for others, with `subscribers`.
    """

    sort: Sort
    path: str = ""
    origin: str = ""
    inner: bool = False
    service: str = ""
    subscribers: int = 0


_NONE, _ROBOT = ReaderRequest(Sort.OTHER), ReaderRequest(Sort.ROBOT)


def understand(line: LogLine, hosts: Collection[str]) -> ReaderRequest:
    """Say what a line is; `hosts` are the names of the site itself."""
    path = _path(line.target)
    if line.method != "GET" or line.status not in {_WHOLE, _PART, _SAME} or not path:
        return _NONE
    suffix = PurePosixPath(path).suffix.lower()
    if path.startswith("/flux/") and suffix in {".xml", ".json"}:
        return _feed(path, line.agent)
    sort = Sort.OTHER
    if suffix in _PAGES and line.status != _PART and path != "/404.html":
        sort = Sort.PAGE
    elif suffix in _DOWNLOADS and line.status != _SAME:
        sort = Sort.DOWNLOAD if line.status == _WHOLE else Sort.PARTIAL
    if sort is Sort.OTHER:
        return _NONE
    if is_robot(line.agent):
        return _ROBOT
    origin, inner = _origin(line.referrer, frozenset(hosts))
    return ReaderRequest(sort, path, origin, inner)


@lru_cache(maxsize=50_000)
def is_robot(agent: str) -> bool:
    """Return whether a user agent is that of a program that nobody reads with."""
    from crawleruseragents import is_crawler  # noqa: PLC0415 - 1,500 expressions

    return agent in {"", "-"} or bool(_AUTOMATIC.search(agent)) or bool(is_crawler(agent))


@lru_cache(maxsize=50_000)
def _path(target: str) -> str:
    """Return the path of a request as pages are named; "" when it may name a person."""
    try:
        path = unquote(urlsplit(target).path, errors="strict")
    except (ValueError, UnicodeDecodeError):
        return ""
    if not path.startswith("/") or len(path) > _LONGEST or not path.isprintable():
        return ""
    if _PRIVATE.search(path) or _TOKEN.search(path):
        return ""
    return path.removesuffix("index.html") if path.endswith("/index.html") else path


@lru_cache(maxsize=50_000)
def _origin(referrer: str, hosts: frozenset[str]) -> tuple[str, bool]:
    try:
        host = (urlsplit(referrer).hostname or "").removeprefix("www.")
    except ValueError:
        return "", False
    if host in hosts:
        return "", True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return (host, False) if re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) else ("", False)
    return "", False


def _feed(path: str, agent: str) -> ReaderRequest:
    found = _SUBSCRIBERS.search(agent)
    if found is None:
        return ReaderRequest(Sort.FEED, path)
    number = int(found[1] or found[2])
    service = re.split(r"[/ ;(]", agent.strip(), maxsplit=1)[0][:40]
    return ReaderRequest(Sort.FEED, path, service=service or "?", subscribers=number)
