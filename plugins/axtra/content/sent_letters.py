"""The register of what was sent: every page and image that a mail in a reader's hands leads to.

It is one file that people may read and git keeps, `newsletters/envoyees.toml`. It names editions,
lists and addresses of the site, and nothing of any person.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from infolettre.core import regular_files
from infolettre.core.diagnostics import Diagnostic

FILE = "newsletters/envoyees.toml"
_LOCK = ".cache/envoyees.lock"
_HEAD = """\
# Ce que les infolettres envoyées ont dans les mains des lecteurs : chaque page et chaque image où
# elles mènent. « axtra » écrit ce fichier; une construction qui ferait disparaître une de ces
# adresses sans la rediriger (content/redirections.toml) est refusée.
"""
_ADDRESS = re.compile(r"""(?:href|src)\s*=\s*["']([^"']+)["']|<(https?://[^<>\s]+)>""")
_PATH = re.compile(r"/[^\s?#]*")
_REMEDY = "Reprenez ce fichier de l’historique : « axtra » l’écrit, personne n’y touche."


@dataclass(frozen=True, slots=True)
class Sent:
    """One edition as sent to one list.

    `digest` names the bytes of the content that left, personal values apart; `urls` are addresses
    from the site's root, sorted. `messages` counts those that a server took, 0 when nobody counted:
    a ledger that knows of fewer comes from the past.
    """

    edition: str
    audience: str
    day: date
    digest: str
    urls: tuple[str, ...]
    messages: int = 0


def carried(parts: Iterable[str], siteurl: str) -> tuple[str, ...]:
    """List the addresses of the site that the parts of a mail lead to, from its root.

    An address elsewhere is not ours to keep; a query or an anchor names nothing more to keep.

    Args:
        parts: the HTML, the text; in any form that holds nothing of a person.
        siteurl: where the site is published.
    """
    home = urlsplit(siteurl).netloc
    found: set[str] = set()
    for part in parts:
        for match in _ADDRESS.finditer(part):
            try:
                address = urlsplit(match[1] or match[2])
            except ValueError:  # words that only look like an address
                continue
            if address.netloc == home and address.scheme in {"http", "https"}:
                found.add(address.path or "/")
    return tuple(sorted(found))


def load(root: Path) -> tuple[Sent, ...]:
    """Read the register of a project; there is none before the first mail.

    Raises:
        RegisterError: the file is not what this module writes.
    """
    try:
        text = regular_files.read(root / FILE).decode()
    except FileNotFoundError:
        return ()
    except regular_files.IrregularError as error:
        raise RegisterError(None, "ce registre est un lien, non un fichier") from error
    except UnicodeDecodeError as error:
        raise RegisterError(None, "ce registre n’est pas en UTF-8") from error
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise RegisterError(int(line[1]) if line else None, "ce registre ne se lit pas") from error
    entries = given.get("envoi", [])
    if given.keys() - {"envoi"} or not isinstance(entries, list):
        raise RegisterError(None, "ce registre contient autre chose que des [[envoi]]")
    return tuple(_sent(entry) for entry in entries)


def record(root: Path, sent: Sent) -> None:
    """Add an edition to the register, in one exchange of the file.

    What a list was sent before under the same edition stays: readers still hold it.

    Raises:
        RegisterError: the register cannot be read, so nothing was written.
    """
    (root / _LOCK).parent.mkdir(parents=True, exist_ok=True)
    from filelock import FileLock  # noqa: PLC0415 - only what sends writes

    with FileLock(root / _LOCK):
        kept = {(edition.edition, edition.audience): edition for edition in load(root)}
        before = kept.get((sent.edition, sent.audience))
        urls = {*sent.urls, *(before.urls if before else ())}
        most = max(sent.messages, before.messages if before else 0)
        kept[sent.edition, sent.audience] = replace(sent, urls=tuple(sorted(urls)), messages=most)
        whole = sorted(kept.values(), key=lambda edition: (edition.edition, edition.audience))
        fresh = (root / FILE).with_suffix(".nouveau")
        fresh.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(_HEAD + "".join(map(_entry, whole)), "utf-8", newline="\n")
        fresh.replace(root / FILE)


def editions(register: Iterable[Sent]) -> dict[str, date]:
    """Name the editions that were sent, each with the day it first was."""
    days: dict[str, date] = {}
    for sent in register:
        days[sent.edition] = min(sent.day, days.get(sent.edition, sent.day))
    return days


def vanished(register: Iterable[Sent], addresses: Collection[str]) -> Iterator[Diagnostic]:
    """Say which addresses of mails already sent would lead nowhere.

    Args:
        register: what was sent.
        addresses: every address that answers, redirected ones included: `/a/b/`, `/images/c.png`.
    """
    holders: dict[str, list[str]] = {}
    for sent in register:
        for url in sent.urls:
            names = holders.setdefault(url, [])
            if sent.edition not in names:
                names.append(sent.edition)
    for url, names in holders.items():
        if not {url, unquote(url), f"{url}/"} & set(addresses):
            yield Diagnostic(
                FILE,
                None,
                "adresse-disparue",
                f"« {url} » n’existerait plus, et des gens l’ont reçue dans {', '.join(names)}",
                f'Remettez ce contenu, ou redirigez-le dans content/redirections.toml :  "{url}" = '
                '"/…/"',
            )


class RegisterError(ValueError):
    """A register that something else has written; `diagnostic` tells the editor."""

    def __init__(self, line: int | None, problem: str) -> None:
        super().__init__(problem)
        self.diagnostic = Diagnostic(FILE, line, "registre-illisible", problem, _REMEDY)


def _sent(entry: Any) -> Sent:  # noqa: ANN401 - TOML holds anything
    try:
        sent = Sent(
            entry["edition"],
            entry["liste"],
            entry["date"],
            entry["empreinte"],
            tuple(entry["adresses"]),
            entry.get("messages", 0),
        )
    except (KeyError, TypeError) as error:
        raise RegisterError(None, "un [[envoi]] n’est pas entier") from error
    texts = (sent.edition, sent.audience, sent.digest, *sent.urls)
    sound = all(isinstance(text, str) for text in texts) and type(sent.day) is date
    sound = sound and type(sent.messages) is int
    if not sound or not all(map(_PATH.fullmatch, sent.urls)):
        raise RegisterError(None, "un [[envoi]] n’a pas la forme attendue")
    return sent


def _entry(sent: Sent) -> str:
    urls = "".join(f"  {_quoted(url)},\n" for url in sent.urls)
    messages = f"messages = {sent.messages}\n" if sent.messages else ""
    digest = f"empreinte = {_quoted(sent.digest)}\n{messages}"
    return (
        f"\n[[envoi]]\nedition = {_quoted(sent.edition)}\nliste = {_quoted(sent.audience)}\n"
        f"date = {sent.day:%Y-%m-%d}\n{digest}adresses = [\n{urls}]\n"
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
