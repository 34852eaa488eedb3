"""What an editor types as a link, resolved to an address, or reported with its line."""

from __future__ import annotations

import difflib
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, unquote, urlsplit

from axtra.content.model import BOOKS, CLASSES, Article, Event, Item, Newsletter, Status
from infolettre.core import dates
from infolettre.core.diagnostics import Edit, Notes, Repair, did_you_mean
from infolettre.text.followed_addresses import cleaned, follows, redirects

_PELICAN = re.compile(r"[{|](filename|static|attach)[}|]")
_HOST = re.compile(r"https://\w", re.IGNORECASE)  # quicker than reading the whole address
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_DOMAIN = re.compile(r"(www\.|[\w-]+\.(ca|com|org|quebec|net|gouv\.qc\.ca)(/|$))", re.IGNORECASE)
_MAILBOX = re.compile(r"[^\s@/]+@[^\s@/]+\.[a-z]{2,}", re.IGNORECASE)
_ILL = re.compile(r"[\x00-\x1f\x7f\"<>]")  # what no address holds as it is (RFC 3986)
# Files that the site makes beside the page of an item.
_MADE: tuple[tuple[re.Pattern[str], type[Item]], ...] = (
    (re.compile(r"(.+)\.ics"), Event),
    (re.compile(r"(.+)\.(?:bib|ris|pdf)"), Article),
    (re.compile(r"(.+)/courriel\.(?:html|txt)"), Newsletter),
)
_BOOK = re.compile(r"(.+)/([^/]+)\.(?:pdf|epub)")  # those of a numéro
_ALLOWED = frozenset({"https", "http", "mailto", "tel", "sms"})


