"""Small built sites, the places where they are published, and a crawler of what readers find."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html

from axtra.publishing.acts import BuiltSite
from axtra.publishing.carriers import Carrier, FileHeaders
from axtra.publishing.carriers.folder import FolderCarrier
from axtra.publishing.carriers.opening import open_carrier
from axtra.publishing.manifest import of_the_site
from axtra.publishing.targets import Address, BranchAddress, FolderAddress
from axtra.site import fingerprint
from infolettre.core.dates import ZONE

NOON = datetime(2026, 12, 2, 12, tzinfo=ZONE)
SITEURL = "https://www.axtra.ca"
HEADERS = """\
/*
  X-Content-Type-Options: nosniff
/theme/*
  Cache-Control: public, max-age=31536000, immutable
"""
GIT = shutil.which("git") or "git"


def page(url: str, *links: str, words: str = "", anchors: Iterable[str] = ()) -> str:
    """Return a page with its canonical and its fingerprint, which leads to these links."""
    shown = "".join(
        f'<img src="{link}">' if link.endswith(".png") else f'<a href="{link}">x</a>'
        for link in links
        if not link.endswith(".css")
    )
    sheets = "".join(
        f'<link rel="stylesheet" href="{link}">' for link in links if link.endswith(".css")
    )
    marks = "".join(f'<h2 id="{anchor}">x</h2>' for anchor in anchors)
    return fingerprint.add(
        f'<!DOCTYPE html><html><head><link rel="canonical" href="{SITEURL}{url}">{sheets}</head>'
        f"<body><p>{words}</p>{shown}{marks}</body></html>"
    )


def write_site(
    output: Path, files: Mapping[str, str], redirects: str = "", named: Iterable[str] = ()
) -> BuiltSite:
    """Write a built site in place of any other, with what a host reads."""
    shutil.rmtree(output, ignore_errors=True)
    for name, text in {**files, "_headers": HEADERS, "_redirects": redirects}.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    (output / ".axtra").write_text("", "utf-8")
    return BuiltSite(output, SITEURL, frozenset(named), NOON)


def first_site() -> dict[str, str]:
    """Return a site with two articles, a style sheet and a picture."""
    return {
        "index.html": page("/", "/a/", "/b/", "/theme/axe.1.css"),
        "a/index.html": page("/a/", "/", "/b/#un", "/theme/axe.1.css"),
        "b/index.html": page("/b/", "/", "/a/", "/images/b.1.png", anchors=["un"]),
        "theme/axe.1.css": "p { color: red }",
        "images/b.1.png": "une image",
        "flux/site.xml": f"<feed>{SITEURL}/a/</feed>",
    }


def second_site() -> dict[str, str]:
    """Return the site after it: a new article, a page renamed, new sheet and picture."""
    return {
        "index.html": page("/", "/a/", "/c/", "/theme/axe.2.css"),
        "a/index.html": page("/a/", "/", "/c/#deux", "/theme/axe.2.css", words="corrigé"),
        "b/index.html": page("/c/", "/c/", "/theme/axe.2.css", words="a changé d’adresse"),
        "c/index.html": page("/c/", "/", "/d/", "/images/c.2.png", anchors=["deux"]),
        "d/index.html": page("/d/", "/c/", "/a/", "/theme/axe.2.css"),
        "theme/axe.2.css": "p { color: blue }",
        "images/c.2.png": "une autre image",
        "flux/site.xml": f"<feed>{SITEURL}/c/</feed>",
    }


REDIRECTS = "/b /c/ 301\n/b/ /c/ 301\n"  # of the second site


class OrderedFolder(FolderCarrier):
    """A folder whose files readers see as soon as they are put, as on a store of objects."""

    atomic = False

    def current(self) -> str:
        """Return nothing: there are no versions."""
        return ""


@dataclass
class Place:
    """A place to publish to: its address, what opens it, and what readers find there."""

    address: Address
    open: Callable[[Address], Carrier]
    read: Callable[[str], bytes | None] = field(default=lambda _: None)
    names: Callable[[], set[str]] = field(default=set)

    def tree(self) -> dict[str, bytes]:
        """Return every file of the site that readers find."""
        return {name: self.read(name) or b"" for name in self.names()}


def folder(base: Path) -> Place:
    """Make a folder with versions."""
    shown = base / "site" / "courant"
    return Place(FolderAddress(base / "site"), open_carrier, *folder_readers(shown))


def ordered(base: Path) -> Place:
    """Make a folder without versions."""
    address = FolderAddress(base / "ordre")
    return Place(address, lambda _: OrderedFolder(address), *folder_readers(base / "ordre"))


def branch(base: Path) -> Place:
    """Make a bare repository, unless there is one, in whose branch the site is published."""
    repository = base / "depot.git"
    if not repository.exists():
        subprocess.run([GIT, "init", "--bare", "--quiet", repository], check=True)

    def git(*words: str) -> bytes | None:
        done = subprocess.run([GIT, "-C", repository, *words], capture_output=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def names() -> set[str]:
        listed = (git("ls-tree", "-r", "-z", "--name-only", "pages") or b"").decode()
        return {name for name in listed.split("\0") if name and of_the_site(name)}

    address = BranchAddress(str(repository), "pages")
    return Place(
        address, open_carrier, lambda name: git("cat-file", "blob", f"pages:{name}"), names
    )


PLACES = {"folder": folder, "ordered": ordered, "branch": branch}


def folder_readers(
    shown: Path,
) -> tuple[Callable[[str], bytes | None], Callable[[], set[str]]]:
    def read(name: str) -> bytes | None:
        try:
            return (shown / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def names() -> set[str]:
        root = shown.resolve()
        found = (path for path in root.rglob("*") if path.is_file())
        return {
            name
            for name in (path.relative_to(root).as_posix() for path in found)
            if of_the_site(name)
        }

    return read, names


def crawl(read: Callable[[str], bytes | None]) -> list[str]:
    """Follow every link from the home page; return those that lead nowhere.

    A page may change while it is crawled: a link counts if its page, read again, still has it.
    """
    found, seen, left = list[str](), {"index.html"}, ["index.html"]
    while left:
        name = left.pop()
        for link in _links(name, read(name) or b""):
            target = _file(link)
            if target in seen:
                continue
            if read(target) is None and link in _links(name, read(name) or b""):
                found.append(f"{name} → {link}")
            seen.add(target)
            left += [target] if target.endswith(".html") else []
    return found


def _links(name: str, data: bytes) -> set[str]:
    if not data:
        return set()
    tree = html.document_fromstring(data)
    base = f"{SITEURL}/{name}"
    found = {
        urljoin(base, address) for address in tree.xpath("//a/@href | //link/@href | //img/@src")
    }
    return {address for address in found if address.startswith(SITEURL)}


def _file(address: str) -> str:
    path = unquote(urlsplit(address).path).lstrip("/")
    return f"{path}index.html" if path.endswith("/") or not path else path


class LyingCarrier:
    """A carrier that says it stored a file, and stored other bytes or nothing."""

    def __init__(self, carrier: Carrier, lie: Callable[[bytes], bytes | None], name: str) -> None:
        self._carrier = carrier
        self._lie = lie
        self._name = name

    def put(self, name: str, data: bytes, headers: FileHeaders) -> None:
        """Put something else where the name ends as chosen."""
        false = self._lie(data) if name.endswith(self._name) else data
        if false is not None:
            self._carrier.put(name, false, headers)

    def __getattr__(self, name: str) -> object:
        return getattr(self._carrier, name)
