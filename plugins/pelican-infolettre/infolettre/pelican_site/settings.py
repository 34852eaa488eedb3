"""The settings of letters, in capitals like those of Pelican, with good defaults."""

from __future__ import annotations

import os
import re
import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infolettre import words
from infolettre.core.refusals import Refusal
from infolettre.design import tokens
from infolettre.letter.renderers import Sender
from infolettre.letter.rendering import TEMPLATES, LetterTheme

UNKNOWN = "https://site.invalid"  # stands for a site whose address is not known yet
_DEFAULT_PATHS = ("../newsletters",)
_URL = "newsletters/{slug}/"
_LOOK = TEMPLATES / "look.toml"
_MAILBOX = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
_FOLDER = re.compile(r"(?:\w[\w.-]*/)*(?:\w[\w.-]*)?\{slug\}[\w.-]*/")


@dataclass(frozen=True, slots=True)
class LetterSettings:
    """What is read of the settings of a site.

    Attributes:
        content: the folder of the articles.
        folders: the folders of the letters.
        siteurl: the address of the site, without a final slash.
        language: that of the letters, such as « fr-CA » or « en ».
        sender: who sends the letters.
        unsubscribe: where readers leave; a `mailto:` where the site has no page for it.
        url: the address of a letter under the site's, with `{slug}`.
        theme: how letters look.
    """

    content: Path
    folders: tuple[Path, ...]
    siteurl: str
    language: str
    sender: Sender
    unsubscribe: str
    url: str
    theme: LetterTheme

    @property
    def knows_its_address(self) -> bool:
        """Return whether the site says where readers find it."""
        return self.siteurl != UNKNOWN

    @property
    def leaves_by_the_web(self) -> bool:
        """Return whether readers leave at an address of the web, and not by writing."""
        return self.unsubscribe.startswith("https:")

    @property
    def host(self) -> str:
        """Return the host of the site."""
        return urlsplit(self.siteurl).netloc

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> LetterSettings:
        """Read Pelican's settings, whose paths are absolute.

        Raises:
            Refusal: a setting cannot be used.
        """
        language = str(settings.get("INFOLETTRE_LANG") or settings["DEFAULT_LANG"])
        words.speak(language)
        content = Path(settings["PATH"])
        siteurl = _siteurl(settings)
        name = str(settings.get("INFOLETTRE_SENDER") or settings["SITENAME"])
        host = (urlsplit(siteurl).hostname or "").removeprefix("www.")
        address = str(settings.get("INFOLETTRE_EMAIL") or f"infolettre@{host}")
        _require("INFOLETTRE_SENDER", name, name.isprintable(), "…")
        _require("INFOLETTRE_EMAIL", address, _MAILBOX.fullmatch(address), f"info@{host}")
        url = str(settings.get("INFOLETTRE_URL") or _URL).lstrip("/")
        _require("INFOLETTRE_URL", url, _FOLDER.fullmatch(url), _URL)
        place = settings.get("INFOLETTRE_ADDRESS") or ()
        lines = (place,) if isinstance(place, str) else tuple(map(str, place))
        leave = f"mailto:{address}?subject=unsubscribe"
        return cls(
            content,
            folders_of(settings),
            siteurl,
            language,
            Sender(name, address, lines, str(settings.get("INFOLETTRE_REASON") or "")),
            str(settings.get("INFOLETTRE_UNSUBSCRIBE") or leave),
            url,
            _theme(settings),
        )


def folders_of(settings: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the folders of the letters of a site."""
    content = Path(settings["PATH"])
    return tuple(_folder(content, folder) for folder in _named(settings) or _DEFAULT_PATHS)


def missing_folders(settings: Mapping[str, Any]) -> list[str]:
    """List the folders that a site names, and does not have."""
    content = Path(settings["PATH"])
    return [named for named in _named(settings) if not _folder(content, named).is_dir()]


def _named(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the folders that a site names; a text alone is one."""
    named = settings.get("INFOLETTRE_PATHS") or ()
    return (str(named),) if isinstance(named, str | Path) else tuple(map(str, named))


def _folder(content: Path, named: str) -> Path:
    """Return a folder of letters: from the content, or else from what holds the content."""
    places = [Path(os.path.normpath(base / named)) for base in (content, content.parent)]
    return next((place for place in places if place.is_dir()), places[0])


def _siteurl(settings: Mapping[str, Any]) -> str:
    """Return the address of the site; a site in the making gives it in publishconf.py alone."""
    siteurl = settings.get("INFOLETTRE_SITEURL") or settings["SITEURL"] or _published()
    if not siteurl:
        return UNKNOWN
    if not urlsplit(siteurl).hostname:
        raise Refusal(
            words.say("SITEURL « {} » n’est pas une adresse complète", siteurl),
            words._('Écrivez par exemple :  SITEURL = "https://www.exemple.org"'),
            place="pelicanconf.py",
        )
    return str(siteurl).rstrip("/")


def _require(name: str, value: object, held: object, example: str) -> None:
    """Refuse the value of a setting that cannot be used."""
    if not held:
        raise Refusal(
            words.say("{} « {} » ne peut pas servir", name, value),
            words.say('Écrivez par exemple :  {} = "{}"', name, example),
            place="pelicanconf.py",
        )


def _published() -> str:
    conf = Path("publishconf.py")
    if not conf.is_file():
        return ""
    try:
        return str(runpy.run_path(str(conf)).get("SITEURL", ""))
    except Exception:  # noqa: BLE001 - what another file of the person raises is not ours to say
        return ""


def _theme(settings: Mapping[str, Any]) -> LetterTheme:
    look, folders = [_LOOK], list[Path]()
    if named := settings.get("INFOLETTRE_TOKENS"):
        look.append(Path(named))
    if named := settings.get("INFOLETTRE_TEMPLATES"):
        _require("INFOLETTRE_TEMPLATES", named, Path(named).is_dir(), "templates/letters")
        folders.append(Path(named))
    return LetterTheme.load(tokens.mail_values(*look), folders)