@dataclass(frozen=True, slots=True)
class Addresses:
    """Everything that a link may lead to.

    `items` maps a file, relative to the project's root, to its item, or to what stands for a text
    that its mistakes do not allow to build; `anchors` maps a file to its
    ids; `pages` maps the address of each page and feed to its item, if it has one; `assets` holds
    the files of the content folder, relative to it, and `use` is told of each link to one.
    `siteurl` is where the site is published, and `others` what is at its address without being part
    of it; `moved` maps old addresses to new, and `books` begins the names of the books of numéros.
    `aimed` maps a file to those whose links led to an anchor of it.
    """

    content: str  # name of the content folder, relative to the root
    items: Mapping[str, Item]
    anchors: dict[str, frozenset[str]]
    pages: Mapping[str, Item | None]
    assets: frozenset[str]
    use: Callable[[str, int | None, Notes], None] = lambda *_: None
    siteurl: str = ""
    others: tuple[str, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    books: str = BOOKS
    aimed: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def resolve(self, target: str, item: Item, line: int | None, notes: Notes) -> str | None:
        """Resolve one target to an address from the root, an anchor or an absolute address.

        A target that leads nowhere is noted, and comes back as it was.

        Returns:
            None when the target will exist on a later day only: there is nothing to link to yet.
        """
        target = target.strip()
        if scheme := _SCHEME.match(target):
            self._inspect_absolute(target, scheme[1].lower(), line, notes)
            _inspect_following(target, item, line, notes)
            own = self.own(target)
            if own is None:
                return target
            path, _, anchor = own.partition("#")
            since = len(notes.found)
            resolved = self._root(path, anchor, item, target, line, notes)
            if resolved and len(notes.found) == since and not isinstance(item, Newsletter):
                notes.warning(
                    "lien-absolu",
                    line,
                    f"« {target} » est une page de ce site, dont l’adresse complète peut changer",
                    f"Dans un lien, écrivez l’adresse à partir de la barre :  {resolved}",
                    _instead(target, resolved, line),
                )
            return resolved
        if target.startswith("//"):
            problem = f"l’adresse « {target} » est incomplète"
            full = f"https:{target}"
            repair = _instead(target, full, line)
            notes.error("lien-incomplet", line, problem, f"Écrivez {full}", repair)
            return target
        if _MAILBOX.fullmatch(target) or (
            _DOMAIN.match(target) and unquote(target) not in self.assets
        ):
            full = f"mailto:{target}" if "@" in target else f"https://{target}"
            problem, repair = f"l’adresse « {target} » est incomplète", _instead(target, full, line)
            notes.error("lien-incomplet", line, problem, f"Écrivez {full}", repair)
            return target
        path, _, anchor = target.partition("#")
        if not path:
            self._inspect_anchor(anchor, item, target, line, notes)
            return target
        path = unicodedata.normalize("NFC", unquote(path.partition("?")[0]))
        if path.startswith("/"):
            return self._root(path, anchor, item, target, line, notes)
        return self._file(path, anchor, item, target, line, notes)

    def _inspect_absolute(self, target: str, scheme: str, line: int | None, notes: Notes) -> None:
        if len(scheme) == 1 or scheme == "file":
            notes.error(
                "lien-local",
                line,
                f"« {target} » mène à un fichier de votre ordinateur",
                f"Rangez le fichier sous {self.content}/, puis donnez son chemin à partir de là.",
            )
        elif scheme not in _ALLOWED:
            notes.error(
                "lien-interdit",
                line,
                f"l’adresse « {target[:60]} » n’est pas permise",
                "Une adresse commence par https:, mailto: ou tel:, ou mène à un fichier du site.",
            )
        elif ill := _ILL.search(target):
            notes.error(
                "lien-incomplet",
                line,
                f"l’adresse « {target[: ill.start()]} » est suivie de ce qui n’en est pas",
                'Vérifiez les parenthèses et les guillemets :  [texte](adresse "titre")',
            )
        elif scheme == "http":
            notes.warning(
                "lien-non-securise",
                line,
                f"l’adresse « {target} » n’est pas sécurisée",
                f"Essayez https{target[4:]}",
            )
        elif scheme == "https" and not _HOST.match(target) and not _has_host(target):
            notes.error(
                "lien-incomplet",
                line,
                f"l’adresse « {target} » est incomplète",
                "Écrivez-la en entier, par exemple https://www.axtra.ca/",
            )

    def own(self, target: str) -> str | None:
        """Return what an absolute address names on this site, from its root; None elsewhere."""
        parts, ours = _split(target), _split(self.siteurl)
        if parts is None or ours is None or parts.scheme.lower() not in {"http", "https"}:
            return None
        if not ours.hostname or _bare(parts.hostname) != _bare(ours.hostname):
            return None
        if parts.port not in {None, 80, 443, ours.port} or target.startswith(self.others):
            return None
        path = unquote(parts.path) or "/"
        if not f"{path}/".startswith(f"{ours.path}/"):
            return None
        path = path.removeprefix(ours.path).removesuffix("index.html") or "/"
        return path + (f"#{parts.fragment}" if parts.fragment else "")

    def _inspect_anchor(
        self, anchor: str, item: Item, target: str, line: int | None, notes: Notes
    ) -> None:
        if anchor:
            self.aimed[item.source].add(notes.file)
        ids = self.anchors.get(item.source)  # None: a file that does not read
        if anchor and ids is not None and unquote(anchor) not in ids:
            notes.error(
                "ancre-absente",
                line,
                f"le lien « {target} » mène à un intertitre qui n’existe pas",
                did_you_mean(anchor, ids),
            )

    def _root(
        self, path: str, anchor: str, item: Item, target: str, line: int | None, notes: Notes
    ) -> str | None:
        if path[1:] in self.assets:
            return self._asset(path[1:], line, notes)
        if made := self._made(path):
            return path if self.reachable(made, item, target, line, notes) else None
        for candidate in (path, f"{path}/"):
            if candidate in self.pages:
                end = self.pages[candidate]
                if end is not None:
                    if not self.reachable(end, item, target, line, notes):
                        return None
                    self._inspect_anchor(anchor, end, target, line, notes)
                return candidate + (f"#{anchor}" if anchor else "")
        new = self.moved.get(path) or self.moved.get(f"{path}/")
        notes.error(
            "lien-brise",
            line,
            f"le lien « {target} » ne mène à aucune page du site",
            f"La page a déménagé. Écrivez :  {new}"
            if new
            else self._suggest(path, [*self.pages, *(f"/{asset}" for asset in self.assets)]),
            _instead(target, new, line) if new else None,
        )
        return target

    def _made(self, path: str) -> Item | None:
        """Return the item beside whose page the site makes a file."""
        for pattern, cls in _MADE:
            found = pattern.fullmatch(path)
            page = self.pages.get(f"{found[1]}/") if found else None
            if page and CLASSES[page.kind.name] is cls:
                return page
        if found := _BOOK.fullmatch(path):
            page = self.pages.get(f"{found[1]}/")
            if page and found[2] == f"{self.books}-{page.slug}":
                return page
        return None

    def _file(
        self, path: str, anchor: str, item: Item, target: str, line: int | None, notes: Notes
    ) -> str | None:
        bare = _PELICAN.sub("", path)
        here = posixpath.dirname(item.source)
        tries = [posixpath.join(self.content, bare.lstrip("/")), posixpath.join(here, bare)]
        tries.append(bare)  # newsletters/2019/… names a folder beside content/
        for candidate in map(posixpath.normpath, tries):
            if candidate in self.items:
                end = self.items[candidate]
                if not self.reachable(end, item, target, line, notes):
                    return None
                self._inspect_anchor(anchor, end, target, line, notes)
                return end.url + (f"#{anchor}" if anchor else "")
            asset = candidate.removeprefix(f"{self.content}/")
            if asset in self.assets:
                return self._asset(asset, line, notes)
        known = [source.removeprefix(f"{self.content}/") for source in self.items]
        known += self.assets
        alike = [name for name in known if name.casefold() == bare.casefold().lstrip("/")]
        new = target.replace(bare.lstrip("/"), alike[0]) if len(alike) == 1 else target
        notes.error(
            "lien-brise",
            line,
            f"le lien « {target} » ne mène à aucun fichier",
            self._suggest(bare, known),
            _instead(target, new, line) if new != target else None,
        )
        return target

    def _asset(self, name: str, line: int | None, notes: Notes) -> str:
        self.use(name, line, notes)
        return quote(f"/{name}")

    @staticmethod
    def reachable(end: Item, item: Item, target: str, line: int | None, notes: Notes) -> bool:
        """Tell whether an item may lead to another one today, and note why it may not.

        A page waits for what is to come; a mail, once sent, cannot: there it is an error.
        """
        if item.status is not Status.PUBLISHED or end.status is Status.PUBLISHED:
            return True
        if end.status is Status.SCHEDULED and not isinstance(item, Newsletter):
            day = f" le {dates.day(end.date)}" if end.date else " plus tard"
            notes.warning(
                "lien-a-venir",
                line,
                f"« {target} » paraîtra{day} : d’ici là, rien n’y mène",
                "Rien à faire : le lien s’ajoutera à la construction de ce jour-là.",
            )
            return False
        state = "est un brouillon" if end.status is Status.DRAFT else "n’est pas encore paru"
        notes.error(
            "lien-vers-brouillon",
            line,
            f"« {target} » {state} : le lien serait brisé",
            "Publiez d’abord ce texte, ou enlevez le lien.",
        )
        return False

    @staticmethod
    def _suggest(path: str, known: Collection[str]) -> str:
        for name in known:
            if name.casefold().lstrip("/") == path.casefold().lstrip("/"):
                return f"Attention aux majuscules :  {name}"
        near = difflib.get_close_matches(path, sorted(known), n=1, cutoff=0.5)
        if near:
            return f"Vouliez-vous dire « {near[0]} » ?"
        return "Donnez un chemin à partir de content/, ou une adresse qui commence par /."


def _inspect_following(target: str, item: Item, line: int | None, notes: Notes) -> None:
    """Find what follows readers; the rules of mails say it of a letter."""
    if isinstance(item, Newsletter):
        return
    parts = _split(target)
    if parts and redirects(target, parts.hostname or ""):
        clean = cleaned(target)
        notes.error(
            "lien-detourne",
            line,
            f"l’adresse passe par « {parts.hostname} », qui suit les clics et peut nommer qui l’a "
            "copiée",
            f"Écrivez :  {clean}"
            if clean != target
            else "Ouvrez le lien, puis copiez l’adresse de la page où il mène.",
            _instead(target, clean, line) if clean != target else None,
        )
    elif names := follows(target):
        clean = cleaned(target)
        notes.warning(
            "lien-suivi",
            line,
            f"l’adresse porte de quoi suivre qui l’emploie : {', '.join(names)}",
            f"Écrivez :  {clean}",
            _instead(target, clean, line),
        )


def _instead(target: str, other: str, line: int | None) -> Repair:
    """Return the repair of an address: the reader who follows it arrives at the same page."""
    return Repair((Edit(line or 0, None, target, other),))


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:  # a bracket, or a port, that no address may have
        return None
    return parts


def _has_host(address: str) -> bool:
    parts = _split(address)
    return bool(parts and parts.hostname)


def _bare(host: str | None) -> str:
    return (host or "").rstrip(".").removeprefix("www.")
