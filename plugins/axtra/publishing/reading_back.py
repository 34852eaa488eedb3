"""Reading back what is online, as a reader does, or through the carrier where nobody answers."""

from __future__ import annotations

import hashlib
import re
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import Message
from html import unescape
from http.client import HTTPException
from itertools import chain, islice, repeat
from typing import IO
from urllib.parse import quote, urljoin
from urllib.request import ProxyHandler, build_opener

from axtra.publishing.carriers import VERSIONS, Carrier, FalseStore
from axtra.publishing.manifest import (
    NOT_SERVED,
    WELL_KNOWN,
    FileEntry,
    HeaderRules,
    Manifest,
    address_of,
)
from axtra.site import fingerprint
from infolettre.core.diagnostics import count

_LANES = 6  # pages asked for at once
_PATIENCE = 15.0  # seconds for an answer
_PAUSES = (0.2, 0.5, 1, 2, 5)  # seconds before a page that is not there yet is asked for again
_NAMED = 5  # files named in a message
_OK, _SERVER_ERRORS = 200, range(500, 600)
_MOVED = frozenset({301, 302, 303, 307, 308})
_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)">')
_NOT_FOUND = "404.html"


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """What a host answered: a status, its headers, its bytes."""

    status: int
    headers: Message
    data: bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found online.

    Attributes:
        public: the address that was read; empty when it did not answer, and the carrier was used.
        problems: what is not online as it should be, by name of file, in French.
        warnings: what differs and does not prevent reading, each a sentence.
        files: how many files were read.
    """

    public: str
    problems: Mapping[str, str]
    warnings: tuple[str, ...]
    files: int


def read_back(
    carrier: Carrier,
    version: str,
    wanted: Manifest,
    public: str,
    *,
    siteurl: str,
    rules: HeaderRules,
    first: Collection[str],
    patience: float,
    declared: bool = True,
) -> Checked:
    """Compare what is online with what should be.

    Args:
        carrier: the place, which is read where the public address does not answer.
        version: the version on show.
        wanted: the files that should be online.
        public: the address of the published site, without a final slash.
        siteurl: the one that pages say is theirs.
        rules: the headers that a host should send.
        first: names of what has just changed: they are read first, and alone by the carrier.
        patience: seconds to wait for a host that still shows what was there before.
        declared: whether a person said that the place is read at this address; else, it may still
            be that of another host, which then counts as no answer.
    """
    if not answers(public, ours=not declared):
        return through_carrier(carrier, version, wanted, first)
    served = (name for name in wanted.keys() - NOT_SERVED if not name.startswith(WELL_KNOWN))
    names = sorted(served, key=lambda name: (name not in first, name))
    reader = _SiteReader(public, siteurl, wanted, rules)
    problems = reader.read(names)
    deadline = time.monotonic() + patience
    for pause in chain(_PAUSES, repeat(_PAUSES[-1])):
        if not problems or time.monotonic() + pause > deadline:
            break
        time.sleep(pause)
        problems = reader.read(problems)
    return Checked(public, problems, reader.warnings(), len(names))


def through_carrier(
    carrier: Carrier, version: str, wanted: Manifest, first: Collection[str]
) -> Checked:
    """Compare what the place gives back of `first` with what it should; the rest must be there."""
    root = f"{VERSIONS}{version}/" if carrier.atomic else ""
    there = set(carrier.names(root))
    problems = {name: "n’est plus là" for name in wanted if root + name not in there}
    for name in first:
        data = carrier.get(root + name)
        if data is None:
            problems[name] = "l’hôte a dit l’avoir reçu, et ne l’a pas"
        elif _digest(data) != wanted[name].digest:
            problems[name] = "l’hôte rend d’autres octets que ceux qu’il a reçus"
    return Checked("", problems, (), len(wanted))


def answers(public: str, *, ours: bool = False) -> bool:
    """Return whether something answers at the address of a site; with `ours`, a site of ours."""
    if not public:
        return False
    try:
        home = _get(f"{public}/")
    except OSError:
        return False
    shown = fingerprint.read(home.data.decode("utf-8", "replace"))
    return home.status not in _SERVER_ERRORS and bool(shown or not ours)


def refusal(checked: Checked, address: str) -> FalseStore:
    """Return the refusal that names what is not online as it should be."""
    named = [
        f"{address_of(name)} : {why}" for name, why in islice(checked.problems.items(), _NAMED)
    ]
    more = len(checked.problems) - len(named)
    lines = [*named, *([f"et {count(more, 'autre')}"] if more else [])]
    what = count(len(checked.problems), "fichier")
    return FalseStore(
        f"{what} en ligne, à l’adresse {checked.public or address}, ne montrent pas ce qui est "
        "publié :\n" + "\n".join(f"  – {line}" for line in lines),
        "Attendez une minute et relancez la même commande : un hôte ou un cache peut tarder.\n"
        "Si cela dure, vérifiez que cette adresse mène bien à cette cible (« public » dans "
        "content/site.toml).",
    )


class _SiteReader:
    """Reads a published site, and notes what differs without preventing anything."""

    def __init__(self, public: str, siteurl: str, wanted: Manifest, rules: HeaderRules) -> None:
        self._public = public
        self._siteurl = siteurl
        self._wanted = wanted
        self._rules = rules
        self._altered: set[str] = set()
        self._missing: dict[str, set[str]] = {}

    def read(self, names: Iterable[str]) -> dict[str, str]:
        """Read files; return what is wrong with each."""
        with ThreadPoolExecutor(_LANES) as pool:
            asked = list(names)
            return {
                name: wrong
                for name, wrong in zip(asked, pool.map(self._wrong, asked), strict=True)
                if wrong
            }

    def warnings(self) -> tuple[str, ...]:
        """Return what differs, a sentence each."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self._altered:
            yield (
                f"l’hôte change des octets de {_list(self._altered)} : ces pages sont les bonnes, "
                "mais quelque chose y ajoute ou en retire"
            )
        if self._missing:
            where = _list({address for places in self._missing.values() for address in places})
            yield f"l’hôte n’envoie pas comme il faut {_list(self._missing)} avec {where}"

    def _wrong(self, name: str) -> str:
        """Return what is wrong with a file online; empty when it is as it should be."""
        entry, address = self._wanted[name], address_of(name)
        try:
            answer = _get(self._public + quote(address))
        except OSError as error:
            return f"ne répond pas ({type(error).__name__})"
        if answer.status in _MOVED and entry.headers.redirect:
            return self._wrong_way(entry, answer)
        if answer.status != _OK and name != _NOT_FOUND:
            return f"répond {answer.status}"
        if _digest(answer.data) != entry.digest:
            if not self._same_page(name, entry, answer):
                return "montre autre chose"
            self._altered.add(address)
        self._note_headers(address, entry, answer)
        return ""

    def _wrong_way(self, entry: FileEntry, answer: HostAnswer) -> str:
        to = urljoin(f"{self._public}/", answer.headers.get("Location", ""))
        right = {base + entry.headers.redirect for base in (self._public, self._siteurl)}
        return "" if to in right else f"mène à {to}, et non à {entry.headers.redirect}"

    def _same_page(self, name: str, entry: FileEntry, answer: HostAnswer) -> bool:
        """Tell whether an answer is the page, though not byte for byte."""
        if not entry.fingerprint:
            return False
        page = answer.data.decode("utf-8", "replace")
        if fingerprint.read(page) != entry.fingerprint:
            return False
        canonical = _CANONICAL.search(page)
        if canonical is None:
            return name == _NOT_FOUND  # it has no address of its own
        return unescape(canonical[1]) == self._siteurl + (
            entry.headers.redirect.partition("#")[0] or address_of(name)
        )

    def _note_headers(self, address: str, entry: FileEntry, answer: HostAnswer) -> None:
        """Note the headers that a page needs and does not have, or a wrong type."""
        sent = answer.headers
        if not _shown_alike(entry.headers.type, sent.get("Content-Type", "")):
            self._missing.setdefault("Content-Type", set()).add(address)
        if entry.fingerprint:
            for header, value in self._rules.at(address).items():
                if sent.get(header) != value:
                    self._missing.setdefault(header, set()).add(address)


