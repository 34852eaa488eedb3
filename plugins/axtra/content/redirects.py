"""What has moved: the table old address → new address, `content/redirections.toml`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from axtra.content.toml_tables import TomlFile, read_toml
from infolettre.core.diagnostics import Diagnostic, Notes

FILE = "redirections.toml"
_EXAMPLE = '"/ancienne-adresse/" = "/nouvelle-adresse/"'
# What hosts read as a pattern or a separator in their rules has no place in an address.
_ADDRESS = re.compile(r"""/[^\s"'\\$;{}<>?#*:|^`%]*""")
_TARGET = re.compile(r"[^#]*(?:#[\w.:-]+)?")
_PICTURES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})


@dataclass(frozen=True, slots=True)
class Redirect:
    """One address that has moved; both start at the site's root, `new` may end with an anchor."""

    old: str
    new: str
    line: int | None = None

    @property
    def target(self) -> str:
        """Return the new address without its anchor."""
        return self.new.partition("#")[0]

    @property
    def copied(self) -> bool:
        """Tell whether the same file answers at both addresses; otherwise a page leads on.

        A picture in a mail cannot follow a page.
        """
        suffix = _suffix(self.old)
        return suffix not in {"", ".html"} and suffix == _suffix(self.target)

    @property
    def place(self) -> str:
        """Return the address of the file to write; a folder may be named `x.pdf`."""
        whole = self.copied or self.old.endswith(("/", ".html"))
        return self.old if whole else f"{self.old}/"


def read(content: Path, folder: str) -> tuple[tuple[Redirect, ...], list[Diagnostic]]:
    """Read the table, and find what is wrong with it whatever the site holds.

    Args:
        content: the content folder.
        folder: its name in messages, relative to the project's root.
    """
    name = f"{folder}/{FILE}"
    try:
        table = read_toml(content / FILE, name, _EXAMPLE)
    except FileNotFoundError:
        return (), []
    sound = {old: new for old, new in table.values.items() if _inspect(old, new, table)}
    redirects = tuple(Redirect(old, new, table.line(old)) for old, new in sound.items())
    places = [redirect.place for redirect in redirects]
    for at, redirect in enumerate(redirects):
        if redirect.place in places[:at]:
            table.notes.error(
                "redirection-de-trop",
                redirect.line,
                f"« {redirect.old} » est déjà redirigée, avec ou sans barre oblique finale",
                "Gardez une seule des deux lignes : elle vaut pour les deux écritures.",
            )
    ways = {
        name: redirect.target for redirect in redirects for name in (redirect.old, redirect.place)
    }
    for redirect in redirects:
        _inspect_way(redirect, ways, table.notes)
    return redirects, table.notes.found


def hiding(
    redirects: Iterable[Redirect], addresses: Collection[str], folder: str
) -> Iterator[Diagnostic]:
    """Say which redirects would hide something.

    Args:
        redirects: the table.
        addresses: every address of the site but those of the redirects.
        folder: the name of the content folder in messages.
    """
    notes = Notes(f"{folder}/{FILE}")
    for redirect in redirects:
        if redirect.old in addresses or redirect.place in addresses:
            notes.error(
                "redirection-de-trop",
                redirect.line,
                f"« {redirect.old} » existe encore : la redirection cacherait cette page",
                "Enlevez cette ligne, ou retirez d’abord l’ancien contenu.",
            )
    yield from notes.found


def astray(
    redirects: Iterable[Redirect], addresses: Collection[str], folder: str
) -> Iterator[Diagnostic]:
    """Say which redirects lead nowhere; `addresses` are all those of the site."""
    notes = Notes(f"{folder}/{FILE}")
    for redirect in redirects:
        if redirect.target not in addresses:
            near = difflib.get_close_matches(redirect.target, addresses, 1)
            notes.error(
                "redirection-perdue",
                redirect.line,
                f"« {redirect.old} » mène à {redirect.target}, qui n’existe pas",
                f"Vouliez-vous dire « {near[0]} » ?" if near else "Menez à ce qui le remplace.",
            )
    yield from notes.found


def _inspect(old: str, new: object, table: TomlFile) -> bool:
    """Hold one line to its form; tell whether it may be used."""
    problem = ""
    remedy = f"Écrivez :  {_EXAMPLE}"
    if not isinstance(new, str):
        problem = f"« {old} » ne mène pas à une adresse"
    elif not is_address(old):
        problem = f"« {old} » n’est pas une adresse de ce site, sans « ? » ni « # »"
    elif not _TARGET.fullmatch(new) or not is_address(new.partition("#")[0]):
        problem = f"« {new} » n’est pas une adresse de ce site"
    elif old == "/":
        problem = "l’accueil ne se redirige pas"
    elif _suffix(old) in _PICTURES and _suffix(old) != _suffix(new):
        problem = f"l’image « {old} » ne peut être remplacée que par une image du même format"
        remedy = (
            f"Menez à un fichier « {_suffix(old)} » : dans un courriel, une page ne s’affiche "
            "pas à la place d’une image."
        )
    if problem:
        table.notes.error("redirection-invalide", table.line(old), problem, remedy)
    return not problem


def _inspect_way(redirect: Redirect, ways: Mapping[str, str], notes: Notes) -> None:
    """Follow a redirect to its end: it must be there in one step."""
    seen, at = [redirect.old], redirect.target
    while at in ways and at not in {*seen, redirect.place}:
        seen.append(at)
        at = ways[at]
    if at in {*seen, redirect.place}:
        notes.error(
            "redirection-en-boucle",
            redirect.line,
            f"« {redirect.old} » tourne en rond : {' → '.join([*seen, at])}",
            "Menez à une page qui existe.",
        )
    elif len(seen) > 1:
        notes.error(
            "redirection-en-chaine",
            redirect.line,
            f"« {redirect.old} » passe par {', puis '.join(seen[1:])}",
            f'Menez droit au but :  "{redirect.old}" = "{at}"',
        )


def is_address(address: str) -> bool:
    """Tell whether an address is one of this site, in its plainest form."""
    folders = address.split("/")[1:-1]
    return bool(_ADDRESS.fullmatch(address)) and not {"", ".", ".."} & {*folders}


def _suffix(address: str) -> str:
    return PurePosixPath(address).suffix.lower() if not address.endswith("/") else ""