def _shown_alike(wanted: str, sent: str) -> bool:
    """Tell whether a browser, told not to guess, shows a file of this type as it should."""
    for part in ("text/html", "text/css", "javascript", "image/svg", "image/"):
        if part in wanted:
            return part in sent
    return True


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Returns a redirect as it is answered."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: Message,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        return None


_LOOPBACK = re.compile(r"http://(127\.|localhost\b|\[::1\])")


def _get(address: str) -> HostAnswer:
    """Ask a host for a file.

    Raises:
        OSError: it does not answer.
    """
    headers = {"User-Agent": "axtra", "Cache-Control": "no-cache", "Accept-Encoding": "identity"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - https, or the loopback
    proxies: dict[str, str] | None = (
        {} if _LOOPBACK.match(address) else None
    )  # None: those of the environment
    try:
        with build_opener(_NoRedirect, ProxyHandler(proxies)).open(
            request, timeout=_PATIENCE
        ) as answer:
            return HostAnswer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return HostAnswer(error.code, error.headers, error.read())
    except (HTTPException, ValueError) as error:
        raise OSError(str(error)) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _list(names: Collection[str]) -> str:
    """Return the first names, and how many there are besides."""
    shown = ", ".join(sorted(names)[:_NAMED])
    more = len(names) - _NAMED
    return f"{shown} et {count(more, 'autre')}" if more > 0 else shown
